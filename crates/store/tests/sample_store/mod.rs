//! Segments with every kind of cell, and all rows of a store as texts, for the tests of upkeep.
//!
//! Limits: a test takes of it what it needs.
#![allow(dead_code)]

use std::collections::HashMap;
use std::fs::{self, File};

use breadcrumb_event::function::{Backend, Function, FunctionEntry, FunctionKind, Generated};
use breadcrumb_event::row::{
    Arguments, CallResult, CallRow, CallStatus, ClockKind, CountRow, Crossed, ExceptionRow,
    LinkDirection, LinkRow, ParentKind, SampleRow, SampledFunction,
};
use breadcrumb_store::{RunRecord, RunStatus, SegmentBuilder, SegmentSummary, Store};
use parquet::file::reader::{FileReader, SerializedFileReader};

pub fn functions_of_calls() -> Vec<FunctionEntry> {
    let entry = |name: &str, line: u32, kind, parameters: &[&str]| FunctionEntry {
        file: format!("src/{line}.ts").into(),
        function: Function {
            name: name.into(),
            kind,
            is_async: false,
            is_generator: false,
            is_leaf: false,
            backend: if line == 2 {
                Backend::Inspector
            } else {
                Backend::Probe
            },
            line,
            column: 1,
            start: 0,
            end: 1,
            scopes: Vec::new(),
            catches: Vec::new(),
            blocks: Vec::new(),
            assignments: Vec::new(),
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
        lines: None,
        variables: None,
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
        thrown_at: None,
        caught: None,
        cause_id: None,
        causes: None,
        errors: None,
        crossed: Crossed::Json(None),
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

fn link(n: i64) -> LinkRow {
    LinkRow {
        thread_id: 1,
        root_id: n,
        call_id: n + 1,
        at_ns: 1_763_856_000_000_000_000 + n,
        direction: LinkDirection::ALL[n.unsigned_abs() as usize % 3],
        w3c_trace: 1 << 127 | u128::from(n.unsigned_abs()),
        span: 7 + n.unsigned_abs(),
    }
}

fn sample(n: i64) -> SampleRow {
    let function = SampledFunction {
        name: "größer".into(),
        file: "src/a.js".into(),
        line: 3,
        column: 1,
    };
    SampleRow {
        thread_id: 1,
        kind: ["cpu", "heap"][n.unsigned_abs() as usize % 2].into(),
        from_ns: 1_763_856_000_000_000_000,
        to_ns: 1_763_856_000_000_000_000 + n,
        function: (n % 3 > 0).then_some(function),
        samples: 7,
        weight: 1000 * n,
        stack: format!(r#"[["f",null,null,null],["{n}","src/a.js",3,1]]"#),
    }
}

/// Writes a segment with these numbers.
pub fn write(store: &Store, run: &str, seq: u64, numbers: impl IntoIterator<Item = i64>) {
    write_with(store, run, seq, numbers, &[]);
}

/// The same, and functions that are known.
pub fn write_with(
    store: &Store,
    run: &str,
    seq: u64,
    numbers: impl IntoIterator<Item = i64>,
    known: &[u32],
) {
    let mut segment = SegmentBuilder::new(run, store);
    for function in known {
        segment.push_function(*function);
    }
    for n in numbers {
        segment.push_call(&call(n));
        if n % 4 == 0 {
            segment.push_exception(&exception(n));
        }
        if n % 6 == 0 {
            segment.push_count(&count(n));
            segment.push_sample(sample(n));
            segment.push_link(&link(n));
        }
    }
    segment.publish(store, seq, &functions_of_calls()).unwrap();
}

pub fn end(store: &Store, run: &str) {
    let record = RunRecord {
        run_id: run.into(),
        status: RunStatus::Finished,
        ..RunRecord::default()
    };
    store.write_run(&record).unwrap();
}

/// The segments that a reader takes for published, of all days.
pub fn published(store: &Store) -> Vec<(std::path::PathBuf, SegmentSummary)> {
    let mut found = Vec::new();
    for day in fs::read_dir(store.folder().join("segments")).unwrap() {
        let day = day.unwrap().path();
        let mut summaries: Vec<SegmentSummary> = fs::read_dir(&day)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == "json"))
            .map(|path| summary(&fs::read(path).unwrap()))
            .collect();
        let replaced: Vec<String> = summaries.iter().flat_map(|s| s.replaces.clone()).collect();
        summaries.retain(|summary| !replaced.contains(&summary.name));
        found.extend(summaries.into_iter().map(|summary| (day.clone(), summary)));
    }
    found
}

/// A summary of any version: of older ones, what stands in the same place.
fn summary(text: &[u8]) -> SegmentSummary {
    let value: serde_json::Value = serde_json::from_slice(text).unwrap();
    let version = value["schemaVersion"].as_u64().unwrap();
    if version >= 3 {
        return serde_json::from_value(value).unwrap();
    }
    SegmentSummary {
        schema_version: version as u32,
        name: format!("{}-{}", value["runId"].as_str().unwrap(), value["seq"]),
        tables: serde_json::from_value(value["tables"].clone()).unwrap(),
        ..SegmentSummary::default()
    }
}

/// All rows of a table as texts, sorted. Sums of `functions` are added up.
pub fn rows(store: &Store, table: &str) -> Vec<String> {
    let mut rows = Vec::new();
    let mut sums: HashMap<String, i64> = HashMap::new();
    for (folder, summary) in published(store) {
        let Some((_, file)) = summary.tables.iter().find(|(name, _)| *name == table) else {
            continue;
        };
        let path = folder.join(&file.file);
        let bytes = fs::read(&path).unwrap();
        assert_eq!(file.bytes, bytes.len() as u64);
        if summary.schema_version >= 3 {
            assert_eq!(file.crc32, Some(crc32fast::hash(&bytes)));
        }
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

pub fn all(store: &Store) -> Vec<Vec<String>> {
    let tables = [
        "calls",
        "exceptions",
        "functions",
        "counts",
        "samples",
        "links",
    ];
    tables.map(|table| rows(store, table)).to_vec()
}

/// Run, name and calls of each row of `functions`, sorted.
pub fn functions_of(store: &Store) -> Vec<(String, String, i64)> {
    let mut found = Vec::new();
    for (folder, summary) in published(store) {
        let Some(file) = summary.tables.functions else {
            continue;
        };
        let file = File::open(folder.join(&file.file)).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        for row in reader.get_row_iter(None).unwrap().map(Result::unwrap) {
            let cells: HashMap<_, _> = row.get_column_iter().map(|(k, v)| (&**k, v)).collect();
            let text = |name: &str| cells[name].to_string().trim_matches('"').to_owned();
            let calls = text("calls").parse().unwrap();
            found.push((text("run_id"), text("function"), calls));
        }
    }
    found.sort();
    found
}
