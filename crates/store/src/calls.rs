//! The rows of `calls`, from the first push to the file.
//!
//! ```ignore
//! let mut calls = Calls::new("run", folder);
//! calls.push(&row);
//! calls.write(&mut file, &mut functions)?; // as often as need be
//! calls.clear();
//! ```
//! Rows gather in a page, are encoded as a whole, and gather again, encoded, in row groups; row
//! groups beyond a few MiB wait in a nameless file. Only the dictionaries of functions are made
//! when the file is written. Limits: if the disk is full the row groups stay in memory.

use std::io::Write;
use std::path::{Path, PathBuf};

use breadcrumb_event::row::CallRow;
use breadcrumb_event::schema::CALLS;
use parquet::errors::Result;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;

use crate::call_columns::write_group;
use crate::call_group::CallGroup;
use crate::call_page::CallPage;
use crate::id_index::IdIndex;
use crate::page::PageEncoder;
use crate::resolved_functions::ResolvedFunctions;
use crate::spill::Spill;
use crate::table::{CREATED_BY, parquet_schema};

/// Rows of a row group: what DuckDB itself writes, and one unit of its work.
const GROUP_ROWS: usize = 122_880;

/// A row group with more bytes is closed early.
const GROUP_BYTES: usize = 16 << 20;

/// Encoded row groups beyond this wait in a file.
const MEMORY_BYTES: usize = 8 << 20;

/// Smallest and largest values over all rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ranges {
    pub(crate) started_at_ns: (i64, i64),
    pub(crate) root_id: (i64, i64),
    pub(crate) call_id: (i64, i64),
}

impl Ranges {
    fn or(self, other: Self) -> Self {
        let both = |a: (i64, i64), b: (i64, i64)| (a.0.min(b.0), a.1.max(b.1));
        Self {
            started_at_ns: both(self.started_at_ns, other.started_at_ns),
            root_id: both(self.root_id, other.root_id),
            call_id: both(self.call_id, other.call_id),
        }
    }
}

/// What is held of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunCalls {
    pub(crate) run_id: String,
    pub(crate) rows: u64,
    /// `None` without rows.
    pub(crate) ranges: Option<Ranges>,
}

/// Calls held until they are published.
#[derive(Debug)]
pub(crate) struct Calls {
    /// By index of the run; never empty.
    runs: Vec<RunCalls>,
    /// The run that rows are added to.
    current: usize,
    folder: PathBuf,
    rows: u64,
    page: CallPage,
    /// The row group that pages are added to, and its indices.
    group: CallGroup,
    functions: IdIndex,
    threads: IdIndex,
    seqs: IdIndex,
    /// Number of the segment that rows come from; 0 for the one that is being made.
    seq: Option<u32>,
    /// Row groups that are full.
    groups: Vec<CallGroup>,
    spill: Option<Spill>,
    encoder: PageEncoder,
}

impl Calls {
    pub(crate) fn new(run_id: &str, folder: &Path) -> Self {
        Self {
            runs: vec![RunCalls {
                run_id: run_id.to_owned(),
                ..RunCalls::default()
            }],
            current: 0,
            folder: folder.to_owned(),
            rows: 0,
            page: CallPage::default(),
            group: CallGroup::default(),
            functions: IdIndex::default(),
            threads: IdIndex::default(),
            seqs: IdIndex::default(),
            seq: Some(0),
            groups: Vec::new(),
            spill: None,
            encoder: PageEncoder::default(),
        }
    }

    /// The same, for rows that were published before: encoded with more time.
    pub(crate) fn merged(run_id: &str, folder: &Path) -> Self {
        Self {
            encoder: PageEncoder::thorough(),
            ..Self::new(run_id, folder)
        }
    }

    /// The calls that follow are of this run. A page has calls of one run.
    pub(crate) fn select_run(&mut self, run_id: &str) {
        self.finish_page();
        let known = self.runs.iter().position(|run| run.run_id == run_id);
        self.current = known.unwrap_or_else(|| {
            self.runs.push(RunCalls {
                run_id: run_id.to_owned(),
                ..RunCalls::default()
            });
            self.runs.len() - 1
        });
    }

    /// The calls that follow come from the run's segment of this number, if it is known.
    pub(crate) fn select_seq(&mut self, seq: Option<u32>) {
        self.seq = seq;
    }

    pub(crate) fn push(&mut self, row: &CallRow<'_>) {
        let function = self.functions.index_of(row.function);
        let thread = self.threads.index_of(row.thread_id);
        let seq = self.seq.map(|seq| self.seqs.index_of(seq));
        self.page.push(row, function, thread, seq);
        self.rows += 1;
        if self.page.is_full() {
            self.finish_page();
        }
    }

    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        let groups = self.groups.iter().map(CallGroup::memory_bytes);
        groups.sum::<usize>() + self.group.memory_bytes() + self.page.memory_bytes()
    }

    /// What is held of each run.
    pub(crate) fn runs(&mut self) -> &[RunCalls] {
        self.finish_page();
        &self.runs
    }

    fn finish_page(&mut self) {
        self.encode_page();
        if self.group.rows >= GROUP_ROWS || self.group.memory_bytes() >= GROUP_BYTES {
            self.finish_group();
        }
    }

    fn encode_page(&mut self) {
        let Some(ranges) = self.page.ranges() else {
            return;
        };
        let run = &mut self.runs[self.current];
        run.rows += self.page.rows() as u64;
        run.ranges = Some(run.ranges.map_or(ranges, |known| known.or(ranges)));
        let index = self.group.run_index(&run.run_id);
        self.page.encode(index, &mut self.group, &mut self.encoder);
    }

    fn finish_group(&mut self) {
        self.encode_page();
        if self.group.rows == 0 {
            return;
        }
        self.group.settle();
        self.group.functions = self.functions.take();
        self.group.threads = self.threads.take();
        self.group.seqs = self.seqs.take();
        self.groups.push(std::mem::take(&mut self.group));
        let held: usize = self.groups.iter().map(CallGroup::memory_bytes).sum();
        if held > MEMORY_BYTES {
            // A full disk is reported when the segment is published; until then memory must do.
            let _ = self.spill_groups();
        }
    }

    fn spill_groups(&mut self) -> std::io::Result<()> {
        let spill = match &mut self.spill {
            Some(spill) => spill,
            none => none.insert(Spill::create(&self.folder)?),
        };
        self.groups
            .iter_mut()
            .try_for_each(|group| group.spill(spill))
    }

    /// Writes all rows as a Parquet file, as those of the segment with number `seq` if that is told.
    /// They are still held then.
    pub(crate) fn write(
        &mut self,
        out: impl Write + Send,
        seq: Option<u32>,
        functions: &mut ResolvedFunctions<'_>,
    ) -> Result<()> {
        self.finish_group();
        let properties = WriterProperties::builder()
            .set_created_by(CREATED_BY.to_owned())
            .set_offset_index_disabled(true)
            .build();
        let schema = parquet_schema(&CALLS)?;
        let mut file = SerializedFileWriter::new(out, schema, properties.into())?;
        for group in &self.groups {
            let loaded = group.load(self.spill.as_mut())?;
            write_group(&mut file, &loaded, seq, functions, &mut self.encoder)?;
        }
        file.close()?;
        Ok(())
    }

    pub(crate) fn clear(&mut self) {
        self.rows = 0;
        self.runs.truncate(1);
        self.current = 0;
        self.runs[0].rows = 0;
        self.runs[0].ranges = None;
        self.page.clear();
        self.group = CallGroup::default();
        self.functions.take();
        self.threads.take();
        self.seqs.take();
        self.seq = Some(0);
        self.groups.clear();
        if self
            .spill
            .as_mut()
            .is_some_and(|spill| spill.clear().is_err())
        {
            self.spill = None;
        }
    }
}
