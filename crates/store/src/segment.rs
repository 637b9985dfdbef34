//! Rows of one stretch of a run → the files of a segment.
//!
//! ```ignore
//! let mut segment = SegmentBuilder::new(run_id, &store);
//! segment.push_call(&row);
//! let published = segment.publish(&store, seq, &functions)?; // the builder is empty again
//! ```
//! Limits: one thread; rows of one run.

use std::fs;
use std::path::Path;

use breadcrumb_event::row::{CallRow, CountRow, ExceptionRow};
use breadcrumb_event::schema::{COUNTS, EXCEPTIONS, FUNCTIONS, SCHEMA_VERSION};

use crate::atomic_file::{AtomicFile, sync_folder, write_atomically};
use crate::calls::Calls;
use crate::function_sums::FunctionSums;
use crate::resolved_functions::ResolvedFunctions;
use crate::summary::segment_name;
use crate::table::Cells;
use crate::timestamp::iso_date;
use crate::{FunctionSource, SegmentSummary, Store, StoreError, TableSummaries, TableSummary};

/// What a publication put in place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// Rows of calls, exceptions and counts.
    pub rows: u64,
    /// Bytes of the segment's files.
    pub bytes: u64,
}

/// An exception that waits for its function's name.
#[derive(Debug)]
struct HeldException {
    exception_id: i64,
    thread_id: u32,
    call_id: Option<i64>,
    root_id: Option<i64>,
    function: Option<u32>,
    name: String,
    message: String,
    stack: Option<String>,
    thrown_at_ns: i64,
    handled: &'static str,
    calls: u32,
}

/// Gathers the rows of a segment and publishes them. See the module for an example.
#[derive(Debug)]
pub struct SegmentBuilder {
    run_id: String,
    calls: Calls,
    sums: FunctionSums,
    exceptions: Vec<HeldException>,
    exception_bytes: usize,
    counts: Vec<CountRow>,
}

impl SegmentBuilder {
    /// An empty segment of a run, whose overflowing rows wait in a file of `store`'s folder.
    #[must_use]
    pub fn new(run_id: &str, store: &Store) -> Self {
        Self {
            run_id: run_id.to_owned(),
            calls: Calls::new(run_id, &store.segments_folder()),
            sums: FunctionSums::default(),
            exceptions: Vec::new(),
            exception_bytes: 0,
            counts: Vec::new(),
        }
    }

    /// Takes a call. Never fails: if the disk is full, rows stay in memory
    /// ([`Self::memory_bytes`] grows) until a later attempt succeeds.
    pub fn push_call(&mut self, row: &CallRow<'_>) {
        self.sums.add(row);
        self.calls.push(row);
    }

    /// Takes an exception.
    pub fn push_exception(&mut self, row: &ExceptionRow<'_>) {
        self.exception_bytes += size_of::<HeldException>()
            + row.name.len()
            + row.message.len()
            + row.stack.map_or(0, str::len);
        self.exceptions.push(HeldException {
            exception_id: row.exception_id,
            thread_id: row.thread_id,
            call_id: row.call_id,
            root_id: row.root_id,
            function: row.function,
            name: row.name.to_owned(),
            message: row.message.to_owned(),
            stack: row.stack.map(str::to_owned),
            thrown_at_ns: row.thrown_at_ns,
            handled: row.handled,
            calls: row.calls,
        });
    }

    /// Takes a count.
    pub fn push_count(&mut self, row: &CountRow) {
        self.counts.push(*row);
    }

    /// Number of rows held: calls, exceptions and counts.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.calls.rows() + self.exceptions.len() as u64 + self.counts.len() as u64
    }

    /// Nothing is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows() == 0
    }

    /// Memory held, about. Calls are bounded (a few MiB, the rest waits in a file) unless the
    /// disk is full; exceptions and counts grow with their number.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.calls.memory_bytes()
            + self.exception_bytes
            + self.counts.len() * size_of::<CountRow>()
            + self.sums.len() * 512
    }

    /// Writes the rows as segment `seq`, over an older one of this number, and empties the
    /// builder. Without rows nothing is written. The files are durable when this returns.
    ///
    /// # Errors
    /// [`StoreError::Full`], [`StoreError::Unwritable`], [`StoreError::Io`]: no segment `seq` is
    /// visible then, what was half written is removed, and the builder holds all its rows as
    /// before, so that `publish` can be called again, or more rows pushed.
    pub fn publish(
        &mut self,
        store: &Store,
        seq: u64,
        functions: &dyn FunctionSource,
    ) -> Result<Published, StoreError> {
        if self.is_empty() {
            return Ok(Published::default());
        }
        // Files of an older attempt go, its summary first: it may have had other tables, or have
        // begun on another day.
        let (mut old, tables): (Vec<_>, Vec<_>) = store
            .segment_files(&self.run_id)?
            .into_iter()
            .filter(|path| is_of(path, &segment_name(&self.run_id, seq)))
            .partition(|path| path.extension().is_some_and(|e| e == "json"));
        old.extend(tables);
        for path in &old {
            fs::remove_file(path).map_err(|e| StoreError::from_io(path, e))?;
        }
        let folder = store.date_folder(&iso_date(self.first_ns()))?;
        let result = self.write_files(&folder, seq, functions);
        match result {
            Ok(published) => {
                self.clear();
                Ok(published)
            }
            Err(error) => {
                let name = segment_name(&self.run_id, seq);
                for table in ["calls", "exceptions", "functions", "counts"] {
                    let _ = fs::remove_file(folder.join(format!("{name}-{table}.parquet")));
                }
                Err(error)
            }
        }
    }

    fn write_files(
        &mut self,
        folder: &Path,
        seq: u64,
        functions: &dyn FunctionSource,
    ) -> Result<Published, StoreError> {
        let mut resolved = ResolvedFunctions::new(functions);
        let name = segment_name(&self.run_id, seq);
        let file = |table: &str| folder.join(format!("{name}-{table}.parquet"));
        let mut tables = TableSummaries::default();

        if self.calls.rows() > 0 {
            let mut out = AtomicFile::create(&file("calls"))?;
            self.calls
                .write(&mut out, &mut resolved)
                .map_err(|e| StoreError::from_parquet(out.target(), e))?;
            tables.calls = Some(put(out, self.calls.rows())?);
        }
        for (slot, table, cells) in [
            (
                &mut tables.exceptions,
                "exceptions",
                self.exception_cells(&mut resolved),
            ),
            (
                &mut tables.functions,
                "functions",
                self.function_cells(&mut resolved),
            ),
            (
                &mut tables.counts,
                "counts",
                self.count_cells(&mut resolved),
            ),
        ] {
            if cells.rows() > 0 {
                let mut out = AtomicFile::create(&file(table))?;
                cells
                    .write(&mut out)
                    .map_err(|e| StoreError::from_parquet(out.target(), e))?;
                *slot = Some(put(out, cells.rows())?);
            }
        }
        // The tables' names must be durable before the summary that speaks of them.
        sync_folder(folder)?;
        let summary = self.summary(seq, tables);
        let path = folder.join(format!("{name}.json"));
        let mut text = serde_json::to_vec(&summary).map_err(|e| StoreError::Encode {
            path: path.clone(),
            reason: e.to_string(),
        })?;
        text.push(b'\n');
        write_atomically(&path, &text)?;
        let tables = summary.tables;
        let all = [
            tables.calls,
            tables.exceptions,
            tables.functions,
            tables.counts,
        ];
        Ok(Published {
            rows: self.rows(),
            bytes: all.iter().flatten().map(|t| t.bytes).sum::<u64>() + text.len() as u64,
        })
    }

    fn summary(&mut self, seq: u64, tables: TableSummaries) -> SegmentSummary {
        let ranges = self.calls.ranges();
        SegmentSummary {
            schema_version: SCHEMA_VERSION,
            run_id: self.run_id.clone(),
            seq,
            tables,
            min_started_at_ns: ranges.map(|r| r.started_at_ns.0),
            max_started_at_ns: ranges.map(|r| r.started_at_ns.1),
            min_root_id: ranges.map(|r| r.root_id.0),
            max_root_id: ranges.map(|r| r.root_id.1),
            min_call_id: ranges.map(|r| r.call_id.0),
            max_call_id: ranges.map(|r| r.call_id.1),
        }
    }

    /// The earliest time of any row, which names the day's folder.
    fn first_ns(&mut self) -> i64 {
        let calls = self.calls.ranges().map(|r| r.started_at_ns.0);
        let exceptions = self.exceptions.iter().map(|row| row.thrown_at_ns);
        let counts = self.counts.iter().map(|row| row.from_ns);
        calls
            .or_else(|| exceptions.chain(counts).min())
            .unwrap_or_default()
    }

    fn clear(&mut self) {
        self.calls.clear();
        self.sums.clear();
        self.exceptions.clear();
        self.exception_bytes = 0;
        self.counts.clear();
    }

    fn exception_cells(&self, functions: &mut ResolvedFunctions<'_>) -> Cells {
        let mut cells = Cells::new(&EXCEPTIONS);
        for row in &self.exceptions {
            let function = row.function.map(|id| functions.get(id));
            cells.push_text(Some(&self.run_id));
            cells.push_integer(Some(row.exception_id));
            cells.push_integer(Some(row.thread_id.into()));
            cells.push_integer(row.call_id);
            cells.push_integer(row.root_id);
            cells.push_text(function.as_ref().map(|f| f.name.as_str()));
            cells.push_text(function.as_ref().map(|f| f.file.as_str()));
            cells.push_integer(function.as_ref().map(|f| f.line.into()));
            cells.push_text(Some(&row.name));
            cells.push_text(Some(&row.message));
            cells.push_text(row.stack.as_deref());
            cells.push_integer(Some(row.thrown_at_ns));
            cells.push_text(Some(row.handled));
            cells.push_integer(Some(row.calls.into()));
        }
        cells
    }

    fn function_cells(&self, functions: &mut ResolvedFunctions<'_>) -> Cells {
        let mut cells = Cells::new(&FUNCTIONS);
        for sum in self.sums.iter() {
            let function = functions.get(sum.function);
            cells.push_text(Some(&self.run_id));
            cells.push_text(Some(&function.name));
            cells.push_text(Some(&function.file));
            cells.push_integer(Some(function.line.into()));
            cells.push_integer(Some(function.column.into()));
            cells.push_text(Some(function.kind.name()));
            cells.push_text(Some(&function.parameters));
            let generated = function.generated.as_ref();
            cells.push_text(generated.map(|place| &*place.file));
            cells.push_integer(generated.map(|place| place.line.into()));
            cells.push_integer(generated.map(|place| place.column.into()));
            cells.push_integer(Some(sum.calls));
            cells.push_integer(Some(sum.errors));
            cells.push_integer(Some(sum.open));
            cells.push_integer(Some(sum.total_ns));
            cells.push_integer(Some(sum.self_ns));
            cells.push_integer(Some(sum.wait_ns));
            cells.push_integer(Some(sum.max_ns));
            cells.push_text(Some(&sum.histogram_json()));
        }
        cells
    }

    fn count_cells(&self, functions: &mut ResolvedFunctions<'_>) -> Cells {
        let mut cells = Cells::new(&COUNTS);
        for row in &self.counts {
            let function = functions.get(row.function);
            cells.push_text(Some(&self.run_id));
            cells.push_integer(Some(row.thread_id.into()));
            cells.push_text(Some(&function.name));
            cells.push_text(Some(&function.file));
            cells.push_integer(Some(function.line.into()));
            cells.push_integer(Some(function.column.into()));
            cells.push_integer(Some(row.from_ns));
            cells.push_integer(Some(row.to_ns));
            cells.push_integer(Some(i64::try_from(row.counted).unwrap_or(i64::MAX)));
            cells.push_integer(Some(i64::try_from(row.dropped).unwrap_or(i64::MAX)));
        }
        cells
    }
}

/// Puts a written table in place.
fn put(out: AtomicFile, rows: u64) -> Result<TableSummary, StoreError> {
    let path = out.target().to_owned();
    out.commit()?;
    let bytes = fs::metadata(&path)
        .map_err(|e| StoreError::from_io(&path, e))?
        .len();
    let file = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    Ok(TableSummary { file, rows, bytes })
}

/// `path` is a file of the segment with this name.
fn is_of(path: &Path, segment: &str) -> bool {
    path.file_name()
        .and_then(|name| name.to_str())
        .and_then(|name| name.strip_prefix(segment))
        .is_some_and(|rest| rest.starts_with(['-', '.']))
}
