//! A program to be killed: two threads that write calls as fast as they can, and say on standard
//! output how many each has written. `crash_writer <shm root> <store> <run id>`.

use std::io::Write;
use std::path::PathBuf;

use breadcrumb_event::function::{Function, FunctionKind};
use breadcrumb_event::layout::{CATCH, CLOCK, ENTER, RETURN, THROW, UNWIND};
use breadcrumb_recorder::{Acquired, Control, Overflow, Recorder, RecorderOptions, SinkOptions};
use breadcrumb_ring::clock::monotonic_ns;
use breadcrumb_ring::{ThreadMemory, Writer};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().expect("three arguments");
    let (shm, store, run_id) = (PathBuf::from(next()), PathBuf::from(next()), next());
    let mut options = RecorderOptions::new(&run_id, SinkOptions::Store(store));
    options.overflow = Overflow::Block;
    options.flush_interval_ms = 30;
    options.ring_cap_bytes = 8 << 20;
    options.shm_root = Some(shm);
    let functions = Control::get().expect("memory").functions();
    let function = Function {
        name: "f".into(),
        kind: FunctionKind::Function,
        is_async: false,
        is_generator: false,
        line: 1,
        column: 1,
        start: 0,
        end: 1,
        parameters: vec!["n".into()],
    };
    functions
        .register("f.js".into(), vec![function])
        .expect("room");
    let recorder = Recorder::start(options).expect("a recorder");
    assert!(recorder.crash_proof());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| write(&recorder));
        }
    });
}

/// Calls of `f(n)`: each a root that returns n, every tenth with a callee that throws. The number
/// said counts calls whose last record is written.
fn write(recorder: &Recorder) {
    let memory = ThreadMemory::reserve().expect("memory");
    let thread = recorder.attach(&memory).expect("a ring");
    let mut writer = Writer::new();
    let mut token = 0;
    let mut put = |kind: u32, high: u32, words: &[u64]| {
        let cells = memory.cells();
        if kind == ENTER {
            token += 1;
        }
        while !writer.record(&cells, kind, 0, high, words, words.len()) {
            assert_eq!(recorder.acquire(thread), Acquired::Again);
        }
        if kind == ENTER {
            writer.set_token(token);
        }
        token
    };
    for n in 0u32.. {
        if n % 16 == 0 {
            put(CLOCK, 0, &[monotonic_ns().cast_unsigned()]);
        }
        let value = [f64::from(n).to_bits()];
        let outer = put(ENTER, 0, &value);
        let mut last = outer;
        if n % 10 == 0 {
            last = put(ENTER, 0, &value);
            put(THROW, last, &value);
            put(UNWIND, last, &[]);
            put(CATCH, outer, &value);
        }
        put(RETURN, outer, &value);
        if n % 100 == 0 {
            let mut out = std::io::stdout().lock();
            writeln!(out, "{thread} {last}").expect("a reader");
        }
    }
}
