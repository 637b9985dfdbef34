//! A row group of `calls`, encoded but for its dictionaries: those that name functions can only
//! be written when the segment is published.
//!
//! The five columns about a function, and the four constants, share their pages: the same indices
//! stand for the function's name, file, line, column and parameters. Limits: a dictionary may so
//! hold a value twice, which readers do not mind.

use std::ops::Range;

use crate::spill::{Spill, SpilledBytes};

/// The streams of pages of a row group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColumnId {
    Thread,
    RootId,
    CallId,
    ParentId,
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
    Constant,
}

/// Number of [`ColumnId`]s.
const STREAMS: usize = ColumnId::Constant as usize + 1;

/// The pages of a column so far.
#[derive(Debug, Default)]
pub(crate) struct EncodedColumn {
    /// Headers and content, as they will stand in the file.
    pub(crate) pages: Vec<u8>,
    /// Bytes before compression, with headers.
    pub(crate) uncompressed: usize,
    pub(crate) nulls: usize,
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
    /// Function ids by index.
    pub(crate) functions: Vec<u32>,
    /// Thread ids by index.
    pub(crate) threads: Vec<u32>,
    place: Place,
}

impl Default for CallGroup {
    fn default() -> Self {
        Self {
            rows: 0,
            columns: std::array::from_fn(|_| EncodedColumn::default()),
            functions: Vec::new(),
            threads: Vec::new(),
            place: Place::Memory,
        }
    }
}

impl CallGroup {
    pub(crate) fn column(&mut self, id: ColumnId) -> &mut EncodedColumn {
        &mut self.columns[id as usize]
    }

    pub(crate) fn range(&self, id: ColumnId) -> Option<(i64, i64)> {
        self.columns[id as usize].range
    }

    /// Bytes of pages in memory.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.columns.iter().map(|column| column.pages.len()).sum()
    }

    /// Moves the pages to a file. After an error they are in memory as before.
    pub(crate) fn spill(&mut self, spill: &mut Spill) -> std::io::Result<()> {
        if matches!(self.place, Place::Spilled(..)) {
            return Ok(());
        }
        let mut at = 0;
        let ranges = std::array::from_fn(|i| {
            let start = at;
            at += self.columns[i].pages.len();
            start..at
        });
        let bytes = spill.write(self.columns.iter().map(|column| column.pages.as_slice()))?;
        self.place = Place::Spilled(bytes, Box::new(ranges));
        for column in &mut self.columns {
            column.pages = Vec::new();
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
            Place::Memory => column.pages.as_slice(),
            Place::Spilled(_, ranges) => &self.spilled[ranges[id as usize].clone()],
        };
        (column, pages)
    }
}
