//! The rows that the recorder makes and the store writes. A row names its function by id; the
//! store resolves ids when it writes, so that a segment stands alone.

use std::borrow::Cow;
use std::fmt::Write as _;

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallStatus {
    /// By return (a generator's: also by its `return()`).
    Returned,
    /// By an exception that passed through it.
    Threw,
    /// Not, as far as is known.
    Open,
}

impl CallStatus {
    /// The status's name in the store.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Returned => "returned",
            Self::Threw => "threw",
            Self::Open => "open",
        }
    }
}

/// What is known of a call's parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParentKind {
    /// There is none: the call is the root of its trace.
    None,
    /// It ran when the call began.
    Call,
    /// It is the root of the trace: a callback, registered by that call or by one that it caused.
    Root,
}

impl ParentKind {
    /// The kind's name in the store.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Call => "call",
            Self::Root => "root",
        }
    }
}

/// Which clock the times of a call were read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClockKind {
    /// The shared clock, refreshed every 8 to 24 events or each millisecond.
    Coarse,
    /// Read for each event of this function.
    Exact,
}

impl ClockKind {
    /// The clock's name in the store.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Coarse => "coarse",
            Self::Exact => "exact",
        }
    }
}

/// The arguments of a call. At most two integers need no JSON text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Arguments<'a> {
    /// Not captured (`NULL`).
    None,
    /// None to two integers.
    Integers(&'a [i64]),
    /// A JSON array, redacted.
    Json(&'a str),
}

impl<'a> Arguments<'a> {
    /// As a JSON array; `None` if they were not captured.
    #[must_use]
    pub fn json(self) -> Option<Cow<'a, str>> {
        match self {
            Self::None => None,
            Self::Json(json) => Some(json.into()),
            Self::Integers(values) => {
                let mut json = String::from("[");
                for (index, value) in values.iter().enumerate() {
                    let comma = if index == 0 { "" } else { "," };
                    let _ = write!(json, "{comma}{value}");
                }
                json.push(']');
                Some(json.into())
            }
        }
    }
}

/// The result of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CallResult<'a> {
    /// Not captured (`NULL`).
    None,
    /// An integer.
    Integer(i64),
    /// JSON, redacted.
    Json(&'a str),
}

impl<'a> CallResult<'a> {
    /// As JSON; `None` if it was not captured.
    #[must_use]
    pub fn json(self) -> Option<Cow<'a, str>> {
        match self {
            Self::None => None,
            Self::Json(json) => Some(json.into()),
            Self::Integer(value) => Some(value.to_string().into()),
        }
    }
}

/// One call.
#[derive(Clone, Debug, PartialEq)]
pub struct CallRow<'a> {
    /// Index of the thread in its run, 0 for the main thread.
    pub thread_id: u32,
    /// `call_id` of the root of its trace.
    pub root_id: i64,
    /// Unique in its run: thread index × 2^40 + the call's number in its thread.
    pub call_id: i64,
    /// The call that caused it.
    pub parent_id: Option<i64>,
    /// What is known of that call.
    pub parent_kind: ParentKind,
    /// Function id.
    pub function: u32,
    /// Entry, ns since 1970.
    pub started_at_ns: i64,
    /// Entry to return or settlement; none while open.
    pub duration_ns: Option<i64>,
    /// The running part without callees.
    pub self_ns: i64,
    /// The suspended part.
    pub wait_ns: i64,
    /// Number of calls above it, 0 for a root.
    pub depth: u32,
    /// How it ended.
    pub status: CallStatus,
    /// Its arguments.
    pub arguments: Arguments<'a>,
    /// Its result.
    pub result: CallResult<'a>,
    /// The exception that ended it.
    pub exception_id: Option<i64>,
    /// The clock of its times.
    pub clock: ClockKind,
    /// The lines that ran, in the order in which they first did, as a JSON array of `[line, count]`, or
    /// `[line, count, column]` of a branch within a line.
    pub lines: Option<&'a str>,
    /// What its assignments came to, as JSON; none where variables are not recorded.
    pub variables: Option<&'a str>,
}

/// A call that an exception left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrossedCall {
    /// Its id.
    pub call_id: i64,
    /// Function id.
    pub function: u32,
    /// Its variables by scope, as a JSON array, if they were read.
    pub locals: Option<String>,
}

/// The calls that an exception left, the innermost first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Crossed<'a> {
    /// Their functions are yet to be named.
    Calls(&'a [CrossedCall]),
    /// As the store has them; none: not known.
    Json(Option<&'a str>),
}

/// Where an exception was thrown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThrownAt<'a> {
    /// The file as users see it.
    pub file: &'a str,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

/// Where an exception was caught.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaughtIn {
    /// Id of the call.
    pub call_id: i64,
    /// Its function's id.
    pub function: u32,
    /// Line of the `catch` clause, from 1.
    pub line: u32,
}

/// One exception: thrown once, however many calls it passes.
#[derive(Clone, Debug, PartialEq)]
pub struct ExceptionRow<'a> {
    /// Unique in its run, numbered as `call_id`.
    pub exception_id: i64,
    /// Index of the thread in its run.
    pub thread_id: u32,
    /// The innermost recorded call that it left, if any.
    pub call_id: Option<i64>,
    /// `call_id` of the root of its trace, if it left a call.
    pub root_id: Option<i64>,
    /// Function id of that call.
    pub function: Option<u32>,
    /// The error's name; `typeof` of a thrown value that is no error.
    pub name: &'a str,
    /// Its message, or the thrown value as JSON; redacted.
    pub message: &'a str,
    /// Its stack, redacted, if it was read.
    pub stack: Option<&'a str>,
    /// When it was first seen, ns since 1970.
    pub thrown_at_ns: i64,
    /// `caught`, `uncaught`, or `unknown` (left the traced code).
    pub handled: &'static str,
    /// Number of recorded calls that it ended.
    pub calls: u32,
    /// Where it was thrown, if that is known.
    pub thrown_at: Option<ThrownAt<'a>>,
    /// Where it was caught, if a recorded call did.
    pub caught: Option<CaughtIn>,
    /// The exception that is its cause.
    pub cause_id: Option<i64>,
    /// Its causes as a JSON array, if it has any.
    pub causes: Option<&'a str>,
    /// The errors that it stands for, likewise.
    pub errors: Option<&'a str>,
    /// The calls that it left.
    pub crossed: Crossed<'a>,
}

/// What joins a call to a span elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkDirection {
    /// The request that the call serves came with the span's ids.
    In,
    /// The call made a request with them.
    Out,
    /// The span of OpenTelemetry was active when it began or made a request.
    Otel,
}

impl LinkDirection {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::In, Self::Out, Self::Otel];

    /// As the store says it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
            Self::Otel => "otel",
        }
    }
}

/// A call that is joined to a span of another process or tracer, by ids of W3C Trace Context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkRow {
    /// Index of the thread.
    pub thread_id: u32,
    /// `call_id` of the root of the call's trace.
    pub root_id: i64,
    /// The call; where none ran, the root.
    pub call_id: i64,
    /// When, ns since 1970.
    pub at_ns: i64,
    /// Which way.
    pub direction: LinkDirection,
    /// Id of the trace that the other side knows.
    pub w3c_trace: u128,
    /// Id of the span.
    pub span: u64,
}

/// Calls of a function that were not recorded one by one, in an interval. None: it ran, and nobody knows how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountRow {
    /// Function id.
    pub function: u32,
    /// Index of the thread.
    pub thread_id: u32,
    /// Beginning of the interval, ns since 1970.
    pub from_ns: i64,
    /// Its end.
    pub to_ns: i64,
    /// Calls counted only.
    pub counted: u64,
    /// Calls dropped because the ring was full.
    pub dropped: u64,
}

/// How often a line of a function ran in an interval, in recorded calls and others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineRow {
    /// Function id.
    pub function: u32,
    /// Index of the thread.
    pub thread_id: u32,
    /// The line, from 1.
    pub line: u32,
    /// Column of what begins there, from 1.
    pub column: u32,
    /// It is a branch that begins within the line.
    pub is_branch: bool,
    /// Beginning of the interval, ns since 1970.
    pub from_ns: i64,
    /// Its end.
    pub to_ns: i64,
    /// How often.
    pub count: u64,
}

/// A stack that was found in a part of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleRow {
    /// Index of the thread.
    pub thread_id: u32,
    /// `cpu` or `heap`.
    pub kind: String,
    /// Beginning of the part, ns since 1970.
    pub from_ns: i64,
    /// Its end.
    pub to_ns: i64,
    /// The innermost recorded function.
    pub function: Option<SampledFunction>,
    /// How often it was found.
    pub samples: i64,
    /// Nanoseconds or bytes.
    pub weight: i64,
    /// JSON of its frames, the innermost first.
    pub stack: String,
}

/// A function as a row of samples says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampledFunction {
    /// Its name.
    pub name: String,
    /// Its file.
    pub file: String,
    /// Line of its first character, from 1.
    pub line: u32,
    /// Column of its first character, from 1.
    pub column: u32,
}
