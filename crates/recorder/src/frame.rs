//! A call that has not ended: what is kept of it until it does.

use breadcrumb_event::row::{Arguments, CallResult, CallRow, CallStatus, ClockKind, ParentKind};

use crate::call_lines::CallLines;
use crate::call_variables::CallVariables;
use crate::codec::{Decoder, Encoder};

/// The arguments of a call that has not ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum HeldArguments {
    None,
    Integers { count: u8, values: [i64; 2] },
    Json(String),
}

impl HeldArguments {
    /// Bytes of their text.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::None | Self::Integers { .. } => 0,
            Self::Json(text) => text.len(),
        }
    }

    fn as_row(&self) -> Arguments<'_> {
        match self {
            Self::None => Arguments::None,
            Self::Integers { count, values } => {
                Arguments::Integers(&values[..usize::from(*count).min(2)])
            }
            Self::Json(text) => Arguments::Json(text),
        }
    }
}

/// How a call ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End<'a> {
    pub(crate) status: CallStatus,
    pub(crate) now_ns: i64,
    pub(crate) result: CallResult<'a>,
    pub(crate) exception_id: Option<i64>,
    /// JSON.
    pub(crate) lines: Option<&'a str>,
    /// JSON.
    pub(crate) variables: Option<&'a str>,
}

/// A call that has not ended. Times are of the monotonic clock.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Frame {
    pub(crate) token: u32,
    pub(crate) function: u32,
    pub(crate) call_id: i64,
    /// 0: a root.
    pub(crate) parent_id: i64,
    pub(crate) root_id: i64,
    pub(crate) depth: u32,
    /// A callback, whose parent is the root of its trace.
    pub(crate) callback: bool,
    pub(crate) exact: bool,
    /// Records were lost since it was last heard of: it may have ended.
    pub(crate) doubtful: bool,
    /// A generator whose `finally` was entered while it was suspended: it is being closed.
    pub(crate) closing: bool,
    pub(crate) entered_ns: i64,
    pub(crate) self_ns: i64,
    pub(crate) wait_ns: i64,
    /// While suspended: since when.
    pub(crate) since_ns: i64,
    pub(crate) arguments: HeldArguments,
    pub(crate) lines: CallLines,
    pub(crate) variables: CallVariables,
}

impl Frame {
    /// It runs again.
    pub(crate) fn resume(&mut self, now_ns: i64) {
        if !self.doubtful {
            self.wait_ns += now_ns - self.since_ns;
        }
        self.doubtful = false;
        self.closing = false;
    }

    /// Its row.
    pub(crate) fn row<'a>(&'a self, thread: u32, wall_offset_ns: i64, end: End<'a>) -> CallRow<'a> {
        CallRow {
            thread_id: thread,
            root_id: self.root_id,
            call_id: self.call_id,
            parent_id: (self.parent_id != 0).then_some(self.parent_id),
            parent_kind: match (self.parent_id, self.callback) {
                (0, _) => ParentKind::None,
                (_, false) => ParentKind::Call,
                (_, true) => ParentKind::Root,
            },
            function: self.function,
            started_at_ns: self.entered_ns.saturating_add(wall_offset_ns),
            duration_ns: (end.status != CallStatus::Open).then_some(end.now_ns - self.entered_ns),
            self_ns: self.self_ns,
            wait_ns: self.wait_ns,
            depth: self.depth,
            status: end.status,
            arguments: self.arguments.as_row(),
            result: end.result,
            exception_id: end.exception_id,
            lines: end.lines,
            variables: end.variables,
            clock: if self.exact {
                ClockKind::Exact
            } else {
                ClockKind::Coarse
            },
        }
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.u32(self.token).u32(self.function).i64(self.call_id);
        out.i64(self.parent_id).i64(self.root_id).u32(self.depth);
        out.u8(u8::from(self.callback));
        out.u8(u8::from(self.exact)).u8(u8::from(self.doubtful));
        out.u8(u8::from(self.closing));
        out.i64(self.entered_ns).i64(self.self_ns);
        out.i64(self.wait_ns).i64(self.since_ns);
        match &self.arguments {
            HeldArguments::None => out.u8(3),
            HeldArguments::Integers { count, values } => {
                out.u8(*count).i64(values[0]).i64(values[1])
            }
            HeldArguments::Json(text) => out.u8(4).text(text),
        };
        self.lines.encode(out);
        self.variables.encode(out);
    }

    pub(crate) fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        Some(Self {
            token: from.u32()?,
            function: from.u32()?,
            call_id: from.i64()?,
            parent_id: from.i64()?,
            root_id: from.i64()?,
            depth: from.u32()?,
            callback: from.u8()? != 0,
            exact: from.u8()? != 0,
            doubtful: from.u8()? != 0,
            closing: from.u8()? != 0,
            entered_ns: from.i64()?,
            self_ns: from.i64()?,
            wait_ns: from.i64()?,
            since_ns: from.i64()?,
            arguments: match from.u8()? {
                3 => HeldArguments::None,
                4 => HeldArguments::Json(from.text()?),
                count => HeldArguments::Integers {
                    count,
                    values: [from.i64()?, from.i64()?],
                },
            },
            lines: CallLines::decode(from)?,
            variables: CallVariables::decode(from)?,
        })
    }
}
