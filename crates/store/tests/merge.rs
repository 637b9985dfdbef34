//! Merging: every row once, whatever was merged with what, and wherever it was cut short.

mod sample_store;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, Instant};

use breadcrumb_store::{MergeLimits, MergeReport, Removal, RunRecord, Store};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use proptest::prelude::*;
use sample_store::{all, end, functions_of, published, rows, write, write_with};
use serde_json::json;

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

fn files(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

/// How often each number stands in the column `seq` of a table; -1 for null.
fn seqs(store: &Store, table: &str) -> BTreeMap<i32, usize> {
    let mut counts = BTreeMap::new();
    for (folder, summary) in published(store) {
        let (_, file) = summary
            .tables
            .iter()
            .find(|(name, _)| *name == table)
            .unwrap();
        let file = File::open(folder.join(&file.file)).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        for row in reader.get_row_iter(None).unwrap().map(Result::unwrap) {
            let mut columns = row.get_column_iter();
            let (_, field) = columns.find(|(name, _)| *name == "seq").unwrap();
            let seq = match field {
                Field::Int(seq) => *seq,
                Field::Null => -1,
                other => panic!("{other}"),
            };
            *counts.entry(seq).or_default() += 1;
        }
    }
    counts
}

#[test]
fn a_row_says_with_which_segment_it_was_published() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    for seq in [0, 1, 2, 5, 6] {
        let first = 1 + seq as i64 * 100;
        write(&store, "run-a", seq, first..first + 10 + seq as i64);
    }
    end(&store, "run-a");
    let calls = BTreeMap::from([(0, 10), (1, 11), (2, 12), (5, 15), (6, 16)]);
    assert_eq!(seqs(&store, "calls"), calls);
    let exceptions = seqs(&store, "exceptions");
    assert_eq!(
        exceptions.keys().copied().collect::<Vec<_>>(),
        [0, 1, 2, 5, 6]
    );

    merge(&store, &limits());
    assert_eq!(published(&store).len(), 1);
    assert_eq!(seqs(&store, "calls"), calls);
    assert_eq!(seqs(&store, "exceptions"), exceptions);
    let (_, merged) = published(&store).remove(0);
    assert_eq!(json!(merged.runs[0].seqs), json!([0, 2, 5, 6]));

    // And again, with another run's.
    write(&store, "run-b", 7, 1..4);
    end(&store, "run-b");
    let at_once = MergeLimits {
        grace: Duration::ZERO,
        ..limits()
    };
    merge(&store, &at_once);
    assert_eq!(published(&store).len(), 1);
    assert_eq!(seqs(&store, "calls")[&7], 3);
    assert_eq!(seqs(&store, "calls")[&5], 15);
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
    assert_eq!(json!(summary.runs[1].seqs), json!([0, 4]));
    assert_eq!(summary.runs[1].min_call_id, Some(1));
    assert_eq!(summary.runs[1].max_call_id, Some(489));
    assert_eq!(summary.function_hashes.unwrap().len(), 3 * 6);

    // What was replaced stays for a while, and then goes.
    let with_old = files(&day);
    assert_eq!(merge(&store, &limits()).removed, 0);
    assert_eq!(files(&day), with_old);
    let now = MergeLimits {
        grace: Duration::ZERO,
        ..limits()
    };
    assert_eq!(merge(&store, &now).removed, 10);
    assert_eq!(files(&day), 7);
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
fn what_has_other_bytes_than_were_written_is_never_merged() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    for seq in 0..2 {
        write(&store, "run", seq, 0..50);
    }
    end(&store, "run");
    let before = all(&store);
    let day = published(&store)[0].0.clone();
    for table in [
        "calls",
        "exceptions",
        "functions",
        "counts",
        "samples",
        "links",
    ] {
        let file = day.join(format!("run-1-{table}.parquet"));
        let sound = fs::read(&file).unwrap();
        for at in (5..sound.len()).step_by(sound.len() / 7) {
            let mut bytes = sound.clone();
            bytes[at] ^= 4;
            fs::write(&file, bytes).unwrap();
            let report = merge(&store, &limits());
            assert_eq!(report.merged, 0, "{table} at {at}: {report:?}");
            let named = |text: &String| text.contains("run-1") && text.contains("checksum");
            assert!(
                report.skipped.iter().any(named),
                "{table} at {at}: {report:?}"
            );
        }
        fs::write(&file, sound).unwrap();
    }
    assert_eq!(merge(&store, &limits()).merged, 2);
    assert_eq!(all(&store), before);
}

#[test]
fn many_short_runs_leave_few_segments_though_none_lives_long_enough_to_merge_all() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let soon = || Instant::now() + Duration::from_secs(60);
    let (mut most, mut expected) = (0, 0);
    for n in 0..200 {
        let run = format!("run{n:03}");
        write(&store, &run, 0, 0..3);
        expected += 3;
        end(&store, &run);
        store.merge_some(soon()).unwrap();
        most = most.max(published(&store).len());
    }
    // Those that were merged are merged with each other once what they replaced is gone, in a minute.
    assert!(most <= 32 + 200 / 16 + 2, "{most} segments");
    assert_eq!(rows(&store, "calls").len(), expected);
    // Without time nothing is begun.
    for n in 200..240 {
        let run = format!("run{n:03}");
        write(&store, &run, 0, 0..3);
        end(&store, &run);
    }
    let before = published(&store).len();
    let report = store.merge_some(Instant::now()).unwrap();
    assert_eq!((report.merged, report.unfinished), (0, true));
    assert_eq!(published(&store).len(), before);
}

#[test]
fn functions_that_were_not_called_stay_known() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    for run in ["run-a", "run-b"] {
        for seq in 0..2 {
            write_with(&store, run, seq, [seq as i64 * 3 + 1], &[0, 1]);
        }
        end(&store, run);
    }
    // Function 0 alone: a segment of its own, without a call.
    write_with(&store, "run-c", 0, [], &[0]);
    end(&store, "run-c");
    let idle = functions_of(&store);
    assert_eq!(idle.len(), 9, "{idle:?}");
    let report = merge(&store, &limits());
    // The last one is of today, the others of another day.
    assert_eq!((report.merged, report.into), (4, 1), "{report:?}");
    let expected = [
        ("run-a", "Cart.add", 2),
        ("run-a", "f", 0),
        ("run-b", "Cart.add", 2),
        ("run-b", "f", 0),
        ("run-c", "f", 0),
    ];
    let expected = expected.map(|(run, name, calls)| (run.to_owned(), name.to_owned(), calls));
    assert_eq!(functions_of(&store), expected);
    let merged = published(&store)
        .into_iter()
        .find(|(_, s)| !s.replaces.is_empty());
    let (_, summary) = merged.unwrap();
    assert_eq!(summary.function_hashes.map(|hashes| hashes.len()), Some(6));
    remove(&store, &["run-a"]);
    assert_eq!(functions_of(&store), expected[2..]);
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
