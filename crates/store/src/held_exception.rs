//! An exception until its functions are named, and the calls that it left.
//!
//! `[{"callId":7,"function":"total","file":"src/cart.js","line":3,"locals":[…]}]`

use std::fmt::Write as _;

use breadcrumb_event::json::write_json_string;
use breadcrumb_event::row::{Crossed, ExceptionRow};
use serde::{Deserialize, Serialize};

use crate::resolved_functions::ResolvedFunctions;

/// An exception that waits for its function's name.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct HeldException {
    /// Index of its run.
    pub(crate) run: usize,
    pub(crate) exception_id: i64,
    pub(crate) thread_id: u32,
    pub(crate) call_id: Option<i64>,
    pub(crate) root_id: Option<i64>,
    pub(crate) function: Option<u32>,
    pub(crate) name: String,
    pub(crate) message: String,
    pub(crate) stack: Option<String>,
    pub(crate) thrown_at_ns: i64,
    pub(crate) handled: String,
    pub(crate) calls: u32,
    pub(crate) seq: Option<u32>,
    pub(crate) thrown_at: Option<(String, u32, u32)>,
    /// Call, function and line.
    pub(crate) caught: Option<(i64, u32, u32)>,
    pub(crate) cause_id: Option<i64>,
    pub(crate) causes: Option<String>,
    pub(crate) errors: Option<String>,
    pub(crate) crossed: HeldCrossed,
}

impl HeldException {
    pub(crate) fn of(row: &ExceptionRow<'_>, run: usize, seq: Option<u32>) -> Self {
        Self {
            run,
            exception_id: row.exception_id,
            thread_id: row.thread_id,
            call_id: row.call_id,
            root_id: row.root_id,
            function: row.function,
            name: row.name.to_owned(),
            message: row.message.to_owned(),
            stack: row.stack.map(str::to_owned),
            thrown_at_ns: row.thrown_at_ns,
            handled: row.handled.to_owned(),
            calls: row.calls,
            seq,
            thrown_at: row
                .thrown_at
                .map(|at| (at.file.to_owned(), at.line, at.column)),
            caught: row
                .caught
                .map(|caught| (caught.call_id, caught.function, caught.line)),
            cause_id: row.cause_id,
            causes: row.causes.map(str::to_owned),
            errors: row.errors.map(str::to_owned),
            crossed: HeldCrossed::of(row.crossed),
        }
    }

    /// Memory held, about.
    pub(crate) fn bytes(&self) -> usize {
        let optional = [&self.stack, &self.causes, &self.errors];
        let optional = optional.into_iter().flatten().map(String::len);
        size_of::<Self>()
            + [&self.name, &self.message, &self.handled]
                .map(String::len)
                .iter()
                .sum::<usize>()
            + optional.sum::<usize>()
            + self.thrown_at.as_ref().map_or(0, |at| at.0.len())
            + self.crossed.bytes()
    }
}

/// The calls that an exception left.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum HeldCrossed {
    Calls(Vec<HeldCall>),
    Json(Option<String>),
}

/// One of them.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct HeldCall {
    call_id: i64,
    function: u32,
    locals: Option<String>,
}

impl HeldCrossed {
    fn of(crossed: Crossed<'_>) -> Self {
        match crossed {
            Crossed::Calls(calls) => {
                let held = calls.iter().map(|call| HeldCall {
                    call_id: call.call_id,
                    function: call.function,
                    locals: call.locals.clone(),
                });
                Self::Calls(held.collect())
            }
            Crossed::Json(text) => Self::Json(text.map(str::to_owned)),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Calls(calls) => {
                let locals = |call: &HeldCall| call.locals.as_ref().map_or(0, String::len);
                let bytes = calls
                    .iter()
                    .map(|call| size_of::<HeldCall>() + locals(call));
                bytes.sum()
            }
            Self::Json(text) => text.as_ref().map_or(0, String::len),
        }
    }

    /// As the store has it; none of none.
    pub(crate) fn json(&self, functions: &mut ResolvedFunctions<'_>) -> Option<String> {
        let calls = match self {
            Self::Json(text) => return text.clone(),
            Self::Calls(calls) if calls.is_empty() => return None,
            Self::Calls(calls) => calls,
        };
        let mut out = String::from("[");
        for call in calls {
            let function = functions.get(call.function);
            out.push_str(if out.len() > 1 { "," } else { "" });
            let _ = write!(out, "{{\"callId\":{},\"function\":", call.call_id);
            write_json_string(&function.name, &mut out);
            out.push_str(",\"file\":");
            write_json_string(&function.file, &mut out);
            let _ = write!(out, ",\"line\":{}", function.line);
            if let Some(locals) = &call.locals {
                let _ = write!(out, ",\"locals\":{locals}");
            }
            out.push('}');
        }
        out.push(']');
        Some(out)
    }
}
