//! Writes a store of made-up rows, with every kind of cell, and prints the calls as JSON lines,
//! to be compared with what another reader finds:
//! `cargo run -p breadcrumb-store --example sample_store -- /tmp/sample 300000 > expected.jsonl`.
//!
//! Limits: the folder must not hold a store already, or the old segment 0 is replaced.

use std::io::Write as _;

use breadcrumb_event::function::{Backend, Function, FunctionEntry, FunctionKind};
use breadcrumb_event::row::{
    Arguments, CallResult, CallRow, CallStatus, ClockKind, CountRow, Crossed, ExceptionRow,
    ParentKind,
};
use breadcrumb_store::{RunRecord, RunStatus, SegmentBuilder, Store, iso_timestamp};
use serde_json::json;

const RUN: &str = "0199a000-0000-7000-8000-000000000000";
const START_NS: i64 = 1_763_856_000_000_000_000;

fn functions() -> Vec<FunctionEntry> {
    (0..300)
        .map(|id| FunctionEntry {
            file: format!("src/mödule-{}.js", id % 7).into(),
            function: Function {
                name: format!("Service{}.method{id}", id % 7),
                kind: FunctionKind::Method,
                is_async: false,
                is_generator: false,
                is_leaf: false,
                backend: Backend::Probe,
                line: id + 1,
                column: id % 80 + 1,
                start: 0,
                end: 1,
                scopes: Vec::new(),
                catches: Vec::new(),
                blocks: Vec::new(),
                assignments: Vec::new(),
                parameters: (0..id % 3).map(|p| format!("p{p}")).collect(),
            },
            generated: None,
        })
        .collect()
}

/// Row `i`, with its texts given: each kind of cell at some rows.
fn row<'a>(i: i64, integers: &'a [i64], text: &'a str) -> CallRow<'a> {
    CallRow {
        thread_id: u32::from(i % 1000 == 999),
        root_id: i / 50 * 50,
        call_id: i,
        parent_id: (i % 50 > 0).then_some(i - 1),
        parent_kind: [ParentKind::None, ParentKind::Call][usize::from(i % 50 > 0)],
        function: (i * 7919 % 300) as u32,
        started_at_ns: START_NS + i * 137,
        duration_ns: (i % 97 > 0).then_some(i * i % 100_003),
        self_ns: i % 1009,
        wait_ns: if i % 5 == 0 { i } else { 0 },
        depth: (i % 50) as u32,
        status: match i % 97 {
            0 => CallStatus::Open,
            1 => CallStatus::Threw,
            _ => CallStatus::Returned,
        },
        arguments: match i % 7 {
            0 => Arguments::None,
            1 => Arguments::Json(text),
            n => Arguments::Integers(&integers[..(n as usize - 2).min(2)]),
        },
        result: match i % 4 {
            0 => CallResult::None,
            1 => CallResult::Json(text),
            _ => CallResult::Integer(-i),
        },
        exception_id: (i % 97 == 1).then_some(i + 5),
        clock: [ClockKind::Coarse, ClockKind::Exact][usize::from(i % 300 == 3)],
        lines: None,
        variables: None,
    }
}

fn expected(row: &CallRow<'_>, functions: &[FunctionEntry]) -> serde_json::Value {
    let entry = &functions[row.function as usize];
    let arguments = match row.arguments {
        Arguments::None => json!(null),
        Arguments::Json(text) => json!(text),
        Arguments::Integers(values) => json!(json!(values).to_string()),
    };
    let result = match row.result {
        CallResult::None => json!(null),
        CallResult::Json(text) => json!(text),
        CallResult::Integer(v) => json!(v.to_string()),
    };
    json!([
        RUN,
        row.thread_id,
        row.root_id,
        row.call_id,
        row.parent_id,
        entry.function.name,
        &*entry.file,
        entry.function.line,
        entry.function.column,
        json!(entry.function.parameters).to_string(),
        row.started_at_ns,
        row.duration_ns,
        row.self_ns,
        row.wait_ns,
        row.depth,
        row.status.name(),
        arguments,
        result,
        row.exception_id,
        row.clock.name(),
        1,
        "probe",
    ])
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments
        .next()
        .ok_or("usage: sample_store FOLDER [ROWS]")?;
    let rows: i64 = arguments.next().unwrap_or("1000".into()).parse()?;
    let store = Store::create(folder)?;
    let functions = functions();
    let mut segment = SegmentBuilder::new(RUN, &store);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for i in 0..rows {
        let text = format!("[\"té\\\"xt {}\"]", i % 1000);
        let integers = [i * 3 - 1000, -i];
        let row = row(i, &integers, &text);
        segment.push_call(&row);
        writeln!(out, "{}", expected(&row, &functions))?;
    }
    segment.push_exception(&ExceptionRow {
        exception_id: 6,
        thread_id: 0,
        call_id: Some(1),
        root_id: None,
        function: Some(1),
        name: "TypeError",
        message: "x is not a function",
        stack: None,
        thrown_at_ns: START_NS,
        handled: "caught",
        calls: 2,
        thrown_at: None,
        caught: None,
        cause_id: None,
        causes: None,
        errors: None,
        crossed: Crossed::Json(None),
    });
    segment.push_count(&CountRow {
        function: 2,
        thread_id: 0,
        from_ns: START_NS,
        to_ns: START_NS + 1_000_000_000,
        counted: 12_345,
        dropped: 6,
    });
    let published = segment.publish(&store, 0, &functions)?;
    let mut record = RunRecord {
        run_id: RUN.into(),
        command: vec!["node".into(), "sample.js".into()],
        started_at: iso_timestamp(START_NS),
        status: RunStatus::Finished,
        ..RunRecord::default()
    };
    record.counters.recorded = rows.unsigned_abs();
    record.counters.bytes = published.bytes;
    store.write_run(&record)?;
    Ok(())
}
