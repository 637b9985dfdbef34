//! Time of a retention pass over 100 GB of segments that are declared and take no room. Isolates the
//! planning and the removal of files: there are no rows to be written again.
//!
//! `off` lists the folders (the floor); `baseline` plans and removes nothing; `half_goes` plans and
//! removes 50 GB. Each by segments of 64 MiB, as merging makes them, and of 10 MB.

use std::fs::{self, File};
use std::hint::black_box;
use std::path::Path;

use breadcrumb_store::{
    Pruning, RetentionPolicy, RetentionScope, RunPart, RunRecord, RunStatus, STORE_VERSION,
    SegmentSummary, SeqRanges, Store, TableSummaries, TableSummary, iso_timestamp,
};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

const BYTES: u64 = 100_000_000_000;
const RUNS: u64 = 100;
const NOW_NS: i64 = 1_800_000_000_000_000_000;
/// Runs of a day.
const RUNS_A_DAY: u64 = 10;

const PRUNING: Pruning<'static> = Pruning {
    now_ns: NOW_NS,
    awaits_recovery: &|_| false,
};
const HALF: RetentionPolicy = RetentionPolicy {
    max_age: None,
    max_error_age: None,
    max_bytes: Some(BYTES / 2),
    max_runs: None,
};

/// A store of [`BYTES`] in segments of `bytes`.
fn declared(folder: &Path, bytes: u64) -> Store {
    let store = Store::create(folder).unwrap();
    let segments = BYTES / bytes / RUNS;
    for run in 0..RUNS {
        let id = format!("run{run:03}");
        let ended = NOW_NS - (RUNS - run).cast_signed() * 1_000_000_000;
        store
            .write_run(&RunRecord {
                run_id: id.clone(),
                status: RunStatus::Finished,
                ended_at: Some(iso_timestamp(ended)),
                exit_code: Some(0),
                ..RunRecord::default()
            })
            .unwrap();
        let day = format!("segments/date=2026-01-{:02}", run / RUNS_A_DAY + 1);
        let day = folder.join(day);
        fs::create_dir_all(&day).unwrap();
        for seq in 0..segments {
            declare(&day, &id, seq, bytes);
        }
    }
    store
}

fn declare(day: &Path, run: &str, seq: u64, bytes: u64) {
    let name = format!("{run}-{seq}");
    let file = format!("{name}-calls.parquet");
    File::create(day.join(&file))
        .unwrap()
        .set_len(bytes)
        .unwrap();
    let summary = SegmentSummary {
        schema_version: STORE_VERSION,
        name: name.clone(),
        runs: vec![RunPart {
            run_id: run.to_owned(),
            seqs: SeqRanges::one(seq),
            calls: 1000,
            ..RunPart::default()
        }],
        tables: TableSummaries {
            calls: Some(TableSummary {
                file,
                rows: 1000,
                bytes,
                crc32: None,
            }),
            ..TableSummaries::default()
        },
        function_hashes: Some((0..500).map(|hash| format!("{hash:06x}")).collect()),
        replaces: Vec::new(),
    };
    let text = serde_json::to_vec(&summary).unwrap();
    fs::write(day.join(format!("{name}.json")), text).unwrap();
}

fn retention(criterion: &mut Criterion) {
    for bytes in [64 << 20, 10_000_000] {
        let mut group = criterion.benchmark_group(format!("100 GB in segments of {bytes} bytes"));
        group.sample_size(10);
        let kept = tempfile::tempdir().unwrap();
        let store = declared(kept.path(), bytes);
        let scope = RetentionScope::Policy(&HALF);
        group.bench_function("off", |b| {
            b.iter(|| {
                let days = fs::read_dir(kept.path().join("segments")).unwrap();
                let files = days.map(|day| fs::read_dir(day.unwrap().path()).unwrap().count());
                black_box(files.sum::<usize>())
            });
        });
        group.bench_function("baseline", |b| {
            b.iter(|| store.plan_retention(&scope, &PRUNING).unwrap());
        });
        group.bench_function("half_goes", |b| {
            b.iter_batched(
                || {
                    let folder = tempfile::tempdir().unwrap();
                    let store = declared(folder.path(), bytes);
                    (folder, store)
                },
                |(folder, store)| {
                    let lock = store.lock_upkeep().unwrap().unwrap();
                    let pruned = store.prune(&lock, &scope, &PRUNING, &mut || true).unwrap();
                    assert!(pruned.0.bytes >= BYTES / 2 - bytes * RUNS);
                    // Removed by the caller, untimed.
                    folder
                },
                BatchSize::PerIteration,
            );
        });
        group.finish();
    }
}

criterion_group!(benches, retention);
criterion_main!(benches);
