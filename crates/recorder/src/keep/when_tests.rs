//! Traces that are kept by what their root was given, did and came to.

use std::sync::Arc;

use breadcrumb_event::function::{Backend, Function, FunctionEntry, FunctionKind};
use breadcrumb_event::row::{Arguments, CallRow, Crossed, ExceptionRow};
use serde_json::json;

use super::keep_tests::{Bench, MS, Seen, returned, threw};
use super::{Held, KeepOptions, LINGER_NS};
use crate::codec::{Decoder, Encoder};

fn function(id: u32) -> Option<FunctionEntry> {
    let names = ["handleOrder", "handlePage", "idle"];
    Some(FunctionEntry {
        file: "src/server.js".into(),
        function: Function {
            name: (*names.get(id as usize)?).to_owned(),
            kind: FunctionKind::Function,
            is_async: false,
            is_generator: false,
            is_leaf: false,
            backend: Backend::Probe,
            line: 1,
            column: 1,
            start: 0,
            end: 1,
            parameters: vec!["order".to_owned()],
            scopes: Vec::new(),
            catches: Vec::new(),
            blocks: Vec::new(),
            assignments: Vec::new(),
        },
        generated: None,
    })
}

fn know(held: &mut Held) {
    held.know(Arc::new(function));
}

/// A policy of these rules only.
fn when(rules: serde_json::Value) -> Bench {
    let options = KeepOptions {
        when: serde_json::from_value(rules).unwrap(),
        ..KeepOptions::default()
    };
    options.check().unwrap();
    let mut bench = Bench::new(options);
    know(&mut bench.held);
    bench
}

fn root(id: i64, function: u32, times: (i64, i64)) -> CallRow<'static> {
    CallRow {
        function,
        ..returned(id, id, times)
    }
}

fn exception(id: i64, root_id: i64, name: &str) -> ExceptionRow<'_> {
    ExceptionRow {
        exception_id: id,
        thread_id: 0,
        call_id: Some(root_id),
        root_id: Some(root_id),
        function: Some(0),
        name,
        message: "",
        stack: None,
        thrown_at_ns: 0,
        handled: "unknown",
        calls: 1,
        thrown_at: None,
        caught: None,
        cause_id: None,
        causes: None,
        errors: None,
        crossed: Crossed::Json(None),
    }
}

#[test]
fn by_name_and_time_at_once_and_all_of_a_rule_must_hold() {
    let mut bench = when(json!([
        { "function": "handle*", "file": "src/*", "durationNs": { "min": 50 * MS } },
        { "function": "idle", "status": "threw" },
    ]));
    bench.call(&root(1, 0, (0, 50)));
    assert_eq!(bench.seen.roots(), [1], "nothing is waited for");
    bench.call(&root(2, 1, (0, 49)));
    bench.call(&root(3, 2, (0, 90)));
    bench.call(&CallRow {
        function: 2,
        ..threw(4, 4, (0, 1))
    });
    // Nobody knows this function.
    bench.call(&root(5, 9, (0, 90)));
    // Below another root it says nothing.
    bench.call(&CallRow {
        function: 0,
        ..returned(6, 7, (0, 90))
    });
    bench.call(&root(6, 2, (0, 90)));
    assert_eq!(bench.end(), [1, 4]);
    assert_eq!(bench.counted(), 5);
    let tally = bench.held.tally;
    assert_eq!((tally.kept, tally.out, tally.calls_out), (2, 4, 5));
}

#[test]
fn by_what_it_was_given_and_returned() {
    let tenant =
        json!({ "head": "arguments", "steps": ["order", "tenant"], "op": "=", "value": "acme" });
    let many = json!({ "head": "result", "steps": [], "op": ">", "value": 2 });
    let mut bench = when(json!([{ "where": [tenant, many] }]));
    let given = |id, json| CallRow {
        arguments: Arguments::Json(json),
        ..root(id, 0, (0, 1))
    };
    bench.call(&given(1, r#"[{"tenant":"acme"}]"#));
    bench.call(&given(2, r#"[{"tenant":"other"}]"#));
    bench.call(&CallRow {
        result: breadcrumb_event::row::CallResult::Integer(2),
        ..given(3, r#"[{"tenant":"acme"}]"#)
    });
    // Of a call whose values were not captured nothing holds.
    bench.call(&CallRow {
        arguments: Arguments::None,
        ..root(4, 0, (0, 1))
    });
    assert_eq!((bench.end(), bench.counted()), (vec![1], 3));
}

#[test]
fn by_the_number_of_its_calls_callbacks_included() {
    let mut bench = when(json!([{ "calls": { "min": 3, "max": 4 } }]));
    for (trace, calls) in [(10, 2), (20, 3), (30, 4), (40, 5)] {
        bench.call(&root(trace, 0, (0, 1)));
        for call in 1..calls {
            bench.call(&returned(trace, trace + call, (1, 2)));
        }
    }
    assert!(bench.seen.calls.is_empty(), "more may come");
    bench.at(LINGER_NS / MS);
    assert_eq!((bench.end(), bench.counted()), (vec![20, 30], 7));
}

#[test]
fn by_the_exception_that_ended_the_root_also_across_a_checkpoint() {
    let mut bench = when(json!([{ "function": "handle*", "exceptionName": "Type*" }]));
    let failed = |id: i64| CallRow {
        exception_id: Some(id + 1000),
        function: 0,
        ..threw(id, id, (0, 1))
    };
    for (id, name) in [(1, "TypeError"), (2, "RangeError"), (3, "TypeError")] {
        // Its row may come before the call's, or behind it.
        if id == 3 {
            bench
                .held
                .exception(&exception(1003, 3, name), &mut bench.seen);
        }
        bench.call(&failed(id));
        if id != 3 {
            bench
                .held
                .exception(&exception(id + 1000, id, name), &mut bench.seen);
        }
    }
    // It was caught within: not what ended the root.
    bench
        .held
        .exception(&exception(1005, 4, "TypeError"), &mut bench.seen);
    bench.call(&root(4, 0, (0, 1)));
    let mut checkpoint = Encoder::default();
    bench.held.encode(&mut checkpoint);
    let mut held = Held::decode(0, &mut Decoder::new(&checkpoint.bytes)).unwrap();
    know(&mut held);
    let mut seen = Seen::default();
    held.finish(false, &mut seen);
    assert_eq!(seen.roots(), [1, 3]);
    bench.at(LINGER_NS / MS);
    assert_eq!((bench.seen.roots(), bench.counted()), (vec![1, 3], 2));
}

#[test]
fn what_a_rule_keeps_is_kept_also_when_memory_is_full() {
    let mut bench = when(json!([{ "calls": { "max": 1 }, "durationNs": { "min": 2 * MS } }]));
    let mut options = bench.held.options().clone();
    options.memory = 2000;
    bench.held = Held::new(options, 0);
    know(&mut bench.held);
    for n in 0..1000 {
        bench.call(&root(1 + n, 0, (n, n + 1 + n % 2)));
    }
    assert!(bench.held.tally.early > 900);
    assert_eq!((bench.end().len(), bench.counted()), (500, 500));
    assert_eq!(bench.held.bytes(), 0);
}

#[test]
fn too_many_rules_are_told() {
    let options = KeepOptions {
        when: vec![super::RootRule::default(); 33],
        ..KeepOptions::default()
    };
    let error = options.check().unwrap_err().to_string();
    assert!(error.contains("at most 32"), "{error}");
}
