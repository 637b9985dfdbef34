//! The calls that an exception left, until their functions are named.
//!
//! `[{"callId":7,"function":"total","file":"src/cart.js","line":3,"locals":[…]}]`

use std::fmt::Write as _;

use breadcrumb_event::row::{Crossed, CrossedCall};
use breadcrumb_event::value::write_json_string;

use crate::resolved_functions::ResolvedFunctions;

/// The calls that an exception left.
#[derive(Debug)]
pub(crate) enum HeldCrossed {
    Calls(Vec<CrossedCall>),
    Json(Option<String>),
}

impl HeldCrossed {
    pub(crate) fn of(crossed: Crossed<'_>) -> Self {
        match crossed {
            Crossed::Calls(calls) => Self::Calls(calls.to_vec()),
            Crossed::Json(text) => Self::Json(text.map(str::to_owned)),
        }
    }

    /// Memory held, about.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Calls(calls) => {
                let locals = |call: &CrossedCall| call.locals.as_ref().map_or(0, String::len);
                calls
                    .iter()
                    .map(|call| size_of::<CrossedCall>() + locals(call))
                    .sum()
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
