//! `runs/<run>.open`: the calls of a run that have not ended, for readers of a store that is written.
//!
//! ```ignore
//! store.write_open_calls(run_id, &OpenCalls { segments: 7, more: 0, calls: &calls }, &functions)?;
//! store.remove_open_calls(run_id)?;   // none is open, or the run has ended
//! ```
//! A reader that sees segment `n` leaves out the calls that end in it: so the list is written before
//! that segment, with what ends there still in it, and no call is seen twice or, in between, not at all.
//! Limits: not durable, for a recovery knows better; one writer, that of the run.

use std::io::Write;

use breadcrumb_event::row::{Arguments, CallRow, ParentKind};
use breadcrumb_event::schema::SCHEMA_VERSION;
use serde::Serialize;

use crate::atomic_file::{AtomicFile, list, remove_file};
use crate::json_file::unencodable;
use crate::resolved_functions::ResolvedFunctions;
use crate::{FunctionSource, RunStatus, Store, StoreError};

/// End of the file's name.
pub(crate) const OPEN: &str = ".open";

/// A call that has not ended, as far as the segments of its run know.
#[derive(Clone, Debug)]
pub struct OpenCall<'a> {
    /// Its row, without an end.
    pub row: CallRow<'a>,
    /// Number of the segment that has its last row.
    pub ends_in: Option<u64>,
}

/// The calls of a run that have not ended.
#[derive(Clone, Copy, Debug)]
pub struct OpenCalls<'a> {
    /// Segments of the run when it was made: the number of the next one.
    pub segments: u64,
    /// Such calls that are not listed.
    pub more: u64,
    /// Those that are.
    pub calls: &'a [OpenCall<'a>],
}

/// The file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OpenFile<'a> {
    schema_version: u32,
    run_id: &'a str,
    segments: u64,
    more: u64,
    calls: Vec<OpenRow<'a>>,
}

/// A row, by the names of its columns; numbers of 64 bits as texts, which JavaScript does not round.
#[derive(Serialize)]
struct OpenRow<'a> {
    run_id: &'a str,
    thread_id: u32,
    root_id: String,
    call_id: String,
    parent_id: Option<String>,
    parent_kind: Option<&'static str>,
    function: String,
    file: String,
    line: u32,
    col: u32,
    parameters: String,
    started_at: String,
    self_ns: String,
    wait_ns: String,
    depth: u32,
    status: &'static str,
    argument_count: Option<usize>,
    argument_0: Option<String>,
    argument_1: Option<String>,
    arguments_json: Option<&'a str>,
    clock: &'static str,
    weight: u32,
    backend: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_in: Option<u64>,
}

impl Store {
    /// Puts the list of a run's open calls in place, over its older one.
    ///
    /// # Errors
    /// [`StoreError::Unwritable`], [`StoreError::Full`], [`StoreError::Io`]: the older list stands.
    pub fn write_open_calls(
        &self,
        run_id: &str,
        open: &OpenCalls<'_>,
        functions: &dyn FunctionSource,
    ) -> Result<(), StoreError> {
        let mut resolved = ResolvedFunctions::new(functions);
        let calls = open.calls.iter();
        let file = OpenFile {
            schema_version: SCHEMA_VERSION,
            run_id,
            segments: open.segments,
            more: open.more,
            calls: calls.map(|c| open_row(run_id, c, &mut resolved)).collect(),
        };
        let path = self.run_path(run_id, OPEN);
        let text = serde_json::to_vec(&file).map_err(|e| unencodable(&path, &e))?;
        let mut out = AtomicFile::create(&path)?;
        out.write_all(&text)
            .map_err(|e| StoreError::from_io(&path, e))?;
        out.commit_loosely()
    }

    /// Removes the list of a run's open calls. Whether there was one.
    ///
    /// # Errors
    /// [`StoreError::Unwritable`], [`StoreError::Io`].
    pub fn remove_open_calls(&self, run_id: &str) -> Result<bool, StoreError> {
        remove_file(&self.run_path(run_id, OPEN))
    }

    /// Removes the lists of runs that have ended, or that there are no more. How many went.
    pub(crate) fn sweep_open_calls(&self) -> Result<usize, StoreError> {
        let mut removed = 0;
        for entry in list(&self.runs_folder())? {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Some(run_id) = name.strip_suffix(OPEN) else {
                continue;
            };
            // What cannot be read is left to a version that can.
            let runs = match self.read_run(run_id) {
                Ok(record) => record.is_some_and(|run| run.status == RunStatus::Running),
                Err(_) => true,
            };
            if !runs {
                removed += usize::from(self.remove_open_calls(run_id)?);
            }
        }
        Ok(removed)
    }
}

fn open_row<'a>(
    run_id: &'a str,
    OpenCall { row, ends_in }: &OpenCall<'a>,
    functions: &mut ResolvedFunctions<'_>,
) -> OpenRow<'a> {
    let function = functions.get(row.function);
    let (integers, json): (Option<&[i64]>, Option<&'a str>) = match row.arguments {
        Arguments::None => (None, None),
        Arguments::Integers(values) => (Some(values), None),
        Arguments::Json(text) => (None, Some(text)),
    };
    let argument = |at: usize| {
        integers
            .and_then(|values| values.get(at))
            .map(i64::to_string)
    };
    OpenRow {
        run_id,
        thread_id: row.thread_id,
        root_id: row.root_id.to_string(),
        call_id: row.call_id.to_string(),
        parent_id: row.parent_id.map(|id| id.to_string()),
        parent_kind: (row.parent_kind != ParentKind::None).then(|| row.parent_kind.name()),
        function: function.name.clone(),
        file: function.file.clone(),
        line: function.line,
        col: function.column,
        parameters: function.parameters.clone(),
        started_at: row.started_at_ns.to_string(),
        self_ns: row.self_ns.to_string(),
        wait_ns: row.wait_ns.to_string(),
        depth: row.depth,
        status: row.status.name(),
        argument_count: integers.map(<[i64]>::len),
        argument_0: argument(0),
        argument_1: argument(1),
        arguments_json: json,
        clock: row.clock.name(),
        weight: 1,
        backend: function.backend,
        ends_in: *ends_in,
    }
}
