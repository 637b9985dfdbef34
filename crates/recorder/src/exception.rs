//! One exception: what was thrown, which calls it has ended, what is becoming of it.
//!
//! `Exception::row` is its row, whenever that is asked for. Limits: none of its own.

use breadcrumb_event::json::write_json_string;
use breadcrumb_event::row::{CaughtIn, Crossed, CrossedCall, ExceptionRow, ThrownAt};

use crate::codec::{Decoder, Encoder};
use crate::frame::Frame;

/// Calls that are listed of those that an exception left.
const MAX_CROSSED: usize = 64;
/// Bytes of the variables of these calls.
const MAX_LOCALS: usize = 256 << 10;

/// What was thrown, redacted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Thrown {
    pub(crate) name: String,
    pub(crate) message: String,
    pub(crate) stack: Option<String>,
    /// The same for the same object; 0 for what is none.
    pub(crate) number: u32,
    /// Where: file, line, column.
    pub(crate) place: Option<(String, u32, u32)>,
    /// Its `cause`, the cause of that, and so on.
    pub(crate) causes: Vec<Related>,
    /// Its `errors`.
    pub(crate) errors: Vec<Related>,
}

impl Thrown {
    /// The same object; of what is none, the same to look at.
    pub(crate) fn is(&self, other: &Self) -> bool {
        match (self.number, other.number) {
            (0, 0) => (&self.name, &self.message) == (&other.name, &other.message),
            (one, other) => one == other,
        }
    }

    /// What [`Self::is`] looks at.
    fn identity(self) -> Self {
        match self.number {
            0 => Self {
                name: self.name,
                message: self.message,
                ..Self::default()
            },
            number => Self {
                number,
                ..Self::default()
            },
        }
    }
}

/// An error that another one names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Related {
    pub(crate) name: String,
    pub(crate) message: String,
    pub(crate) number: u32,
    /// The exception that it was, if it was one.
    pub(crate) exception_id: Option<i64>,
}

impl Related {
    /// As a JSON array; none of none.
    fn json(all: &[Self]) -> Option<String> {
        let mut out = String::from("[");
        for one in all {
            out.push_str(if out.len() > 1 {
                ",{\"name\":"
            } else {
                "{\"name\":"
            });
            write_json_string(&one.name, &mut out);
            out.push_str(",\"message\":");
            write_json_string(&one.message, &mut out);
            let id = one
                .exception_id
                .map_or("null".to_owned(), |id| id.to_string());
            out.push_str(",\"exceptionId\":");
            out.push_str(&id);
            out.push('}');
        }
        out.push(']');
        (!all.is_empty()).then_some(out)
    }
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
    /// Call, root and function of the innermost call that it was thrown in.
    pub(crate) origin: Option<(i64, i64, u32)>,
    pub(crate) thrown_at_ns: i64,
    pub(crate) calls: u32,
    pub(crate) stage: Stage,
    /// It has its row, and nothing is kept any more that is told only there.
    written: bool,
    /// Where it was caught last.
    pub(crate) caught: Option<CaughtIn>,
    /// The first calls that it ended.
    crossed: Vec<CrossedCall>,
    /// JSON of what the row says of related errors.
    causes_json: Option<String>,
    errors_json: Option<String>,
}

impl Exception {
    pub(crate) fn new(id: i64, thrown: Option<Thrown>, thrown_at_ns: i64) -> Self {
        Self {
            id,
            causes_json: thrown
                .as_ref()
                .and_then(|thrown| Related::json(&thrown.causes)),
            errors_json: thrown
                .as_ref()
                .and_then(|thrown| Related::json(&thrown.errors)),
            thrown,
            origin: None,
            thrown_at_ns,
            calls: 0,
            stage: Stage::Left,
            written: false,
            caught: None,
            crossed: Vec::new(),
        }
    }

    pub(crate) fn is_written(&self) -> bool {
        self.written
    }

    /// Its row is written.
    pub(crate) fn set_written(&mut self) {
        self.written = true;
        self.thrown = self.thrown.take().map(Thrown::identity);
        self.crossed = Vec::new();
        (self.causes_json, self.errors_json) = (None, None);
    }

    /// More is known of what was thrown.
    pub(crate) fn learn(&mut self, said: Thrown) {
        if self.written {
            self.thrown.get_or_insert_with(|| said.identity());
            return;
        }
        match &mut self.thrown {
            Some(known) => {
                known.stack = known.stack.take().or(said.stack);
                known.place = known.place.take().or(said.place);
            }
            None => {
                self.causes_json = Related::json(&said.causes);
                self.errors_json = Related::json(&said.errors);
                self.thrown = Some(said);
            }
        }
    }

    /// It ended a call, whose variables are `locals`.
    pub(crate) fn ended(&mut self, frame: &Frame, locals: Option<String>) {
        self.calls += 1;
        if !self.written && self.crossed.len() < MAX_CROSSED {
            let held = self.crossed.iter().filter_map(|call| call.locals.as_ref());
            let room = MAX_LOCALS.saturating_sub(held.map(String::len).sum());
            self.crossed.push(CrossedCall {
                call_id: frame.call_id,
                function: frame.function,
                locals: locals.filter(|locals| locals.len() <= room),
            });
        }
        self.was_in(frame);
    }

    /// A call caught it, in the clause on this line.
    pub(crate) fn caught_in(&mut self, frame: &Frame, line: u32) {
        self.caught = Some(CaughtIn {
            call_id: frame.call_id,
            function: frame.function,
            line,
        });
        self.was_in(frame);
    }

    /// The innermost call that it was in is the first that it is heard of in.
    fn was_in(&mut self, frame: &Frame) {
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
            thrown_at: thrown.and_then(|thrown| thrown.place.as_ref()).map(
                |(file, line, column)| ThrownAt {
                    file,
                    line: *line,
                    column: *column,
                },
            ),
            caught: self.caught,
            cause_id: thrown
                .and_then(|thrown| thrown.causes.first())
                .and_then(|cause| cause.exception_id),
            causes: self.causes_json.as_deref(),
            errors: self.errors_json.as_deref(),
            crossed: Crossed::Calls(&self.crossed),
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
            out.u32(thrown.number);
            out.option(thrown.place.as_ref(), |out, (file, line, column)| {
                out.text(file).u32(*line).u32(*column);
            });
            for related in [&thrown.causes, &thrown.errors] {
                out.u64(related.len() as u64);
                for one in related {
                    out.text(&one.name).text(&one.message).u32(one.number);
                    out.option(one.exception_id, |out, id| {
                        out.i64(id);
                    });
                }
            }
        });
        out.option(exception.caught, |out, caught| {
            out.i64(caught.call_id).u32(caught.function);
            out.u32(caught.line);
        });
        out.u64(exception.crossed.len() as u64);
        for call in &exception.crossed {
            out.i64(call.call_id).u32(call.function);
            out.option(call.locals.as_ref(), |out, locals| {
                out.text(locals);
            });
        }
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
                number: from.u32()?,
                place: from.option(|from| Some((from.text()?, from.u32()?, from.u32()?)))?,
                causes: related(from)?,
                errors: related(from)?,
            })
        })?;
        let caught = from.option(|from| {
            Some(CaughtIn {
                call_id: from.i64()?,
                function: from.u32()?,
                line: from.u32()?,
            })
        })?;
        let mut crossed = Vec::new();
        for _ in 0..from.count()? {
            crossed.push(CrossedCall {
                call_id: from.i64()?,
                function: from.u32()?,
                locals: from.option(Decoder::text)?,
            });
        }
        Some(Self {
            origin,
            calls,
            stage,
            written,
            caught,
            crossed,
            ..Self::new(id, thrown, thrown_at_ns)
        })
    }
}

fn related(from: &mut Decoder<'_>) -> Option<Vec<Related>> {
    let count = from.count()?;
    (0..count)
        .map(|_| {
            Some(Related {
                name: from.text()?,
                message: from.text()?,
                number: from.u32()?,
                exception_id: from.option(Decoder::i64)?,
            })
        })
        .collect()
}
