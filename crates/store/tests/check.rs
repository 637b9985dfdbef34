//! Checking: what is sound is called so, and whatever is not is found.

mod sample_store;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use breadcrumb_store::{
    CheckReport, FindingKind, MergeLimits, RunCounters, RunRecord, RunStatus, STORE_VERSION, Store,
    StoreError, check_store,
};
use proptest::prelude::*;
use sample_store::{all, rows, write};

const DAY: &str = "segments/date=2025-11-23";

/// A place for a store that nobody made before it.
struct Home {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            path: folder.path().join("store"),
            _folder: folder,
        }
    }

    fn path(&self) -> &Path {
        &self.path
    }
}

/// Two runs that have ended, of 150 and 50 calls, and one that goes on.
fn sound_store(folder: &Path) -> Store {
    let store = Store::create(folder).unwrap();
    for seq in 0..3 {
        write(&store, "run-a", seq, seq as i64 * 50..seq as i64 * 50 + 50);
    }
    write(&store, "run-b", 0, 0..50);
    write(&store, "run-c", 0, 0..5);
    for (run, recorded, status) in [
        ("run-a", 150, RunStatus::Finished),
        ("run-b", 50, RunStatus::Crashed),
        ("run-c", 7, RunStatus::Running),
    ] {
        let record = RunRecord {
            run_id: run.into(),
            status,
            counters: RunCounters {
                recorded,
                ..RunCounters::default()
            },
            ..RunRecord::default()
        };
        store.write_run(&record).unwrap();
    }
    store
}

fn check(store: &Store) -> CheckReport {
    check_store(store.folder(), &mut |_, _| {}).unwrap()
}

/// What is wrong: kind and file.
fn problems(store: &Store) -> Vec<(FindingKind, String)> {
    let problems = check(store).problems.into_iter();
    problems.map(|found| (found.kind, found.file)).collect()
}

fn notes(store: &Store) -> Vec<(FindingKind, String)> {
    let notes = check(store).notes.into_iter();
    notes.map(|found| (found.kind, found.file)).collect()
}

fn in_day(file: &str) -> String {
    format!("{DAY}/{file}")
}

#[test]
fn a_sound_store_is_called_so() {
    let folder = Home::new();
    let store = sound_store(folder.path());
    drop(private(&folder.path().join("runs/run-a.pin")));
    let mut told = (0, 0);
    let report = check_store(folder.path(), &mut |done, all| told = (done, all)).unwrap();
    assert!(report.is_sound(), "{report:?}");
    assert_eq!((report.segments, report.calls, report.runs), (5, 205, 3));
    assert_eq!(report.notes, []);
    assert_eq!(told, (report.bytes, report.bytes));
    assert!(report.bytes > 1000);
    // Two files of the store, three records, a pin, and five summaries with six tables.
    assert_eq!(report.files, 2 + 3 + 1 + 5 * 7);

    // Merged as well, while the old segments are still there and when they are gone.
    let limits = |grace| MergeLimits {
        least: 2,
        grace: std::time::Duration::from_secs(grace),
        ..MergeLimits::default()
    };
    let lock = store.lock_upkeep().unwrap().unwrap();
    store.merge(&lock, &limits(60), &mut || true).unwrap();
    let report = check(&store);
    assert!(report.is_sound(), "{report:?}");
    assert_eq!((report.segments, report.calls), (2, 205));
    assert!(
        report
            .notes
            .iter()
            .all(|f| matches!(f.kind, FindingKind::Replaced | FindingKind::InUse))
    );
    assert_eq!(report.notes.len(), 4 + 1);
    store.merge(&lock, &limits(0), &mut || true).unwrap();
    drop(lock);
    assert_eq!(check(&store).notes, []);
}

#[test]
fn every_kind_of_damage_is_told_from_the_others() {
    let folder = Home::new();
    let store = sound_store(folder.path());
    let day = folder.path().join(DAY);
    let truncated = day.join("run-a-0-calls.parquet");
    let content = fs::read(&truncated).unwrap();
    fs::write(&truncated, &content[..content.len() - 9]).unwrap();
    fs::write(day.join("run-a-1-exceptions.parquet"), "").unwrap();
    fs::remove_file(day.join("run-a-1-counts.parquet")).unwrap();
    fs::write(day.join("run-a-2.json"), "{").unwrap();
    fs::write(day.join("notes.txt"), "").unwrap();
    fs::write(day.join("run-b-7-calls.parquet"), "").unwrap();
    fs::write(folder.path().join("segments/old.parquet"), "").unwrap();
    fs::write(folder.path().join("runs/run-x.json"), "").unwrap();
    fs::write(folder.path().join("runs/README"), "").unwrap();
    fs::remove_file(folder.path().join("runs/run-b.json")).unwrap();
    let found = problems(&store)
        .into_iter()
        .map(|(kind, file)| (file, kind));
    let found: BTreeMap<String, FindingKind> = found
        .filter(|(_, kind)| *kind != FindingKind::Permissions) // fs::write makes files of mode 0644.
        .collect();
    let expected = [
        ("runs/README".to_owned(), FindingKind::Foreign),
        ("runs/run-a.json".to_owned(), FindingKind::Miscounted),
        ("runs/run-b.json".to_owned(), FindingKind::Missing),
        ("runs/run-x.json".to_owned(), FindingKind::Damaged),
        (in_day("notes.txt"), FindingKind::Foreign),
        (in_day("run-a-0-calls.parquet"), FindingKind::Damaged),
        (in_day("run-a-1-counts.parquet"), FindingKind::Missing),
        (in_day("run-a-1-exceptions.parquet"), FindingKind::Damaged),
        (in_day("run-a-2.json"), FindingKind::Damaged),
        (in_day("run-b-7-calls.parquet"), FindingKind::Orphan),
        ("segments/old.parquet".to_owned(), FindingKind::Foreign),
    ];
    assert_eq!(found, BTreeMap::from(expected));
}

#[test]
fn a_store_of_its_own_that_cannot_be_read_is_no_end() {
    let folder = Home::new();
    let store = sound_store(folder.path());
    let path = folder.path().join("store.json");
    fs::write(&path, "{\"schemaVersion\": 3").unwrap();
    assert_eq!(
        problems(&store)[0],
        (FindingKind::Damaged, "store.json".into())
    );
    fs::write(&path, "{\"schemaVersion\": 99, \"id\": \"x\"}").unwrap();
    let error = check_store(folder.path(), &mut |_, _| {}).unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::Version {
                found: 99,
                known: STORE_VERSION,
                ..
            }
        ),
        "{error}"
    );
    fs::remove_file(&path).unwrap();
    let error = check_store(folder.path(), &mut |_, _| {}).unwrap_err();
    assert!(matches!(error, StoreError::Missing { .. }), "{error}");
}

#[test]
fn newer_files_are_named_with_both_versions() {
    let folder = Home::new();
    let store = sound_store(folder.path());
    for file in ["runs/run-b.json", "segments/date=2025-11-23/run-a-2.json"] {
        let path = folder.path().join(file);
        let mut value: serde_json::Value =
            serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        value["schemaVersion"] = 99.into();
        fs::write(&path, value.to_string()).unwrap();
    }
    let mut report = check(&store);
    let newer: Vec<_> = report
        .problems
        .iter()
        .filter(|f| f.kind == FindingKind::Newer)
        .collect();
    assert_eq!(newer.len(), 2, "{report:?}");
    assert!(
        newer
            .iter()
            .all(|f| f.reason.contains("99") && f.reason.contains(&STORE_VERSION.to_string()))
    );
    // They may be sound: they stay.
    let lock = store.lock_upkeep().unwrap().unwrap();
    report.quarantine(folder.path(), &lock).unwrap();
    assert_eq!(report.quarantined, Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn what_others_may_read_is_told_once() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Home::new();
    let store = sound_store(folder.path());
    for file in ["store.json", "segments"] {
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(folder.path().join(file), mode).unwrap();
    }
    let found = check(&store).problems;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].kind, FindingKind::Permissions);
    assert!(found[0].reason.contains("and 1 more"), "{found:?}");
}

#[test]
fn temporary_files_are_their_writers_until_those_die() {
    let folder = Home::new();
    let store = sound_store(folder.path());
    let path = folder.path().join("runs/run-c.json.1-a-0.tmp");
    let file = private(&path);
    file.lock().unwrap();
    let name = "runs/run-c.json.1-a-0.tmp".to_owned();
    assert_eq!(notes(&store), [(FindingKind::InUse, name.clone())]);
    drop(file);
    assert_eq!(notes(&store), [(FindingKind::Leftover, name)]);
    assert!(problems(&store).is_empty());
    fs::remove_file(path).unwrap();

    // The lock of a run that is being recorded.
    let path = folder.path().join("runs/run-c.lock");
    let file = private(&path);
    file.lock().unwrap();
    let name = "runs/run-c.lock".to_owned();
    assert_eq!(notes(&store), [(FindingKind::InUse, name.clone())]);
    drop(file);
    assert_eq!(notes(&store), [(FindingKind::Leftover, name)]);
    fs::remove_file(path).unwrap();

    // Tables whose summary has not come yet, of a run that goes on; merged ones of a dead merger.
    drop(private(
        &folder.path().join(in_day("run-c-1-calls.parquet")),
    ));
    drop(private(
        &folder.path().join(in_day("merged-0198-calls.parquet")),
    ));
    let expected = [
        (FindingKind::InUse, in_day("run-c-1-calls.parquet")),
        (FindingKind::Leftover, in_day("merged-0198-calls.parquet")),
    ];
    let mut found = notes(&store);
    found.sort();
    let mut sorted = expected.to_vec();
    sorted.sort();
    assert_eq!(found, sorted);
}

#[test]
fn what_is_damaged_goes_into_quarantine_whole_and_nothing_else_does() {
    let folder = Home::new();
    let store = sound_store(folder.path());
    let day = folder.path().join(DAY);
    let path = day.join("run-a-1-calls.parquet");
    let mut content = fs::read(&path).unwrap();
    content[40] ^= 1;
    fs::write(&path, &content).unwrap();
    fs::write(folder.path().join("runs/run-b.json"), "").unwrap();
    fs::write(folder.path().join("runs/notes.txt"), "").unwrap();
    let before = rows(&store, "exceptions").len();
    let mut report = check(&store);
    let lock = store.lock_upkeep().unwrap().unwrap();
    report.quarantine(folder.path(), &lock).unwrap();
    drop(lock);
    assert_eq!(
        report.quarantined,
        ["runs/run-b", "segments/date=2025-11-23/run-a-1"]
    );
    assert!(rows(&store, "exceptions").len() < before);
    let kept = folder.path().join("quarantine/run-a-1");
    assert_eq!(fs::read_dir(&kept).unwrap().count(), 7 + 1);
    assert_eq!(
        fs::read(kept.join("run-a-1-calls.parquet")).unwrap(),
        content
    );
    let why = fs::read_to_string(kept.join("why.txt")).unwrap();
    assert!(
        why.starts_with("Moved from segments/date=2025-11-23:\n"),
        "{why}"
    );
    assert!(
        why.contains("run-a-1-calls.parquet: its bytes have another checksum"),
        "{why}"
    );
    assert!(folder.path().join("runs/notes.txt").exists());
    // What is left is sound, but fewer.
    let kinds: Vec<_> = problems(&store).into_iter().map(|(kind, _)| kind).collect();
    assert!(!kinds.contains(&FindingKind::Damaged), "{kinds:?}");
    assert!(kinds.contains(&FindingKind::Miscounted));
    assert_eq!(notes(&store)[0].0, FindingKind::Quarantined);
    // Another of that name finds a place as well.
    fs::write(folder.path().join("runs/run-b.json"), "").unwrap();
    let mut report = check(&store);
    let lock = store.lock_upkeep().unwrap().unwrap();
    report.quarantine(folder.path(), &lock).unwrap();
    assert!(
        folder
            .path()
            .join("quarantine/run-b-again-2/why.txt")
            .exists()
    );
}

#[test]
fn segments_that_a_damaged_one_replaced_count_again() {
    let folder = Home::new();
    let store = sound_store(folder.path());
    let before = all(&store);
    let lock = store.lock_upkeep().unwrap().unwrap();
    let limits = MergeLimits {
        least: 2,
        ..MergeLimits::default()
    };
    store.merge(&lock, &limits, &mut || true).unwrap();
    let merged = sample_store::published(&store);
    let (day, summary) = merged.iter().find(|(_, s)| s.is_merged()).unwrap();
    let path: PathBuf = day.join(&summary.tables.calls.as_ref().unwrap().file);
    fs::write(&path, "").unwrap();
    let mut report = check(&store);
    report.quarantine(folder.path(), &lock).unwrap();
    assert_eq!(all(&store), before);
}

fn private(path: &Path) -> fs::File {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any bit of any table, or any cut.
    #[test]
    fn any_damage_to_a_table_is_found(
        table in 0..6_usize,
        place in any::<prop::sample::Index>(),
        bit in 0..8_u32,
        cut in any::<bool>(),
    ) {
        let folder = Home::new();
        let store = Store::create(folder.path()).unwrap();
        write(&store, "run", 0, 0..40);
        let table = ["calls", "exceptions", "functions", "counts", "samples", "links"][table];
        let file = in_day(&format!("run-0-{table}.parquet"));
        let path = folder.path().join(&file);
        let mut content = fs::read(&path).unwrap();
        let at = place.index(content.len());
        if cut {
            content.truncate(at);
        } else {
            content[at] ^= 1 << bit;
        }
        fs::write(&path, content).unwrap();
        prop_assert!(problems(&store).contains(&(FindingKind::Damaged, file)));
    }

    /// Files of version 1 have no sums: what still decodes is not found, but nothing else happens.
    #[test]
    fn any_damage_to_a_table_without_a_sum_is_survived(
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let folder = Home::new();
        let day = "segments/date=2026-11-25";
        let fixture = Path::new("../../__test__/query/stores/v1");
        for part in ["", "runs", day] {
            fs::create_dir_all(folder.path().join(part)).unwrap();
            for file in fs::read_dir(fixture.join(part)).unwrap() {
                let file = file.unwrap();
                if file.path().is_file() {
                    fs::copy(file.path(), folder.path().join(part).join(file.file_name())).unwrap();
                }
            }
        }
        let tables = fs::read_dir(folder.path().join(day)).unwrap().map(|f| f.unwrap().path());
        let calls = tables.into_iter().find(|f| f.to_string_lossy().contains("calls")).unwrap();
        let mut content = fs::read(&calls).unwrap();
        let at = place.index(content.len());
        content[at] = byte;
        fs::write(&calls, content).unwrap();
        let report = check_store(folder.path(), &mut |_, _| {}).unwrap();
        let kinds = [FindingKind::Damaged, FindingKind::Miscounted, FindingKind::Permissions];
        prop_assert!(report.problems.iter().all(|f| kinds.contains(&f.kind)), "{:?}", report);
    }
}
