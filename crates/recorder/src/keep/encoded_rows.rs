//! Rows as bytes and back: what is held of a trace that is not decided.
//!
//! ```text
//! put_call(&mut bytes, &row); put_exception(&mut bytes, &row); put_link(&mut bytes, &row)
//! pass_on(&bytes, sink)      in the order in which they were put
//! ```
//! Limits: written and read by one version of the program, in memory or in a checkpoint.

use breadcrumb_event::row::{
    Arguments, CallResult, CallRow, CallStatus, CaughtIn, ClockKind, Crossed, CrossedCall,
    ExceptionRow, LinkDirection, LinkRow, ParentKind, ThrownAt,
};

use crate::codec::{Decoder, Encoder};
use crate::row_sink::RowSink;

/// Of a row's length before it.
const LENGTH_BYTES: usize = 4;

const CALL: u8 = 0;
const EXCEPTION: u8 = 1;
const LINK: u8 = 2;

/// `handled` of exceptions, by number.
const HANDLED: [&str; 3] = ["caught", "uncaught", "unknown"];

/// A call's row behind those in `bytes`.
pub(super) fn put_call(bytes: &mut Vec<u8>, row: &CallRow<'_>) {
    put(bytes, |out| {
        out.u8(CALL).number(row.thread_id.into());
        out.number(row.function.into());
        out.number(row.root_id);
        // Calls of a trace are near its root.
        out.number(row.call_id - row.root_id);
        out.option(row.parent_id, |out, id| {
            out.number(id - row.root_id);
        });
        let flags = u8::from(row.parent_kind == ParentKind::Root)
            | u8::from(row.clock == ClockKind::Exact) << 1
            | match row.status {
                CallStatus::Returned => 0,
                CallStatus::Threw => 1,
                CallStatus::Open => 2,
            } << 2;
        out.u8(flags).number(row.started_at_ns);
        out.option(row.duration_ns, |out, ns| {
            out.number(ns);
        });
        out.number(row.self_ns).number(row.wait_ns);
        out.number(row.depth.into());
        out.option(row.exception_id, |out, id| {
            out.number(id);
        });
        match row.arguments {
            Arguments::None => {
                out.u8(0);
            }
            Arguments::Json(text) => {
                out.u8(1).text(text);
            }
            Arguments::Integers(values) => {
                out.u8(2 + values.len() as u8);
                for value in values {
                    out.number(*value);
                }
            }
        }
        match row.result {
            CallResult::None => out.u8(0),
            CallResult::Json(text) => out.u8(1).text(text),
            CallResult::Integer(value) => out.u8(2).number(value),
        };
        for text in [row.lines, row.variables] {
            out.option(text, |out, text| {
                out.text(text);
            });
        }
    });
}

/// An exception's row behind those in `bytes`.
pub(super) fn put_exception(bytes: &mut Vec<u8>, row: &ExceptionRow<'_>) {
    put(bytes, |out| {
        out.u8(EXCEPTION).number(row.thread_id.into());
        out.number(row.exception_id);
        for id in [row.call_id, row.root_id, row.cause_id] {
            out.option(id, |out, id| {
                out.number(id);
            });
        }
        out.option(row.function, |out, id| {
            out.number(id.into());
        });
        out.text(row.name).text(row.message);
        for text in [row.stack, row.causes, row.errors] {
            out.option(text, |out, text| {
                out.text(text);
            });
        }
        let handled = HANDLED.iter().position(|name| *name == row.handled);
        out.number(row.thrown_at_ns);
        out.u8(handled.unwrap_or(HANDLED.len() - 1) as u8);
        out.number(row.calls.into());
        out.option(row.thrown_at, |out, at| {
            out.text(at.file).number(at.line.into());
            out.number(at.column.into());
        });
        out.option(row.caught, |out, caught| {
            out.number(caught.call_id).number(caught.function.into());
            out.number(caught.line.into());
        });
        match row.crossed {
            Crossed::Json(text) => {
                out.u8(0).option(text, |out, text| {
                    out.text(text);
                });
            }
            Crossed::Calls(calls) => {
                out.u8(1).u64(calls.len() as u64);
                for call in calls {
                    out.number(call.call_id).number(call.function.into());
                    out.option(call.locals.as_ref(), |out, text| {
                        out.text(text);
                    });
                }
            }
        }
    });
}

/// A link's row behind those in `bytes`.
pub(super) fn put_link(bytes: &mut Vec<u8>, row: &LinkRow) {
    put(bytes, |out| {
        out.u8(LINK).number(row.thread_id.into());
        out.number(row.root_id).number(row.call_id - row.root_id);
        let is = |one: &LinkDirection| *one == row.direction;
        let direction = LinkDirection::ALL.iter().position(is);
        out.number(row.at_ns)
            .u8(direction.unwrap_or_default() as u8);
        out.u64((row.w3c_trace >> 64) as u64)
            .u64(row.w3c_trace as u64)
            .u64(row.span);
    });
}

/// A row behind its length, so that it can be passed over.
fn put(bytes: &mut Vec<u8>, fill: impl FnOnce(&mut Encoder)) {
    let mut out = Encoder {
        bytes: std::mem::take(bytes),
    };
    let at = out.bytes.len();
    out.u32(0);
    fill(&mut out);
    let length = (out.bytes.len() - at - LENGTH_BYTES) as u32;
    out.bytes[at..at + LENGTH_BYTES].copy_from_slice(&length.to_le_bytes());
    *bytes = out.bytes;
}

/// The rows, one after the other.
fn rows(bytes: &[u8]) -> impl Iterator<Item = Decoder<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (length, behind) = rest.split_first_chunk::<LENGTH_BYTES>()?;
        let length = u32::from_le_bytes(*length) as usize;
        let (row, behind) = behind.split_at_checked(length)?;
        rest = behind;
        Some(Decoder::new(row))
    })
}

/// Thread and function of each call.
pub(super) fn functions(bytes: &[u8]) -> impl Iterator<Item = (u32, u32)> {
    rows(bytes).filter_map(|mut row| match row.u8()? {
        CALL => Some((row.small()?, row.small()?)),
        _ => None,
    })
}

/// Gives the rows in `bytes` to `sink`; passes over what makes no sense.
pub(super) fn pass_on<S: RowSink>(bytes: &[u8], sink: &mut S) {
    for mut row in rows(bytes) {
        let _ = match row.u8() {
            Some(CALL) => call(&mut row, sink),
            Some(EXCEPTION) => exception(&mut row, sink),
            Some(LINK) => link(&mut row, sink),
            _ => None,
        };
    }
}

fn call<S: RowSink>(from: &mut Decoder<'_>, sink: &mut S) -> Option<()> {
    let thread_id = from.small()?;
    let function = from.small()?;
    let root_id = from.number()?;
    let call_id = root_id + from.number()?;
    let parent_id = from.option(|from| Some(root_id + from.number()?))?;
    let flags = from.u8()?;
    let started_at_ns = from.number()?;
    let duration_ns = from.option(Decoder::number)?;
    let (self_ns, wait_ns) = (from.number()?, from.number()?);
    let depth = from.small()?;
    let exception_id = from.option(Decoder::number)?;
    let mut integers = [0; 2];
    let arguments = match from.u8()? {
        0 => Arguments::None,
        1 => Arguments::Json(from.str()?),
        count => {
            let integers = integers.get_mut(..usize::from(count) - 2)?;
            for value in integers.iter_mut() {
                *value = from.number()?;
            }
            Arguments::Integers(integers)
        }
    };
    let result = match from.u8()? {
        0 => CallResult::None,
        1 => CallResult::Json(from.str()?),
        _ => CallResult::Integer(from.number()?),
    };
    let lines = from.option(Decoder::str)?;
    let variables = from.option(Decoder::str)?;
    sink.call(&CallRow {
        thread_id,
        root_id,
        call_id,
        parent_id,
        parent_kind: match (parent_id, flags & 1) {
            (None, _) => ParentKind::None,
            (_, 0) => ParentKind::Call,
            _ => ParentKind::Root,
        },
        function,
        started_at_ns,
        duration_ns,
        self_ns,
        wait_ns,
        depth,
        status: match flags >> 2 {
            0 => CallStatus::Returned,
            1 => CallStatus::Threw,
            _ => CallStatus::Open,
        },
        arguments,
        result,
        exception_id,
        clock: if flags & 2 == 0 {
            ClockKind::Coarse
        } else {
            ClockKind::Exact
        },
        lines,
        variables,
    });
    Some(())
}

fn exception<S: RowSink>(from: &mut Decoder<'_>, sink: &mut S) -> Option<()> {
    let thread_id = from.small()?;
    let exception_id = from.number()?;
    let call_id = from.option(Decoder::number)?;
    let root_id = from.option(Decoder::number)?;
    let cause_id = from.option(Decoder::number)?;
    let function = from.option(Decoder::small)?;
    let (name, message) = (from.str()?, from.str()?);
    let stack = from.option(Decoder::str)?;
    let causes = from.option(Decoder::str)?;
    let errors = from.option(Decoder::str)?;
    let thrown_at_ns = from.number()?;
    let handled = HANDLED.get(usize::from(from.u8()?))?;
    let calls = from.small()?;
    let thrown_at = from.option(|from| {
        Some(ThrownAt {
            file: from.str()?,
            line: from.small()?,
            column: from.small()?,
        })
    })?;
    let caught = from.option(|from| {
        Some(CaughtIn {
            call_id: from.number()?,
            function: from.small()?,
            line: from.small()?,
        })
    })?;
    let mut crossed_calls = Vec::new();
    let crossed = if from.u8()? == 0 {
        Crossed::Json(from.option(Decoder::str)?)
    } else {
        for _ in 0..from.count()? {
            crossed_calls.push(CrossedCall {
                call_id: from.number()?,
                function: from.small()?,
                locals: from.option(Decoder::text)?,
            });
        }
        Crossed::Calls(&crossed_calls)
    };
    sink.exception(&ExceptionRow {
        exception_id,
        thread_id,
        call_id,
        root_id,
        function,
        name,
        message,
        stack,
        thrown_at_ns,
        handled,
        calls,
        thrown_at,
        caught,
        cause_id,
        causes,
        errors,
        crossed,
    });
    Some(())
}

fn link<S: RowSink>(from: &mut Decoder<'_>, sink: &mut S) -> Option<()> {
    let thread_id = from.small()?;
    let root_id = from.number()?;
    sink.link(&LinkRow {
        thread_id,
        root_id,
        call_id: root_id + from.number()?,
        at_ns: from.number()?,
        direction: *LinkDirection::ALL.get(usize::from(from.u8()?))?,
        w3c_trace: u128::from(from.u64()?) << 64 | u128::from(from.u64()?),
        span: from.u64()?,
    });
    Some(())
}
