//! What the recorder's thread and the JavaScript threads share while a session records.
//!
//! Signals only: `wake()` from any thread, `freed` from the recorder's to those that wait for a
//! chunk. Limits: locks are taken in the order drain, rings, never the other way round.

use std::fs::File;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

use breadcrumb_event::function::FunctionEntry;
use breadcrumb_event::layout::TICK_ASLEEP;
use breadcrumb_ring::clock::monotonic_ns;
use breadcrumb_ring::{ChunkBudget, Ring, RunFolder, Space};
use parking_lot::{Condvar, Mutex, RwLock};
use rustc_hash::FxHashMap;
use serde_json::Value as Json;

use crate::control::Control;
use crate::counters::Counters;
use crate::drain::Drain;
use crate::function_table::FunctionObserver;
use crate::memory_store::MemoryStore;
use crate::options::LateNs;
use crate::recorder::{MAIN_THREAD, await_silence};

/// The last tick of the process that did not mean sleep.
static LAST_TICK: AtomicI32 = AtomicI32::new(0);

/// See the module.
pub(crate) struct Session {
    pub(crate) control: &'static Control,
    pub(crate) drain: Mutex<Drain>,
    pub(crate) rings: RwLock<FxHashMap<u32, Arc<Ring>>>,
    /// Number of the next thread beside the main one.
    pub(crate) next_thread: AtomicU32,
    pub(crate) budget: Arc<ChunkBudget>,
    pub(crate) folder: Option<Arc<RunFolder>>,
    pub(crate) space: Arc<dyn Space>,
    pub(crate) memory: Option<Arc<Mutex<MemoryStore>>>,
    /// The run's table of functions, for a recovery.
    pub(crate) functions_file: Mutex<Option<File>>,
    /// A full ring makes its writer wait.
    pub(crate) blocks: AtomicBool,
    /// A writer has found no free chunk.
    pub(crate) pressed: AtomicBool,
    pub(crate) stopping: AtomicBool,
    /// The recorder's thread is over, by whatever cause.
    pub(crate) over: AtomicBool,
    pub(crate) cpu_ns: AtomicI64,
    /// As of the last poll.
    pub(crate) counters: Mutex<Counters>,
    /// What recording may cost, in millionths of the process's own processor time; 0: anything.
    budget_ppm: AtomicU32,
    /// Bytes of memory that the process may have, where that is not left to the system.
    pub(crate) memory_limit: Option<u64>,
    /// Tells how late the event loop is.
    pub(crate) late_ns: Option<LateNs>,
    /// The governor's report, as of its last look.
    pub(crate) governed: Mutex<Option<Json>>,
    /// The store's upkeep works one part of the time in so many; 0: as many as it likes.
    pub(crate) upkeep_parts: Arc<AtomicU32>,
    woken: Mutex<bool>,
    wakes: Condvar,
    freed: Mutex<()>,
    frees: Condvar,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

impl Session {
    pub(crate) fn new(control: &'static Control, drain: Drain, budget: Arc<ChunkBudget>) -> Self {
        let memory = drain.sink.memory();
        let folder = drain
            .crash_files
            .as_ref()
            .map(|files| Arc::clone(&files.folder));
        Self {
            control,
            drain: Mutex::new(drain),
            rings: RwLock::default(),
            next_thread: AtomicU32::new(MAIN_THREAD + 1),
            budget,
            folder,
            space: Arc::new(breadcrumb_ring::SystemSpace),
            memory,
            functions_file: Mutex::new(None),
            blocks: AtomicBool::new(false),
            pressed: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
            over: AtomicBool::new(false),
            cpu_ns: AtomicI64::new(0),
            counters: Mutex::default(),
            budget_ppm: AtomicU32::new(0),
            memory_limit: None,
            late_ns: None,
            governed: Mutex::new(None),
            upkeep_parts: Arc::default(),
            woken: Mutex::new(false),
            wakes: Condvar::new(),
            freed: Mutex::new(()),
            frees: Condvar::new(),
        }
    }

    /// What recording may cost, as a share of the process's own processor time; `None`: anything.
    pub(crate) fn overhead(&self) -> Option<f64> {
        let ppm = self.budget_ppm.load(Ordering::Acquire);
        (ppm > 0).then(|| f64::from(ppm) / 1e6)
    }

    /// Sets it, from the recorder's next look on.
    pub(crate) fn set_overhead(&self, overhead: Option<f64>) {
        let ppm = overhead.map_or(0, |share| (share * 1e6).round().max(1.0) as u32);
        self.budget_ppm.store(ppm, Ordering::Release);
    }

    /// Moves the tick on, past the value that means sleep. No value comes again for 2^32 moves,
    /// sleeps and sessions in between included: a writer takes the value that it knows for "nothing
    /// has happened".
    pub(crate) fn move_tick(&self) {
        let asleep = TICK_ASLEEP.cast_signed();
        let mut next = LAST_TICK.fetch_add(1, Ordering::SeqCst).wrapping_add(1);
        if next == asleep {
            next = LAST_TICK.fetch_add(1, Ordering::SeqCst).wrapping_add(1);
        }
        self.control.memory().tick().store(next, Ordering::SeqCst);
    }

    pub(crate) fn sleep_tick(&self) {
        let asleep = TICK_ASLEEP.cast_signed();
        self.control.memory().tick().store(asleep, Ordering::SeqCst);
    }

    /// Wakes the recorder's thread. The tick moves at once, so that the thread that calls this
    /// does not call it again for its next record.
    pub(crate) fn wake(&self) {
        if self.control.memory().tick().load(Ordering::SeqCst) == TICK_ASLEEP.cast_signed()
            && !self.stopping.load(Ordering::Acquire)
        {
            self.move_tick();
        }
        *self.woken.lock() = true;
        self.wakes.notify_one();
    }

    /// Waits to be woken, or for the time to pass. True if woken.
    pub(crate) fn wait(&self, at_most: Option<Duration>) -> bool {
        let mut woken = self.woken.lock();
        match at_most {
            Some(time) => {
                let wait = std::time::Instant::now() + time;
                while !*woken && !self.wakes.wait_until(&mut woken, wait).timed_out() {}
            }
            None => {
                while !*woken {
                    self.wakes.wait(&mut woken);
                }
            }
        }
        std::mem::take(&mut *woken)
    }

    /// Publishes what was read, and tells those that wait for a chunk. False if the store failed.
    pub(crate) fn publish(&self, drain: &mut Drain, now_ns: i64) -> bool {
        let published = drain.publish(now_ns);
        *self.counters.lock() = drain.counters();
        self.tell_freed();
        published
    }

    /// Stores what is held of the traces in which something happened in this time. See
    /// [`crate::Recorder::dump`].
    pub(crate) fn dump(&self, thread: Option<u32>, last_ns: i64) -> Option<u64> {
        if self.ended() {
            return Some(0);
        }
        let now_ns = monotonic_ns();
        let mut drain = self.drain.lock();
        match thread {
            Some(thread) => {
                drain.read_all(thread, now_ns);
                drain.poll(now_ns);
            }
            // From outside: what a thread wrote last is known once it has been silent.
            None => await_silence(&mut drain),
        }
        let traces = drain.dump(last_ns, now_ns);
        self.publish(&mut drain, now_ns).then_some(traces)
    }

    /// Tells those that wait for a chunk to look again.
    pub(crate) fn tell_freed(&self) {
        let _freed = self.freed.lock();
        self.frees.notify_all();
    }

    /// Waits until `done`, which a call of [`Self::tell_freed`] lets be asked again.
    pub(crate) fn wait_freed(&self, mut done: impl FnMut() -> bool) {
        /// Also asked this often, whatever is told.
        const AGAIN: Duration = Duration::from_millis(20);
        let mut freed = self.freed.lock();
        while !done() {
            self.frees.wait_for(&mut freed, AGAIN);
        }
    }

    /// The rings can take nothing more that would be stored.
    pub(crate) fn ended(&self) -> bool {
        self.stopping.load(Ordering::Acquire) || self.over.load(Ordering::Acquire)
    }
}

impl FunctionObserver for Session {
    fn added(&self, first: u32, entries: &[FunctionEntry]) {
        let end = first + entries.len() as u32;
        let blocks = self.control.functions().blocks();
        for ring in self.rings.read().values() {
            ring.ensure_functions(end);
            ring.ensure_blocks(blocks);
        }
        let mut file = self.functions_file.lock();
        if let Some(out) = file.as_mut() {
            let lines: String = (first..)
                .zip(entries)
                .map(|(id, e)| e.to_line(id))
                .collect();
            // No room: a recovery will not know these functions by name, which it says.
            if out.write_all(lines.as_bytes()).is_err() {
                *file = None;
            }
        }
    }
}
