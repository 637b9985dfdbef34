//! One exception: what was thrown, which calls it has ended, what is becoming of it.
//!
//! `Exception::row` is its row, whenever that is asked for. Limits: none of its own.

use breadcrumb_event::row::ExceptionRow;

use crate::codec::{Decoder, Encoder};
use crate::frame::Frame;

/// What was thrown, redacted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Thrown {
    pub(crate) name: String,
    pub(crate) message: String,
    pub(crate) stack: Option<String>,
}

/// What is becoming of an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// On its way down: this many running calls are below it.
    InFlight(usize),
    /// On its way through this call, which awaits something in a `finally` block.
    Parked(i64),
    /// In a promise.
    Rejected,
    /// Out of sight.
    Left,
    Caught,
    Uncaught,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Exception {
    pub(crate) id: i64,
    pub(crate) thrown: Option<Thrown>,
    /// Call, root and function of the innermost call that it left.
    pub(crate) origin: Option<(i64, i64, u32)>,
    pub(crate) thrown_at_ns: i64,
    pub(crate) calls: u32,
    pub(crate) stage: Stage,
    pub(crate) written: bool,
}

impl Exception {
    /// It ended a call.
    pub(crate) fn ended(&mut self, frame: &Frame) {
        self.calls += 1;
        if self.origin.is_none() {
            self.origin = Some((frame.call_id, frame.root_id, frame.function));
        }
    }

    pub(crate) fn row(&self, thread: u32, wall_offset_ns: i64) -> ExceptionRow<'_> {
        let thrown = self.thrown.as_ref();
        ExceptionRow {
            exception_id: self.id,
            thread_id: thread,
            call_id: self.origin.map(|origin| origin.0),
            root_id: self.origin.map(|origin| origin.1),
            function: self.origin.map(|origin| origin.2),
            name: thrown.map_or("unknown", |thrown| &thrown.name),
            message: thrown.map_or("", |thrown| &thrown.message),
            stack: thrown.and_then(|thrown| thrown.stack.as_deref()),
            thrown_at_ns: self.thrown_at_ns.saturating_add(wall_offset_ns),
            handled: match self.stage {
                Stage::Caught => "caught",
                Stage::Uncaught => "uncaught",
                _ => "unknown",
            },
            calls: self.calls,
        }
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        let exception = self;
        out.i64(exception.id).i64(exception.thrown_at_ns);
        out.u32(exception.calls).u8(u8::from(exception.written));
        match exception.stage {
            Stage::InFlight(height) => out.u8(0).u64(height as u64),
            Stage::Rejected => out.u8(1),
            Stage::Left => out.u8(2),
            Stage::Caught => out.u8(3),
            Stage::Uncaught => out.u8(4),
            Stage::Parked(call) => out.u8(5).i64(call),
        };
        out.option(exception.origin, |out, (call, root, function)| {
            out.i64(call).i64(root).u32(function);
        });
        out.option(exception.thrown.as_ref(), |out, thrown| {
            out.text(&thrown.name).text(&thrown.message);
            out.option(thrown.stack.as_ref(), |out, stack| {
                out.text(stack);
            });
        });
    }

    pub(crate) fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        let (id, thrown_at_ns) = (from.i64()?, from.i64()?);
        let (calls, written) = (from.u32()?, from.u8()? != 0);
        let stage = match from.u8()? {
            0 => Stage::InFlight(usize::try_from(from.u64()?).ok()?),
            1 => Stage::Rejected,
            2 => Stage::Left,
            3 => Stage::Caught,
            4 => Stage::Uncaught,
            _ => Stage::Parked(from.i64()?),
        };
        let origin = from.option(|from| Some((from.i64()?, from.i64()?, from.u32()?)))?;
        let thrown = from.option(|from| {
            Some(Thrown {
                name: from.text()?,
                message: from.text()?,
                stack: from.option(Decoder::text)?,
            })
        })?;
        Some(Self {
            id,
            thrown,
            origin,
            thrown_at_ns,
            calls,
            stage,
            written,
        })
    }
}
