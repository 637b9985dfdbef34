//! Records of one thread → rows: which call called which, how long each took and how it ended.
//!
//! ```text
//! ENTER f · ENTER g · RETURN g · SUSPEND f · ENTER h · RETURN h · RESUME f · RETURN f
//! → g (parent f), h (a root of its own), f (waited while h ran)
//! ```
//! A call's parent is the call that ran when it began. A call that has no `try` says nothing when
//! an exception leaves it: what a call below it does next shows that it has ended.
//! Pure: no threads, no clocks of its own, no I/O. Limits: those of [`crate::call_stack`] and
//! [`crate::exceptions`]; a record about a call that is not known is counted and passed over.

use breadcrumb_event::decode::Payload;
use breadcrumb_event::layout::{
    ASSIGNED, CATCH, CLOCK, CONTEXT, ENTER, FLAG_CLOSING, FLAG_EXACT, FLAG_GENERATOR, FLAGS_SHIFT,
    KIND_MASK, LINES, LINK, LOCALS, LOST, RESUME, RETURN, STACK, SUSPEND, THROW, TOKEN_MASK,
    UNCAUGHT, UNWIND, VALUES_SHIFT,
};
use breadcrumb_event::row::{CallResult, CallStatus};
use breadcrumb_ring::Batch;
use breadcrumb_ring::chunk::{ChunkHeader, record_words};

use crate::call_lines::CallLines;
use crate::call_stack::{CallStack, Place};
use crate::call_variables::CallVariables;
use crate::codec::{Decoder, Encoder};
use crate::exception::Stage;
use crate::exceptions::{Exceptions, Said};
use crate::frame::{End, Frame};
use crate::row_sink::RowSink;
use crate::translator::Translator;
use crate::ways::Ways;

mod linking;
mod passing;
mod running_lines;

/// Bits of a call's number below its thread's index.
pub(crate) const CALL_BITS: u32 = 40;
/// A clock this far ahead of the reader's is garbage.
const AHEAD_NS: i64 = 1_000_000_000;

/// What an assembler has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Rows of calls.
    pub(crate) calls: u64,
    /// Those that were stored as `open` to make room.
    pub(crate) evicted: u64,
    /// Records about calls that are not known.
    pub(crate) unknown: u64,
    /// Records that made no sense.
    pub(crate) malformed: u64,
}

/// A record, taken apart.
#[derive(Clone, Copy)]
struct Record<'a> {
    flags: u32,
    high: u32,
    payload: Payload<'a>,
    values: usize,
}

/// The state of one thread. See the module.
#[derive(Clone, Debug)]
pub(crate) struct Assembler {
    thread: u32,
    wall_offset_ns: i64,
    now_ns: i64,
    horizon_ns: i64,
    exact_next: bool,
    next_token: u32,
    next_call_id: i64,
    stack: CallStack,
    exceptions: Exceptions,
    /// Token of the call that ends next, and its variables: scopes as JSON, between commas.
    locals: Option<(u32, String)>,
    /// What ran in recorded calls since it was taken.
    pub(crate) ways: Ways,
    /// The lines of a row.
    text: String,
    variables: String,
    pub(crate) tally: Tally,
}

impl Assembler {
    /// For a thread that was just attached. Wall clock = monotonic clock + `wall_offset_ns`.
    pub(crate) fn new(thread: u32, wall_offset_ns: i64) -> Self {
        Self {
            thread,
            wall_offset_ns,
            now_ns: 0,
            horizon_ns: i64::MAX,
            exact_next: false,
            next_token: 1,
            next_call_id: (i64::from(thread) << CALL_BITS) | 1,
            stack: CallStack::default(),
            exceptions: Exceptions::new(thread, wall_offset_ns),
            locals: None,
            ways: Ways::default(),
            text: String::new(),
            variables: String::new(),
            tally: Tally::default(),
        }
    }

    /// The reader's monotonic clock: no record is of a later time.
    pub(crate) fn set_horizon(&mut self, now_ns: i64) {
        self.horizon_ns = now_ns.saturating_add(AHEAD_NS);
    }

    /// The thread's last known wall clock, ns since 1970; 0 if there is none.
    pub(crate) fn last_wall_ns(&self) -> i64 {
        if self.now_ns == 0 {
            return 0;
        }
        self.now_ns.saturating_add(self.wall_offset_ns)
    }

    /// Rows of exceptions so far.
    pub(crate) fn exceptions_written(&self) -> u64 {
        self.exceptions.rows
    }

    /// Changes whenever a call begins or gets its row.
    pub(crate) fn stamp(&self) -> (i64, u64) {
        (self.next_call_id, self.tally.calls)
    }

    /// The calls that have not ended, in no certain order.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Frame> {
        self.stack.iter()
    }

    /// Exceptions have no row yet.
    pub(crate) fn exceptions_wait(&self) -> bool {
        self.exceptions.unwritten()
    }

    /// Takes the next records.
    pub(crate) fn feed<S: RowSink>(
        &mut self,
        batch: &Batch<'_>,
        translator: &mut Translator,
        sink: &mut S,
    ) {
        if let Some(header) = batch.header {
            self.begin_chunk(header);
        }
        let chunk = batch.chunk;
        let mut rest = batch.records();
        while let Some(&first) = rest.first() {
            let length = record_words(first);
            if length == 0 || length > rest.len() {
                self.tally.malformed += 1;
                break;
            }
            let (record, behind) = rest.split_at(length);
            rest = behind;
            let low = first as u32;
            let record = Record {
                flags: low >> FLAGS_SHIFT & 7,
                high: (first >> 32) as u32,
                payload: Payload {
                    words: &record[1..],
                    chunk,
                },
                values: (low >> VALUES_SHIFT & 127) as usize,
            };
            self.take(low & KIND_MASK, record, translator, sink);
        }
    }

    #[inline]
    fn take<S: RowSink>(
        &mut self,
        kind: u32,
        record: Record<'_>,
        translator: &mut Translator,
        sink: &mut S,
    ) {
        match kind {
            ENTER => self.enter(record, translator, sink),
            RETURN => self.exit(record, translator, sink),
            CLOCK => {
                self.exact_next = record.flags & FLAG_EXACT != 0;
                if let [ns, ..] = record.payload.words {
                    self.advance(ns.cast_signed());
                }
                return;
            }
            SUSPEND => self.suspend(record.high, translator, sink),
            RESUME => self.resume(record, translator, sink),
            UNWIND => self.unwind(record, translator, sink),
            THROW => self.throw(record, translator, sink),
            CATCH => self.catch(record, translator, sink),
            UNCAUGHT => self.uncaught(record, translator, sink),
            STACK => self.formatted(record, translator),
            LOST => self.lose(sink),
            CONTEXT => self.attach(record),
            LINK => self.link(record, sink),
            LOCALS => self.add_locals(record, translator),
            LINES => self.add_lines(record, translator),
            ASSIGNED => self.add_variable(record, translator),
            _ => self.tally.malformed += 1,
        }
        self.exact_next = false;
    }

    fn begin_chunk(&mut self, header: ChunkHeader) {
        let first = header.first_token & TOKEN_MASK;
        // The first chunk tells where the thread's tokens stand; a later one that does not go on
        // from there followed a chunk that could not be read, whose calls keep their numbers.
        let never = self.next_call_id == (i64::from(self.thread) << CALL_BITS) | 1;
        if !never && first != self.next_token {
            let span = i64::from(TOKEN_MASK);
            let missed = (i64::from(first) - i64::from(self.next_token)).rem_euclid(span);
            if missed <= span / 2 {
                self.next_call_id += missed;
            } else {
                // Tokens do not go back: calls and their ends are not matched from here on.
                self.tally.malformed += 1;
            }
        }
        self.next_token = first.max(1);
        self.advance(header.clock_ns);
    }

    /// Time passes, for the call on top. It never goes back.
    #[inline]
    fn advance(&mut self, ns: i64) {
        if ns > self.horizon_ns {
            self.tally.malformed += 1;
            return;
        }
        if ns <= self.now_ns {
            return;
        }
        if let Some(top) = self.stack.top_mut() {
            top.self_ns += ns - self.now_ns;
        }
        self.now_ns = ns;
    }

    #[inline]
    fn enter<S: RowSink>(&mut self, record: Record<'_>, translator: &mut Translator, sink: &mut S) {
        let call_id = self.next_call_id;
        self.next_call_id += 1;
        if let Some(activity) = &mut translator.activity {
            activity.enter(record.high, record.values, record.payload.words.len());
        }
        self.exceptions.entered(record.high);
        let token = self.next_token;
        self.next_token = if token == TOKEN_MASK { 1 } else { token + 1 };
        let (parent_id, root_id, depth) = match self.stack.top() {
            Some(top) => (top.call_id, top.root_id, top.depth + 1),
            None => (0, call_id, 0),
        };
        let frame = Frame {
            token,
            function: record.high,
            call_id,
            parent_id,
            root_id,
            depth,
            callback: false,
            exact: self.exact_next,
            doubtful: false,
            closing: false,
            entered_ns: self.now_ns,
            self_ns: 0,
            wait_ns: 0,
            since_ns: 0,
            arguments: translator.arguments(record.high, record.payload, record.values),
            lines: CallLines::default(),
            variables: CallVariables::default(),
        };
        if record.flags & FLAG_GENERATOR != 0 {
            self.set_aside(frame, sink);
        } else {
            self.push(frame, sink);
        }
    }

    #[inline]
    fn push<S: RowSink>(&mut self, frame: Frame, sink: &mut S) {
        self.stack.push(frame);
        if self.stack.depth() > crate::call_stack::MAX_RUNNING {
            self.exceptions.swallow_above(0, None);
            for frame in self.stack.evict_running() {
                self.evict(&frame, sink);
            }
        }
    }

    fn set_aside<S: RowSink>(&mut self, frame: Frame, sink: &mut S) {
        if let Some(old) = self.stack.suspend(frame, self.now_ns) {
            self.evict(&old, sink);
        }
        while let Some(old) = self.stack.evict_suspended(self.now_ns) {
            self.evict(&old, sink);
        }
    }

    fn evict<S: RowSink>(&mut self, frame: &Frame, sink: &mut S) {
        self.tally.evicted += 1;
        self.write(frame, CallStatus::Open, None, CallResult::None, sink);
    }

    #[inline]
    fn write<S: RowSink>(
        &mut self,
        frame: &Frame,
        status: CallStatus,
        exception_id: Option<i64>,
        result: CallResult<'_>,
        sink: &mut S,
    ) {
        self.tally.calls += 1;
        let end = End {
            status,
            now_ns: self.now_ns,
            result,
            exception_id,
            lines: frame.lines.json(&mut self.text),
            variables: frame.variables.json(&mut self.variables),
        };
        sink.call(&frame.row(self.thread, self.wall_offset_ns, end));
    }

    /// Brings a call to the top: resumes it, or ends those above it, by the exception at `by` (a
    /// new one if there is none). False if it is not known.
    fn surface<S: RowSink>(&mut self, token: u32, by: Option<usize>, sink: &mut S) -> bool {
        match self.stack.find(token) {
            Place::Top => true,
            Place::Running(index) => {
                self.end_above(index, by, sink);
                true
            }
            Place::Suspended => {
                let Some(mut frame) = self.stack.take_suspended(token) else {
                    return false;
                };
                frame.resume(self.now_ns);
                self.exceptions.unpark(self.stack.depth(), frame.call_id);
                self.push(frame, sink);
                true
            }
            Place::Unknown => {
                self.tally.unknown += 1;
                false
            }
        }
    }

    /// Ends the calls above the running one at `index`, which an exception must have left.
    fn end_above<S: RowSink>(&mut self, index: usize, by: Option<usize>, sink: &mut S) {
        if self.stack.depth() <= index + 1 {
            return;
        }
        let by = by.unwrap_or_else(|| {
            let by = self
                .exceptions
                .reaching(Said::Nothing, index, false, self.now_ns, sink);
            // Nobody saw where it went.
            self.exceptions.set_stage(by, Stage::Left);
            by
        });
        while self.stack.depth() > index + 1 {
            let Some(frame) = self.stack.pop() else {
                return;
            };
            self.end_by(&frame, by, sink);
        }
    }

    fn end_by<S: RowSink>(&mut self, frame: &Frame, by: usize, sink: &mut S) {
        let locals = self.locals.take_if(|(token, _)| *token == frame.token);
        let locals = locals.map(|(_, scopes)| format!("[{scopes}]"));
        let exception = self.exceptions.get_mut(by);
        exception.ended(frame, locals);
        let id = exception.id;
        self.write(frame, CallStatus::Threw, Some(id), CallResult::None, sink);
    }

    #[inline]
    fn exit<S: RowSink>(&mut self, record: Record<'_>, translator: &mut Translator, sink: &mut S) {
        if !self.surface(record.high, None, sink) {
            return;
        }
        let Some(frame) = self.stack.pop() else {
            return;
        };
        if self.exceptions.any_in_flight() {
            self.exceptions.swallow_above(self.stack.depth(), None);
        }
        if let Some(activity) = &mut translator.activity {
            let words = record.payload.words.len();
            activity.event(frame.function, record.values, words);
        }
        let result = translator.result(frame.function, record.payload, record.values);
        self.write(&frame, CallStatus::Returned, None, result, sink);
        translator.recycle(frame.arguments);
    }

    fn suspend<S: RowSink>(&mut self, token: u32, translator: &mut Translator, sink: &mut S) {
        if self.stack.find(token) == Place::Suspended {
            self.settle_doubt(token);
            return;
        }
        if !self.surface(token, None, sink) {
            return;
        }
        if let Some(frame) = self.stack.pop() {
            if let Some(activity) = &mut translator.activity {
                activity.event(frame.function, 0, 0);
            }
            self.exceptions.park(self.stack.depth(), frame.call_id);
            self.set_aside(frame, sink);
        }
    }

    /// A call that was in doubt is known to be suspended from now on.
    fn settle_doubt(&mut self, token: u32) {
        if let Some(mut frame) = self.stack.take_suspended(token) {
            let since = if frame.doubtful {
                self.now_ns
            } else {
                frame.since_ns
            };
            frame.doubtful = false;
            self.stack.suspend(frame, since);
        }
    }

    fn resume<S: RowSink>(
        &mut self,
        record: Record<'_>,
        translator: &mut Translator,
        sink: &mut S,
    ) {
        let place = self.stack.find(record.high);
        // Where it ran all the while, whatever is above it may be what it is running.
        if matches!(place, Place::Top | Place::Running(_)) {
            return;
        }
        if self.surface(record.high, None, sink)
            && let Some(top) = self.stack.top_mut()
        {
            top.closing = record.flags & FLAG_CLOSING != 0;
            if let Some(activity) = &mut translator.activity {
                activity.event(top.function, 0, 0);
            }
        }
    }

    fn lose<S: RowSink>(&mut self, sink: &mut S) {
        self.exceptions.swallow_above(0, None);
        for frame in self.stack.doubt_running(self.now_ns) {
            self.evict(&frame, sink);
        }
        while let Some(old) = self.stack.evict_suspended(self.now_ns) {
            self.evict(&old, sink);
        }
    }

    /// Writes the exceptions whose end is known, or all.
    pub(crate) fn settle<S: RowSink>(&mut self, everything: bool, now_ns: i64, sink: &mut S) {
        let now_ns = now_ns.max(self.now_ns);
        self.exceptions.settle(everything, now_ns, sink);
    }

    /// The thread is over: writes the calls that have not ended, and all exceptions.
    pub(crate) fn finish<S: RowSink>(&mut self, sink: &mut S) {
        for frame in self.stack.take_all() {
            self.write(&frame, CallStatus::Open, None, CallResult::None, sink);
        }
        self.settle(true, self.now_ns, sink);
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.i64(self.now_ns).u8(u8::from(self.exact_next));
        out.u32(self.next_token).i64(self.next_call_id);
        let tally = self.tally;
        out.u64(tally.calls).u64(tally.evicted);
        out.u64(tally.unknown).u64(tally.malformed);
        self.stack.encode(out);
        self.exceptions.encode(out);
        out.option(self.locals.as_ref(), |out, (token, scopes)| {
            out.u32(*token).text(scopes);
        });
    }

    pub(crate) fn decode(thread: u32, wall_offset_ns: i64, from: &mut Decoder<'_>) -> Option<Self> {
        let mut assembler = Self::new(thread, wall_offset_ns);
        assembler.now_ns = from.i64()?;
        assembler.exact_next = from.u8()? != 0;
        assembler.next_token = from.u32()?;
        assembler.next_call_id = from.i64()?;
        assembler.tally = Tally {
            calls: from.u64()?,
            evicted: from.u64()?,
            unknown: from.u64()?,
            malformed: from.u64()?,
        };
        assembler.stack = CallStack::decode(from)?;
        assembler.exceptions = Exceptions::decode(thread, wall_offset_ns, from)?;
        assembler.locals = from.option(|from| Some((from.u32()?, from.text()?)))?;
        Some(assembler)
    }
}
