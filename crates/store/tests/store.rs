//! The folder, run records, publication and removal, from outside.

use std::fs;
use std::path::Path;

use breadcrumb_event::function::{Backend, Function, FunctionEntry, FunctionKind};
use breadcrumb_event::row::{
    Arguments, CallResult, CallRow, CallStatus, ClockKind, CountRow, Crossed, ExceptionRow,
    ParentKind,
};
use breadcrumb_store::{RunRecord, STORE_VERSION, SegmentBuilder, Store, StoreError};

fn function(name: &str) -> FunctionEntry {
    FunctionEntry {
        file: "src/cart.js".into(),
        function: Function {
            name: name.into(),
            kind: FunctionKind::Method,
            is_async: false,
            is_generator: false,
            is_leaf: false,
            backend: Backend::Probe,
            line: 3,
            column: 9,
            start: 40,
            end: 99,
            scopes: Vec::new(),
            catches: Vec::new(),
            blocks: Vec::new(),
            assignments: Vec::new(),
            parameters: vec!["a".into(), "b".into()],
        },
        generated: None,
    }
}

fn call(call_id: i64) -> CallRow<'static> {
    CallRow {
        thread_id: 0,
        root_id: 1,
        call_id,
        parent_id: (call_id > 1).then_some(1),
        parent_kind: [ParentKind::None, ParentKind::Root][usize::from(call_id > 1)],
        function: 0,
        started_at_ns: 1_763_856_000_000_000_000 + call_id,
        duration_ns: Some(10),
        self_ns: 5,
        wait_ns: 0,
        depth: 1,
        status: CallStatus::Returned,
        arguments: Arguments::Integers(&[1, 2]),
        result: CallResult::Integer(3),
        exception_id: None,
        clock: ClockKind::Coarse,
        lines: None,
        variables: None,
    }
}

fn exception() -> ExceptionRow<'static> {
    ExceptionRow {
        exception_id: 1,
        thread_id: 0,
        call_id: Some(2),
        root_id: Some(1),
        function: Some(0),
        name: "TypeError",
        message: "x is not a function",
        stack: None,
        thrown_at_ns: 1_763_856_000_000_000_009,
        handled: "caught",
        calls: 2,
        thrown_at: None,
        caught: None,
        cause_id: None,
        causes: None,
        errors: None,
        crossed: Crossed::Json(None),
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_store_is_made_once_and_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/.breadcrumb");
    assert!(matches!(
        Store::open(&path),
        Err(StoreError::Missing { .. })
    ));
    let made = Store::create(&path).unwrap();
    assert_eq!(Store::create(&path).unwrap().id(), made.id());
    assert_eq!(Store::open(&path).unwrap().id(), made.id());
    assert_eq!(
        names(&path),
        [".gitignore", "runs", "segments", "store.json"]
    );
    assert_eq!(fs::read_to_string(path.join(".gitignore")).unwrap(), "*\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |p: &Path| fs::metadata(p).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o700);
        assert_eq!(mode(&path.join("store.json")), 0o600);
    }
}

#[test]
fn a_newer_store_is_refused_by_both_versions() {
    let folder = tempfile::tempdir().unwrap();
    Store::create(folder.path()).unwrap();
    fs::write(folder.path().join("store.json"), r#"{"schemaVersion":99}"#).unwrap();
    let error = Store::create(folder.path()).unwrap_err();
    assert!(matches!(error, StoreError::Version { found: 99, .. }));
    let text = error.to_string();
    let known = format!("knows {STORE_VERSION}");
    assert!(text.contains("99") && text.contains(&known), "{text}");
    fs::write(folder.path().join("store.json"), "{").unwrap();
    assert!(matches!(
        Store::open(folder.path()),
        Err(StoreError::Corrupt { .. })
    ));
}

#[test]
fn a_file_in_the_way_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, "").unwrap();
    let error = Store::create(&path).unwrap_err();
    assert!(error.to_string().contains("file"), "{error}");
    let error = Store::create(path.join("below")).unwrap_err();
    assert!(error.to_string().contains("file"), "{error}");
}

#[test]
fn run_records_are_replaced_and_damaged_ones_named() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let mut record = RunRecord {
        run_id: "b".into(),
        command: vec!["node".into(), "a.js".into()],
        started_at: "2025-11-23T00:00:00.000Z".into(),
        ..RunRecord::default()
    };
    record.counters.more.insert("rings".into(), 2.into());
    store.write_run(&record).unwrap();
    record.exit_code = Some(0);
    store.write_run(&record).unwrap();
    fs::write(folder.path().join("runs/a.json"), "{").unwrap();
    let newer = (STORE_VERSION + 1).to_string();
    let text = format!(r#"{{"schemaVersion":{newer}}}"#);
    fs::write(folder.path().join("runs/n.json"), text).unwrap();
    let runs = store.read_runs().unwrap();
    record.schema_version = STORE_VERSION;
    assert_eq!(runs.records, [record.clone()]);
    assert_eq!(runs.corrupt.len(), 2);
    assert!(runs.corrupt[1].reason.contains(&newer));
    assert_eq!(store.read_run("b").unwrap(), Some(record));
    assert_eq!(store.read_run("z").unwrap(), None);
    let text = fs::read_to_string(folder.path().join("runs/b.json")).unwrap();
    for key in [
        "\"parentRunId\"",
        "\"crashProof\"",
        "\"recorderCpuNs\"",
        "\"leftAlone\"",
        "\"rings\"",
    ] {
        assert!(text.contains(key), "{key} in {text}");
    }
}

#[test]
fn a_segment_has_its_tables_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let functions = vec![function("Cart.add")];
    let mut segment = SegmentBuilder::new("run", &store);
    assert_eq!(segment.publish(&store, 0, &functions).unwrap().rows, 0);
    assert!(store.summaries("run").unwrap().is_empty());

    for id in 1..=10 {
        segment.push_call(&call(id));
    }
    segment.push_exception(&exception());
    assert_eq!(segment.rows(), 11);
    let published = segment.publish(&store, 0, &functions).unwrap();
    assert_eq!(published.rows, 11);
    assert_eq!(segment.rows(), 0);

    let day = folder.path().join("segments/date=2025-11-23");
    let files = [
        "run-0-calls.parquet",
        "run-0-exceptions.parquet",
        "run-0-functions.parquet",
        "run-0.json",
    ];
    assert_eq!(names(&day), files);
    let on_disk: u64 = files
        .map(|f| fs::metadata(day.join(f)).unwrap().len())
        .iter()
        .sum();
    assert_eq!(published.bytes, on_disk);
    let summary = &store.summaries("run").unwrap()[0];
    let part = &summary.runs[0];
    assert_eq!((part.min_call_id, part.max_call_id), (Some(1), Some(10)));
    assert_eq!(part.calls, 10);
    assert_eq!(summary.tables.calls.as_ref().unwrap().rows, 10);
    assert_eq!(summary.tables.counts, None);

    // Again, with other tables and on another day: nothing of the old one stays.
    segment.push_count(&CountRow {
        function: 0,
        thread_id: 0,
        from_ns: 0,
        to_ns: 1,
        counted: 4,
        dropped: 0,
    });
    segment.publish(&store, 0, &functions).unwrap();
    assert!(names(&day).is_empty());
    let day = folder.path().join("segments/date=1970-01-01");
    assert_eq!(names(&day), ["run-0-counts.parquet", "run-0.json"]);
}

#[test]
fn a_removed_run_takes_its_segments_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let functions = vec![function("f")];
    for run in ["r", "r-1", "r1"] {
        let record = RunRecord {
            run_id: run.into(),
            ..RunRecord::default()
        };
        store.write_run(&record).unwrap();
        for seq in 0..3 {
            let mut segment = SegmentBuilder::new(run, &store);
            segment.push_call(&call(1));
            segment.publish(&store, seq, &functions).unwrap();
        }
    }
    remove(&store, &["r1"]);
    remove(&store, &["nonsense"]);
    assert!(store.summaries("r1").unwrap().is_empty());
    assert_eq!(store.summaries("r").unwrap().len(), 3);
    assert_eq!(store.summaries("r-1").unwrap().len(), 3);

    // A crash after the first step: the run is no longer listed, and sweeping goes on.
    let runs = folder.path().join("runs");
    fs::rename(runs.join("r.json"), runs.join("r.json.removing")).unwrap();
    assert_eq!(store.read_runs().unwrap().records.len(), 1);
    assert_eq!(sweep(&store), 1);
    assert_eq!(names(&runs), ["r-1.json"]);
    assert_eq!(store.summaries("r-1").unwrap().len(), 3);
    assert!(store.summaries("r").unwrap().is_empty());
}

#[test]
fn a_failed_publication_leaves_nothing_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let functions = vec![function("f")];
    let mut segment = SegmentBuilder::new("run", &store);
    segment.push_call(&call(1));
    segment.push_exception(&exception());
    // A folder where a table's file should go: the rename fails.
    let day = folder.path().join("segments/date=2025-11-23");
    let obstacle = day.join("run-0-functions.parquet");
    fs::create_dir_all(obstacle.join("x")).unwrap();
    assert!(segment.publish(&store, 0, &functions).is_err());
    assert_eq!(names(&day), ["run-0-functions.parquet"]);
    assert_eq!(segment.rows(), 2);
    fs::remove_dir_all(&obstacle).unwrap();
    assert_eq!(segment.publish(&store, 0, &functions).unwrap().rows, 2);
    assert_eq!(store.summaries("run").unwrap().len(), 1);
}

#[test]
fn leftovers_go_when_their_writer_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    let make = |name: &str| {
        let file = fs::File::create(folder.path().join("runs").join(name)).unwrap();
        file.set_modified(old).unwrap();
        file
    };
    let dead = make("a.json.1-2-3.tmp");
    drop(dead);
    let living = make("b.json.1-2-3.tmp");
    living.lock().unwrap();
    fs::write(folder.path().join("runs/c.json.1-2-3.tmp"), "").unwrap();
    assert_eq!(sweep(&store), 1);
    assert_eq!(
        names(&folder.path().join("runs")),
        ["b.json.1-2-3.tmp", "c.json.1-2-3.tmp"]
    );
}

fn remove(store: &Store, runs: &[&str]) {
    let lock = store.lock_upkeep().unwrap().unwrap();
    store.remove_runs(&lock, runs, &mut || true).unwrap();
}

/// Files and runs that went.
fn sweep(store: &Store) -> usize {
    let lock = store.lock_upkeep().unwrap().unwrap();
    let removal = store.sweep(&lock, &mut || true).unwrap();
    removal.leftovers + removal.runs
}
