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
use crate::call_group::{CallGroup, ColumnId};
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

/// Calls held until they are published.
#[derive(Debug)]
pub(crate) struct Calls {
    run_id: String,
    folder: PathBuf,
    rows: u64,
    page: CallPage,
    /// The row group that pages are added to, and its indices.
    group: CallGroup,
    functions: IdIndex,
    threads: IdIndex,
    /// Row groups that are full.
    groups: Vec<CallGroup>,
    spill: Option<Spill>,
    encoder: PageEncoder,
}

impl Calls {
    pub(crate) fn new(run_id: &str, folder: &Path) -> Self {
        Self {
            run_id: run_id.to_owned(),
            folder: folder.to_owned(),
            rows: 0,
            page: CallPage::default(),
            group: CallGroup::default(),
            functions: IdIndex::default(),
            threads: IdIndex::default(),
            groups: Vec::new(),
            spill: None,
            encoder: PageEncoder::default(),
        }
    }

    pub(crate) fn push(&mut self, row: &CallRow<'_>) {
        let function = self.functions.index_of(row.function);
        let thread = self.threads.index_of(row.thread_id);
        self.page.push(row, function, thread);
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

    /// The ranges over all rows; `None` without rows.
    pub(crate) fn ranges(&mut self) -> Option<Ranges> {
        self.finish_group();
        let range = |id| {
            let ranges = self.groups.iter().filter_map(|group| group.range(id));
            ranges.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
        };
        Some(Ranges {
            started_at_ns: range(ColumnId::StartedAt)?,
            root_id: range(ColumnId::RootId)?,
            call_id: range(ColumnId::CallId)?,
        })
    }

    fn finish_page(&mut self) {
        self.page.encode(&mut self.group, &mut self.encoder);
        if self.group.rows >= GROUP_ROWS || self.group.memory_bytes() >= GROUP_BYTES {
            self.finish_group();
        }
    }

    fn finish_group(&mut self) {
        self.page.encode(&mut self.group, &mut self.encoder);
        if self.group.rows == 0 {
            return;
        }
        self.group.functions = self.functions.take();
        self.group.threads = self.threads.take();
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

    /// Writes all rows as a Parquet file. They are still held then.
    pub(crate) fn write(
        &mut self,
        out: impl Write + Send,
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
            write_group(
                &mut file,
                &loaded,
                &self.run_id,
                functions,
                &mut self.encoder,
            )?;
        }
        file.close()?;
        Ok(())
    }

    pub(crate) fn clear(&mut self) {
        self.rows = 0;
        self.page.clear();
        self.group = CallGroup::default();
        self.functions.take();
        self.threads.take();
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
