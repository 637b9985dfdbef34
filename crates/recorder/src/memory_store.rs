//! Rows kept in memory: the newest finished calls, and sums over all of them.
//!
//! `recorder.calls(&CallFilter::default(), 100)` → newest first. Limits: `max_calls` calls, as
//! many exceptions; sums are exact.

use std::borrow::Cow;
use std::collections::VecDeque;

use breadcrumb_event::row::{CallRow, CallStatus, CountRow, ExceptionRow};
use breadcrumb_event::schema::histogram_bucket;
use breadcrumb_store::FunctionTiming;
use rustc_hash::FxHashMap;

use crate::function_table::FunctionSnapshot;

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
    /// `call` or `root`; none for a root.
    pub parent_kind: Option<&'static str>,
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
    /// The lines that ran, JSON.
    pub lines: Option<String>,
    /// What assignments came to, JSON.
    pub variables: Option<String>,
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

/// A call or an exception whose names are looked up when it is asked for.
#[derive(Debug)]
struct Held<T> {
    function: Option<u32>,
    row: T,
}

/// Rows in memory. See the module.
#[derive(Debug)]
pub(crate) struct MemoryStore {
    max_calls: usize,
    calls: VecDeque<Held<StoredCall>>,
    exceptions: VecDeque<Held<StoredException>>,
    sums: FxHashMap<u32, FunctionStats>,
    /// Of calls since [`Self::take_timings`].
    timings: FxHashMap<u32, FunctionTiming>,
}

impl MemoryStore {
    pub(crate) fn new(max_calls: usize) -> Self {
        Self {
            max_calls: max_calls.max(1),
            calls: VecDeque::new(),
            exceptions: VecDeque::new(),
            sums: FxHashMap::default(),
            timings: FxHashMap::default(),
        }
    }

    pub(crate) fn push_call(&mut self, row: &CallRow<'_>) {
        let sums = self.sums.entry(row.function).or_default();
        sums.calls += 1;
        sums.errors += u64::from(row.status == CallStatus::Threw);
        sums.open += u64::from(row.status == CallStatus::Open);
        sums.self_ns += row.self_ns;
        sums.wait_ns += row.wait_ns;
        if let Some(duration) = row.duration_ns {
            sums.total_ns += duration;
            sums.max_ns = sums.max_ns.max(duration);
            *sums
                .histogram
                .entry(histogram_bucket(duration))
                .or_default() += 1;
        }
        let timing = self.timings.entry(row.function);
        timing
            .or_insert_with(|| FunctionTiming::of(row.function))
            .add(row);
        if self.calls.len() >= self.max_calls {
            self.calls.pop_front();
        }
        self.calls.push_back(Held {
            function: Some(row.function),
            row: StoredCall {
                thread_id: row.thread_id,
                root_id: row.root_id,
                call_id: row.call_id,
                parent_id: row.parent_id,
                parent_kind: row.parent_id.map(|_| row.parent_kind.name()),
                started_at_ns: row.started_at_ns,
                duration_ns: row.duration_ns,
                self_ns: row.self_ns,
                wait_ns: row.wait_ns,
                depth: row.depth,
                status: row.status.name(),
                arguments: row.arguments.json().map(Cow::into_owned),
                result: row.result.json().map(Cow::into_owned),
                exception_id: row.exception_id,
                clock: row.clock.name(),
                lines: row.lines.map(str::to_owned),
                variables: row.variables.map(str::to_owned),
                function: String::new(),
                file: String::new(),
                line: 0,
                col: 0,
                parameters: Vec::new(),
            },
        });
    }

    /// How the calls that came since this was last asked were timed.
    pub(crate) fn take_timings(&mut self) -> Vec<FunctionTiming> {
        self.timings.drain().map(|(_, timing)| timing).collect()
    }

    pub(crate) fn push_exception(&mut self, row: &ExceptionRow<'_>) {
        if self.exceptions.len() >= self.max_calls {
            self.exceptions.pop_front();
        }
        self.exceptions.push_back(Held {
            function: row.function,
            row: StoredException {
                exception_id: row.exception_id,
                thread_id: row.thread_id,
                call_id: row.call_id,
                function: None,
                name: row.name.to_owned(),
                message: row.message.to_owned(),
                stack: row.stack.map(str::to_owned),
                thrown_at_ns: row.thrown_at_ns,
                handled: row.handled,
                calls: row.calls,
            },
        });
    }

    pub(crate) fn push_count(&mut self, row: &CountRow) {
        let sums = self.sums.entry(row.function).or_default();
        sums.counted += row.counted;
        sums.dropped += row.dropped;
    }

    /// The newest calls that the filter lets through, newest first.
    pub(crate) fn calls(
        &self,
        filter: &CallFilter,
        limit: usize,
        functions: &FunctionSnapshot,
    ) -> Vec<StoredCall> {
        let passes = |held: &&Held<StoredCall>| {
            let row = &held.row;
            let entry = held.function.and_then(|id| functions.entry(id));
            let is = |wanted: &Option<String>, found: Option<&str>| match wanted {
                Some(wanted) => found == Some(wanted),
                None => true,
            };
            is(&filter.function, entry.map(|e| e.function.name.as_str()))
                && is(&filter.file, entry.map(|e| &*e.file))
                && is(&filter.status, Some(row.status))
                && filter.root_id.is_none_or(|root| root == row.root_id)
                && (!filter.roots || row.parent_id.is_none())
        };
        let newest = self.calls.iter().rev().filter(passes).take(limit);
        newest
            .map(|held| {
                let mut call = held.row.clone();
                if let Some(entry) = held.function.and_then(|id| functions.entry(id)) {
                    call.function.clone_from(&entry.function.name);
                    call.file = entry.file.to_string();
                    call.line = entry.function.line;
                    call.col = entry.function.column;
                    call.parameters.clone_from(&entry.function.parameters);
                }
                call
            })
            .collect()
    }

    /// The newest exceptions, newest first.
    pub(crate) fn exceptions(
        &self,
        limit: usize,
        functions: &FunctionSnapshot,
    ) -> Vec<StoredException> {
        let newest = self.exceptions.iter().rev().take(limit);
        newest
            .map(|held| {
                let mut exception = held.row.clone();
                exception.function = held
                    .function
                    .and_then(|id| functions.entry(id))
                    .map(|entry| entry.function.name.clone());
                exception
            })
            .collect()
    }

    /// The sums, by function id.
    pub(crate) fn stats(&self, functions: &FunctionSnapshot) -> Vec<FunctionStats> {
        let mut ids: Vec<u32> = self.sums.keys().copied().collect();
        ids.sort_unstable();
        ids.into_iter()
            .filter_map(|id| {
                let mut stats = self.sums.get(&id)?.clone();
                if let Some(entry) = functions.entry(id) {
                    stats.function.clone_from(&entry.function.name);
                    stats.file = entry.file.to_string();
                    stats.line = entry.function.line;
                    stats.col = entry.function.column;
                }
                Some(stats)
            })
            .collect()
    }
}
