//! Merging: every row once, whatever was merged with what, and wherever it was cut short.

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;

use breadcrumb_event::function::{Function, FunctionEntry, FunctionKind, Generated};
use breadcrumb_event::row::{
    Arguments, CallResult, CallRow, CallStatus, ClockKind, CountRow, ExceptionRow, ParentKind,
};
use breadcrumb_store::{
    MergeLimits, MergeReport, Removal, RunRecord, RunStatus, SegmentBuilder, SegmentSummary, Store,
};
use parquet::file::reader::{FileReader, SerializedFileReader};
use proptest::prelude::*;

fn functions() -> Vec<FunctionEntry> {
    let entry = |name: &str, line: u32, kind, parameters: &[&str]| FunctionEntry {
        file: format!("src/{line}.ts").into(),
        function: Function {
            name: name.into(),
            kind,
            is_async: false,
            is_generator: false,
            line,
            column: 1,
            start: 0,
            end: 1,
            parameters: parameters.iter().map(|p| (*p).to_owned()).collect(),
        },
        generated: (line == 3).then(|| Generated {
            file: "dist/a.js".into(),
            line: 30,
            column: 2,
        }),
    };
    vec![
        entry("f", 1, FunctionKind::Function, &["a", "b"]),
        entry("Cart.add", 2, FunctionKind::Method, &[]),
        entry("größe", 3, FunctionKind::Arrow, &["\"", "ü"]),
    ]
}

/// A row by a number: every kind of cell comes up.
fn call(n: i64) -> CallRow<'static> {
    const TEXTS: [&str; 3] = ["[\"a\"]", "[{\"x\":\"ü\"}]", "[]"];
    const INTEGERS: [&[i64]; 3] = [&[], &[-1], &[i64::MIN, 7]];
    let pick = n.unsigned_abs() as usize;
    CallRow {
        thread_id: (n % 3) as u32,
        root_id: n / 5 * 5,
        call_id: n,
        parent_id: (n % 5 > 0).then_some(n / 5 * 5),
        parent_kind: match n % 5 {
            0 => ParentKind::None,
            1 => ParentKind::Root,
            _ => ParentKind::Call,
        },
        function: (n % 3) as u32,
        started_at_ns: 1_763_856_000_000_000_000 + n * 1000,
        duration_ns: (n % 7 > 0).then_some(n),
        self_ns: n / 2,
        wait_ns: n % 2,
        depth: (n % 5) as u32,
        status: [CallStatus::Returned, CallStatus::Threw, CallStatus::Open][pick % 3],
        arguments: match n % 4 {
            0 => Arguments::None,
            1 => Arguments::Integers(INTEGERS[pick % 3]),
            _ => Arguments::Json(TEXTS[pick % 3]),
        },
        result: match n % 3 {
            0 => CallResult::None,
            1 => CallResult::Integer(-n),
            _ => CallResult::Json(TEXTS[pick % 2]),
        },
        exception_id: (n % 11 == 0).then_some(n),
        clock: [ClockKind::Coarse, ClockKind::Exact][pick % 2],
    }
}

fn exception(n: i64) -> ExceptionRow<'static> {
    ExceptionRow {
        exception_id: n,
        thread_id: 1,
        call_id: (n % 2 == 0).then_some(n),
        root_id: (n % 2 == 0).then_some(n),
        function: (n % 3 > 0).then_some(1),
        name: "Error",
        message: "größer",
        stack: (n % 2 == 0).then_some("at f"),
        thrown_at_ns: 1_763_856_000_000_000_000 + n,
        handled: ["caught", "uncaught", "unknown"][n.unsigned_abs() as usize % 3],
        calls: 2,
    }
}

fn count(n: i64) -> CountRow {
    CountRow {
        function: 2,
        thread_id: 0,
        from_ns: 1_763_856_000_000_000_000,
        to_ns: 1_763_856_000_000_000_000 + n,
        counted: n.unsigned_abs(),
        dropped: 1,
    }
}

/// Writes a segment with these numbers.
fn write(store: &Store, run: &str, seq: u64, numbers: impl IntoIterator<Item = i64>) {
    let mut segment = SegmentBuilder::new(run, store);
    for n in numbers {
        segment.push_call(&call(n));
        if n % 4 == 0 {
            segment.push_exception(&exception(n));
        }
        if n % 6 == 0 {
            segment.push_count(&count(n));
        }
    }
    segment.publish(store, seq, &functions()).unwrap();
}

fn end(store: &Store, run: &str) {
    let record = RunRecord {
        run_id: run.into(),
        status: RunStatus::Finished,
        ..RunRecord::default()
    };
    store.write_run(&record).unwrap();
}

fn limits() -> MergeLimits {
    MergeLimits {
        least: 2,
        window_calls: 50,
        ..MergeLimits::default()
    }
}

fn merge(store: &Store, limits: &MergeLimits) -> MergeReport {
    let lock = store.lock_upkeep().unwrap().unwrap();
    store.merge(&lock, limits, &mut || true).unwrap()
}

fn remove(store: &Store, runs: &[&str]) -> Removal {
    let lock = store.lock_upkeep().unwrap().unwrap();
    store.remove_runs(&lock, runs, &mut || true).unwrap()
}

/// The segments that a reader takes for published, of all days.
fn published(store: &Store) -> Vec<(std::path::PathBuf, SegmentSummary)> {
    let mut found = Vec::new();
    for day in fs::read_dir(store.folder().join("segments")).unwrap() {
        let day = day.unwrap().path();
        let mut summaries: Vec<SegmentSummary> = fs::read_dir(&day)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == "json"))
            .map(|path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap())
            .collect();
        let replaced: Vec<String> = summaries.iter().flat_map(|s| s.replaces.clone()).collect();
        summaries.retain(|summary| !replaced.contains(&summary.name));
        found.extend(summaries.into_iter().map(|summary| (day.clone(), summary)));
    }
    found
}

/// All rows of a table as texts, sorted. Sums of `functions` are added up.
fn rows(store: &Store, table: &str) -> Vec<String> {
    let mut rows = Vec::new();
    let mut sums: HashMap<String, i64> = HashMap::new();
    for (folder, summary) in published(store) {
        let Some((_, file)) = summary.tables.iter().find(|(name, _)| *name == table) else {
            continue;
        };
        let path = folder.join(&file.file);
        let bytes = fs::read(&path).unwrap();
        assert_eq!(file.bytes, bytes.len() as u64);
        assert_eq!(file.crc32, Some(crc32fast::hash(&bytes)));
        let reader = SerializedFileReader::new(File::open(&path).unwrap()).unwrap();
        let found: Vec<_> = reader
            .get_row_iter(None)
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(found.len() as u64, file.rows);
        for row in found {
            if table == "functions" {
                let cells: Vec<_> = row.get_column_iter().collect();
                let key = format!("{:?}", &cells[..10]);
                for (name, value) in &cells[10..16] {
                    *sums.entry(format!("{key} {name}")).or_default() +=
                        value.to_string().parse::<i64>().unwrap();
                }
            } else {
                rows.push(row.to_string());
            }
        }
    }
    rows.extend(sums.iter().map(|(key, sum)| format!("{key} {sum}")));
    rows.sort();
    rows
}

fn all(store: &Store) -> Vec<Vec<String>> {
    let tables = ["calls", "exceptions", "functions", "counts"];
    tables.map(|table| rows(store, table)).to_vec()
}

fn files(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

#[test]
fn rows_are_the_same_and_stand_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    for run in ["run-a", "run-b"] {
        for seq in 0..5 {
            write(
                &store,
                run,
                seq,
                (1 + seq as i64 * 100)..(seq as i64 * 100 + 90),
            );
        }
        end(&store, run);
    }
    let before = all(&store);
    let report = merge(&store, &limits());
    assert_eq!((report.merged, report.into, report.removed), (10, 1, 0));
    assert!(report.bytes_after < report.bytes_before);
    assert_eq!(all(&store), before);

    let (day, summary) = published(&store).remove(0);
    let parts: Vec<_> = summary
        .runs
        .iter()
        .map(|p| (p.run_id.as_str(), p.calls))
        .collect();
    assert_eq!(parts, [("run-a", 445), ("run-b", 445)]);
    assert_eq!(summary.runs[1].seqs, (0, 4));
    assert_eq!(summary.runs[1].min_call_id, Some(1));
    assert_eq!(summary.runs[1].max_call_id, Some(489));
    assert_eq!(summary.functions.unwrap().len(), 3);

    // What was replaced stays for a while, and then goes.
    let with_old = files(&day);
    assert_eq!(merge(&store, &limits()).removed, 0);
    assert_eq!(files(&day), with_old);
    let now = MergeLimits {
        grace: Duration::ZERO,
        ..limits()
    };
    assert_eq!(merge(&store, &now).removed, 10);
    assert_eq!(files(&day), 5);
    assert_eq!(all(&store), before);
}

#[test]
fn calls_of_a_trace_are_together() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    // Two segments, each with every other call of each trace.
    write(&store, "run", 0, (0..200).filter(|n| n % 2 == 0));
    write(&store, "run", 1, (0..200).filter(|n| n % 2 == 1));
    end(&store, "run");
    let wide = MergeLimits {
        window_calls: 1000,
        ..limits()
    };
    assert_eq!(merge(&store, &wide).into, 1);
    let (day, summary) = published(&store).remove(0);
    let path = day.join(summary.tables.calls.unwrap().file);
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let ids: Vec<String> = reader
        .get_row_iter(None)
        .unwrap()
        .map(|row| row.unwrap().get_column_iter().nth(3).unwrap().1.to_string())
        .collect();
    let sorted: Vec<String> = (0..200).map(|n| n.to_string()).collect();
    assert_eq!(ids, sorted);
}

#[test]
fn the_last_segment_of_a_run_that_goes_on_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    for seq in 0..4 {
        write(&store, "run", seq, [seq as i64]);
    }
    let running = RunRecord {
        run_id: "run".into(),
        ..RunRecord::default()
    };
    store.write_run(&running).unwrap();
    assert_eq!(merge(&store, &limits()).merged, 3);
    // Its recovery writes it again: over the old one.
    let before = rows(&store, "calls").len();
    write(&store, "run", 3, [3, 4]);
    assert_eq!(rows(&store, "calls").len(), before + 1);
}

#[test]
fn one_process_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let lock = store.lock_upkeep().unwrap();
    assert!(lock.is_some());
    assert!(store.lock_upkeep().unwrap().is_none());
    drop(lock);
    assert!(store.lock_upkeep().unwrap().is_some());
}

#[test]
fn a_merging_that_is_told_to_end_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    for seq in 0..3 {
        write(&store, "run", seq, 0..50);
    }
    end(&store, "run");
    let day = published(&store)[0].0.clone();
    let (before, on_disk) = (all(&store), files(&day));
    let lock = store.lock_upkeep().unwrap().unwrap();
    let mut asked = 0;
    let report = store
        .merge(&lock, &limits(), &mut || {
            asked += 1;
            asked < 2
        })
        .unwrap();
    assert!(report.unfinished);
    assert_eq!((report.merged, files(&day)), (0, on_disk));
    assert_eq!(all(&store), before);
}

#[test]
fn what_a_kill_left_goes_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    for seq in 0..3 {
        write(&store, "run", seq, 0..50);
    }
    let before = all(&store);
    let day = published(&store)[0].0.clone();
    // Killed before the summary was in place.
    fs::write(day.join("merged-0198-calls.parquet"), b"PAR1").unwrap();
    assert_eq!(
        merge(
            &store,
            &MergeLimits {
                least: 9,
                ..limits()
            }
        )
        .removed,
        1
    );
    assert_eq!(all(&store), before);
    assert!(!day.join("merged-0198-calls.parquet").exists());
    // Killed while the replaced ones were removed.
    end(&store, "run");
    merge(&store, &limits());
    fs::remove_file(day.join("run-1.json")).unwrap();
    assert_eq!(all(&store), before);
    let now = MergeLimits {
        grace: Duration::ZERO,
        ..limits()
    };
    assert_eq!(merge(&store, &now).removed, 3);
    assert_eq!(all(&store), before);
}

#[test]
fn a_damaged_segment_is_left_alone_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    for seq in 0..3 {
        write(&store, "run", seq, 0..50);
    }
    end(&store, "run");
    let day = published(&store)[0].0.clone();
    let file = day.join("run-1-calls.parquet");
    let mut bytes = fs::read(&file).unwrap();
    bytes.truncate(100);
    fs::write(&file, bytes).unwrap();
    fs::write(day.join("run-7.json"), "{").unwrap();
    let report = merge(&store, &limits());
    assert_eq!(report.merged, 2, "{report:?}");
    assert_eq!(report.skipped.len(), 2, "{report:?}");
    assert!(
        report
            .skipped
            .iter()
            .any(|text| text.contains("run-1-calls"))
    );
    assert!(
        report
            .skipped
            .iter()
            .any(|text| text.contains("run-7.json"))
    );
    assert!(file.exists());
}

#[test]
fn a_run_goes_out_of_a_merged_segment() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    for run in ["r1", "r2", "r3"] {
        for seq in 0..2 {
            write(&store, run, seq, 0..50);
        }
        end(&store, run);
    }
    let of = |run: &str| {
        let all = all(&store).concat();
        let name = format!("\"{run}\"");
        all.into_iter()
            .filter(|row| row.contains(&name))
            .collect::<Vec<_>>()
    };
    let (first, third) = (of("r1"), of("r3"));
    assert!(!first.is_empty() && !of("r2").is_empty());
    merge(&store, &limits());
    remove(&store, &["r2"]);
    assert!(of("r2").is_empty());
    assert_eq!((of("r1"), of("r3")), (first, third));
    assert!(store.summaries("r2").unwrap().is_empty());
    for run in ["r1", "r3"] {
        remove(&store, &[run]);
    }
    assert_eq!(files(&folder.path().join("segments")), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_merging_keeps_every_row(
        segments in prop::collection::vec((0..3_usize, 0..80_i64, 1..60_i64), 1..12),
        window_calls in 1..100_usize,
        full_calls in 20..400_u64,
        passes in 1..4_usize,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(folder.path()).unwrap();
        let mut next = [0; 3];
        for (run, first, count) in segments {
            write(&store, ["a", "a-1", "b"][run], next[run], first..first + count);
            next[run] += 1;
        }
        end(&store, "a");
        end(&store, "b");
        let before = all(&store);
        let limits = MergeLimits {
            window_calls,
            full_calls,
            least: 2,
            grace: Duration::ZERO,
            ..MergeLimits::default()
        };
        for _ in 0..passes {
            merge(&store, &limits);
            prop_assert_eq!(all(&store), before.clone());
        }
    }
}
