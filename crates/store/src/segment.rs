//! Rows of one stretch of a run → the files of a segment.
//!
//! ```ignore
//! let mut segment = SegmentBuilder::new(run_id, &store);
//! segment.push_call(&row);
//! let published = segment.publish(&store, seq, &functions)?; // the builder is empty again
//! ```
//! Limits: one thread; rows of one run, but for merged segments.

mod cells;

use std::path::Path;
use std::time::SystemTime;

use breadcrumb_event::row::{CallRow, CountRow, ExceptionRow, LineRow, LinkRow, SampleRow};
use breadcrumb_event::schema::SCHEMA_VERSION;

use crate::atomic_file::{AtomicFile, remove_file, sync_folder, write_atomically};
use crate::calls::Calls;
use crate::exceptions::Exceptions;
use crate::function_sums::{FunctionSums, FunctionTiming};
use crate::json_file::unencodable;
use crate::resolved_functions::ResolvedFunctions;
use crate::seq_ranges::SeqRanges;
use crate::summary::{HASH_DIGITS, RunPart, file_names, name_hash, segment_name};
use crate::timestamp::iso_date;
use crate::{FunctionSource, SegmentSummary, Store, StoreError, TableSummaries, TableSummary};

/// Functions whose hashes stand in a summary, at most: 12 KB.
const MAX_HASHES: usize = 2000;

/// What a publication put in place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// Rows of calls, exceptions, counts, samples, lines and links.
    pub rows: u64,
    /// Bytes of the segment's files.
    pub bytes: u64,
}

/// The rows of a run, but for its calls and exceptions.
#[derive(Debug, Default)]
struct RunRows {
    run_id: String,
    sums: FunctionSums,
    /// Number of its exceptions.
    exceptions: u64,
    counts: Vec<CountRow>,
    samples: Vec<SampleRow>,
    lines: Vec<LineRow>,
    links: Vec<LinkRow>,
}

/// Where the rows of a segment come from.
pub(crate) enum Origin<'a> {
    /// Their run's process publishes them, under this number.
    Own(u64),
    /// They were published before.
    Others {
        /// The segments that this one replaces.
        replaces: &'a [String],
        /// The numbers of a run's segments among these.
        seqs: &'a dyn Fn(&str) -> SeqRanges,
    },
}

impl Origin<'_> {
    /// The number of all rows.
    fn own(&self) -> Option<u32> {
        match self {
            Self::Own(seq) => Some(u32::try_from(*seq).unwrap_or(u32::MAX)),
            Self::Others { .. } => None,
        }
    }

    fn replaces(&self) -> &[String] {
        match self {
            Self::Own(_) => &[],
            Self::Others { replaces, .. } => replaces,
        }
    }

    fn seqs(&self, run_id: &str) -> SeqRanges {
        match self {
            Self::Own(seq) => SeqRanges::one(*seq),
            Self::Others { seqs, .. } => seqs(run_id),
        }
    }
}

/// Gathers the rows of a segment and publishes them. See the module for an example.
#[derive(Debug)]
pub struct SegmentBuilder {
    calls: Calls,
    exceptions: Exceptions,
    /// By index of the run; never empty.
    runs: Vec<RunRows>,
    /// The run that rows are added to.
    current: usize,
    /// Number of the segment that they come from; 0 for this one.
    seq: Option<u32>,
}

impl SegmentBuilder {
    /// An empty segment of a run, whose overflowing rows wait in a file of `store`'s folder.
    #[must_use]
    pub fn new(run_id: &str, store: &Store) -> Self {
        Self {
            calls: Calls::new(run_id, &store.segments_folder()),
            exceptions: Exceptions::new(&store.segments_folder()),
            runs: vec![RunRows {
                run_id: run_id.to_owned(),
                ..RunRows::default()
            }],
            current: 0,
            seq: Some(0),
        }
    }

    /// The same for rows of segments that were published before.
    pub(crate) fn merged(run_id: &str, store: &Store) -> Self {
        Self {
            calls: Calls::merged(run_id, &store.segments_folder()),
            ..Self::new(run_id, store)
        }
    }

    /// The run of the rows, the first one where there are several.
    #[must_use]
    pub fn run_id(&self) -> &str {
        &self.runs[0].run_id
    }

    /// The rows that follow are of this run.
    pub(crate) fn select_run(&mut self, run_id: &str) {
        if self.runs[self.current].run_id == run_id {
            return;
        }
        let known = self.runs.iter().position(|run| run.run_id == run_id);
        self.current = known.unwrap_or_else(|| {
            self.runs.push(RunRows {
                run_id: run_id.to_owned(),
                ..RunRows::default()
            });
            self.runs.len() - 1
        });
        self.calls.select_run(run_id);
    }

    /// The rows that follow come from the run's segment of this number, if it is known.
    pub(crate) fn select_seq(&mut self, seq: Option<u32>) {
        self.seq = seq;
        self.calls.select_seq(seq);
    }

    /// Takes a call. Never fails: if the disk is full, rows stay in memory
    /// ([`Self::memory_bytes`] grows) until a later attempt succeeds.
    pub fn push_call(&mut self, row: &CallRow<'_>) {
        self.runs[self.current].sums.add(row);
        self.calls.push(row);
    }

    /// Takes a function: it has a row in `functions`, also where it has no call.
    pub fn push_function(&mut self, function: u32) {
        self.runs[self.current].sums.note(function);
    }

    /// Takes an exception; a full disk is no failure here either.
    pub fn push_exception(&mut self, row: &ExceptionRow<'_>) {
        self.runs[self.current].exceptions += 1;
        self.exceptions.push(self.current, self.seq, row);
    }

    /// Takes how often a line ran.
    pub fn push_line(&mut self, row: &LineRow) {
        self.runs[self.current].lines.push(*row);
    }

    /// Takes what joins a call to a span elsewhere.
    pub fn push_link(&mut self, row: &LinkRow) {
        self.runs[self.current].links.push(*row);
    }

    /// Takes a count.
    pub fn push_count(&mut self, row: &CountRow) {
        self.runs[self.current].counts.push(*row);
    }

    /// Takes a stack of a profile.
    pub fn push_sample(&mut self, row: SampleRow) {
        self.runs[self.current].samples.push(row);
    }

    fn samples(&self) -> impl Iterator<Item = &SampleRow> {
        self.runs.iter().flat_map(|run| &run.samples)
    }

    fn lines(&self) -> impl Iterator<Item = &LineRow> {
        self.runs.iter().flat_map(|run| &run.lines)
    }

    fn links(&self) -> impl Iterator<Item = &LinkRow> {
        self.runs.iter().flat_map(|run| &run.links)
    }

    fn counts(&self) -> impl Iterator<Item = &CountRow> {
        self.runs.iter().flat_map(|run| &run.counts)
    }

    /// Number of rows held: calls, exceptions, counts, samples, lines and links.
    #[must_use]
    pub fn rows(&self) -> u64 {
        let sums = self.counts().count() + self.samples().count() + self.lines().count();
        self.calls.rows() + self.exceptions.rows() + (sums + self.links().count()) as u64
    }

    /// How the calls in the rows held were timed.
    pub fn timings(&self) -> impl Iterator<Item = FunctionTiming> {
        self.runs.iter().flat_map(|run| run.sums.timings())
    }

    /// Nothing is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows() == 0 && self.runs.iter().all(|run| run.sums.len() == 0)
    }

    /// Memory held, about. Calls and exceptions are bounded (a few MiB, the rest waits in files)
    /// unless the disk is full; the others grow with their number.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let sums = self.runs.iter().map(|run| run.sums.len() * 512);
        self.calls.memory_bytes()
            + self.exceptions.memory_bytes()
            + self.counts().count() * size_of::<CountRow>()
            + self.lines().count() * size_of::<LineRow>()
            + self.links().count() * size_of::<LinkRow>()
            + self
                .samples()
                .map(|row| size_of::<SampleRow>() + row.stack.len())
                .sum::<usize>()
            + sums.sum::<usize>()
    }

    /// Writes the rows as segment `seq` of the run, over an older one of this number, and empties
    /// the builder. Without rows nothing is written. The files are durable when this returns.
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
        let name = segment_name(&self.runs[0].run_id, seq);
        // Files of an older attempt go: it may have had other tables, or have begun on another day.
        for folder in store.date_folders()? {
            remove_segment(&folder, &name)?;
        }
        let date = iso_date(self.first_ns());
        loop {
            let folder = store.date_folder(&date)?;
            match self.publish_as(&folder, &name, &Origin::Own(seq), functions) {
                // Another process has removed the folder, which was empty, before our first file.
                Err(StoreError::Io { .. }) if !folder.exists() && store.folder().exists() => {}
                published => return published,
            }
        }
    }

    /// Writes the rows as a segment of this name, as [`Self::publish`].
    pub(crate) fn publish_as(
        &mut self,
        folder: &Path,
        name: &str,
        origin: &Origin<'_>,
        functions: &dyn FunctionSource,
    ) -> Result<Published, StoreError> {
        let written = self.write_files(folder, name, origin, functions);
        match written {
            Ok(_) => self.clear(),
            Err(_) => {
                let _ = remove_segment(folder, name);
            }
        }
        written
    }

    fn write_files(
        &mut self,
        folder: &Path,
        name: &str,
        origin: &Origin<'_>,
        functions: &dyn FunctionSource,
    ) -> Result<Published, StoreError> {
        let own = origin.own();
        let mut resolved = ResolvedFunctions::new(functions);
        let file = |table: &str| folder.join(format!("{name}-{table}.parquet"));
        let mut tables = TableSummaries::default();

        if self.calls.rows() > 0 {
            let mut out = AtomicFile::create(&file("calls"))?;
            self.calls
                .write(&mut out, own, &mut resolved)
                .map_err(|e| StoreError::from_parquet(out.target(), e))?;
            tables.calls = Some(put(out, self.calls.rows())?);
        }
        if self.exceptions.rows() > 0 {
            let mut out = AtomicFile::create(&file("exceptions"))?;
            let runs: Vec<&str> = self.runs.iter().map(|run| run.run_id.as_str()).collect();
            self.exceptions
                .write(&mut out, &runs, own, &mut resolved)
                .map_err(|e| StoreError::from_parquet(out.target(), e))?;
            tables.exceptions = Some(put(out, self.exceptions.rows())?);
        }
        for (slot, table, cells) in [
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
            (&mut tables.samples, "samples", self.sample_cells()),
            (&mut tables.lines, "lines", self.line_cells(&mut resolved)),
            (&mut tables.links, "links", self.link_cells()),
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
        let summary = SegmentSummary {
            schema_version: SCHEMA_VERSION,
            name: name.to_owned(),
            runs: self.run_parts(origin),
            tables,
            function_hashes: self.function_hashes(&mut resolved),
            replaces: origin.replaces().to_vec(),
        };
        let path = folder.join(format!("{name}.json"));
        let mut text = serde_json::to_vec(&summary).map_err(|e| unencodable(&path, &e))?;
        text.push(b'\n');
        write_atomically(&path, &text)?;
        Ok(Published {
            rows: self.rows(),
            bytes: summary.tables.bytes() + text.len() as u64,
        })
    }

    fn run_parts(&mut self, origin: &Origin<'_>) -> Vec<RunPart> {
        let held = self.calls.runs();
        let has_rows = |run: &&RunRows| {
            run.sums.len() > 0
                || run.exceptions > 0
                || !run.counts.is_empty()
                || !run.samples.is_empty()
                || !run.lines.is_empty()
                || !run.links.is_empty()
        };
        self.runs
            .iter()
            .filter(has_rows)
            .map(|run| {
                let calls = held.iter().find(|calls| calls.run_id == run.run_id);
                let ranges = calls.and_then(|calls| calls.ranges);
                RunPart {
                    run_id: run.run_id.clone(),
                    seqs: origin.seqs(&run.run_id),
                    calls: calls.map_or(0, |calls| calls.rows),
                    min_started_at_ns: ranges.map(|r| r.started_at_ns.0),
                    max_started_at_ns: ranges.map(|r| r.started_at_ns.1),
                    min_root_id: ranges.map(|r| r.root_id.0),
                    max_root_id: ranges.map(|r| r.root_id.1),
                    min_call_id: ranges.map(|r| r.call_id.0),
                    max_call_id: ranges.map(|r| r.call_id.1),
                }
            })
            .collect()
    }

    fn function_hashes(&self, functions: &mut ResolvedFunctions<'_>) -> Option<String> {
        let sums = self.runs.iter().flat_map(|run| run.sums.iter());
        let mut hashes: Vec<u32> = sums
            .filter(|sum| sum.calls > 0)
            .map(|sum| name_hash(&functions.get(sum.function).name))
            .collect();
        hashes.sort_unstable();
        hashes.dedup();
        (hashes.len() <= MAX_HASHES).then(|| {
            let digits = hashes.iter().map(|hash| format!("{hash:0HASH_DIGITS$x}"));
            digits.collect()
        })
    }

    /// The earliest time of any row, or now, where there are functions alone: it names the day's folder.
    fn first_ns(&mut self) -> i64 {
        let calls = self.calls.runs().iter().filter_map(|run| run.ranges);
        let calls = calls.map(|ranges| ranges.started_at_ns.0).min();
        let counts = self.counts().map(|row| row.from_ns);
        let samples = self.samples().map(|row| row.from_ns);
        let lines = self.lines().map(|row| row.from_ns);
        let links = self.links().map(|row| row.at_ns);
        let others = self
            .exceptions
            .first_ns()
            .into_iter()
            .chain(counts)
            .chain(samples)
            .chain(lines)
            .chain(links);
        calls.or_else(|| others.min()).unwrap_or_else(now_ns)
    }

    fn clear(&mut self) {
        self.calls.clear();
        self.exceptions.clear();
        self.runs.truncate(1);
        self.current = 0;
        self.seq = Some(0);
        let RunRows {
            sums,
            exceptions,
            counts,
            samples,
            lines,
            links,
            ..
        } = &mut self.runs[0];
        sums.clear();
        *exceptions = 0;
        counts.clear();
        samples.clear();
        lines.clear();
        links.clear();
    }
}

/// The wall clock, ns since 1970.
fn now_ns() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |time| i64::try_from(time.as_nanos()).unwrap_or_default())
}

/// Puts a written table in place.
fn put(out: AtomicFile, rows: u64) -> Result<TableSummary, StoreError> {
    let file = out
        .target()
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let (bytes, crc32) = out.written();
    out.commit()?;
    Ok(TableSummary {
        file,
        rows,
        bytes,
        crc32: Some(crc32),
    })
}

/// What went.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Removed {
    /// Segments of which there was any file.
    pub(crate) segments: usize,
    /// Bytes of their files.
    pub(crate) bytes: u64,
}

impl Removed {
    pub(crate) fn add(&mut self, other: Self) {
        self.segments += other.segments;
        self.bytes += other.bytes;
    }
}

/// Removes the files that a segment of this name has in a folder, its summary first.
pub(crate) fn remove_segment(folder: &Path, name: &str) -> Result<Removed, StoreError> {
    remove_files(folder, file_names(name))
}

/// Removes files of one segment, in this order.
pub(crate) fn remove_files(
    folder: &Path,
    files: impl Iterator<Item = String>,
) -> Result<Removed, StoreError> {
    let mut removed = Removed::default();
    for file in files {
        let path = folder.join(file);
        let bytes = path.metadata().map_or(0, |file| file.len());
        if remove_file(&path)? {
            removed.segments = 1;
            removed.bytes += bytes;
        }
    }
    Ok(removed)
}
