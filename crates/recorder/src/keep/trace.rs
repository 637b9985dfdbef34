//! A trace whose rows are held, and what was done with traces.
//!
//! Limits: none of its own.

use super::root_rules::RuleSet;
use crate::codec::{Decoder, Encoder};

/// A row's, about.
const ROW_BYTES: usize = 64;
/// What a trace takes beside its rows, about.
const TRACE_BYTES: usize = 160;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Not decided.
    Held,
    /// Its rows are passed on.
    Kept,
    /// One of the slowest of its minute so far.
    Slow,
    /// Not kept, and still there.
    Past,
}

/// A trace. Times are of the wall clock, but for `heard_ns`.
#[derive(Clone, Debug)]
pub(super) struct Trace {
    pub(super) state: State,
    pub(super) rows: Vec<u8>,
    pub(super) calls: u64,
    pub(super) exceptions: u64,
    pub(super) first_ns: i64,
    pub(super) last_ns: i64,
    pub(super) root_ended: bool,
    /// Rules that its root fulfils, whose rest is asked when it ends.
    pub(super) rules: RuleSet,
    /// When its last row came, by the recorder's clock.
    pub(super) heard_ns: i64,
}

impl Trace {
    pub(super) fn new(heard_ns: i64) -> Self {
        Self {
            state: State::Held,
            rows: Vec::with_capacity(ROW_BYTES),
            calls: 0,
            exceptions: 0,
            first_ns: i64::MAX,
            last_ns: i64::MIN,
            root_ended: false,
            rules: 0,
            heard_ns,
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.rows.capacity() + TRACE_BYTES
    }

    pub(super) fn duration_ns(&self) -> i64 {
        self.last_ns.saturating_sub(self.first_ns)
    }
}

impl Trace {
    pub(super) fn encode(&self, out: &mut Encoder) {
        out.u8(match self.state {
            State::Held => 0,
            State::Kept => 1,
            State::Slow => 2,
            State::Past => 3,
        });
        out.u8(u8::from(self.root_ended)).u32(self.rules);
        out.u64(self.calls).u64(self.exceptions);
        out.i64(self.first_ns).i64(self.last_ns).i64(self.heard_ns);
        out.u64(self.rows.len() as u64).bytes.extend(&self.rows);
    }

    pub(super) fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        Some(Self {
            state: match from.u8()? {
                0 => State::Held,
                1 => State::Kept,
                2 => State::Slow,
                _ => State::Past,
            },
            root_ended: from.u8()? != 0,
            rules: from.u32()?,
            calls: from.u64()?,
            exceptions: from.u64()?,
            first_ns: from.i64()?,
            last_ns: from.i64()?,
            heard_ns: from.i64()?,
            rows: from.bytes()?.to_vec(),
        })
    }
}

/// What was done with traces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct KeepTally {
    /// Traces that are stored.
    pub(crate) kept: u64,
    /// Those that are not.
    pub(crate) out: u64,
    /// Calls of the latter.
    pub(crate) calls_out: u64,
    /// Exceptions of the latter.
    pub(crate) exceptions_out: u64,
    /// Traces that were decided early for want of memory, or of which a part was not kept.
    pub(crate) early: u64,
}

impl KeepTally {
    /// What was done since.
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            kept: self.kept - before.kept,
            out: self.out - before.out,
            calls_out: self.calls_out - before.calls_out,
            exceptions_out: self.exceptions_out - before.exceptions_out,
            early: self.early - before.early,
        }
    }
}
