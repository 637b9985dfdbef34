//! Rows a second into a published segment, and bytes a row. Isolates the store: rows are made
//! before (a CallRow borrowed from an array), values are redacted, no ring is read.
//!
//! `off` walks the rows without pushing them (the floor); `baseline` only pushes, which encodes
//! pages but writes no file; the others push and publish, with fsync, to the temporary folder.

use std::hint::black_box;
use std::time::Duration;

use breadcrumb_event::function::{Backend, Function, FunctionEntry, FunctionKind};
use breadcrumb_event::row::{Arguments, CallResult, CallRow, CallStatus, ClockKind, ParentKind};
use breadcrumb_store::{SegmentBuilder, Store};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const ROWS: usize = 1_000_000;
const FUNCTIONS: u32 = 40;

struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

fn functions() -> Vec<FunctionEntry> {
    (0..FUNCTIONS)
        .map(|id| FunctionEntry {
            file: format!("src/services/module-{}.js", id / 6).into(),
            function: Function {
                name: format!("Service{}.method{id}", id / 6),
                kind: FunctionKind::Method,
                is_async: false,
                is_generator: false,
                is_leaf: false,
                backend: Backend::Probe,
                line: 10 * id + 1,
                column: 3,
                start: 0,
                end: 1,
                scopes: Vec::new(),
                catches: Vec::new(),
                blocks: Vec::new(),
                assignments: Vec::new(),
                parameters: vec!["id".into(), "count".into()],
            },
            generated: None,
        })
        .collect()
}

/// Calls as a server makes them: requests of 10 to 200 calls, a tree each, from a handful of
/// call paths that repeat with variations; rows in the order of return, as the recorder makes
/// them; a coarse clock, so that many durations are 0.
fn rows(arguments: &[[i64; 2]]) -> Vec<CallRow<'_>> {
    let mut random = Random(42);
    let mut rows: Vec<CallRow<'_>> = Vec::with_capacity(ROWS);
    let mut clock = 1_763_856_000_000_000_000_i64;
    let mut ticks = 0;
    let mut next_id = 1_i64;
    let mut tick = |clock: &mut i64, random: &mut Random| {
        ticks -= 1;
        if ticks <= 0 {
            ticks = 8 + random.below(17) as i64;
            *clock += 400 + random.below(4000) as i64;
        }
        *clock
    };
    while rows.len() < ROWS {
        let root_id = next_id;
        let mut open: Vec<(i64, u32, i64, i64)> = Vec::new();
        let kind = random.below(5) as u32;
        for step in 0..10 + random.below(190) {
            let deeper = open.len() < 2 || (open.len() < 12 && random.below(100) < 50);
            if deeper {
                let function = (kind * 8 + open.len() as u32 + random.below(3) as u32) % FUNCTIONS;
                open.push((next_id, function, tick(&mut clock, &mut random), 0));
                next_id += 1;
            }
            if !deeper || step % 7 == 0 {
                close(
                    &mut rows,
                    &mut open,
                    root_id,
                    tick(&mut clock, &mut random),
                    arguments,
                );
            }
        }
        while !open.is_empty() {
            close(
                &mut rows,
                &mut open,
                root_id,
                tick(&mut clock, &mut random),
                arguments,
            );
        }
        clock += random.below(200_000) as i64;
    }
    rows.truncate(ROWS);
    rows
}

fn close<'a>(
    rows: &mut Vec<CallRow<'a>>,
    open: &mut Vec<(i64, u32, i64, i64)>,
    root_id: i64,
    now: i64,
    arguments: &'a [[i64; 2]],
) {
    let Some((call_id, function, started_at_ns, inner)) = open.pop() else {
        return;
    };
    let duration = now - started_at_ns;
    if let Some(parent) = open.last_mut() {
        parent.3 += duration;
    }
    let values = &arguments[rows.len() % arguments.len()];
    rows.push(CallRow {
        thread_id: 0,
        root_id,
        call_id,
        parent_id: open.last().map(|parent| parent.0),
        parent_kind: if open.is_empty() {
            ParentKind::None
        } else {
            ParentKind::Call
        },
        function,
        started_at_ns,
        duration_ns: Some(duration),
        self_ns: duration - inner,
        wait_ns: 0,
        depth: open.len() as u32,
        status: CallStatus::Returned,
        arguments: Arguments::Integers(values),
        result: CallResult::Integer(values[0] + values[1]),
        exception_id: None,
        clock: ClockKind::Coarse,
        lines: None,
        variables: None,
    });
}

fn bench(criterion: &mut Criterion) {
    let mut random = Random(7);
    let arguments: Vec<[i64; 2]> = (0..65_536)
        .map(|_| [random.below(1000) as i64, random.below(50) as i64])
        .collect();
    let rows = rows(&arguments);
    let mut void = rows.clone();
    for row in &mut void {
        row.result = CallResult::Json(r#"{"$type":"undefined"}"#);
    }
    let mut json = rows.clone();
    for (i, row) in json.iter_mut().enumerate() {
        row.arguments = Arguments::Json(
            [
                r#"[{"id":17,"name":"Ann","tags":["a","b"]},true]"#,
                r#"["carts",{"limit":10,"offset":2040}]"#,
                r#"[null]"#,
            ][i % 3],
        );
    }
    let functions = functions();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Store::create(folder.path()).expect("a store");

    let mut group = criterion.benchmark_group("segment");
    group.throughput(Throughput::Elements(ROWS as u64));
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(3));
    group.bench_function("off", |b| {
        b.iter(|| rows.iter().map(|row| black_box(row).call_id).sum::<i64>());
    });
    group.bench_function("baseline: push only", |b| {
        b.iter(|| {
            let mut segment = SegmentBuilder::new("run", &store);
            rows.iter().for_each(|row| segment.push_call(row));
            segment.rows()
        });
    });
    for (name, rows) in [("integers", &rows), ("void", &void), ("json", &json)] {
        let mut bytes = 0;
        let mut segment = SegmentBuilder::new("run", &store);
        group.bench_function(name, |b| {
            b.iter(|| {
                rows.iter().for_each(|row| segment.push_call(row));
                let published = segment.publish(&store, 0, &functions).expect("published");
                bytes = published.bytes;
            });
        });
        if bytes > 0 {
            println!("{name}: {:.2} bytes a call", bytes as f64 / ROWS as f64);
        }
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
