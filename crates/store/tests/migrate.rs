//! Migration: every row once, as it was, wherever it was cut short.

mod sample_store;

use std::fs;
use std::path::Path;

use breadcrumb_store::{
    FindingKind, MigrateOptions, MigrateReport, RunRecord, RunStatus, STORE_VERSION, Store,
    StoreError, check_store,
};
use sample_store::{all, end, rows, write};
use serde_json::{Value, json};

fn edit(path: &Path, change: impl FnOnce(&mut Value)) {
    let mut value: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    change(&mut value);
    fs::write(path, value.to_string()).unwrap();
}

/// Makes of a store what version 2 wrote: it had the same tables.
fn make_older(store: &Store) {
    let versioned = |value: &mut Value| value["schemaVersion"] = json!(2);
    edit(&store.folder().join("store.json"), versioned);
    for run in fs::read_dir(store.folder().join("runs")).unwrap() {
        edit(&run.unwrap().path(), versioned);
    }
    for day in fs::read_dir(store.folder().join("segments")).unwrap() {
        for file in fs::read_dir(day.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|e| e == "json") {
                edit(&path, |value| {
                    let mut older = value["runs"][0].clone();
                    let name = value["name"].as_str().unwrap();
                    let seq: u64 = name.rsplit_once('-').unwrap().1.parse().unwrap();
                    older["seq"] = json!(seq);
                    older["schemaVersion"] = json!(2);
                    older["tables"] = value["tables"].clone();
                    for table in older["tables"].as_object_mut().unwrap().values_mut() {
                        table.as_object_mut().unwrap().remove("crc32");
                    }
                    *value = older;
                });
            }
        }
    }
}

fn migrate(store: &Store, options: &MigrateOptions) -> MigrateReport {
    migrate_until(store, options, usize::MAX)
}

/// Says no at the question of this number.
fn migrate_until(store: &Store, options: &MigrateOptions, end: usize) -> MigrateReport {
    let lock = store.lock_upkeep().unwrap().unwrap();
    let mut asked = 0;
    let mut go_on = || {
        asked += 1;
        asked <= end
    };
    store.migrate(&lock, options, &mut go_on).unwrap()
}

fn version(folder: &Path) -> Value {
    let text = fs::read(folder.join("store.json")).unwrap();
    serde_json::from_slice::<Value>(&text).unwrap()["schemaVersion"].clone()
}

fn older_store(folder: &Path) -> Store {
    let store = Store::create(folder).unwrap();
    for seq in 0..2 {
        write(
            &store,
            "run-a",
            seq,
            seq as i64 * 100..seq as i64 * 100 + 90,
        );
    }
    write(&store, "run-b", 0, 0..10);
    end(&store, "run-a");
    end(&store, "run-b");
    make_older(&store);
    store
}

#[test]
fn everything_becomes_the_newest_and_every_row_stays() {
    let folder = tempfile::tempdir().unwrap();
    let store = older_store(folder.path());
    let before = all(&store);
    let dry = MigrateOptions {
        dry_run: true,
        ..MigrateOptions::default()
    };
    let planned = migrate(&store, &dry);
    assert_eq!(
        (planned.segments, planned.records, planned.to),
        (3, 2, STORE_VERSION)
    );
    assert_eq!(version(folder.path()), 2);

    let report = migrate(&store, &MigrateOptions::default());
    assert_eq!((report.segments, report.records), (3, 2));
    assert_eq!((report.from, report.to), (2, STORE_VERSION));
    assert_eq!(report.bytes_before, planned.bytes_before);
    assert!(report.bytes_after > 0 && report.rows > 190);
    assert_eq!(all(&store), before);
    assert_eq!(version(folder.path()), STORE_VERSION);
    assert!(!folder.path().join("migrating").exists());

    let again = migrate(&store, &MigrateOptions::default());
    assert_eq!((again.segments, again.records), (0, 0));
    let kinds: Vec<_> = check_store(folder.path(), &mut |_, _| {}).unwrap().notes;
    assert_eq!(
        kinds
            .iter()
            .filter(|f| f.kind == FindingKind::Replaced)
            .count(),
        3
    );
    assert!(
        kinds
            .iter()
            .all(|f| f.kind == FindingKind::Replaced || f.file.starts_with("runs")),
        "{kinds:?}"
    );
}

/// What older versions do not say of an exception.
const NOT_KNOWN: &str = ", thrown_file: null, thrown_line: null, thrown_col: null, caught_id: null, caught_function: null, caught_file: null, caught_line: null, cause_id: null, causes: null, errors: null, crossed: null";

#[test]
fn a_store_of_any_older_version_is_migrated_and_keeps_a_backup() {
    for version_of_store in ["v1", "v2", "v3"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        let fixture = Path::new("../../__test__/query/stores").join(version_of_store);
        copy(&fixture, &path);
        let store = Store::open(&path).unwrap();
        // Which segment they came with is known from its name.
        let before = rows(&store, "exceptions");
        let before: Vec<_> = before
            .iter()
            .map(|row| row.replace('}', &format!(", seq: 0{}}}", NOT_KNOWN)))
            .collect();
        let backup = folder.path().join("backup");
        let options = MigrateOptions {
            backup: Some(backup.clone()),
            dry_run: false,
        };
        let report = migrate(&store, &options);
        assert_eq!(
            (report.segments, report.skipped.len(), report.to),
            (1, 0, STORE_VERSION)
        );
        assert_eq!(rows(&store, "exceptions"), before);
        assert_eq!(rows(&store, "calls").len(), 19);
        assert!(
            rows(&store, "calls")
                .iter()
                .all(|row| row.contains("parent_kind: \""))
        );
        // The backup is the store as it was.
        for file in files(&fixture) {
            assert_eq!(
                fs::read(fixture.join(&file)).unwrap(),
                fs::read(backup.join(&file)).unwrap()
            );
        }
        assert_eq!(files(&backup), files(&fixture));
    }
}

#[test]
fn a_migration_that_is_cut_short_anywhere_loses_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut ends = 0;
    for end in 0.. {
        let path = folder.path().join(end.to_string());
        let store = older_store(&path);
        let before = all(&store);
        let report = migrate_until(&store, &MigrateOptions::default(), end);
        assert_eq!(all(&store), before, "cut short at {end}");
        assert!(
            check_store(&path, &mut |_, _| {})
                .unwrap()
                .problems
                .iter()
                .all(|problem| {
                    problem.kind == FindingKind::Miscounted // The sample's records count nothing.
                })
        );
        if !report.unfinished {
            break;
        }
        assert_eq!(version(&path), 2);
        ends += 1;
        let rest = migrate(&store, &MigrateOptions::default());
        assert!(!rest.unfinished && rest.skipped.is_empty(), "{rest:?}");
        assert_eq!(all(&store), before, "gone on after {end}");
        assert_eq!(version(&path), STORE_VERSION);
        assert!(!path.join("migrating").exists());
    }
    // For each segment: its rows read, four or five files in place, and the end.
    assert!(ends > 15, "{ends}");
}

#[test]
fn what_may_be_written_again_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let store = older_store(folder.path());
    let running = RunRecord {
        run_id: "run-b".into(),
        status: RunStatus::Running,
        ..RunRecord::default()
    };
    store.write_run(&running).unwrap();
    edit(&folder.path().join("runs/run-b.json"), |v| {
        v["schemaVersion"] = json!(2)
    });
    let report = migrate(&store, &MigrateOptions::default());
    assert_eq!((report.segments, report.to), (2, 2));
    assert_eq!(
        report.left,
        ["segments/date=2025-11-23/run-b-0", "runs/run-b.json"]
    );
    assert_eq!(version(folder.path()), 2);
    end(&store, "run-b");
    assert_eq!(migrate(&store, &MigrateOptions::default()).segments, 1);
    assert_eq!(version(folder.path()), STORE_VERSION);
}

#[test]
fn what_is_damaged_is_left_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let store = older_store(folder.path());
    let path = folder
        .path()
        .join("segments/date=2025-11-23/run-a-1-calls.parquet");
    let content = fs::read(&path).unwrap();
    fs::write(&path, &content[..content.len() / 2]).unwrap();
    let report = migrate(&store, &MigrateOptions::default());
    assert_eq!((report.segments, report.to), (2, 2));
    assert_eq!(report.skipped.len(), 1);
    assert!(
        report.skipped[0].contains("run-a-1-calls.parquet"),
        "{report:?}"
    );
    assert!(path.exists());
    fs::write(&path, content).unwrap();
    assert_eq!(
        migrate(&store, &MigrateOptions::default()).to,
        STORE_VERSION
    );
}

#[test]
fn a_segment_whose_rows_would_change_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let store = older_store(folder.path());
    let day = folder.path().join("segments/date=2025-11-23");
    // Its sums are those of other calls: written again from its calls, they would change.
    let other = day.join("run-a-0-functions.parquet");
    let bytes = fs::copy(&other, day.join("run-a-1-functions.parquet")).unwrap();
    edit(&day.join("run-a-1.json"), |value| {
        value["tables"]["functions"]["bytes"] = json!(bytes);
    });
    let before = fs::read(day.join("run-a-1.json")).unwrap();
    let report = migrate(&store, &MigrateOptions::default());
    assert_eq!((report.segments, report.to), (2, 2));
    assert!(
        report.skipped[0].contains("its rows are others"),
        "{report:?}"
    );
    assert_eq!(fs::read(day.join("run-a-1.json")).unwrap(), before);
}

#[test]
fn a_backup_has_a_folder_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let store = older_store(&folder.path().join("store"));
    let other = Store::create(folder.path().join("other")).unwrap();
    for (backup, reason) in [
        (other.folder().to_owned(), "another store"),
        (store.folder().to_owned(), "in the store itself"),
        (store.folder().join("runs"), "in the store itself"),
        (store.folder().join("new/backup"), "in the store itself"),
    ] {
        let options = MigrateOptions {
            backup: Some(backup),
            dry_run: false,
        };
        let lock = store.lock_upkeep().unwrap().unwrap();
        let error = store.migrate(&lock, &options, &mut || true).unwrap_err();
        assert!(matches!(error, StoreError::Backup { .. }));
        assert!(error.to_string().contains(reason), "{error}");
    }
    assert!(
        !store.folder().join("new").exists(),
        "nothing is made of a refused one"
    );
}

fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(&file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(from.join(&file), target).unwrap();
    }
}

/// Paths of all files, from the folder on.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_owned();
        if path.is_dir() {
            found.extend(files(&path).iter().map(|file| Path::new(&name).join(file)));
        } else {
            found.push(name.into());
        }
    }
    found.sort();
    found
}
