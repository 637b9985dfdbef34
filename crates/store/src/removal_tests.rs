//! A pruning that dies before any of its changes of the disk: nothing of what stays is lost or
//! doubled, a run that is seen is whole, and the next pass leaves nothing behind.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use breadcrumb_event::function::{Backend, Function, FunctionEntry, FunctionKind};
use breadcrumb_event::row::{
    Arguments, CallResult, CallRow, CallStatus, ClockKind, CountRow, ParentKind,
};
use parquet::file::reader::{FileReader, SerializedFileReader};

use crate::atomic_file::death;
use crate::summary::summary_paths;
use crate::{
    MergeLimits, Pruning, RetentionPolicy, RetentionScope, RunRecord, RunStatus, SegmentBuilder,
    SegmentSummary, Store,
};

const RUNS: [&str; 3] = ["run-a", "run-b", "run-c"];
const STAYS: &str = "run-c";

fn call(n: i64) -> CallRow<'static> {
    CallRow {
        thread_id: 0,
        root_id: n,
        call_id: n,
        parent_id: None,
        parent_kind: ParentKind::None,
        function: 0,
        // Every other call on the next day.
        started_at_ns: 1_763_856_000_000_000_000 + n * 1000,
        duration_ns: Some(1),
        self_ns: 1,
        wait_ns: 0,
        depth: 0,
        status: CallStatus::Returned,
        arguments: Arguments::None,
        result: CallResult::None,
        exception_id: None,
        clock: ClockKind::Exact,
        lines: None,
        variables: None,
    }
}

fn functions() -> Vec<FunctionEntry> {
    vec![FunctionEntry {
        file: "src/a.ts".into(),
        function: Function {
            name: "f".into(),
            kind: FunctionKind::Function,
            is_async: false,
            is_generator: false,
            is_leaf: false,
            backend: Backend::Probe,
            line: 1,
            column: 1,
            start: 0,
            end: 1,
            scopes: Vec::new(),
            catches: Vec::new(),
            blocks: Vec::new(),
            assignments: Vec::new(),
            parameters: Vec::new(),
        },
        generated: None,
    }]
}

fn write(store: &Store, run: &str, seqs: std::ops::Range<u64>, day: i64) {
    for seq in seqs {
        let mut segment = SegmentBuilder::new(run, store);
        for n in 0..5 {
            segment.push_call(&CallRow {
                started_at_ns: call(n).started_at_ns + day * 86_400_000_000_000,
                ..call(n)
            });
        }
        segment.push_count(&CountRow {
            function: 0,
            thread_id: 0,
            from_ns: 0,
            to_ns: 1,
            counted: 1,
            dropped: 0,
        });
        segment.publish(store, seq, &functions()).unwrap();
    }
}

fn limits(grace: Duration) -> MergeLimits {
    MergeLimits {
        least: 2,
        grace,
        ..MergeLimits::default()
    }
}

/// Two days: merged segments with those that they replaced beside them, small ones, and one run's
/// alone.
fn build(folder: &Path) {
    let store = Store::create(folder).unwrap();
    for (at, run) in (0..).zip(RUNS) {
        write(&store, run, 0..2, 0);
        let record = RunRecord {
            run_id: run.into(),
            status: RunStatus::Finished,
            ended_at: Some(format!("2025-11-2{at}T00:00:00.000Z")),
            ..RunRecord::default()
        };
        store.write_run(&record).unwrap();
    }
    let lock = store.lock_upkeep().unwrap().unwrap();
    store
        .merge(&lock, &limits(Duration::from_secs(60)), &mut || true)
        .unwrap();
    drop(lock);
    for run in RUNS {
        write(&store, run, 2..3, 0);
    }
    write(&store, "run-a", 3..4, 1);
}

fn prune(folder: &Path) {
    let store = Store::open(folder).unwrap();
    let lock = store.lock_upkeep().unwrap().unwrap();
    let policy = RetentionPolicy {
        max_age: None,
        max_error_age: None,
        max_bytes: None,
        max_runs: Some(1),
    };
    let pruning = Pruning {
        now_ns: 1_800_000_000_000_000_000,
        awaits_recovery: &|_| false,
    };
    store
        .prune(
            &lock,
            &RetentionScope::Policy(&policy),
            &pruning,
            &mut || true,
        )
        .unwrap();
}

fn names(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// Calls by run in what a reader sees.
fn seen(folder: &Path) -> BTreeMap<String, usize> {
    let mut calls = BTreeMap::new();
    for day in names(&folder.join("segments")) {
        let summaries = summary_paths(&day).unwrap();
        let mut found: Vec<SegmentSummary> = summaries
            .iter()
            .map(|path| SegmentSummary::read(path).unwrap())
            .collect();
        let replaced: Vec<String> = found.iter().flat_map(|s| s.replaces.clone()).collect();
        found.retain(|summary| !replaced.contains(&summary.name));
        for summary in found {
            for (_, table) in summary.tables.iter() {
                assert!(day.join(&table.file).exists(), "{} is there", table.file);
            }
            let file = day.join(summary.tables.calls.unwrap().file);
            let reader = SerializedFileReader::new(File::open(file).unwrap()).unwrap();
            for row in reader.get_row_iter(None).unwrap() {
                let row = row.unwrap();
                let run = row.get_column_iter().next().unwrap().1.to_string();
                let run = run.trim_matches('"').to_owned();
                if folder.join(format!("runs/{run}.json")).exists() {
                    *calls.entry(run).or_default() += 1;
                }
            }
        }
    }
    calls
}

/// Files without a summary that names them, and runs' leftovers.
fn strays(folder: &Path) -> Vec<PathBuf> {
    let mut strays: Vec<PathBuf> = names(&folder.join("runs"));
    strays.retain(|path| !path.ends_with(format!("{STAYS}.json")));
    for day in names(&folder.join("segments")) {
        let mut known: Vec<PathBuf> = summary_paths(&day).unwrap();
        for path in known.clone() {
            let summary = SegmentSummary::read(&path).unwrap();
            assert!(
                summary.runs.iter().all(|part| part.run_id == STAYS),
                "{path:?}"
            );
            known.extend(
                summary
                    .tables
                    .iter()
                    .map(|(_, table)| day.join(&table.file)),
            );
        }
        let files = names(&day);
        assert!(!files.is_empty(), "{day:?}");
        strays.extend(files.into_iter().filter(|path| !known.contains(path)));
    }
    strays
}

#[test]
fn a_pruning_that_dies_anywhere_is_finished_by_the_next() {
    if let (Ok(folder), Ok(changes)) = (std::env::var("PRUNE"), std::env::var("DIES_AFTER")) {
        death::after(changes.parse().unwrap());
        prune(Path::new(&folder));
        return;
    }
    let whole = BTreeMap::from([("run-a", 20), ("run-b", 15), ("run-c", 15)]);
    let mut deaths = 0;
    for changes in 0.. {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path();
        build(folder);
        let name = "removal_tests::a_pruning_that_dies_anywhere_is_finished_by_the_next";
        let ended = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture"])
            .env("PRUNE", folder)
            .env("DIES_AFTER", changes.to_string())
            .output()
            .unwrap();
        for (run, calls) in seen(folder) {
            assert_eq!(
                Some(&calls),
                whole.get(run.as_str()),
                "{run}, dead after {changes}"
            );
        }
        assert_eq!(seen(folder).get(STAYS), Some(&15), "dead after {changes}");
        if ended.status.success() {
            break;
        }
        assert_eq!(ended.status.code(), Some(death::DIED), "{ended:?}");
        deaths += 1;
        // A leftover counts as one when it is old enough.
        let old = SystemTime::now() - Duration::from_secs(3600);
        let folders = names(&folder.join("segments"))
            .into_iter()
            .chain([folder.join("runs")]);
        for path in folders.flat_map(|folder| names(&folder)) {
            if path.extension().is_some_and(|e| e == "tmp") {
                File::options()
                    .write(true)
                    .open(&path)
                    .unwrap()
                    .set_modified(old)
                    .unwrap();
            }
        }
        prune(folder);
        assert_eq!(
            seen(folder),
            BTreeMap::from([(STAYS.to_owned(), 15)]),
            "after {changes}"
        );
        // What was merged of the run that stays may wait for its readers.
        let store = Store::open(folder).unwrap();
        let lock = store.lock_upkeep().unwrap().unwrap();
        store
            .merge(
                &lock,
                &MergeLimits {
                    least: 99,
                    ..limits(Duration::ZERO)
                },
                &mut || true,
            )
            .unwrap();
        assert_eq!(
            strays(folder),
            Vec::<PathBuf>::new(),
            "dead after {changes}"
        );
        assert_eq!(
            seen(folder),
            BTreeMap::from([(STAYS.to_owned(), 15)]),
            "after {changes}"
        );
    }
    assert!(deaths > 40, "{deaths}");
}
