//! A whole session: rings written from Rust as JavaScript would, rows in a store or in memory.

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use breadcrumb_event::layout::{ENTER, RETURN, TICK_ASLEEP};
use breadcrumb_recorder::{
    Acquired, CallFilter, Control, KeepOptions, Others, Overflow, Recorder, RecorderError,
    RunStatus, SinkOptions, ThreadRole, recover_run,
};
use breadcrumb_ring::Writer;
use breadcrumb_store::{RetentionPolicy, RunRecord, Store};
use parquet::file::reader::FileReader;
use support::{Place, Thread};

#[test]
fn a_memory_store_answers_at_once_after_flush() {
    let place = Place::take();
    let recorder =
        Recorder::start(place.options("m", SinkOptions::Memory { max_calls: 50 })).unwrap();
    assert!(!recorder.crash_proof());
    let second = Recorder::start(place.options("n", place.store()));
    assert!(matches!(second, Err(RecorderError::Running)));
    let mut thread = Thread::attach(&recorder);
    assert_eq!(thread.calls(&recorder, 0, 100), 100);
    recorder.flush(thread.index);
    let calls = recorder.calls(&CallFilter::default(), 2);
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].arguments.as_deref(), Some("[99,2]"));
    assert_eq!(calls[0].result.as_deref(), Some("101"));
    assert_eq!(
        (calls[0].function.as_str(), calls[0].status),
        ("add", "returned")
    );
    assert_eq!(recorder.calls(&CallFilter::default(), 1000).len(), 50);
    let none = CallFilter {
        function: Some("sub".into()),
        ..CallFilter::default()
    };
    assert!(recorder.calls(&none, 10).is_empty());
    let stats = recorder.stats();
    assert_eq!((stats[0].calls, stats[0].errors), (100, 0));
    assert_eq!(stats[0].histogram.values().sum::<u64>(), 100);
    let control = Control::get().unwrap().memory();
    assert_ne!(control.epoch().load(std::sync::atomic::Ordering::SeqCst), 0);
    recorder.stop(RunStatus::Finished, Some(0), None);
    recorder.stop(RunStatus::Finished, Some(0), None);
    assert_eq!(control.epoch().load(std::sync::atomic::Ordering::SeqCst), 0);
    assert_eq!(recorder.counters().recorded, 100);
    assert_eq!(recorder.acquire(thread.index), Acquired::Full);
}

#[test]
fn a_dormant_run_leaves_nothing_unless_something_is_captured() {
    let place = Place::take();
    let path = place.folder.path().join("store");
    let dormant = |run_id: &str| {
        let mut options = place.options(run_id, place.store());
        options.dormant = true;
        options
    };
    let left = || {
        let store = Store::open(&path).unwrap();
        let records = store.read_runs().unwrap().records;
        let segments = std::fs::read_dir(path.join("segments")).unwrap().count();
        (
            records
                .into_iter()
                .map(|run| run.run_id)
                .collect::<Vec<_>>(),
            segments,
        )
    };

    let recorder = Recorder::start(dormant("0001")).unwrap();
    let shm_root = place.options("0001", place.store()).shm_root.unwrap();
    assert!(shm_root.join("0001").is_dir());
    recorder.stop(RunStatus::Finished, Some(0), None);
    assert_eq!(left(), (vec![], 0));
    assert!(!shm_root.join("0001").exists());

    // A thread that has something to record.
    let recorder = Recorder::start(dormant("0002")).unwrap();
    let mut thread = Thread::attach(&recorder);
    assert_eq!(left().0, ["0002"], "its record is there at once");
    thread.calls(&recorder, 0, 10);
    recorder.detach(thread.index);
    recorder.stop(RunStatus::Finished, Some(0), None);
    let run = Store::open(&path)
        .unwrap()
        .read_run("0002")
        .unwrap()
        .unwrap();
    assert_eq!(
        (run.status, run.counters.recorded),
        (RunStatus::Finished, 10)
    );

    // Functions are chosen, and none of them is called.
    let recorder = Recorder::start(dormant("0003")).unwrap();
    recorder.begin_record();
    recorder.stop(RunStatus::Finished, Some(0), None);
    assert_eq!(left().0, ["0002", "0003"]);
}

#[test]
fn a_program_that_ends_at_once_leaves_no_more_runs_than_the_store_keeps() {
    let place = Place::take();
    let path = place.folder.path().join("store");
    let store = Store::create(&path).unwrap();
    let old = RunRecord {
        run_id: "old".into(),
        status: RunStatus::Finished,
        ended_at: Some("2020-01-01T00:00:00.000Z".into()),
        ..RunRecord::default()
    };
    let run = |run_id: &str, retention: Option<RetentionPolicy>| {
        store.write_run(&old).unwrap();
        let mut options = place.options(run_id, place.store());
        options.retention = retention;
        let recorder = Recorder::start(options).unwrap();
        recorder.stop(RunStatus::Finished, Some(0), None);
        store.read_run("old").unwrap().is_some()
    };
    assert!(run("0001", None), "kept where no policy is set");
    assert!(!run("0002", Some(RetentionPolicy::default())));
    assert!(
        run("0003", Some(RetentionPolicy::default())),
        "once an hour"
    );
}

#[test]
fn traces_that_are_not_kept_are_counted_and_can_be_dumped() {
    let place = Place::take();
    let mut options = place.options("0001", place.store());
    options.flush_interval_ms = 20;
    options.keep = Some(KeepOptions {
        last_ns: 3_600_000_000_000,
        ..KeepOptions::default()
    });
    let recorder = Recorder::start(options).unwrap();
    let mut thread = Thread::attach(&recorder);
    thread.calls(&recorder, 0, 100);
    recorder.flush(thread.index);
    let path = place.folder.path().join("store");
    assert_eq!(parquet_rows(&path), 0);
    assert_eq!(recorder.counters().recorded, 100, "held");
    assert!(recorder.counters().held_bytes > 0);
    assert_eq!(recorder.dump(None, 3_600_000_000_000), Some(100));
    assert_eq!(parquet_rows(&path), 100);
    assert_eq!(recorder.dump(None, 3_600_000_000_000), Some(0));
    thread.calls(&recorder, 100, 50);
    recorder.stop(RunStatus::Finished, Some(0), None);
    let run = Store::open(&path)
        .unwrap()
        .read_run("0001")
        .unwrap()
        .unwrap();
    assert_eq!((run.counters.recorded, run.counters.counted), (100, 50));
    assert_eq!(run.counters.more["tracesKept"], 100);
    assert_eq!(run.counters.more["tracesLeftOut"], 50);
}

/// Calls in a store.
fn parquet_rows(store: &std::path::Path) -> i64 {
    let days = std::fs::read_dir(store.join("segments"))
        .into_iter()
        .flatten();
    let files = days
        .flatten()
        .flat_map(|day| std::fs::read_dir(day.path()).unwrap().flatten());
    let calls = files.filter(|file| {
        file.file_name()
            .to_string_lossy()
            .ends_with("-calls.parquet")
    });
    calls
        .map(|file| {
            let file = std::fs::File::open(file.path()).unwrap();
            let reader = parquet::file::reader::SerializedFileReader::new(file).unwrap();
            reader.metadata().file_metadata().num_rows()
        })
        .sum()
}

#[test]
fn rows_reach_the_store_by_themselves() {
    let place = Place::take();
    let mut options = place.options("0001", place.store());
    options.flush_interval_ms = 20;
    let recorder = Recorder::start(options).unwrap();
    assert!(recorder.crash_proof());
    let mut thread = Thread::attach(&recorder);
    thread.calls(&recorder, 0, 1000);
    let begun = Instant::now();
    while recorder.counters().segments == 0 {
        assert!(begun.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(5));
    }
    let open = [1.0f64.to_bits()];
    thread.record(&recorder, ENTER, 1, &open, 1);
    recorder.stop(RunStatus::Finished, Some(3), None);
    let run = Store::open(place.folder.path().join("store"))
        .unwrap()
        .read_run("0001")
        .unwrap()
        .unwrap();
    assert_eq!((run.status, run.exit_code), (RunStatus::Finished, Some(3)));
    assert_eq!(run.counters.recorded, 1001);
    assert_eq!(run.counters.more["malformedRecords"], 0);
    assert!(run.crash_proof && run.ended_at.is_some());
    let left: Vec<_> = breadcrumb_ring::RunFolder::list(&place.folder.path().join("shm"));
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_process_may_become_another_program_or_not() {
    let place = Place::take();
    let recorder = Recorder::start(place.options("left", place.store())).unwrap();
    let mut thread = Thread::attach(&recorder);
    thread.calls(&recorder, 0, 100);
    thread.record(&recorder, ENTER, 1, &[1.0f64.to_bits()], 1);
    let run = || {
        let store = Store::open(place.folder.path().join("store")).unwrap();
        let run = store.read_run("left").unwrap().unwrap();
        let replaced = run.counters.more.contains_key("replaced");
        (run.status, run.exit_code, replaced, run.counters.recorded)
    };
    recorder.leave(Some(thread.index));
    assert_eq!(run(), (RunStatus::Finished, None, true, 101));
    thread.record(&recorder, RETURN, 101, &[2.0f64.to_bits()], 1);
    recorder.flush(thread.index);
    assert_eq!((run().0, run().2), (RunStatus::Running, false));
    recorder.leave(Some(thread.index));
    assert_eq!(run(), (RunStatus::Finished, None, true, 101));
    recorder.stop(RunStatus::Finished, Some(3), None);
    assert_eq!(run(), (RunStatus::Finished, Some(3), false, 101));
}

#[test]
fn blocking_loses_nothing_and_dropping_counts_all() {
    for overflow in [Overflow::Block, Overflow::Drop] {
        let place = Place::take();
        let mut options = place.options(overflow.name(), place.store());
        options.overflow = overflow;
        options.ring_cap_bytes = 2 << 20;
        let recorder = Recorder::start(options).unwrap();
        let mut thread = Thread::attach(&recorder);
        const CALLS: u32 = 400_000;
        let taken = thread.calls(&recorder, 0, CALLS);
        recorder.detach(thread.index);
        recorder.stop(RunStatus::Finished, None, None);
        let counters = recorder.counters();
        assert_eq!(
            counters.recorded,
            u64::from(taken),
            "{overflow:?} {counters:?}"
        );
        assert_eq!(counters.malformed, 0);
        if overflow == Overflow::Block {
            assert_eq!(taken, CALLS);
        }
    }
}

#[test]
fn a_broken_store_never_hangs_the_program() {
    let place = Place::take();
    let mut options = place.options("broken", place.store());
    options.overflow = Overflow::Block;
    options.ring_cap_bytes = 1 << 20;
    options.flush_interval_ms = 50;
    let recorder = Recorder::start(options).unwrap();
    // The store's folder becomes a file: nothing can be written into it.
    let segments = place.folder.path().join("store/segments");
    std::fs::remove_dir_all(&segments).unwrap();
    std::fs::write(&segments, b"").unwrap();
    let mut thread = Thread::attach(&recorder);
    let begun = Instant::now();
    let taken = thread.calls(&recorder, 0, 200_000);
    assert!(taken < 200_000);
    assert!(begun.elapsed() < Duration::from_secs(20));
    std::fs::remove_file(&segments).unwrap();
    std::fs::create_dir(&segments).unwrap();
    recorder.stop(RunStatus::Finished, None, None);
    let run = Store::open(place.folder.path().join("store"))
        .unwrap()
        .read_run("broken")
        .unwrap()
        .unwrap();
    assert_eq!(run.counters.recorded, u64::from(taken));
    assert_eq!(run.overflow, "drop");
    assert!(run.counters.more.contains_key("overflowChanged"));
}

#[test]
fn a_store_that_fails_at_the_end_leaves_the_run_to_be_recovered() {
    let place = Place::take();
    let recorder = Recorder::start(place.options("failed", place.store())).unwrap();
    let segments = place.folder.path().join("store/segments");
    std::fs::remove_dir_all(&segments).unwrap();
    std::fs::write(&segments, b"").unwrap();
    let mut thread = Thread::attach(&recorder);
    assert_eq!(thread.calls(&recorder, 0, 1000), 1000);
    recorder.detach(thread.index);
    recorder.stop(RunStatus::Finished, Some(3), None);
    drop(recorder);
    std::fs::remove_file(&segments).unwrap();
    std::fs::create_dir(&segments).unwrap();
    let shm = place.folder.path().join("shm");
    let recovered = recover_run(&shm, "failed", Others::Leave, 1).unwrap();
    assert_eq!(
        (recovered.calls, recovered.error.as_deref()),
        (1000, None),
        "{recovered:?}"
    );
    let store = Store::open(place.folder.path().join("store")).unwrap();
    let run = store.read_run("failed").unwrap().unwrap();
    assert_eq!(run.counters.recorded, 1000);
    assert_eq!((run.status, run.exit_code), (RunStatus::Finished, Some(3)));
    assert!(!shm.join("failed").exists());
}

#[test]
fn a_store_removed_underneath_is_made_again() {
    let place = Place::take();
    let recorder = Recorder::start(place.options("gone", place.store())).unwrap();
    let folder = place.folder.path().join("store");
    let id = Store::open(&folder).unwrap().id().to_owned();
    let mut thread = Thread::attach(&recorder);
    assert_eq!(thread.calls(&recorder, 0, 100), 100);
    recorder.flush(thread.index);
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(thread.calls(&recorder, 100, 100), 100);
    recorder.stop(RunStatus::Finished, Some(0), None);
    let store = Store::open(&folder).unwrap();
    assert_eq!(store.id(), id);
    let run = store.read_run("gone").unwrap().unwrap();
    assert_eq!(run.status, RunStatus::Finished);
    assert_eq!(run.counters.recorded, 200);
}

#[test]
fn an_idle_recorder_sleeps_and_a_call_wakes_it() {
    let place = Place::take();
    let recorder =
        Recorder::start(place.options("idle", SinkOptions::Memory { max_calls: 9 })).unwrap();
    let tick = Control::get().unwrap().memory().tick();
    let asleep = || tick.load(std::sync::atomic::Ordering::SeqCst) == TICK_ASLEEP.cast_signed();
    let mut thread = Thread::attach(&recorder);
    std::thread::sleep(Duration::from_millis(300));
    assert!(asleep());
    let before = recorder.counters().recorder_cpu_ns;
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(
        recorder.counters().recorder_cpu_ns,
        before,
        "it wakes for nothing"
    );
    thread.calls(&recorder, 0, 5);
    recorder.wake();
    assert!(!asleep());
    let begun = Instant::now();
    while recorder.counters().recorded < 5 {
        assert!(begun.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(1));
    }
    recorder.stop(RunStatus::Finished, None, None);
}

/// A file system in memory that is full.
#[derive(Debug)]
struct Full;

impl breadcrumb_ring::Space for Full {
    fn reserve(&self, _: &std::fs::File, _: u64, _: u64) -> std::io::Result<()> {
        Err(std::io::ErrorKind::StorageFull.into())
    }
}

#[test]
fn without_room_in_memory_it_records_and_says_that_it_is_not_crash_proof() {
    let place = Place::take();
    let mut options = place.options("full", place.store());
    options.space = Arc::new(Full);
    let recorder = Recorder::start(options).unwrap();
    let mut thread = Thread::attach(&recorder);
    assert!(!recorder.crash_proof());
    assert_eq!(thread.calls(&recorder, 0, 100_000), 100_000);
    recorder.detach(thread.index);
    recorder.stop(RunStatus::Finished, None, None);
    let store = Store::open(place.folder.path().join("store")).unwrap();
    let run = store.read_run("full").unwrap().unwrap();
    assert_eq!(run.counters.recorded, 100_000);
    assert!(!run.crash_proof);
    assert!(run.counters.more.contains_key("notCrashProof"));
}

#[test]
fn two_threads_and_a_new_session_over_the_same_memory() {
    let place = Place::take();
    let options = |run_id| place.options(run_id, SinkOptions::Memory { max_calls: 100 });
    let recorder = Recorder::start(options("one")).unwrap();
    // The main thread has number 0 though another came first.
    let mut second = Thread::attach_as(&recorder, ThreadRole::Other);
    let mut first = Thread::attach(&recorder);
    assert_eq!((first.index, second.index), (0, 1));
    first.calls(&recorder, 0, 10);
    second.calls(&recorder, 0, 20);
    recorder.stop(RunStatus::Finished, None, None);
    assert_eq!(recorder.counters().recorded, 30);
    let of_second = recorder.calls(&CallFilter::default(), 100);
    let ids: Vec<i64> = of_second
        .iter()
        .map(|call| call.call_id)
        .filter(|id| *id > 1 << 40)
        .collect();
    assert_eq!(ids.len(), 20);
    assert!(matches!(
        recorder.attach(&first.memory, ThreadRole::Main),
        Err(RecorderError::Stopped)
    ));
    // A late store of a thread that has not noticed yet.
    first.memory.cells().chunk(3)[9].store(7, std::sync::atomic::Ordering::Relaxed);

    let recorder = Recorder::start(options("two")).unwrap();
    first.index = recorder.attach(&first.memory, ThreadRole::Main).unwrap();
    first.writer = Writer::new();
    // Its tokens go on where they were.
    first.writer.set_token(10);
    first.calls(&recorder, 10, 10);
    recorder.flush(first.index);
    let counters = recorder.counters();
    assert_eq!(
        (counters.recorded, counters.unknown, counters.malformed),
        (10, 0, 0)
    );
    let calls = recorder.calls(&CallFilter::default(), 100);
    assert_eq!(calls.last().map(|call| call.call_id), Some(1));
    recorder.stop(RunStatus::Finished, None, None);
}

#[test]
fn an_exception_has_its_row_without_a_flush() {
    let place = Place::take();
    let mut options = place.options("thrown", SinkOptions::Memory { max_calls: 9 });
    options.flush_interval_ms = 10;
    let recorder = Recorder::start(options).unwrap();
    let mut thread = Thread::attach(&recorder);
    let value = [5.0f64.to_bits()];
    thread.record(&recorder, breadcrumb_event::layout::THROW, 0, &value, 1);
    let caught = [value[0], 0];
    thread.record(&recorder, breadcrumb_event::layout::CATCH, 0, &caught, 1);
    recorder.wake();
    let begun = Instant::now();
    while recorder.exceptions(9).is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(2));
    }
    let exceptions = recorder.exceptions(9);
    assert_eq!(
        (exceptions[0].name.as_str(), exceptions[0].handled),
        ("number", "caught")
    );
    recorder.stop(RunStatus::Finished, None, None);
}

#[test]
fn counted_and_dropped_calls_are_exact_over_wraps() {
    let place = Place::take();
    let recorder =
        Recorder::start(place.options("counts", SinkOptions::Memory { max_calls: 9 })).unwrap();
    let thread = Thread::attach(&recorder);
    let (counted, dropped) = thread.memory.counters(2);
    let add = |cell: &std::sync::atomic::AtomicU32, n: u32| {
        cell.fetch_add(n, std::sync::atomic::Ordering::Relaxed);
    };
    add(&counted[0], u32::MAX - 1);
    recorder.flush(thread.index);
    add(&counted[0], 5);
    add(&dropped[1], 7);
    recorder.detach(thread.index);
    let counters = recorder.counters();
    assert_eq!(
        (counters.counted, counters.dropped),
        (u64::from(u32::MAX) + 4, 7)
    );
    assert_eq!(recorder.stats()[1].dropped, 7);
    recorder.stop(RunStatus::Finished, None, None);
}
