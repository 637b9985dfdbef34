//! From rings to rows to segments: all that the recorder's thread does under its lock.
//!
//! ```text
//! drain.poll(now)     records → assemblers → sink
//! drain.publish(now)  segment, then checkpoint, then chunks are freed: in this order
//! ```
//! A crash between any two of these steps loses nothing and doubles nothing: chunks that are not
//! freed are read again from the older checkpoint, and their rows go into a segment of the same
//! number. Limits: one lock; [`MAX_ROWS`] rows wait at most, then nothing more is read.

pub(crate) mod counting;
pub(crate) mod lines;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use breadcrumb_event::row::SampleRow;
use breadcrumb_redact::RedactorOptions;
use breadcrumb_ring::{LastWord, Reader, Ring, RunFolder, Take};
use breadcrumb_store::RunRecord;
use parking_lot::Mutex;
use serde_json::Value as Json;

use self::lines::{Interval, note_functions};
use crate::assembler::Assembler;
use crate::checkpoint::{CheckpointParts, CheckpointWriter, put_thread};
use crate::control::Control;
use crate::counters::Counters;
use crate::error::RecorderError;
use crate::exact_clock::ExactClock;
use crate::keep::{Held, Through};
use crate::open_calls::OpenList;
use crate::sink::Sink;
use crate::translator::Translator;

/// Rows in one segment, about; and the most that wait for a disk.
pub(crate) const MAX_ROWS: u64 = 1_000_000;
/// Batches read from one ring before the others have their turn, and before it is asked whether
/// to publish.
const BATCHES: usize = 32;
/// A segment is not published for want of chunks more often than this, while the ring may grow.
const PRESSED_NS: i64 = 100_000_000;
/// Chunks that a ring grows by.
pub(crate) const GROW_CHUNKS: u32 = 16;
/// What a session begins with is no change: where there is no other, the run's record says nothing.
const FIRST_CAPTURE: u64 = 1;
/// The reader's proof by silence: at least this long between two looks.
const SETTLE_NS: i64 = 1_000_000;

/// A thread that writes.
pub(crate) struct ThreadState {
    pub(crate) ring: Arc<Ring>,
    reader: Reader,
    pub(crate) assembler: Assembler,
    /// Counters that are in rows.
    counted: Vec<(u32, u32)>,
    /// Counts of blocks likewise.
    blocks: Vec<u32>,
    /// The thread is over.
    ended: bool,
}

impl ThreadState {
    /// What ran last of calls is in no record. The thread does nothing, or is over.
    fn take_stretches(&mut self, translator: &mut Translator) {
        for stretch in self.ring.stretches() {
            self.assembler.add_stretch(&stretch, translator);
        }
    }
}

/// What makes a run's checkpoints.
pub(crate) struct CrashFiles {
    pub(crate) folder: Arc<RunFolder>,
    pub(crate) checkpoints: CheckpointWriter,
    pub(crate) store: PathBuf,
    pub(crate) redaction: RedactorOptions,
}

/// See the module.
pub(crate) struct Drain {
    pub(crate) threads: Vec<ThreadState>,
    pub(crate) translator: Translator,
    pub(crate) sink: Sink,
    pub(crate) run: RunRecord,
    pub(crate) crash_files: Option<CrashFiles>,
    /// Where it is decided by trace what is stored.
    pub(crate) keep: Option<Box<Held>>,
    pub(crate) wall_offset_ns: i64,
    pub(crate) interval_ns: i64,
    /// Of threads that ended; and what is counted at publication.
    counters: Counters,
    pub(crate) seq: u64,
    counted_to_ns: i64,
    published_ns: i64,
    polled_ns: i64,
    /// Since when the store has failed.
    failing_since_ns: Option<i64>,
    /// Functions below it have a row in the store, called or not.
    noted_functions: u32,
    /// What readers are told of calls that have not ended; not with a memory store.
    pub(crate) open: Option<OpenList>,
    /// Which functions are to be timed exactly; none where that is not chosen by what they take.
    pub(crate) clock: Option<ExactClock>,
    /// What the host says of itself, for the run's record.
    pub(crate) noted: Arc<Mutex<BTreeMap<String, Json>>>,
    /// Functions, by thread, that ran and of whose calls nobody knows how many there were.
    pub(crate) ran: Arc<Mutex<BTreeSet<(u32, u32)>>>,
    /// Stacks of the profile that wait for the next publication.
    pub(crate) samples: Arc<Mutex<Vec<SampleRow>>>,
    /// Changes of what is captured that are in the run's record.
    captures_noted: u64,
    /// The run's record says that it ended: see `replacement.rs`.
    pub(crate) left: bool,
    /// Nothing was ever captured: the run has no record, and is none if that stays so.
    pub(crate) dormant: bool,
}

impl Drain {
    pub(crate) fn new(
        translator: Translator,
        sink: Sink,
        run: RunRecord,
        (mono_ns, wall_ns): (i64, i64),
    ) -> Self {
        Self {
            open: sink.store().map(|_| OpenList::default()),
            clock: None,
            noted_functions: 0,
            threads: Vec::new(),
            translator,
            sink,
            run,
            crash_files: None,
            keep: None,
            wall_offset_ns: wall_ns - mono_ns,
            interval_ns: 0,
            counters: Counters::default(),
            seq: 0,
            counted_to_ns: wall_ns,
            published_ns: mono_ns,
            polled_ns: 0,
            failing_since_ns: None,
            noted: Arc::default(),
            ran: Arc::default(),
            samples: Arc::default(),
            captures_noted: FIRST_CAPTURE,
            left: false,
            dormant: true,
        }
    }

    /// Something is to be recorded: the run gets its record and its first checkpoint, if it has none.
    pub(crate) fn begin_record(&mut self) -> Result<(), RecorderError> {
        if self.dormant {
            self.checkpoint();
            self.sink.write_run(&self.run)?;
            self.dormant = false;
        }
        Ok(())
    }

    pub(crate) fn add(&mut self, ring: Arc<Ring>) {
        self.threads.push(ThreadState {
            assembler: Assembler::new(ring.thread(), self.wall_offset_ns),
            reader: Reader::new(1),
            counted: Vec::new(),
            blocks: Vec::new(),
            ended: false,
            ring,
        });
    }

    /// The run's end by these clocks: not before what its calls say, if the wall clock was set back.
    pub(crate) fn end_ns(&self, wall_ns: i64, mono_ns: i64) -> i64 {
        wall_ns.max(mono_ns + self.wall_offset_ns)
    }

    /// How long the store has failed, ns.
    pub(crate) fn failing_ns(&self, now_ns: i64) -> i64 {
        self.failing_since_ns.map_or(0, |since| now_ns - since)
    }

    /// Reads what is new in all rings. Returns the number of words.
    pub(crate) fn poll(&mut self, now_ns: i64) -> usize {
        let settled = now_ns - self.polled_ns >= SETTLE_NS;
        if settled {
            self.polled_ns = now_ns;
            for state in &mut self.threads {
                state.reader.look(&state.ring.cells());
            }
        }
        (0..self.threads.len())
            .map(|index| self.read(index, Take::Settled, now_ns, BATCHES))
            .sum()
    }

    /// Reads all that a thread has written, which calls this itself or has been silent.
    pub(crate) fn read_all(&mut self, thread: u32, now_ns: i64) {
        for index in 0..self.threads.len() {
            if self.threads[index].ring.thread() == thread {
                self.read(index, Take::All, now_ns, usize::MAX);
            }
        }
    }

    fn read(&mut self, index: usize, take: Take, now_ns: i64, batches: usize) -> usize {
        if let Some(keep) = &mut self.keep {
            keep.set_now(now_ns);
        }
        let state = &mut self.threads[index];
        state.assembler.set_horizon(now_ns);
        let mut read = 0;
        for _ in 0..batches {
            if self.sink.rows() >= MAX_ROWS && self.failing_since_ns.is_some() {
                break;
            }
            let cells = state.ring.cells();
            let Some(batch) = state.reader.next(&cells, take) else {
                break;
            };
            read += batch.records().len() + usize::from(batch.header.is_some());
            let mut rows = Through::new(self.keep.as_deref_mut(), &mut self.sink);
            state
                .assembler
                .feed(&batch, &mut self.translator, &mut rows);
        }
        if !state.ring.crash_proof() {
            state.reader.free_consumed(&state.ring.cells());
        }
        read
    }

    /// Something waits to be published.
    pub(crate) fn pending(&self) -> bool {
        let waits =
            |state: &ThreadState| state.reader.consumed() > 0 || state.assembler.exceptions_wait();
        let is_undecided = self.keep.as_ref().is_some_and(|keep| keep.waits());
        self.sink.rows() > 0 || is_undecided || self.threads.iter().any(waits)
    }

    /// As [`Self::pending`], or readers are to be told of calls that have begun.
    pub(crate) fn has_news(&self) -> bool {
        let open = self.open.as_ref();
        self.pending() || open.is_some_and(|open| open.is_news(&self.threads))
    }

    /// When what is pending is due.
    pub(crate) fn due_ns(&self) -> i64 {
        self.published_ns + self.interval_ns
    }

    /// It is time to publish. `pressed`: a writer has found no free chunk.
    pub(crate) fn is_due(&self, now_ns: i64, pressed: bool) -> bool {
        if !self.has_news() {
            return false;
        }
        let since = now_ns - self.published_ns;
        if since >= self.interval_ns {
            return true;
        }
        if self.failing_since_ns.is_some() {
            return false;
        }
        let consumed = self.threads.iter().any(|state| {
            let consumed = state.reader.consumed();
            let half = consumed * 2 >= state.ring.chunks();
            // Larger segments are better ones: rather grow, if there is room.
            consumed > 0 && pressed
                || half && (since >= PRESSED_NS || state.ring.grow(GROW_CHUNKS) == 0)
        });
        consumed || self.sink.rows() >= MAX_ROWS
    }

    /// Publishes what was read. False if the store failed; nothing is lost then, and the chunks
    /// stay as they are.
    pub(crate) fn publish(&mut self, now_ns: i64) -> bool {
        if self.dormant && self.threads.is_empty() {
            return true;
        }
        let since_ns = now_ns - self.published_ns;
        self.published_ns = now_ns;
        self.each_assembler(|assembler, rows| assembler.settle(false, now_ns, rows));
        if let Some(keep) = &mut self.keep {
            keep.set_now(now_ns);
            keep.settle(&mut self.sink);
        }
        self.count();
        self.note_functions();
        self.list_open();
        self.choose_clocks(since_ns);
        self.note_more();
        let published = self
            .begin_record()
            .and_then(|()| self.sink.publish(self.seq, self.translator.functions()));
        match published {
            Ok(published) => {
                if published.bytes > 0 {
                    self.seq += 1;
                    self.counters.segments += 1;
                    self.counters.bytes += published.bytes;
                    self.go_on();
                }
            }
            Err(error) => {
                self.failing_since_ns.get_or_insert(now_ns);
                let text = error.to_string();
                self.note("storeError", &text);
                return false;
            }
        }
        self.failing_since_ns = None;
        self.checkpoint();
        for state in &mut self.threads {
            state.reader.free_consumed(&state.ring.cells());
        }
        true
    }

    /// What was captured, once that has changed, and what the host says go into the run's record.
    fn note_more(&mut self) {
        let more = &mut self.run.counters.more;
        more.append(&mut self.noted.lock());
        let Ok(control) = Control::get() else { return };
        if let Some((changed, history)) = control.captures().history_beyond(self.captures_noted) {
            self.captures_noted = changed;
            more.insert("captures".to_owned(), history);
        }
    }

    /// Times exactly, from now on, the functions of which that is worth it. `time_ns`: since the last look.
    fn choose_clocks(&mut self, time_ns: i64) {
        let Some(clock) = &mut self.clock else { return };
        let is_bounded = self.translator.activity.is_some();
        let changes = if is_bounded {
            clock.end()
        } else {
            clock.look(self.sink.take_timings(), time_ns)
        };
        if let Ok(control) = Control::get()
            && !changes.is_empty()
        {
            control.captures().time_exactly(&changes);
        }
    }

    fn each_assembler(&mut self, mut act: impl FnMut(&mut Assembler, &mut Through<'_>)) {
        let mut rows = Through::new(self.keep.as_deref_mut(), &mut self.sink);
        for state in &mut self.threads {
            act(&mut state.assembler, &mut rows);
        }
    }

    /// Traces whose root has ended are decided now.
    pub(crate) fn settle_traces(&mut self) {
        if let Some(keep) = &mut self.keep {
            keep.settle_ended(&mut self.sink);
        }
    }

    /// Stores what is held of the traces in which something happened in this time. Returns their number.
    pub(crate) fn dump(&mut self, last_ns: i64, now_ns: i64) -> u64 {
        let since_ns = (now_ns + self.wall_offset_ns).saturating_sub(last_ns);
        let keep = self.keep.as_mut();
        keep.map_or(0, |keep| keep.dump(since_ns, &mut self.sink))
    }

    /// Functions that were instrumented since get a row, once in the run, whether they are called or not, and so do
    /// their lines.
    fn note_functions(&mut self) {
        let functions = self.translator.functions();
        let interval = Interval {
            thread_id: 0,
            from_ns: self.counted_to_ns,
            to_ns: self.counted_to_ns,
        };
        note_functions(functions, self.noted_functions, interval, &mut self.sink);
        self.noted_functions = functions.len();
    }

    /// Tells readers which calls have not ended, or end in the next segment.
    fn list_open(&mut self) {
        // What `leave` has stored of them stands until there are rows again.
        if let Some(open) = self.open.as_mut().filter(|_| !self.left) {
            let functions = self.translator.functions();
            let (seq, offset_ns) = (self.seq, self.wall_offset_ns);
            open.list(&self.threads, seq, offset_ns, &self.sink, functions);
        }
    }

    /// All calls have rows.
    pub(crate) fn forget_open(&mut self) {
        if let Some(open) = &mut self.open {
            open.remove(&self.sink);
        }
    }

    /// There are rows: the process that was about to be another program has not become it.
    fn go_on(&mut self) {
        if std::mem::take(&mut self.left) {
            self.say(None);
            // Where it fails, the record is right again when the run ends.
            let _ = self.sink.write_run(&self.run);
        }
    }

    /// Says how the process ends, for a recovery.
    pub(crate) fn say(&self, word: Option<LastWord>) {
        if let Some(files) = &self.crash_files {
            files.folder.say(word);
        }
    }

    /// A word in the run's record.
    pub(crate) fn note(&mut self, name: &str, text: &str) {
        let more = &mut self.run.counters.more;
        more.insert(name.to_owned(), text.into());
    }

    /// Writes the checkpoint. If there is no room for it, the run is not crash-proof any more: a
    /// recovery from an older one would store again what chunks to be freed now have given.
    pub(crate) fn checkpoint(&mut self) {
        let mut counters = self.counters.clone();
        counters.add_redactions(&self.translator);
        let Some(files) = &mut self.crash_files else {
            return;
        };
        let mut out = files.checkpoints.payload();
        CheckpointParts {
            wall_offset_ns: self.wall_offset_ns,
            next_seq: self.seq,
            counted_to_ns: self.counted_to_ns,
            store: &files.store,
            run: &self.run,
            redaction: &files.redaction,
            counters: &counters,
            threads: self.threads.len(),
        }
        .encode(&mut out);
        for state in &self.threads {
            put_thread(
                &mut out,
                state.ring.thread(),
                state.reader.position(),
                &state.counted,
                &state.blocks,
                &state.assembler,
            );
        }
        out.option(self.keep.as_ref(), |out, keep| keep.encode(out));
        if let Err(error) = files.checkpoints.write(out) {
            // Whole: what is left of it could only mislead.
            let _ = std::fs::remove_dir_all(files.folder.path());
            self.crash_files = None;
            self.run.crash_proof = false;
            self.note("notCrashProof", &error.to_string());
        }
    }

    /// A thread is over: its calls and exceptions become rows.
    pub(crate) fn end_thread(&mut self, thread: u32, now_ns: i64) {
        self.read_all(thread, now_ns);
        for state in &mut self.threads {
            if state.ring.thread() == thread {
                state.take_stretches(&mut self.translator);
                state
                    .assembler
                    .finish(&mut Through::new(self.keep.as_deref_mut(), &mut self.sink));
                state.ended = true;
            }
        }
    }

    /// Forgets the threads that are over, whose rows are published. Returns which.
    pub(crate) fn remove_ended(&mut self) -> Vec<u32> {
        let ended = self.threads.iter().filter(|state| state.ended);
        let ended: Vec<u32> = ended.map(|state| state.ring.thread()).collect();
        for thread in &ended {
            self.remove_thread(*thread);
        }
        ended
    }

    /// Exceptions of a thread whose end is not known become rows too.
    pub(crate) fn settle_thread(&mut self, thread: u32, now_ns: i64) {
        for state in &mut self.threads {
            if state.ring.thread() == thread {
                let mut rows = Through::new(self.keep.as_deref_mut(), &mut self.sink);
                state.assembler.settle(true, now_ns, &mut rows);
            }
        }
    }

    /// Forgets a thread whose rows are published.
    fn remove_thread(&mut self, thread: u32) {
        if let Some(index) = self
            .threads
            .iter()
            .position(|state| state.ring.thread() == thread)
        {
            let state = self.threads.swap_remove(index);
            self.counters
                .add(&state.assembler, state.reader.malformed());
        }
    }

    /// The session is over: what is still open becomes rows.
    pub(crate) fn finish(&mut self) {
        for state in self.threads.iter_mut().filter(|state| !state.ended) {
            state.take_stretches(&mut self.translator);
        }
        self.each_assembler(|assembler, rows| assembler.finish(rows));
        if let Some(keep) = &mut self.keep {
            keep.finish(false, &mut self.sink);
        }
    }

    /// Chunks that are in use, over all rings.
    pub(crate) fn used_chunks(&self) -> u64 {
        let used = self.threads.iter().map(|state| state.ring.used());
        used.map(u64::from).sum()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use breadcrumb_event::layout::{ENTER, RETURN};
    use breadcrumb_ring::{ChunkBudget, RingOptions, ThreadMemory, Writer};

    use super::*;
    use crate::function_table::FunctionSnapshot;
    use crate::keep::KeepOptions;
    use crate::options::SinkOptions;
    use crate::redact::KeepAll;

    fn drain(times: (i64, i64)) -> Drain {
        let sink = Sink::new(&SinkOptions::Memory { max_calls: 10 }, "r").unwrap();
        let supply = Box::new(|| FunctionSnapshot::from_entries(Vec::new()));
        let translator = Translator::new(Arc::new(KeepAll), supply);
        Drain::new(translator, sink, RunRecord::default(), times)
    }

    #[test]
    fn a_run_does_not_end_before_its_calls_when_the_clock_is_set_back() {
        // It began at 1,000,000 by the wall, when the monotonic clock said 500.
        let drain = drain((500, 1_000_000));
        assert_eq!(drain.end_ns(1_002_000, 1_500), 1_002_000);
        assert_eq!(drain.end_ns(20, 1_500), 1_001_000);
    }

    #[test]
    fn a_trace_is_held_from_when_it_was_read_whoever_reads_first() {
        const HOUR_NS: i64 = 3_600_000_000_000;
        // The machine has been up for two hours; a trace may be dumped for one.
        let now_ns = 2 * HOUR_NS;
        let mut drain = drain((now_ns, now_ns));
        let options = KeepOptions {
            last_ns: HOUR_NS,
            ..KeepOptions::default()
        };
        drain.keep = Some(Box::new(Held::new(options, drain.wall_offset_ns)));
        let memory = ThreadMemory::reserve().unwrap();
        let budget = ChunkBudget::new(16 << 20);
        let ring = Ring::attach(&memory, RingOptions::anonymous(0, &budget)).unwrap();
        let mut writer = Writer::new();
        let cells = memory.cells();
        assert!(writer.record(&cells, ENTER, 0, 0, &[1.0f64.to_bits()], 1));
        writer.set_token(1);
        assert!(writer.record(&cells, RETURN, 0, 1, &[2.0f64.to_bits()], 1));
        drain.add(Arc::new(ring));

        // A flush, before the recorder's thread has looked for the first time.
        drain.read_all(0, now_ns);
        drain.settle_traces();
        assert_eq!(drain.counters().recorded, 1);
        drain.poll(now_ns);
        drain.settle_traces();
        assert_eq!(drain.dump(now_ns, now_ns), 1);
    }
}
