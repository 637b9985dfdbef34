//! Which runs go: against what the policy says, and on a store of declared segments.

use std::fs::{self, File};
use std::time::{Duration, Instant};

use proptest::prelude::*;

use crate::retention::{KeptRun, PlannedRun, Pruning, RetentionPlan, RetentionScope};
use crate::retention_policy::{Reason, RetentionPolicy};
use crate::stored_run::{StoredRun, WhyKept};
use crate::{
    RunPart, RunRecord, RunStatus, SegmentSummary, Store, TableSummaries, TableSummary,
    iso_timestamp,
};

const NOW_NS: i64 = 1_800_000_000_000_000_000;
const SECOND_NS: i64 = 1_000_000_000;
const NONE: RetentionPolicy = RetentionPolicy {
    max_age: None,
    max_error_age: None,
    max_bytes: None,
    max_runs: None,
};

fn pruning() -> Pruning<'static> {
    Pruning {
        now_ns: NOW_NS,
        awaits_recovery: &|_| false,
    }
}

/// A segment of `bytes` that takes no room.
fn declare(store: &Store, name: &str, runs: &[(&str, u64)], bytes: u64) {
    let folder = store.date_folder("2026-01-01").unwrap();
    let file = format!("{name}-calls.parquet");
    File::create(folder.join(&file))
        .unwrap()
        .set_len(bytes)
        .unwrap();
    let part = |&(run, calls): &(&str, u64)| RunPart {
        run_id: run.into(),
        calls,
        max_started_at_ns: Some(NOW_NS - 3600 * SECOND_NS),
        ..RunPart::default()
    };
    let summary = SegmentSummary {
        schema_version: crate::STORE_VERSION,
        name: name.into(),
        runs: runs.iter().map(part).collect(),
        tables: TableSummaries {
            calls: Some(TableSummary {
                file,
                rows: runs.iter().map(|(_, calls)| calls).sum(),
                bytes,
                crc32: None,
            }),
            ..TableSummaries::default()
        },
        function_hashes: Some((0..200).map(|hash| format!("{hash:06x}")).collect()),
        replaces: Vec::new(),
    };
    let text = serde_json::to_vec(&summary).unwrap();
    fs::write(folder.join(format!("{name}.json")), text).unwrap();
}

fn record(run: &str, age: i64) -> RunRecord {
    RunRecord {
        run_id: run.into(),
        status: RunStatus::Finished,
        ended_at: Some(iso_timestamp(NOW_NS - age * SECOND_NS)),
        exit_code: Some(0),
        ..RunRecord::default()
    }
}

fn ids(runs: &[PlannedRun]) -> Vec<(&str, Reason)> {
    runs.iter()
        .map(|run| (run.run_id.as_str(), run.reason))
        .collect()
}

fn plan(store: &Store, policy: &RetentionPolicy) -> RetentionPlan {
    store
        .plan_retention(&RetentionScope::Policy(policy), &pruning())
        .unwrap()
}

fn prune(store: &Store, policy: &RetentionPolicy) -> RetentionPlan {
    let lock = store.lock_upkeep().unwrap().unwrap();
    let scope = RetentionScope::Policy(policy);
    store
        .prune(&lock, &scope, &pruning(), &mut || true)
        .unwrap()
        .0
}

#[test]
fn age_is_told_by_the_end_and_errors_stay_longer() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    store.write_run(&record("old", 101)).unwrap();
    store.write_run(&record("new", 100)).unwrap();
    let failed = [
        RunRecord {
            exit_code: Some(3),
            ..record("exit", 200)
        },
        RunRecord {
            signal: Some("SIGKILL".into()),
            ..record("signal", 200)
        },
        RunRecord {
            status: RunStatus::Crashed,
            ..record("crashed", 201)
        },
    ];
    for run in &failed {
        store.write_run(run).unwrap();
    }
    let policy = RetentionPolicy {
        max_age: Some(Duration::from_secs(100)),
        max_error_age: Some(Duration::from_secs(200)),
        ..NONE
    };
    let found = plan(&store, &policy);
    assert_eq!(
        ids(&found.runs),
        [("crashed", Reason::Age), ("old", Reason::Age)]
    );
    assert!(found.runs[0].failed && !found.runs[1].failed);
    let alike = RetentionPolicy {
        max_error_age: None,
        ..policy
    };
    assert_eq!(plan(&store, &alike).runs.len(), 4);
    assert_eq!(plan(&store, &NONE).runs.len(), 0);
}

#[test]
fn bytes_of_a_shared_segment_are_told_by_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    for (run, age) in [("a", 30), ("b", 20), ("c", 10)] {
        store.write_run(&record(run, age)).unwrap();
    }
    declare(&store, "merged-0198", &[("a", 1), ("b", 1), ("c", 1)], 1000);
    declare(&store, "c-1", &[("c", 7)], 500);
    let found = plan(
        &store,
        &RetentionPolicy {
            max_bytes: Some(834),
            ..NONE
        },
    );
    assert_eq!(
        ids(&found.runs),
        [("a", Reason::Bytes), ("b", Reason::Bytes)]
    );
    let bytes: Vec<u64> = found.runs.iter().map(|run| run.bytes).collect();
    assert_eq!(
        (bytes, found.bytes, found.kept_bytes),
        (vec![333, 333], 666, 834)
    );
}

#[test]
fn pinned_written_and_unreadable_runs_stay() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let running = |run: &str, age: i64| RunRecord {
        status: RunStatus::Running,
        started_at: iso_timestamp(NOW_NS - age * SECOND_NS),
        ended_at: None,
        ..record(run, 0)
    };
    const LONG: i64 = 1_000_000;
    store.write_run(&record("pinned", LONG)).unwrap();
    assert!(store.pin_run("pinned", true).unwrap());
    assert!(!store.pin_run("pinned", true).unwrap());
    // Its process writes the record again.
    store.write_run(&record("pinned", LONG)).unwrap();
    store.write_run(&running("held", LONG)).unwrap();
    let writes = store.lock_run("held").unwrap();
    store.write_run(&running("killed", LONG)).unwrap();
    fs::write(folder.path().join("runs/killed.lock"), "").unwrap();
    store.write_run(&running("heard", 3600)).unwrap();
    store.write_run(&running("silent", LONG)).unwrap();
    store.write_run(&running("in-memory", LONG)).unwrap();
    fs::write(folder.path().join("runs/torn.json"), "{").unwrap();
    declare(&store, "lost-0", &[("lost", 1)], 10);
    declare(&store, "torn-0", &[("torn", 1)], 10);
    let awaits = Pruning {
        awaits_recovery: &|run| run == "in-memory",
        ..pruning()
    };
    let policy = RetentionPolicy {
        max_runs: Some(0),
        ..NONE
    };
    let scope = RetentionScope::Policy(&policy);
    let found = store.plan_retention(&scope, &awaits).unwrap();
    let gone: Vec<&str> = found.runs.iter().map(|run| run.run_id.as_str()).collect();
    assert_eq!(gone, ["killed", "silent"]);
    let kept = [
        ("heard", WhyKept::Written),
        ("held", WhyKept::Written),
        ("in-memory", WhyKept::Written),
        // Without a record, and heard of an hour ago.
        ("lost", WhyKept::Written),
        ("pinned", WhyKept::Pinned),
        ("torn", WhyKept::Unreadable),
    ];
    let kept = kept.map(|(run, why)| KeptRun {
        run_id: run.into(),
        why,
    });
    assert_eq!(found.kept, kept);
    assert_eq!(found.kept_bytes, 20);

    drop(writes);
    assert!(!folder.path().join("runs/held.lock").exists());
    assert!(store.pin_run("pinned", false).unwrap());
    let gone: Vec<String> = prune(&store, &policy)
        .runs
        .into_iter()
        .map(|r| r.run_id)
        .collect();
    assert_eq!(gone, ["held", "in-memory", "killed", "pinned", "silent"]);
    // Nothing of the dead writer is left.
    assert!(!folder.path().join("runs/killed.lock").exists());
    assert_eq!(plan(&store, &policy).kept.len(), 3);
}

#[test]
fn what_a_merging_that_was_killed_wrote_goes_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    store.write_run(&record("a", 0)).unwrap();
    let day = folder.path().join("segments/date=2026-01-01");
    // The second one's id ends as a number does.
    for name in [
        "a-0",
        "merged-0198c0de-0000-7000-8000-00000000000f",
        "merged-0198c0de-0000-7000-8000-000000000001",
    ] {
        declare(&store, name, &[("a", 1)], 10);
        if name != "a-0" {
            fs::remove_file(day.join(format!("{name}.json"))).unwrap();
        }
    }
    prune(&store, &NONE);
    assert_eq!(fs::read_dir(day).unwrap().count(), 2);
}

#[test]
fn tables_without_a_summary_go_when_their_run_has_ended() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    for run in ["ended", "written"] {
        store.write_run(&record(run, 0)).unwrap();
        declare(&store, &format!("{run}-0"), &[(run, 1)], 10);
        declare(&store, &format!("{run}-1"), &[(run, 1)], 10);
        fs::remove_file(
            folder
                .path()
                .join(format!("segments/date=2026-01-01/{run}-1.json")),
        )
        .unwrap();
    }
    let _writes = store.lock_run("written").unwrap();
    prune(&store, &NONE);
    let mut left: Vec<String> = fs::read_dir(folder.path().join("segments/date=2026-01-01"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(
        left,
        [
            "ended-0-calls.parquet",
            "ended-0.json",
            "written-0-calls.parquet",
            "written-0.json",
            "written-1-calls.parquet"
        ]
    );
}

#[test]
fn half_of_many_declared_segments_goes() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    for run in 0..100 {
        let id = format!("run{run:03}");
        store.write_run(&record(&id, 1000 - run)).unwrap();
        for seq in 0..10 {
            declare(&store, &format!("{id}-{seq}"), &[(&id, 1000)], 100_000_000);
        }
    }
    let policy = RetentionPolicy {
        max_bytes: Some(50_000_000_000),
        ..NONE
    };
    let found = prune(&store, &policy);
    assert_eq!((found.runs.len(), found.bytes), (50, 50_000_000_000));
    assert_eq!(found.runs[49].run_id, "run049");
    assert_eq!(plan(&store, &policy).kept_bytes, 50_000_000_000);
    assert_eq!(
        fs::read_dir(folder.path().join("runs")).unwrap().count(),
        50
    );
    prune(
        &store,
        &RetentionPolicy {
            max_runs: Some(0),
            ..NONE
        },
    );
    assert_eq!(
        fs::read_dir(folder.path().join("segments"))
            .unwrap()
            .count(),
        0
    );
}

#[test]
fn programs_that_end_apply_a_policy_once_an_hour_between_them() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let policy = RetentionPolicy {
        max_runs: Some(1),
        ..NONE
    };
    let end_at = |seconds: i64, time: Duration| {
        let pruning = Pruning {
            now_ns: NOW_NS + seconds * SECOND_NS,
            awaits_recovery: &|_| false,
        };
        let until = Instant::now() + time;
        let done = store.prune_some(&policy, &pruning, until).unwrap();
        done.map(|(_, removal)| (removal.runs, removal.unfinished))
    };
    let add = |name: &str| {
        declare(&store, &format!("{name}-0"), &[(name, 1)], 10);
        store.write_run(&record(name, 100)).unwrap();
    };
    let forever = Duration::from_secs(3600);
    add("a");
    add("b");
    assert_eq!(end_at(0, forever), Some((1, false)));
    add("c");
    assert_eq!(end_at(3599, forever), None);
    // Whoever has no time left leaves the rest to the next, a minute later.
    assert_eq!(end_at(3600, Duration::ZERO), Some((0, true)));
    assert_eq!(end_at(3659, forever), None);
    let held = store.lock_upkeep().unwrap();
    assert_eq!(end_at(3660, forever), None);
    drop(held);
    assert_eq!(end_at(3660, forever), Some((1, false)));
    assert_eq!(store.read_runs().unwrap().records.len(), 1);
    // Another policy is applied at once.
    let narrower = RetentionPolicy {
        max_runs: Some(0),
        ..NONE
    };
    let until = Instant::now() + forever;
    let done = store.prune_some(&narrower, &pruning(), until).unwrap();
    assert_eq!(done.unwrap().1.runs, 1);
    add("c");
    assert_eq!(end_at(3660, forever), Some((0, false)));
    // By a clock that was set back.
    add("d");
    assert_eq!(end_at(-9000, forever), Some((1, false)));
}

fn any_run() -> impl Strategy<Value = StoredRun> {
    let kept = prop_oneof![4 => Just(None), 1 => Just(Some(WhyKept::Pinned))];
    (0..300_i64, any::<bool>(), kept, 0..50_u64).prop_map(|(age, failed, kept, bytes)| StoredRun {
        ended_ns: NOW_NS - age * SECOND_NS,
        failed,
        kept,
        bytes,
        ..StoredRun::default()
    })
}

proptest! {
    #[test]
    fn no_more_goes_than_must(
        mut runs in prop::collection::vec(any_run(), 0..30),
        ages in (prop::option::of(1..300_u64), prop::option::of(1..300_u64)),
        max_bytes in prop::option::of(0..800_u64),
        max_runs in prop::option::of(0..30_u64),
    ) {
        for (at, run) in runs.iter_mut().enumerate() {
            run.run_id = format!("r{at:02}");
        }
        let policy = RetentionPolicy {
            max_age: ages.0.map(Duration::from_secs),
            max_error_age: ages.1.map(Duration::from_secs),
            max_bytes,
            max_runs,
        };
        // The simple way: one at a time goes that has used up most, as long as a limit is passed.
        let seconds = |run: &StoredRun| ((NOW_NS - run.ended_ns) / SECOND_NS) as u64;
        let time = |run: &StoredRun| if run.failed { ages.1.or(ages.0) } else { ages.0 };
        let used = |run: &StoredRun| match (ages.0, ages.1) {
            (Some(_), Some(_)) => seconds(run) as f64 / time(run).unwrap() as f64,
            _ => seconds(run) as f64,
        };
        let mut left: Vec<&StoredRun> = runs.iter().collect();
        left.retain(|run| run.kept.is_some() || time(run).is_none_or(|time| seconds(run) <= time));
        loop {
            let bytes: u64 = left.iter().map(|run| run.bytes).sum();
            let too_many = max_runs.is_some_and(|most| left.len() as u64 > most);
            let too_large = max_bytes.is_some_and(|most| bytes > most);
            let may_go = |run: &&&StoredRun| {
                run.kept.is_none() && (too_many || (too_large && run.bytes > 0))
            };
            let next = left.iter().filter(may_go).max_by(|a, b| {
                used(a).total_cmp(&used(b)).then(b.run_id.cmp(&a.run_id))
            });
            let Some(next) = next.map(|run| run.run_id.clone()) else { break };
            left.retain(|run| run.run_id != next);
        }
        let mut gone: Vec<usize> = policy.choose(&runs, NOW_NS).iter().map(|(at, _)| *at).collect();
        gone.sort_unstable();
        let staying: Vec<&str> = left.iter().map(|run| run.run_id.as_str()).collect();
        let expected: Vec<usize> = (0..runs.len())
            .filter(|at| !staying.contains(&runs[*at].run_id.as_str()))
            .collect();
        prop_assert_eq!(gone, expected);
    }
}
