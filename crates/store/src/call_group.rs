//! A row group of `calls`, encoded but for its dictionaries: those that name functions can only
//! be written when the segment is published.
//!
//! The columns that are constant share their pages. The five about a function share one stream of
//! plain indices of functions, from which [`LoadedGroup::function_column`] makes the indices of names, files, lines
//! and so on: a file has many functions, and some readers (pyarrow) take a dictionary that holds a
//! value twice for damaged. Limits: memory as [`CallGroup::memory_bytes`] says.

use std::ops::Range;

use crate::page::{
    PageEncoder, PageEncoding, Pages, SettledPages, write_constant_indices, write_indices,
};
use crate::spill::{Spill, SpilledBytes};

/// The streams of pages of a row group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColumnId {
    Run,
    Thread,
    RootId,
    CallId,
    ParentId,
    ParentKind,
    Function,
    StartedAt,
    Duration,
    SelfNs,
    WaitNs,
    Depth,
    Status,
    ArgumentCount,
    Argument0,
    Argument1,
    ArgumentsJson,
    IntegerResult,
    ResultJson,
    ExceptionId,
    Clock,
    Seq,
    Lines,
    Variables,
    Constant,
}

/// Number of [`ColumnId`]s.
const STREAMS: usize = ColumnId::Constant as usize + 1;

/// The pages of a column so far.
#[derive(Debug, Default)]
pub(crate) struct EncodedColumn {
    /// While there may be more of them.
    pub(crate) pages: Pages,
    /// Once there will not.
    pub(crate) settled: SettledPages,
    pub(crate) nulls: usize,
    /// Some pages of integers are plain.
    pub(crate) has_plain: bool,
    /// Smallest and largest value of a column of integers.
    pub(crate) range: Option<(i64, i64)>,
}

impl EncodedColumn {
    /// Takes in the range of a further page.
    pub(crate) fn widen(&mut self, range: Option<(i64, i64)>) {
        self.range = match (self.range, range) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
    }
}

/// A page of indices, not encoded.
#[derive(Clone, Copy, Debug)]
struct IndexPage {
    rows: usize,
    /// Bytes of an index: 1, 2 or 4.
    width: usize,
}

/// Where the pages of a row group are.
#[derive(Debug)]
enum Place {
    /// In the columns.
    Memory,
    /// In a file, one column behind the other.
    Spilled(SpilledBytes, Box<[Range<usize>; STREAMS]>),
}

/// A row group.
#[derive(Debug)]
pub(crate) struct CallGroup {
    pub(crate) rows: usize,
    columns: [EncodedColumn; STREAMS],
    function_pages: Vec<IndexPage>,
    /// Function ids by index.
    pub(crate) functions: Vec<u32>,
    /// Thread ids by index.
    pub(crate) threads: Vec<u32>,
    /// Numbers of segments by index.
    pub(crate) seqs: Vec<u32>,
    /// Run ids by index.
    pub(crate) runs: Vec<String>,
    place: Place,
}

impl Default for CallGroup {
    fn default() -> Self {
        Self {
            rows: 0,
            columns: std::array::from_fn(|_| EncodedColumn::default()),
            function_pages: Vec::new(),
            functions: Vec::new(),
            threads: Vec::new(),
            seqs: Vec::new(),
            runs: Vec::new(),
            place: Place::Memory,
        }
    }
}

impl CallGroup {
    pub(crate) fn column(&mut self, id: ColumnId) -> &mut EncodedColumn {
        &mut self.columns[id as usize]
    }

    /// Index of a run in this group; the next one if it is new.
    pub(crate) fn run_index(&mut self, run_id: &str) -> u32 {
        let known = self.runs.iter().rposition(|known| known == run_id);
        let index = known.unwrap_or_else(|| {
            self.runs.push(run_id.to_owned());
            self.runs.len() - 1
        });
        index as u32
    }

    /// Adds a page of indices of functions.
    pub(crate) fn push_functions(&mut self, indices: &[u32]) {
        let most = indices.iter().copied().max().unwrap_or_default();
        let out = &mut self.columns[ColumnId::Function as usize].settled.bytes;
        let width = match most {
            0..=0xff => 1,
            0x100..=0xffff => 2,
            _ => 4,
        };
        match width {
            1 => out.extend(indices.iter().map(|&i| i as u8)),
            2 => out.extend(indices.iter().flat_map(|&i| (i as u16).to_le_bytes())),
            _ => out.extend(indices.iter().flat_map(|&i| i.to_le_bytes())),
        }
        let rows = indices.len();
        self.function_pages.push(IndexPage { rows, width });
    }

    /// Bytes of pages in memory.
    pub(crate) fn memory_bytes(&self) -> usize {
        let bytes =
            |column: &EncodedColumn| column.pages.memory_bytes() + column.settled.bytes.len();
        self.columns.iter().map(bytes).sum()
    }

    /// Ends the pages: there will be no more.
    pub(crate) fn settle(&mut self) {
        for (id, column) in self.columns.iter_mut().enumerate() {
            // Indices of functions are no pages yet.
            if id != ColumnId::Function as usize {
                column.settled = column.pages.settle();
            }
        }
    }

    /// Moves the pages to a file. After an error they are in memory as before.
    pub(crate) fn spill(&mut self, spill: &mut Spill) -> std::io::Result<()> {
        if matches!(self.place, Place::Spilled(..)) {
            return Ok(());
        }
        let mut at = 0;
        let ranges = std::array::from_fn(|i| {
            let start = at;
            at += self.columns[i].settled.bytes.len();
            start..at
        });
        let bytes = spill.write(
            self.columns
                .iter()
                .map(|column| column.settled.bytes.as_slice()),
        )?;
        self.place = Place::Spilled(bytes, Box::new(ranges));
        for column in &mut self.columns {
            column.settled.bytes = Vec::new();
        }
        Ok(())
    }

    /// Reads back what was spilled, all of it: a few MiB.
    pub(crate) fn load(&self, spill: Option<&mut Spill>) -> std::io::Result<LoadedGroup<'_>> {
        let spilled = match (&self.place, spill) {
            (Place::Spilled(bytes, _), Some(spill)) => spill.read(*bytes)?,
            _ => Vec::new(),
        };
        Ok(LoadedGroup {
            group: self,
            spilled,
        })
    }
}

/// A row group with its pages in memory.
#[derive(Debug)]
pub(crate) struct LoadedGroup<'a> {
    pub(crate) group: &'a CallGroup,
    spilled: Vec<u8>,
}

impl LoadedGroup<'_> {
    /// A column and its pages.
    pub(crate) fn column(&self, id: ColumnId) -> (&EncodedColumn, &[u8]) {
        let column = &self.group.columns[id as usize];
        let pages = match &self.group.place {
            Place::Memory => column.settled.bytes.as_slice(),
            Place::Spilled(_, ranges) => &self.spilled[ranges[id as usize].clone()],
        };
        (column, pages)
    }

    /// The pages of a column about functions, whose value has index `map[f]` for the function with
    /// index `f`; `distinct` is the number of values.
    pub(crate) fn function_column(
        &self,
        map: &[u32],
        distinct: usize,
        encoder: &mut PageEncoder,
    ) -> SettledPages {
        let (_, mut bytes) = self.column(ColumnId::Function);
        let mut pages = Pages::default();
        for page in &self.group.function_pages {
            let (indices, rest) = bytes.split_at(page.rows * page.width);
            bytes = rest;
            let body = encoder.body();
            match page.width {
                _ if distinct == 1 => write_constant_indices(0, page.rows, body),
                1 => write_indices(indices.iter().map(|&i| map[usize::from(i)]), distinct, body),
                2 => {
                    let indices = indices.as_chunks().0.iter().copied();
                    let index = |i| map[usize::from(u16::from_le_bytes(i))];
                    write_indices(indices.map(index), distinct, body);
                }
                _ => {
                    let indices = indices.as_chunks().0.iter().copied();
                    let index = |i| map[u32::from_le_bytes(i) as usize];
                    write_indices(indices.map(index), distinct, body);
                }
            }
            encoder.data_page(page.rows, PageEncoding::RleDictionary, &mut pages);
        }
        pages.settle()
    }
}
