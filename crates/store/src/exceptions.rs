//! The rows of `exceptions`, from the first push to the file.
//!
//! ```ignore
//! let mut exceptions = Exceptions::new(folder);
//! exceptions.push(run, seq, &row);
//! exceptions.write(&mut file, &runs, own, &mut functions)?; // as often as need be
//! exceptions.clear();
//! ```
//! Each [`BLOCK_BYTES`] of them wait in a nameless file, and become a row group. Limits: if the disk is
//! full they stay in memory.

use std::io::Write;
use std::path::{Path, PathBuf};

use breadcrumb_event::row::ExceptionRow;
use breadcrumb_event::schema::EXCEPTIONS;
use parquet::errors::Result;

use crate::held_exception::HeldException;
use crate::resolved_functions::ResolvedFunctions;
use crate::spill::{Spill, SpilledBytes};
use crate::table::{Cells, table_file};

/// Bytes of a block, about.
const BLOCK_BYTES: usize = 4 << 20;

/// Exceptions held until they are published.
#[derive(Debug)]
pub(crate) struct Exceptions {
    folder: PathBuf,
    rows: u64,
    first_ns: Option<i64>,
    /// Blocks that are full.
    blocks: Vec<SpilledBytes>,
    spill: Option<Spill>,
    /// Those behind them.
    held: Vec<HeldException>,
    held_bytes: usize,
}

impl Exceptions {
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            rows: 0,
            first_ns: None,
            blocks: Vec::new(),
            spill: None,
            held: Vec::new(),
            held_bytes: 0,
        }
    }

    /// Takes one of the run with this index, from its segment of this number.
    pub(crate) fn push(&mut self, run: usize, seq: Option<u32>, row: &ExceptionRow<'_>) {
        let held = HeldException::of(row, run, seq);
        let blocks = self.held_bytes / BLOCK_BYTES;
        self.held_bytes += held.bytes();
        self.held.push(held);
        self.rows += 1;
        let first = self.first_ns.unwrap_or(row.thrown_at_ns);
        self.first_ns = Some(first.min(row.thrown_at_ns));
        if self.held_bytes / BLOCK_BYTES > blocks {
            // A full disk is reported when the segment is published; until then memory must do.
            let _ = self.spill_block();
        }
    }

    fn spill_block(&mut self) -> std::io::Result<()> {
        let spill = match &mut self.spill {
            Some(spill) => spill,
            none => none.insert(Spill::create(&self.folder)?),
        };
        let block = serde_json::to_vec(&self.held)?;
        self.blocks.push(spill.write([block.as_slice()])?);
        self.held = Vec::new();
        self.held_bytes = 0;
        Ok(())
    }

    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// When the earliest was thrown.
    pub(crate) fn first_ns(&self) -> Option<i64> {
        self.first_ns
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.held_bytes
    }

    /// Writes all rows as a Parquet file, as those of the segment with number `seq` if that is told;
    /// `runs` are their ids by index. They are still held then.
    pub(crate) fn write(
        &mut self,
        out: impl Write + Send,
        runs: &[&str],
        seq: Option<u32>,
        functions: &mut ResolvedFunctions<'_>,
    ) -> Result<()> {
        let mut file = table_file(&EXCEPTIONS, out)?;
        if let Some(spill) = &mut self.spill {
            for block in &self.blocks {
                let block: Vec<HeldException> =
                    serde_json::from_slice(&spill.read(*block)?).map_err(std::io::Error::from)?;
                cells(&block, runs, seq, functions).write_group(&mut file)?;
            }
        }
        if !self.held.is_empty() {
            cells(&self.held, runs, seq, functions).write_group(&mut file)?;
        }
        file.close()?;
        Ok(())
    }

    pub(crate) fn clear(&mut self) {
        let mut spill = self.spill.take();
        spill.take_if(|spill| spill.clear().is_err());
        *self = Self {
            spill,
            ..Self::new(&self.folder)
        };
    }
}

/// A row group; rows of a run stand together.
fn cells(
    block: &[HeldException],
    runs: &[&str],
    seq: Option<u32>,
    functions: &mut ResolvedFunctions<'_>,
) -> Cells {
    let mut rows: Vec<&HeldException> = block.iter().collect();
    rows.sort_by_key(|row| row.run);
    let mut cells = Cells::new(&EXCEPTIONS);
    for row in rows {
        let function = row.function.map(|id| functions.get(id));
        cells.push_text(runs.get(row.run).copied());
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
        cells.push_text(Some(&row.handled));
        cells.push_integer(Some(row.calls.into()));
        cells.push_integer(seq.or(row.seq).map(i64::from));
        let thrown_at = row.thrown_at.as_ref();
        cells.push_text(thrown_at.map(|at| at.0.as_str()));
        cells.push_integer(thrown_at.map(|at| at.1.into()));
        cells.push_integer(thrown_at.map(|at| at.2.into()));
        let caught = row.caught.map(|(_, id, _)| functions.get(id));
        cells.push_integer(row.caught.map(|(call, ..)| call));
        cells.push_text(caught.as_ref().map(|f| f.name.as_str()));
        cells.push_text(caught.as_ref().map(|f| f.file.as_str()));
        cells.push_integer(row.caught.map(|(.., line)| line.into()));
        cells.push_integer(row.cause_id);
        cells.push_text(row.causes.as_deref());
        cells.push_text(row.errors.as_deref());
        cells.push_text(row.crossed.json(functions).as_deref());
    }
    cells
}
