//! A process is killed at a random moment: what it had written is in the store afterwards, each
//! call once, whatever the recorder was doing.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use breadcrumb_recorder::{Others, RunStatus, recover, recover_run};
use breadcrumb_ring::clock::wall_ns;
use breadcrumb_store::Store;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

/// Call id → status and number of exceptions, over all segments. Panics on a call stored twice.
fn calls(store: &Path) -> BTreeMap<i64, String> {
    let mut found = BTreeMap::new();
    for path in files(store, "-calls.parquet") {
        let reader = SerializedFileReader::new(std::fs::File::open(&path).unwrap()).unwrap();
        for row in reader.get_row_iter(None).unwrap() {
            let row = row.unwrap();
            let (mut id, mut status) = (0, String::new());
            for (name, field) in row.get_column_iter() {
                match (name.as_str(), field) {
                    ("call_id", Field::Long(value)) => id = *value,
                    ("status", Field::Str(value)) => status.clone_from(value),
                    _ => {}
                }
            }
            assert!(found.insert(id, status).is_none(), "call {id} twice");
        }
    }
    found
}

/// The sum of a column over all segments.
fn column(store: &Path, end: &str, column: &str) -> i64 {
    let mut sum = 0;
    for path in files(store, end) {
        let reader = SerializedFileReader::new(std::fs::File::open(&path).unwrap()).unwrap();
        for row in reader.get_row_iter(None).unwrap() {
            for (name, field) in row.unwrap().get_column_iter() {
                match field {
                    Field::Long(value) if name == column => sum += value,
                    _ => {}
                }
            }
        }
    }
    sum
}

fn files(store: &Path, end: &str) -> Vec<PathBuf> {
    let days = std::fs::read_dir(store.join("segments")).unwrap().flatten();
    let files = days.flat_map(|day| std::fs::read_dir(day.path()).unwrap().flatten());
    files
        .map(|file| file.path())
        .filter(|path| path.to_string_lossy().ends_with(end))
        .collect()
}

/// Runs the program until both threads have said something, and for so long beyond that, kills it, and
/// returns how many calls each thread had said.
fn run_and_kill(root: &Path, run_id: &str, for_ms: u64) -> BTreeMap<u32, i64> {
    run_with_and_kill(root, run_id, &[], for_ms)
}

fn run_with_and_kill(root: &Path, run_id: &str, more: &[&str], for_ms: u64) -> BTreeMap<u32, i64> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_breadcrumb-crash-writer"))
        .args([root.join("shm"), root.join("store"), run_id.into()])
        .args(more)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let out = child.stdout.take().unwrap();
    let (tell, begun) = std::sync::mpsc::channel();
    let lines = std::thread::spawn(move || {
        let mut said = BTreeMap::new();
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            let mut numbers = line.split(' ').map(|n| n.parse::<i64>());
            // A line cut short by the kill is no whole pair.
            if let (Some(Ok(thread)), Some(Ok(calls))) = (numbers.next(), numbers.next()) {
                said.insert(u32::try_from(thread).unwrap(), calls);
            }
            if said.len() == 2 {
                let _ = tell.send(());
            }
        }
        said
    });
    begun.recv().expect("both threads write");
    std::thread::sleep(Duration::from_millis(for_ms));
    child.kill().unwrap();
    child.wait().unwrap();
    lines.join().unwrap()
}

#[test]
fn every_written_call_survives_a_kill_once() {
    let place = tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap();
    let root = place.path();
    for (n, for_ms) in [60, 145, 233, 310, 420, 97, 512, 181]
        .into_iter()
        .enumerate()
    {
        let run_id = format!("run-{n}");
        let said = run_and_kill(root, &run_id, for_ms);
        let before = files(&root.join("store"), "-calls.parquet").len();
        let recovered = recover(&root.join("shm"), Others::Leave, wall_ns());
        assert_eq!(recovered.len(), 1, "{recovered:?}");
        assert_eq!(recovered[0].error, None);
        assert!(recovered[0].skipped.is_empty(), "{recovered:?}");
        let list = root.join(format!("store/runs/{run_id}.open"));
        assert!(!list.exists(), "its calls in flight have rows now");
        let all = calls(&root.join("store"));
        for (thread, said) in said {
            let first = i64::from(thread) << 40;
            let of_thread: Vec<(i64, &String)> = all
                .range(first..first + (1 << 40))
                .map(|(id, status)| (id - first, status))
                .collect();
            let count = of_thread.len() as i64;
            // Call n is the n-th: none is missing in between.
            assert!(of_thread.iter().map(|(id, _)| *id).eq(1..=count));
            assert!(
                count >= said,
                "thread {thread} said {said}, {count} are stored"
            );
            let open: BTreeSet<i64> = of_thread
                .iter()
                .filter(|(_, status)| *status == "open")
                .map(|(id, _)| *id)
                .collect();
            assert!(
                open.iter().all(|id| *id >= count - 1),
                "{open:?} of {count}"
            );
        }
        let run = Store::open(root.join("store"))
            .unwrap()
            .read_run(&run_id)
            .unwrap()
            .unwrap();
        assert_eq!(run.status, RunStatus::Crashed);
        assert_eq!(
            run.counters.recorded,
            all.len() as u64,
            "{before} segments before"
        );
        assert!(
            recover(&root.join("shm"), Others::Leave, wall_ns()).is_empty(),
            "only once"
        );
        let store = Store::open(root.join("store")).unwrap();
        let lock = store.lock_upkeep().unwrap().unwrap();
        store.remove_runs(&lock, &[&run_id], &mut || true).unwrap();
    }
}

#[test]
fn where_traces_with_errors_are_kept_none_is_lost_and_the_rest_is_counted() {
    let place = tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap();
    for (n, for_ms) in [60, 145, 233, 420].into_iter().enumerate() {
        let root = place.path().join(n.to_string());
        let said = run_with_and_kill(&root, "run", &["errors"], for_ms);
        let recovered = recover(&root.join("shm"), Others::Leave, wall_ns());
        assert_eq!(recovered[0].error, None);
        let stored = calls(&root.join("store"));
        let mut least = 0;
        for (thread, said) in &said {
            // Of eleven calls the first two are a trace with an error.
            let with_error = |call: i64| matches!(call % 11, 1 | 2);
            let first = i64::from(*thread) << 40;
            let of_thread = stored.range(first..first + (1 << 40));
            let of_thread: BTreeSet<i64> = of_thread.map(|(id, _)| id - first).collect();
            let mut lost = (1..=*said).filter(|n| with_error(*n) && !of_thread.contains(n));
            assert_eq!(lost.next(), None, "thread {thread}, {said} said");
            // Another is there only if it was going on.
            let others = of_thread.iter().filter(|call| !with_error(**call));
            assert!(others.count() <= 1);
            least += *said;
        }
        let store = Store::open(root.join("store")).unwrap();
        let run = store.read_run("run").unwrap().unwrap();
        let counted = column(&root.join("store"), "-counts.parquet", "counted");
        assert_eq!(run.counters.recorded, stored.len() as u64);
        assert_eq!(run.counters.counted, counted.unsigned_abs());
        assert!(run.counters.recorded + run.counters.counted >= least.unsigned_abs());
        assert!(run.counters.more["tracesKept"].as_u64() > Some(0));
        // What was held is bounded, so many were decided before they had lingered.
        assert!(least < 100_000 || run.counters.more["tracesDecidedEarly"].as_u64() > Some(0));
    }
}

#[test]
fn a_corrupt_run_is_named_and_skipped() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path();
    run_and_kill(root, "torn", 150);
    let folder = root.join("shm/torn");
    std::fs::write(folder.join("ring-0"), b"nonsense").unwrap();
    std::fs::write(folder.join("ring-x"), b"").unwrap();
    std::fs::create_dir(root.join("shm/foreign")).unwrap();
    let recovered = recover_run(&root.join("shm"), "torn", Others::Leave, wall_ns()).unwrap();
    assert_eq!((recovered.error, recovered.skipped.len()), (None, 1));
    let run = Store::open(root.join("store"))
        .unwrap()
        .read_run("torn")
        .unwrap()
        .unwrap();
    assert_eq!((run.status, run.signal), (RunStatus::Crashed, None));
    assert!(run.counters.more.contains_key("unreadable"));
    calls(&root.join("store"));

    run_and_kill(root, "lost", 150);
    for n in 0..2 {
        std::fs::write(
            root.join(format!("shm/lost/checkpoint-{n}")),
            b"BCCP and nonsense",
        )
        .unwrap();
    }
    let errors: Vec<bool> = recover(&root.join("shm"), Others::Leave, wall_ns())
        .iter()
        .map(|r| r.error.is_some())
        .collect();
    assert_eq!(errors, [true, true], "foreign and lost");
}

#[test]
fn two_recoveries_at_once_share_the_work() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path();
    run_and_kill(root, "both", 200);
    let (shm, store) = (root.join("shm"), root.join("store"));
    let found: usize = std::thread::scope(|scope| {
        let recover = || {
            let recovered = recover(&shm, Others::Await, wall_ns());
            let run = Store::open(&store).unwrap().read_run("both").unwrap();
            assert_eq!(run.unwrap().status, RunStatus::Crashed, "whoever did it");
            recovered.iter().filter(|r| r.error.is_none()).count()
        };
        let others: Vec<_> = (0..3).map(|_| scope.spawn(recover)).collect();
        others.into_iter().map(|other| other.join().unwrap()).sum()
    });
    assert_eq!(found, 1);
    assert!(!calls(&root.join("store")).is_empty());
}
