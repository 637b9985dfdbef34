//! A store, and rings written from Rust as JavaScript would.
//! The control memory is the process's, so the tests of a file take turns.
#![allow(dead_code)]

use std::sync::Arc;

use breadcrumb_event::function::{Backend, Function, FunctionKind};
use breadcrumb_event::layout::{CLOCK, ENTER, LOST, RETURN};
use breadcrumb_recorder::{Acquired, Control, Recorder, RecorderOptions, SinkOptions, ThreadRole};
use breadcrumb_ring::clock::monotonic_ns;
use breadcrumb_ring::{ThreadMemory, Writer};
use parking_lot::{Mutex, MutexGuard};

static TURN: Mutex<()> = Mutex::new(());

pub struct Place {
    _turn: MutexGuard<'static, ()>,
    pub folder: tempfile::TempDir,
}

impl Place {
    pub fn take() -> Self {
        let turn = TURN.lock();
        let folder = tempfile::tempdir().unwrap();
        let functions = Control::get().unwrap().functions();
        if functions.is_empty() {
            functions
                .register("src/a.js".into(), vec![function("add"), function("sub")])
                .unwrap();
        }
        Self {
            _turn: turn,
            folder,
        }
    }

    pub fn options(&self, run_id: &str, sink: SinkOptions) -> RecorderOptions {
        let mut options = RecorderOptions::new(run_id, sink);
        options.shm_root = Some(self.folder.path().join("shm"));
        options
    }

    pub fn store(&self) -> SinkOptions {
        SinkOptions::Store(self.folder.path().join("store"))
    }
}

pub fn function(name: &str) -> Function {
    Function {
        name: name.into(),
        kind: FunctionKind::Function,
        is_async: false,
        is_generator: false,
        is_leaf: false,
        backend: Backend::Probe,
        line: 1,
        column: 1,
        start: 0,
        end: 9,
        scopes: Vec::new(),
        catches: Vec::new(),
        blocks: Vec::new(),
        assignments: Vec::new(),
        parameters: vec!["a".into(), "b".into()],
    }
}

/// What a JavaScript thread is.
pub struct Thread {
    pub memory: Arc<ThreadMemory>,
    pub writer: Writer,
    pub index: u32,
}

impl Thread {
    pub fn attach(recorder: &Recorder) -> Self {
        Self::attach_as(recorder, ThreadRole::Main)
    }

    pub fn attach_as(recorder: &Recorder, role: ThreadRole) -> Self {
        let memory = ThreadMemory::reserve().unwrap();
        let index = recorder.attach(&memory, role).unwrap();
        Self {
            memory,
            writer: Writer::new(),
            index,
        }
    }

    pub fn record(
        &mut self,
        recorder: &Recorder,
        kind: u32,
        high: u32,
        words: &[u64],
        values: usize,
    ) -> bool {
        loop {
            let cells = self.memory.cells();
            if self.writer.record(&cells, kind, 0, high, words, values) {
                return true;
            }
            if recorder.acquire(self.index) == Acquired::Full {
                return false;
            }
        }
    }

    /// `calls` calls one after the other; returns how many were taken.
    pub fn calls(&mut self, recorder: &Recorder, from: u32, calls: u32) -> u32 {
        let mut token = from;
        let mut taken = 0;
        let mut lost = false;
        for n in 0..calls {
            if n % 16 == 0 {
                self.record(recorder, CLOCK, 0, &[monotonic_ns().cast_unsigned()], 0);
            }
            if lost && self.record(recorder, LOST, 0, &[], 0) {
                lost = false;
            }
            let arguments = [f64::from(n).to_bits(), 2.0f64.to_bits()];
            if self.record(recorder, ENTER, 0, &arguments, 2) {
                token += 1;
                taken += 1;
                self.writer.set_token(token);
                lost |= !self.record(recorder, RETURN, token, &[f64::from(n + 2).to_bits()], 1);
            }
        }
        taken
    }
}
