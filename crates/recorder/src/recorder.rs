//! A session, as the binding sees it. See the crate for an example.
//!
//! Every method may be called from any thread, at any time, also after `stop()`: then it does
//! nothing. Limits: one session at a time in a process; `flush`, `detach` and `acquire` of a thread
//! are called on that thread, or when it is known to be silent.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use breadcrumb_event::row::SampleRow;
use breadcrumb_ring::clock::{monotonic_ns, wall_ns};
use breadcrumb_ring::{ChunkBudget, DumpSignal, LastWord, Ring, RingOptions, ThreadMemory};
use breadcrumb_store::{FileLists, RunRecord, RunStatus, WriterLock, iso_timestamp};
use parking_lot::Mutex;

use crate::control::Control;
use crate::control_channel::ControlChannel;
use crate::counters::Counters;
use crate::drain::{Drain, GROW_CHUNKS};
use crate::error::RecorderError;
use crate::exact_clock::{Clock, ExactClock};
use crate::function_table::FunctionObserver;
use crate::keep::Held;
use crate::keeper::{Keeper, Retention};
use crate::options::{Overflow, RecorderOptions};
use crate::run_start::{crash_files, record_of};
use crate::session::Session;
use crate::signal_dumps::SignalDumps;
use crate::sink::Sink;
use crate::translator::Translator;
use crate::worker;

/// Threads of one run: what is left of a `call_id` beside the call's number.
const MAX_THREADS: u32 = 1 << 22;
/// Number of the main thread in each run, also where another calls first.
pub(crate) const MAIN_THREAD: u32 = 0;
/// At the end, other threads are waited for until they have been silent for two looks, at most
/// this often.
const LAST_LOOKS: u32 = 25;
/// Attempts at the last publication, half a second in all, before its rows are left to a recovery.
const LAST_ATTEMPTS: u32 = 5;
/// At the end, so long is given to segments that wait to be merged, by one program in some dozens.
const LAST_MERGING: Duration = Duration::from_millis(50);
/// Name of the run's table of functions in its folder.
pub(crate) const FUNCTIONS_FILE: &str = "functions.tsv";

/// A session runs in this process.
static RUNNING: AtomicBool = AtomicBool::new(false);
/// Number of the last session.
static SESSIONS: AtomicI32 = AtomicI32::new(0);

/// What became of a request for a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acquired {
    /// A chunk is free now.
    Again,
    /// None is: the call is to be dropped.
    Full,
}

/// Which of a process's JavaScript threads one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThreadRole {
    /// The one that the process began with: number 0 in a run.
    Main,
    /// A worker, or Node's own thread for hooks: the numbers from 1 on.
    Other,
}

/// A session that records. See the module.
#[derive(Debug)]
pub struct Recorder {
    pub(crate) session: Arc<Session>,
    worker: Mutex<Option<JoinHandle<()>>>,
    keeper: Mutex<Option<Keeper>>,
    retention: Option<Retention>,
    channel: Mutex<Option<ControlChannel>>,
    signal_dumps: Mutex<Option<SignalDumps>>,
    /// Its record, as it was at the start.
    run: RunRecord,
    /// See [`Drain::noted`].
    noted: Arc<Mutex<BTreeMap<String, serde_json::Value>>>,
    /// See [`Drain::ran`].
    ran: Arc<Mutex<BTreeSet<(u32, u32)>>>,
    /// See [`Drain::samples`].
    samples: Arc<Mutex<Vec<SampleRow>>>,
    /// The run has its record, and its store a keeper.
    has_begun: AtomicBool,
    /// Nobody removes the run from its store meanwhile.
    writes: Mutex<Option<WriterLock>>,
}

impl Recorder {
    /// Begins to record: opens the store, makes the run's folder in memory, starts the thread,
    /// and gives the session's number to all JavaScript threads.
    ///
    /// # Errors
    /// [`RecorderError::Running`], [`RecorderError::Store`], [`RecorderError::Thread`]. Without a
    /// folder in memory it records all the same ([`Self::crash_proof`] is false).
    pub fn start(options: RecorderOptions) -> Result<Arc<Self>, RecorderError> {
        if RUNNING.swap(true, Ordering::AcqRel) {
            return Err(RecorderError::Running);
        }
        let started = Self::start_alone(options);
        if started.is_err() {
            RUNNING.store(false, Ordering::Release);
        }
        started
    }

    fn start_alone(options: RecorderOptions) -> Result<Arc<Self>, RecorderError> {
        let control = Control::get()?;
        let sink = Sink::new(&options.sink, &options.run_id)?;
        let retention = options.retention.map(|policy| Retention {
            policy,
            shm_root: options.shm_root.clone(),
        });
        // Without it the run's record says that it runs.
        let writes = sink
            .store()
            .and_then(|store| store.lock_run(&options.run_id).ok());
        let times = (monotonic_ns(), wall_ns());
        let supply = Box::new(|| control.functions().snapshot());
        let mut translator = Translator::new(Arc::clone(&options.redact), supply);
        translator.stacks = Arc::clone(&options.stacks);
        let crash_files = crash_files(&options);
        let run = record_of(&options, &sink, times, crash_files.is_some());
        let mut drain = Drain::new(translator, sink, run.clone(), times);
        drain.crash_files = crash_files;
        let functions = control.functions();
        let held = |keep| {
            let mut held = Held::new(keep, drain.wall_offset_ns);
            held.know(Arc::new(|id| functions.snapshot().entry(id).cloned()));
            Box::new(held)
        };
        drain.keep = options.keep.map(held);
        drain.interval_ns = i64::try_from(options.flush_interval_ms)
            .unwrap_or(i64::MAX / 1_000_000)
            .saturating_mul(1_000_000);
        drain.clock = (options.clock == Clock::Auto).then(ExactClock::default);
        if !options.dormant {
            drain.begin_record()?;
        }
        let budget = ChunkBudget::new(options.ring_cap_bytes);
        // Before the signals that end the process are noted, of which it may be one.
        let dump_signal = options.dump_signal.as_deref();
        let dump_signal = dump_signal.and_then(|name| watch_dump_signal(name, &mut drain));
        let noted = Arc::clone(&drain.noted);
        let ran = Arc::clone(&drain.ran);
        let samples = Arc::clone(&drain.samples);
        let mut session = Session::new(control, drain, budget);
        session.space = options.space;
        session.blocks = AtomicBool::new(options.overflow == Overflow::Block);
        session.set_overhead(options.overhead);
        (session.memory_limit, session.late_ns) = (options.memory_limit, options.late_ns);
        if let Some(folder) = &session.folder {
            let file = std::fs::File::create(folder.path().join(FUNCTIONS_FILE));
            session.functions_file = Mutex::new(file.ok());
        }
        if let Some(folder) = &session.folder {
            // Without room for it the signal that ends the process is not known.
            let _ = folder.watch_signals(&*session.space);
        }
        control.captures().begin(options.clock);
        let session = Arc::new(session);
        let observer: Arc<dyn FunctionObserver> = Arc::clone(&session) as _;
        control.functions().observe(&observer);
        let shared = Arc::clone(&session);
        let thread = Builder::new()
            .name("breadcrumb-recorder".into())
            .spawn(move || worker::run(&shared))
            .map_err(RecorderError::Thread)?;
        let signal_dumps = dump_signal.and_then(|signal| SignalDumps::start(signal, &session).ok());
        session.move_tick();
        let epoch = SESSIONS.fetch_add(1, Ordering::AcqRel).wrapping_add(1);
        control
            .memory()
            .epoch()
            .store(epoch.max(1), Ordering::SeqCst);
        // Without it (no room for a socket) nobody can change it from outside, which `status` shows.
        let channel = options
            .control
            .and_then(|control| ControlChannel::open(&control, &options.run_id).ok());
        let recorder = Self {
            session,
            channel: Mutex::new(channel),
            signal_dumps: Mutex::new(signal_dumps),
            run,
            worker: Mutex::new(Some(thread)),
            keeper: Mutex::new(None),
            retention,
            noted,
            ran,
            samples,
            has_begun: AtomicBool::new(false),
            writes: Mutex::new(writes),
        };
        if !options.dormant {
            recorder.begin_record();
        }
        Ok(Arc::new(recorder))
    }

    /// Something is to be recorded: the run has a record from now on, and its store is kept in shape. Where the
    /// record cannot be written, the next call tries again.
    pub fn begin_record(&self) {
        // A publication holds the drain for long, and this is asked at each change of what is captured.
        if self.has_begun.load(Ordering::Acquire) {
            return;
        }
        let mut drain = self.session.drain.lock();
        if self.session.ended() || drain.begin_record().is_err() {
            return;
        }
        let store = drain.sink.store().cloned();
        drop(drain);
        // Once, and not behind the end of the session, which takes it away.
        let mut keeper = self.keeper.lock();
        if !self.has_begun.swap(true, Ordering::AcqRel) && !self.is_stopped() {
            let parts = Arc::clone(&self.session.upkeep_parts);
            *keeper = store.map(|store| Keeper::start(store, self.retention.clone(), parts));
        }
    }

    /// Maps a ring over a thread's memory. Returns the thread's index in the run.
    ///
    /// # Errors
    /// [`RecorderError::Stopped`], [`RecorderError::TooManyThreads`], [`RecorderError::Ring`].
    pub fn attach(
        &self,
        memory: &Arc<ThreadMemory>,
        role: ThreadRole,
    ) -> Result<u32, RecorderError> {
        let session = &self.session;
        if session.ended() {
            return Err(RecorderError::Stopped);
        }
        self.begin_record();
        let thread = match role {
            ThreadRole::Main => MAIN_THREAD,
            ThreadRole::Other => session.next_thread.fetch_add(1, Ordering::AcqRel),
        };
        if thread >= MAX_THREADS {
            return Err(RecorderError::TooManyThreads { limit: MAX_THREADS });
        }
        let crash_proof = session.drain.lock().crash_files.is_some();
        let folder = session.folder.as_deref().filter(|_| crash_proof);
        // Held while the number of functions is asked for: those that come later find the ring.
        let mut rings = session.rings.write();
        let ring = Arc::new(Ring::attach(
            memory,
            RingOptions {
                thread,
                budget: &session.budget,
                folder: folder.map(|folder| (folder, Arc::clone(&session.space))),
                functions: session.control.functions().len(),
                blocks: session.control.functions().blocks(),
            },
        )?);
        rings.insert(thread, Arc::clone(&ring));
        drop(rings);
        let mut drain = session.drain.lock();
        if crash_proof && !ring.crash_proof() {
            drain.run.crash_proof = false;
            drain.note("notCrashProof", "no room in memory for a ring's file");
        }
        drain.add(ring);
        drop(drain);
        session.wake();
        Ok(thread)
    }

    /// Asks for a free chunk, when the thread has found none: reserves more, or waits, if this
    /// session blocks.
    #[must_use]
    pub fn acquire(&self, thread: u32) -> Acquired {
        let session = &self.session;
        let Some(ring) = session.rings.read().get(&thread).cloned() else {
            return Acquired::Full;
        };
        if session.ended() {
            return Acquired::Full;
        }
        if ring.has_free() || ring.grow(GROW_CHUNKS) > 0 {
            session.wake();
            return Acquired::Again;
        }
        session.pressed.store(true, Ordering::Release);
        session.wake();
        if session.blocks.load(Ordering::Acquire) {
            session.wait_freed(|| {
                let over = session.ended() || !session.blocks.load(Ordering::Acquire);
                let done = ring.has_free() || over;
                if !done {
                    session.pressed.store(true, Ordering::Release);
                    session.wake();
                }
                done
            });
        }
        if ring.has_free() && !session.ended() {
            Acquired::Again
        } else {
            Acquired::Full
        }
    }

    /// Wakes the recorder's thread.
    pub fn wake(&self) {
        self.session.wake();
    }

    /// Everything that the calling thread has written is in the store when this returns, if the
    /// store takes it.
    pub fn flush(&self, thread: u32) {
        if self.session.ended() {
            return;
        }
        let now_ns = monotonic_ns();
        let mut drain = self.session.drain.lock();
        drain.read_all(thread, now_ns);
        drain.poll(now_ns);
        drain.settle_thread(thread, now_ns);
        drain.settle_traces();
        self.session.publish(&mut drain, now_ns);
    }

    /// Stores what is held of the traces in which something happened in the last so many nanoseconds.
    /// `thread`: the one that calls this, if it is attached.
    /// Returns how many that are; `None` if they could not be stored, and wait for the next time.
    /// Without [`RecorderOptions::keep`] everything is stored anyway.
    #[must_use]
    pub fn dump(&self, thread: Option<u32>, last_ns: i64) -> Option<u64> {
        self.session.dump(thread, last_ns)
    }

    /// The calling thread will write no more: as [`Self::flush`], and its ring goes; if the store
    /// fails, with the next thread that ends when it works again.
    pub fn detach(&self, thread: u32) {
        if self.session.ended() {
            return;
        }
        let now_ns = monotonic_ns();
        let mut drain = self.session.drain.lock();
        drain.end_thread(thread, now_ns);
        if !self.session.publish(&mut drain, now_ns) {
            return;
        }
        let ended = drain.remove_ended();
        drop(drain);
        // The last references: harmless memory takes the rings' places.
        let mut rings = self.session.rings.write();
        for thread in ended {
            rings.remove(&thread);
        }
    }

    /// Ends the session: all that was written is in the store, calls still open as `open`. The
    /// calling thread writes no more; the others have been told to, and are waited for. If the
    /// store fails, the run stays as a killed one would, to be recovered.
    pub fn stop(&self, status: RunStatus, exit_code: Option<i32>, signal: Option<String>) {
        let session = &self.session;
        if session.stopping.swap(true, Ordering::AcqRel) {
            return;
        }
        session.control.memory().epoch().store(0, Ordering::SeqCst);
        session.wake();
        session.tell_freed();
        if let Some(channel) = self.channel.lock().take() {
            channel.close();
        }
        if let Some(dumps) = self.signal_dumps.lock().take() {
            dumps.stop();
        }
        // Behind the last request, which could have captured again.
        session.control.captures().end();
        if let Some(keeper) = self.keeper.lock().take() {
            keeper.stop();
        }
        if let Some(worker) = self.worker.lock().take() {
            // A panic of the thread has lost nothing that the drain below does not find.
            let _ = worker.join();
        }
        session.sleep_tick();
        let mut drain = session.drain.lock();
        await_silence(&mut drain);
        let threads: Vec<u32> = drain.threads.iter().map(|t| t.ring.thread()).collect();
        for thread in threads {
            drain.read_all(thread, monotonic_ns());
        }
        drain.finish();
        let published = (0..LAST_ATTEMPTS).any(|attempt| {
            std::thread::sleep(Duration::from_millis(100) * attempt.min(1));
            drain.publish(monotonic_ns())
        });
        let counters = self.with_rings(drain.counters(), &drain);
        let ended_ns = drain.end_ns(wall_ns(), monotonic_ns());
        let run = &mut drain.run;
        run.status = status;
        run.exit_code = exit_code;
        run.signal = signal;
        run.ended_at = Some(iso_timestamp(ended_ns));
        counters.write_to(&mut run.counters);
        let dormant = drain.dormant;
        let recorded = published && (dormant || drain.sink.write_run(&drain.run).is_ok());
        if published {
            drain.forget_open();
        }
        if !recorded {
            // The rings and the last checkpoint stay, for a recovery when the store works again.
            for state in &drain.threads {
                state.ring.keep_file();
            }
        }
        if let Some(folder) = &session.folder {
            folder.unwatch_signals();
        }
        if !recorded && status == RunStatus::Finished {
            drain.say(Some(LastWord::Exit(exit_code)));
        }
        *session.counters.lock() = counters;
        drop(self.writes.lock().take());
        drain.threads.clear();
        drain.crash_files = None;
        let store = drain.sink.store().filter(|_| recorded && !dormant);
        let store = store.cloned();
        drop(drain);
        session.rings.write().clear();
        if let Some(folder) = session.folder.as_ref().filter(|_| recorded) {
            let _ = std::fs::remove_dir_all(folder.path());
        }
        if let Some(store) = store {
            // What fails is left to others.
            let _ = store.merge_some(Instant::now() + LAST_MERGING);
            let _ = (self.retention.as_ref()).map(|retention| retention.apply_last(&store));
        }
        RUNNING.store(false, Ordering::Release);
    }

    /// The run's record, as it was at the start.
    #[must_use]
    pub fn run(&self) -> &RunRecord {
        &self.run
    }

    /// `stop` was called.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.session.stopping.load(Ordering::Acquire)
    }

    /// What is recorded survives the process.
    #[must_use]
    pub fn crash_proof(&self) -> bool {
        self.session.drain.lock().run.crash_proof
    }

    /// It is not decided by trace what is stored.
    #[must_use]
    pub fn stores_all(&self) -> bool {
        self.session.drain.lock().keep.is_none()
    }

    /// Keeps what recording costs within a share of the process's own processor time, 0.01 to 1, from now
    /// on; `None`: no longer.
    pub fn set_overhead(&self, overhead: Option<f64>) {
        self.session.set_overhead(overhead);
        self.session.wake();
    }

    /// A counter of the host's own in the run's record, when it is written next. Waits for nothing.
    pub fn note(&self, name: &str, value: serde_json::Value) {
        self.noted.lock().insert(name.to_owned(), value);
    }

    /// Functions ran on a thread, and nobody knows how often. Until it is in the store a crash loses it.
    pub fn note_ran(&self, thread_id: u32, functions: &[u32]) {
        let ran = functions.iter().map(|&function| (thread_id, function));
        self.ran.lock().extend(ran);
    }

    /// Stacks of a profile, for the store. Until they are there a crash loses them.
    pub fn push_samples(&self, rows: Vec<SampleRow>) {
        self.samples.lock().extend(rows);
    }

    /// What the run's record says of files, when it is written next.
    pub fn set_files(&self, files: FileLists) {
        self.session.drain.lock().run.files = files;
    }

    /// What was done so far. While a segment is being written, as of the last poll.
    #[must_use]
    pub fn counters(&self) -> Counters {
        match self.session.drain.try_lock() {
            Some(mut drain) if !self.is_stopped() => {
                let counters = self.with_rings(drain.counters_now(), &drain);
                *self.session.counters.lock() = counters.clone();
                counters
            }
            _ => Counters {
                governor: self.session.governed.lock().clone(),
                ..self.session.counters.lock().clone()
            },
        }
    }

    pub(crate) fn with_rings(&self, mut counters: Counters, drain: &Drain) -> Counters {
        counters.ring_bytes = self.session.budget.taken_bytes();
        counters.ring_used_bytes =
            drain.used_chunks() * u64::from(breadcrumb_event::layout::CHUNK_BYTES);
        counters.governor = self.session.governed.lock().clone();
        counters.recorder_cpu_ns = self.session.cpu_ns.load(Ordering::Relaxed).cast_unsigned();
        counters
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.stop(RunStatus::Finished, None, None);
    }
}

/// Watches for the signal that dumps; where it cannot be had, the run's record says so.
fn watch_dump_signal(name: &str, drain: &mut Drain) -> Option<DumpSignal> {
    let watched = DumpSignal::watch(name).ok().flatten();
    if watched.is_none() {
        drain.note("dumpSignalTaken", name);
    }
    watched
}

/// Reads until all threads have been silent for two looks.
pub(crate) fn await_silence(drain: &mut Drain) {
    let mut silent = 0;
    for _ in 0..LAST_LOOKS {
        let read = drain.poll(monotonic_ns());
        silent = if read == 0 { silent + 1 } else { 0 };
        if silent > 1 {
            break;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[cfg(test)]
mod tests {
    use breadcrumb_event::function::{Backend, Function, FunctionKind};

    use super::*;
    use crate::options::SinkOptions;

    #[test]
    fn what_ran_unseen_is_known_without_a_number() {
        let options = RecorderOptions::new("ran", SinkOptions::Memory { max_calls: 1 });
        let recorder = Recorder::start(options).unwrap();
        recorder.note_ran(1, &[7, 7, 8]);
        assert_eq!(recorder.ran.lock().len(), 2);
        recorder.session.drain.lock().count_now();
        assert!(recorder.ran.lock().is_empty());
        assert_eq!(recorder.counters().counted, 0);
        recorder.stop(RunStatus::Finished, None, None);
    }

    #[test]
    fn what_a_thread_counted_is_known_behind_its_end_while_the_drain_is_at_work() {
        let options = RecorderOptions::new("counts", SinkOptions::Memory { max_calls: 1 });
        let recorder = Recorder::start(options).unwrap();
        let function = Function {
            name: "f".into(),
            kind: FunctionKind::Function,
            is_async: false,
            is_generator: false,
            is_leaf: false,
            backend: Backend::Probe,
            line: 1,
            column: 1,
            start: 0,
            end: 1,
            parameters: Vec::new(),
            scopes: Vec::new(),
            catches: Vec::new(),
            blocks: Vec::new(),
            assignments: Vec::new(),
        };
        let functions = recorder.session.control.functions();
        let id = functions.register("f.js".into(), vec![function]).unwrap();
        let memory = ThreadMemory::reserve().unwrap();
        let thread = recorder.attach(&memory, ThreadRole::Main).unwrap();
        memory.counters(id + 1).0[id as usize].store(3, Ordering::Relaxed);
        recorder.detach(thread);
        let drain = recorder.session.drain.lock();
        assert_eq!(recorder.counters().counted, 3);
        drop(drain);
        recorder.stop(RunStatus::Finished, None, None);
    }
}
