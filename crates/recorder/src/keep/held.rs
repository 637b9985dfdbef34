//! The traces that are not decided, and what is remembered of those that are.
//!
//! ```text
//! first row ─► held ─► root ends, silence ─► slowest of its minute? ─► past, to be dumped ─► out
//!                └──────────── kept: its rows go to the sink, and all that follow ◄────┘
//! ```
//! Limits: of [`REMEMBERED`] traces that have ended it is known what became of them; what comes of older
//! ones is decided anew.

use std::collections::VecDeque;
use std::sync::Arc;

use breadcrumb_event::row::{CallRow, CallStatus, ExceptionRow, LinkRow};
use rustc_hash::FxHashMap;

use super::LINGER_NS;
use super::by_root::ByRoot;
use super::encoded_rows::{functions, pass_on, put_call, put_exception, put_link};
use super::judge::{Judge, KeepOptions, Last};
use super::root_rules::FunctionOf;
use super::trace::{KeepTally, State, Trace};
use crate::codec::{Decoder, Encoder};
use crate::row_sink::RowSink;

/// Ended traces that are remembered.
const REMEMBERED: usize = 1 << 16;
/// Those of them that a checkpoint has.
const REMEMBERED_IN_CHECKPOINTS: usize = 1 << 12;
/// Traces that are gone and still listed, beside as many as there are.
const MOST_GONE: usize = 1 << 10;

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    judge: Judge,
    traces: ByRoot<Trace>,
    /// Undecided ones in the order in which they began.
    begun: VecDeque<i64>,
    /// Those whose root has ended, with the time at which they are due.
    lingering: VecDeque<(i64, i64)>,
    /// Those that can be dumped, with the time until which they can.
    past: VecDeque<(i64, i64)>,
    /// Whether traces that ended are kept.
    ended: ByRoot<bool>,
    ended_order: VecDeque<i64>,
    bytes: usize,
    now_ns: i64,
    wall_offset_ns: i64,
    /// Calls that are not kept, by thread and function, since they were last asked for.
    counted: FxHashMap<(u32, u32), u64>,
    /// When the first of those may have begun, by the wall clock.
    counted_from_ns: i64,
    pub(crate) tally: KeepTally,
}

/// It is of the root of its trace.
fn is_root(row: &CallRow<'_>) -> bool {
    row.parent_id.is_none()
}

impl Held {
    pub(crate) fn new(options: KeepOptions, wall_offset_ns: i64) -> Self {
        Self {
            judge: Judge::new(options),
            traces: ByRoot::default(),
            begun: VecDeque::new(),
            lingering: VecDeque::new(),
            past: VecDeque::new(),
            ended: ByRoot::default(),
            ended_order: VecDeque::new(),
            bytes: 0,
            now_ns: 0,
            wall_offset_ns,
            counted: FxHashMap::default(),
            counted_from_ns: i64::MAX,
            tally: KeepTally::default(),
        }
    }

    /// Who knows the functions that rules ask for.
    pub(crate) fn know(&mut self, functions: Arc<FunctionOf>) {
        self.judge.rules.know(functions);
    }

    /// The recorder's monotonic clock.
    pub(crate) fn set_now(&mut self, now_ns: i64) {
        self.now_ns = now_ns;
    }

    pub(crate) fn options(&self) -> &KeepOptions {
        &self.judge.options
    }

    /// Bytes that are held.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Calls and exceptions that are held.
    pub(crate) fn rows(&self) -> (u64, u64) {
        let held = self.traces.values();
        held.fold((0, 0), |(calls, exceptions), trace| {
            if trace.state == State::Kept {
                return (calls, exceptions);
            }
            (calls + trace.calls, exceptions + trace.exceptions)
        })
    }

    /// Something is decided when time passes.
    pub(crate) fn waits(&self) -> bool {
        !self.lingering.is_empty() || self.judge.waits()
    }

    pub(super) fn call<S: RowSink>(&mut self, row: &CallRow<'_>, sink: &mut S) {
        let root_id = row.root_id;
        let Some(trace) = self.undecided(root_id, row.started_at_ns) else {
            sink.call(row);
            if is_root(row) {
                self.remember(root_id, true);
            }
            return;
        };
        let before = trace.bytes();
        put_call(&mut trace.rows, row);
        trace.calls += 1;
        trace.first_ns = trace.first_ns.min(row.started_at_ns);
        let ended_ns = row.duration_ns.map(|ns| row.started_at_ns + ns);
        trace.last_ns = trace.last_ns.max(ended_ns.unwrap_or(row.started_at_ns));
        trace.root_ended |= is_root(row) && row.status != CallStatus::Open;
        let (duration_ns, bytes) = (trace.duration_ns(), trace.bytes());
        self.bytes = self.bytes + bytes - before;
        if self.judge.keeps_with(row) || self.judge.keeps_of(duration_ns) {
            self.keep(root_id, sink);
        } else if is_root(row) {
            self.root(row, sink);
        }
        self.make_room(sink);
    }

    /// The root of an undecided trace has its row.
    fn root<S: RowSink>(&mut self, row: &CallRow<'_>, sink: &mut S) {
        let rules = self.judge.rules.of_root(row);
        if self.judge.rules.are_certain(rules) {
            self.keep(row.root_id, sink);
            return;
        }
        if let Some(trace) = self.traces.get_mut(&row.root_id) {
            trace.rules = rules;
        }
        if row.status != CallStatus::Open {
            let due_ns = self.now_ns + LINGER_NS;
            self.lingering.push_back((due_ns, row.root_id));
        }
    }

    pub(super) fn exception<S: RowSink>(&mut self, row: &ExceptionRow<'_>, sink: &mut S) {
        let Some(root_id) = row.root_id else {
            sink.exception(row);
            return;
        };
        let Some(trace) = self.undecided(root_id, row.thrown_at_ns) else {
            sink.exception(row);
            return;
        };
        let before = trace.bytes();
        put_exception(&mut trace.rows, row);
        trace.exceptions += 1;
        let bytes = trace.bytes();
        self.bytes = self.bytes + bytes - before;
        self.make_room(sink);
    }

    pub(super) fn link<S: RowSink>(&mut self, row: &LinkRow, sink: &mut S) {
        let Some(trace) = self.undecided(row.root_id, row.at_ns) else {
            sink.link(row);
            return;
        };
        let before = trace.bytes();
        put_link(&mut trace.rows, row);
        let bytes = trace.bytes();
        self.bytes = self.bytes + bytes - before;
        self.make_room(sink);
    }

    /// The trace of a row that came now; `None` if it is kept.
    fn undecided(&mut self, root_id: i64, begun_ns: i64) -> Option<&mut Trace> {
        if !self.traces.contains_key(&root_id) {
            if self.ended.get(&root_id) == Some(&true) {
                return None;
            }
            self.begin(root_id, begun_ns);
        }
        let heard_ns = self.now_ns;
        let trace = self.traces.get_mut(&root_id);
        let trace = trace.filter(|trace| trace.state != State::Kept)?;
        trace.heard_ns = heard_ns;
        Some(trace)
    }

    fn begin(&mut self, root_id: i64, begun_ns: i64) {
        let mut trace = Trace::new(self.now_ns);
        if self.ended.contains_key(&root_id) {
            // It was not kept. What comes behind its end is a trace of its own.
            trace.root_ended = true;
            self.lingering.push_back((self.now_ns + LINGER_NS, root_id));
        } else if self.judge.keeps_any(root_id, begun_ns) {
            trace.state = State::Kept;
            self.tally.kept += 1;
        }
        self.bytes += trace.bytes();
        self.traces.insert(root_id, trace);
        self.begun.push_back(root_id);
        if self.begun.len() > 2 * self.traces.len() + MOST_GONE {
            let traces = &self.traces;
            self.begun.retain(|id| traces.contains_key(id));
        }
    }

    /// Passes a trace on, and from now on what comes of it.
    fn keep<S: RowSink>(&mut self, root_id: i64, sink: &mut S) {
        let Some(trace) = self.traces.get_mut(&root_id) else {
            return;
        };
        if trace.state == State::Kept {
            return;
        }
        let before = trace.bytes();
        pass_on(&std::mem::take(&mut trace.rows), sink);
        trace.state = State::Kept;
        self.bytes = self.bytes + trace.bytes() - before;
        self.tally.kept += 1;
        if trace.root_ended {
            self.remember(root_id, true);
        }
    }

    /// Counts the calls of a trace and forgets the rest.
    fn leave_out(&mut self, root_id: i64) {
        let Some(trace) = self.take(root_id) else {
            return;
        };
        for called in functions(&trace.rows) {
            *self.counted.entry(called).or_default() += 1;
        }
        self.counted_from_ns = self.counted_from_ns.min(trace.first_ns);
        self.tally.out += 1;
        self.tally.calls_out += trace.calls;
        self.tally.exceptions_out += trace.exceptions;
        if trace.root_ended {
            self.remember(root_id, false);
        }
    }

    fn state(&self, root_id: i64) -> Option<State> {
        self.traces.get(&root_id).map(|trace| trace.state)
    }

    /// Nothing of a trace is held any more.
    fn take(&mut self, root_id: i64) -> Option<Trace> {
        let trace = self.traces.remove(&root_id)?;
        self.bytes -= trace.bytes();
        Some(trace)
    }

    /// As [`Self::take`], but what became of it is known.
    fn remember(&mut self, root_id: i64, kept: bool) {
        self.take(root_id);
        if self.ended.insert(root_id, kept).is_none() {
            self.ended_order.push_back(root_id);
        }
        if self.ended_order.len() > REMEMBERED
            && let Some(oldest) = self.ended_order.pop_front()
        {
            self.ended.remove(&oldest);
        }
    }

    /// Decides a trace, if nothing has kept it so far.
    fn decide<S: RowSink>(&mut self, root_id: i64, sink: &mut S) -> bool {
        let trace = self.traces.get_mut(&root_id);
        let Some(trace) = trace.filter(|trace| trace.state == State::Held) else {
            return false;
        };
        if self.judge.rules.keep(trace) {
            self.keep(root_id, sink);
            return true;
        }
        match self.judge.ends(root_id, trace.duration_ns()) {
            Last::Waits { instead_of } => {
                trace.state = State::Slow;
                if let Some(other) = instead_of {
                    self.pass_by(other);
                }
            }
            Last::Out => self.pass_by(root_id),
        }
        true
    }

    /// A trace is decided otherwise than as one of the slowest.
    fn forget(&mut self, root_id: i64) {
        if self.state(root_id) == Some(State::Slow) {
            self.judge.forget(root_id);
        }
    }

    /// A trace is not kept, but may be dumped for a time.
    fn pass_by(&mut self, root_id: i64) {
        let last_ns = self.judge.options.last_ns;
        match self.traces.get_mut(&root_id) {
            Some(trace) if last_ns > 0 => {
                trace.state = State::Past;
                self.past.push_back((trace.heard_ns + last_ns, root_id));
            }
            _ => self.leave_out(root_id),
        }
    }

    /// Decides what is due.
    pub(crate) fn settle<S: RowSink>(&mut self, sink: &mut S) {
        let now_ns = self.now_ns;
        while let Some((due_ns, root_id)) = self.lingering.pop_front_if(|(due, _)| *due <= now_ns) {
            // Callbacks of it came meanwhile?
            match self
                .traces
                .get(&root_id)
                .map(|trace| trace.heard_ns + LINGER_NS)
            {
                Some(later_ns) if later_ns > due_ns => {
                    self.lingering.push_back((later_ns, root_id));
                }
                _ => {
                    self.decide(root_id, sink);
                }
            }
        }
        for root_id in self.judge.slowest_at(now_ns + self.wall_offset_ns) {
            self.keep(root_id, sink);
        }
        while let Some((_, root_id)) = self.past.pop_front_if(|(until, _)| *until <= now_ns) {
            self.leave_out_past(root_id);
        }
    }

    fn leave_out_past(&mut self, root_id: i64) {
        if self.state(root_id) == Some(State::Past) {
            self.leave_out(root_id);
        }
    }

    /// Decides traces whose root has ended now rather than when they are due.
    pub(crate) fn settle_ended<S: RowSink>(&mut self, sink: &mut S) {
        for (_, root_id) in std::mem::take(&mut self.lingering) {
            self.decide(root_id, sink);
        }
        self.settle(sink);
    }

    /// Frees memory: what can only be dumped first, then what has ended, then the eldest.
    fn make_room<S: RowSink>(&mut self, sink: &mut S) {
        while self.bytes > self.judge.options.memory {
            if let Some((_, root_id)) = self.past.pop_front() {
                self.leave_out_past(root_id);
            } else if let Some((_, root_id)) = self.lingering.pop_front() {
                self.tally.early += u64::from(self.decide(root_id, sink));
            } else if let Some(root_id) = self.begun.pop_front() {
                let state = self.state(root_id);
                if matches!(state, Some(State::Held | State::Slow)) {
                    self.forget(root_id);
                    self.tally.early += 1;
                    self.leave_out(root_id);
                }
            } else {
                return;
            }
        }
    }

    /// Keeps all that is held of traces of which something happened since `since_ns`, by the wall clock.
    pub(crate) fn dump<S: RowSink>(&mut self, since_ns: i64, sink: &mut S) -> u64 {
        let recent = |trace: &Trace| trace.state != State::Kept && trace.last_ns >= since_ns;
        let traces = self.traces.iter().filter(|(_, trace)| recent(trace));
        let mut roots: Vec<i64> = traces.map(|(root_id, _)| *root_id).collect();
        roots.sort_unstable();
        for root_id in &roots {
            self.forget(*root_id);
            self.keep(*root_id, sink);
        }
        roots.len() as u64
    }

    /// The session is over. After a crash, what had not ended is what is looked for.
    pub(crate) fn finish<S: RowSink>(&mut self, crashed: bool, sink: &mut S) {
        self.settle_ended(sink);
        let mut roots: Vec<i64> = self.traces.keys().copied().collect();
        roots.sort_unstable();
        let end_ns = self.now_ns + self.wall_offset_ns;
        for root_id in roots {
            let Some(trace) = self.traces.get(&root_id) else {
                continue;
            };
            let lasted_ns = end_ns.saturating_sub(trace.first_ns);
            match trace.state {
                State::Slow => self.keep(root_id, sink),
                State::Held
                    if crashed
                        || self.judge.keeps_of(lasted_ns)
                        || self.judge.rules.keep(trace) =>
                {
                    self.keep(root_id, sink);
                }
                State::Past if crashed => self.keep(root_id, sink),
                State::Held | State::Past => self.leave_out(root_id),
                State::Kept => {}
            }
        }
        self.traces.clear();
        self.bytes = 0;
    }

    /// Calls that were not kept since the last time: thread, function, number.
    pub(crate) fn take_counted(&mut self) -> Vec<(u32, u32, u64)> {
        let counted = self.counted.drain().map(|((thread, f), n)| (thread, f, n));
        let mut counted: Vec<_> = counted.collect();
        counted.sort_unstable();
        counted
    }

    /// When the first of them may have begun, by the wall clock.
    pub(crate) fn take_counted_from_ns(&mut self) -> i64 {
        std::mem::replace(&mut self.counted_from_ns, i64::MAX)
    }

    /// Into a checkpoint, when what was counted has been taken.
    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.text(&serde_json::to_string(self.options()).unwrap_or_default());
        let tally = self.tally;
        out.u64(tally.kept).u64(tally.out).u64(tally.calls_out);
        out.u64(tally.exceptions_out).u64(tally.early);
        // In the order in which they began: what came first goes first.
        let mut traces: Vec<(&i64, &Trace)> = self.traces.iter().collect();
        traces.sort_unstable_by_key(|(root_id, trace)| (trace.first_ns, **root_id));
        out.u64(traces.len() as u64);
        for (root_id, trace) in traces {
            out.i64(*root_id);
            trace.encode(out);
        }
        let skipped = self
            .ended_order
            .len()
            .saturating_sub(REMEMBERED_IN_CHECKPOINTS);
        let remembered = self.ended_order.iter().skip(skipped);
        out.u64(remembered.len() as u64);
        for root_id in remembered {
            let kept = self.ended.get(root_id).copied().unwrap_or_default();
            out.i64(*root_id).u8(u8::from(kept));
        }
    }

    pub(crate) fn decode(wall_offset_ns: i64, from: &mut Decoder<'_>) -> Option<Self> {
        let options: KeepOptions = serde_json::from_str(from.str()?).ok()?;
        let mut held = Self::new(options, wall_offset_ns);
        held.tally = KeepTally {
            kept: from.u64()?,
            out: from.u64()?,
            calls_out: from.u64()?,
            exceptions_out: from.u64()?,
            early: from.u64()?,
        };
        for _ in 0..from.count()? {
            let root_id = from.i64()?;
            let trace = Trace::decode(from)?;
            match trace.state {
                State::Held if trace.root_ended => {
                    held.lingering
                        .push_back((trace.heard_ns + LINGER_NS, root_id));
                }
                State::Slow => {
                    held.judge.ends(root_id, trace.duration_ns());
                }
                State::Past => {
                    let until_ns = trace.heard_ns + held.judge.options.last_ns;
                    held.past.push_back((until_ns, root_id));
                }
                State::Held | State::Kept => {}
            }
            held.bytes += trace.bytes();
            held.begun.push_back(root_id);
            held.traces.insert(root_id, trace);
        }
        for _ in 0..from.count()? {
            let root_id = from.i64()?;
            held.ended.insert(root_id, from.u8()? != 0);
            held.ended_order.push_back(root_id);
        }
        Some(held)
    }
}
