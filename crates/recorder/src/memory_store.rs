//! Rows kept in memory: the newest finished calls, and sums over all of them.
//!
//! `recorder.calls(&CallFilter::default(), 100)` → newest first. Limits: `max_calls` calls, as
//! many exceptions; sums are exact.

/// A call, with its names.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredCall {
    /// Index of the thread.
    pub thread_id: u32,
    /// `call_id` of the root of its trace.
    pub root_id: i64,
    /// Unique in its run.
    pub call_id: i64,
    /// The call that caused it.
    pub parent_id: Option<i64>,
    /// Name of the function.
    pub function: String,
    /// Its file.
    pub file: String,
    /// Its line.
    pub line: u32,
    /// Its column.
    pub col: u32,
    /// Names of its parameters.
    pub parameters: Vec<String>,
    /// Entry, ns since 1970.
    pub started_at_ns: i64,
    /// Entry to return or settlement.
    pub duration_ns: Option<i64>,
    /// The running part without callees.
    pub self_ns: i64,
    /// The suspended part.
    pub wait_ns: i64,
    /// Number of calls above it.
    pub depth: u32,
    /// `returned`, `threw` or `open`.
    pub status: &'static str,
    /// Arguments, a JSON array.
    pub arguments: Option<String>,
    /// Result, JSON.
    pub result: Option<String>,
    /// The exception that ended it.
    pub exception_id: Option<i64>,
    /// `coarse` or `exact`.
    pub clock: &'static str,
}

/// An exception, with its names.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredException {
    /// Unique in its run.
    pub exception_id: i64,
    /// Index of the thread.
    pub thread_id: u32,
    /// The innermost recorded call that it left.
    pub call_id: Option<i64>,
    /// Name of that call's function.
    pub function: Option<String>,
    /// The error's name.
    pub name: String,
    /// Its message.
    pub message: String,
    /// Its stack.
    pub stack: Option<String>,
    /// When it was first seen, ns since 1970.
    pub thrown_at_ns: i64,
    /// `caught`, `uncaught` or `unknown`.
    pub handled: &'static str,
    /// Number of recorded calls that it ended.
    pub calls: u32,
}

/// Sums over the calls of a function.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FunctionStats {
    /// Name of the function.
    pub function: String,
    /// Its file.
    pub file: String,
    /// Its line.
    pub line: u32,
    /// Its column.
    pub col: u32,
    /// Calls.
    pub calls: u64,
    /// Those that threw.
    pub errors: u64,
    /// Those still open.
    pub open: u64,
    /// Sum of durations.
    pub total_ns: i64,
    /// Sum of self times.
    pub self_ns: i64,
    /// Sum of waiting times.
    pub wait_ns: i64,
    /// Largest duration.
    pub max_ns: i64,
    /// Calls by bucket of their duration (`breadcrumb_event::schema::histogram_bucket`).
    pub histogram: std::collections::BTreeMap<u32, u64>,
    /// Calls counted only.
    pub counted: u64,
    /// Calls dropped.
    pub dropped: u64,
}

/// Which calls are asked for; absent: all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallFilter {
    /// Name of the function.
    pub function: Option<String>,
    /// Its file.
    pub file: Option<String>,
    /// `returned`, `threw` or `open`.
    pub status: Option<String>,
    /// `call_id` of the root of the trace.
    pub root_id: Option<i64>,
    /// Roots only.
    pub roots: bool,
}
