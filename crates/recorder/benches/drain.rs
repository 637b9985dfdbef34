//! From ring to store: a full ring of calls with two small integers is read, assembled, redacted
//! and written. `off` is the writing of the ring alone, `memory` the assembler into a memory store;
//! `keep` decides by trace, each call being one: the dearest that it can be.
//! Runs once as a test with `cargo test --benches`.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use breadcrumb_event::function::{Backend, Function, FunctionKind};
use breadcrumb_event::layout::{CLOCK, ENTER, RETURN};
use breadcrumb_recorder::{
    Acquired, Control, KeepOptions, Operator, Overflow, Recorder, RecorderOptions, RootRule,
    RunStatus, SinkOptions, ThreadRole, ValueHead, ValueRule, ValueStep,
};
use breadcrumb_redact::Redactor;
use breadcrumb_ring::clock::monotonic_ns;
use breadcrumb_ring::{ThreadMemory, Writer};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// Calls of one measurement: 20 MiB of records, what the rings hold at most being 24.
const CALLS: u32 = 500_000;

/// Writes calls, with the clock every 16 records.
fn write(memory: &ThreadMemory, writer: &mut Writer, mut full: impl FnMut()) {
    let mut token = 0;
    let mut random = 2_463_534_242u32;
    let cells = memory.cells();
    let mut put = |writer: &mut Writer, kind, high, words: &[u64], values| {
        while !writer.record(&cells, kind, 0, high, words, values) {
            full();
        }
    };
    for n in 0..CALLS {
        if n % 8 == 0 {
            put(writer, CLOCK, 0, &[monotonic_ns().cast_unsigned()], 0);
        }
        // Scattered, as arguments are (Marsaglia's xorshift): equal steps would take no room.
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        let scattered = f64::from(random >> 12);
        let arguments = [f64::from(n).to_bits(), scattered.to_bits()];
        put(writer, ENTER, random % 50, &arguments, 2);
        token += 1;
        writer.set_token(token);
        put(writer, RETURN, token, &[(scattered + 1.0).to_bits()], 1);
    }
}

fn register() {
    let functions = Control::get().unwrap().functions();
    if !functions.is_empty() {
        return;
    }
    let function = |n| Function {
        name: format!("add{n}"),
        kind: FunctionKind::Function,
        is_async: false,
        is_generator: false,
        is_leaf: false,
        backend: Backend::Probe,
        line: n,
        column: 1,
        start: 0,
        end: 9,
        scopes: Vec::new(),
        catches: Vec::new(),
        blocks: Vec::new(),
        assignments: Vec::new(),
        parameters: vec!["a".into(), "b".into()],
    };
    functions
        .register("src/add.js".into(), (0..50).map(function).collect())
        .unwrap();
}

/// Processor time of the recorder's thread for `CALLS` calls, and bytes a call.
fn drain(sink: SinkOptions, keep: Option<KeepOptions>) -> (Duration, f64) {
    register();
    let mut options = RecorderOptions::new("bench", sink);
    options.overflow = Overflow::Block;
    options.flush_interval_ms = 100_000;
    options.redact = Arc::new(Redactor::default());
    options.ring_cap_bytes = 32 << 20;
    options.keep = keep;
    let recorder = Recorder::start(options).unwrap();
    let memory = ThreadMemory::reserve().unwrap();
    let thread = recorder.attach(&memory, ThreadRole::Main).unwrap();
    let mut writer = Writer::new();
    write(&memory, &mut writer, || {
        assert_eq!(recorder.acquire(thread), Acquired::Again);
    });
    writer.close(&memory.cells());
    let before = Instant::now();
    // All of it by the recorder's thread, so that its clock has it.
    let read = || recorder.counters().recorded + recorder.counters().counted;
    while read() < u64::from(CALLS) {
        assert!(
            before.elapsed() < Duration::from_secs(10),
            "{:?}",
            recorder.counters()
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    // Its thread tells its clock after each look at the rings.
    std::thread::sleep(Duration::from_millis(60));
    let before = Instant::now();
    recorder.flush(thread);
    let published = before.elapsed();
    let counters = recorder.counters();
    recorder.stop(RunStatus::Finished, None, None);
    let bytes = counters.bytes as f64 / f64::from(CALLS);
    (
        Duration::from_nanos(counters.recorder_cpu_ns) + published,
        bytes,
    )
}

fn bench(c: &mut Criterion) {
    let mut group = c.benchmark_group("drain");
    group
        .throughput(Throughput::Elements(CALLS.into()))
        .sample_size(10);
    group.bench_function("off: writing the ring", |b| {
        let budget = breadcrumb_ring::ChunkBudget::new(64 << 20);
        let memory = ThreadMemory::reserve().unwrap();
        b.iter_custom(|rounds| {
            let mut time = Duration::ZERO;
            for _ in 0..rounds {
                let options = breadcrumb_ring::RingOptions::anonymous(0, &budget);
                let ring = breadcrumb_ring::Ring::attach(&memory, options).unwrap();
                let begun = Instant::now();
                write(&memory, &mut Writer::new(), || assert!(ring.grow(16) > 0));
                time += begun.elapsed();
            }
            time
        });
    });
    group.bench_function("memory", |b| {
        b.iter_custom(|rounds| {
            (0..rounds)
                .map(|_| drain(SinkOptions::Memory { max_calls: 1000 }, None).0)
                .sum()
        });
    });
    let errors = KeepOptions {
        errors: true,
        ..KeepOptions::default()
    };
    let share = KeepOptions {
        share: Some(0.01),
        ..KeepOptions::default()
    };
    let condition = ValueRule {
        head: ValueHead::Arguments,
        steps: vec![ValueStep::Name("b".into())],
        op: Operator::Below,
        value: (-1).into(),
    };
    let when = KeepOptions {
        when: vec![RootRule {
            function: Some("*".into()),
            r#where: vec![condition],
            ..RootRule::default()
        }],
        ..KeepOptions::default()
    };
    for (name, keep) in [
        ("store", None),
        ("store, keep errors", Some(errors)),
        ("store, keep 1%", Some(share)),
        ("store, keep when b < -1", Some(when)),
    ] {
        group.bench_function(name, |b| {
            let mut bytes_per_call = 0.0;
            b.iter_custom(|rounds| {
                let mut time = Duration::ZERO;
                for _ in 0..rounds {
                    let folder = tempfile::tempdir().unwrap();
                    let store = SinkOptions::Store(folder.path().join("store"));
                    let (took, bytes) = drain(store, keep.clone());
                    time += took;
                    bytes_per_call = bytes;
                }
                time
            });
            println!("{:.1} bytes a call", black_box(bytes_per_call));
        });
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
