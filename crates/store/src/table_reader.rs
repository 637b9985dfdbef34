//! The rows of a table's file, read back in batches: for merging, not for questions.
//!
//! ```ignore
//! let mut table = TableReader::open(&path, &CALLS)?;
//! while let Some(mut batch) = table.next()? {
//!     for _ in 0..batch.rows() {
//!         let root = batch.integer(2);
//!         let name = batch.text(5);
//!         batch.advance();
//!     }
//! }
//! ```
//! Columns are those of the schema, by their place in it; one that an older file lacks is null.
//! Limits: every cell of a row is asked for once, or not at all in the whole batch.

use std::fs::File;
use std::path::{Path, PathBuf};

use breadcrumb_event::schema::{ColumnType, EXCEPTIONS, Table};
use parquet::column::reader::ColumnReader;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};

use crate::StoreError;
use crate::call_page::PAGE_ROWS;

/// Rows of a batch: a quarter of a page that this crate writes, whose texts take 10 MB where all are
/// there; of exceptions less, each of which may have much text.
fn batch_rows(table: &Table) -> usize {
    if table.name == EXCEPTIONS.name {
        256
    } else {
        PAGE_ROWS / 4
    }
}

/// The cells of a column in a batch; those that are null have no value.
#[derive(Debug, Default)]
struct Cells {
    integers: Vec<i64>,
    texts: Vec<ByteArray>,
    /// 1 where there is a value; empty where none is null.
    levels: Vec<i16>,
    /// There is no such column.
    missing: bool,
    /// The next value.
    next: usize,
}

/// Some rows of a table. See the module.
#[derive(Debug)]
pub(crate) struct Batch {
    rows: usize,
    at: usize,
    columns: Vec<Cells>,
}

impl Batch {
    /// Number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// To the next row.
    pub(crate) fn advance(&mut self) {
        self.at += 1;
    }

    /// An integer of the row.
    pub(crate) fn integer(&mut self, column: usize) -> Option<i64> {
        let at = self.value(column)?;
        self.columns[column].integers.get(at).copied()
    }

    /// A text of the row, UTF-8. Texts that are one in a dictionary are at one address.
    pub(crate) fn text(&mut self, column: usize) -> Option<&[u8]> {
        let at = self.value(column)?;
        self.columns[column].texts.get(at).map(ByteArray::data)
    }

    /// Several texts of the row.
    pub(crate) fn texts<const N: usize>(&mut self, columns: [usize; N]) -> [Option<&[u8]>; N] {
        let places = columns.map(|column| (column, self.value(column)));
        let cells = &self.columns;
        places.map(|(column, at)| cells[column].texts.get(at?).map(ByteArray::data))
    }

    /// Index of the row's value in the column.
    fn value(&mut self, column: usize) -> Option<usize> {
        let cells = &mut self.columns[column];
        let present = match cells.levels.get(self.at) {
            Some(level) => *level > 0,
            None => !cells.missing,
        };
        present.then(|| {
            cells.next += 1;
            cells.next - 1
        })
    }
}

/// Reads a table's file. See the module.
pub(crate) struct TableReader {
    path: PathBuf,
    table: &'static Table,
    file: SerializedFileReader<File>,
    /// The file's column for each of the schema.
    places: Vec<Option<usize>>,
    next_group: usize,
    group: Vec<Option<ColumnReader>>,
    rows_left: usize,
}

impl TableReader {
    /// Opens a table's file.
    ///
    /// # Errors
    /// [`StoreError::Io`], [`StoreError::Corrupt`].
    pub(crate) fn open(path: &Path, table: &'static Table) -> Result<Self, StoreError> {
        let file = File::open(path).map_err(|e| StoreError::from_io(path, e))?;
        let file = SerializedFileReader::new(file).map_err(|e| corrupt(path, &e))?;
        let schema = file.metadata().file_metadata().schema_descr_ptr();
        let place = |name: &str| schema.columns().iter().position(|c| c.name() == name);
        let places = table.columns.iter().map(|c| place(c.name)).collect();
        Ok(Self {
            path: path.to_owned(),
            table,
            file,
            places,
            next_group: 0,
            group: Vec::new(),
            rows_left: 0,
        })
    }

    /// Rows that the file's footer tells of.
    pub(crate) fn rows(&self) -> u64 {
        let rows = self.file.metadata().file_metadata().num_rows();
        u64::try_from(rows).unwrap_or_default()
    }

    /// The next rows; `None` behind the last ones.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub(crate) fn next(&mut self) -> Result<Option<Batch>, StoreError> {
        self.read().map_err(|e| corrupt(&self.path, &e))
    }

    fn read(&mut self) -> Result<Option<Batch>, ParquetError> {
        while self.rows_left == 0 {
            if self.next_group == self.file.num_row_groups() {
                return Ok(None);
            }
            let group = self.file.get_row_group(self.next_group)?;
            self.next_group += 1;
            self.rows_left = usize::try_from(group.metadata().num_rows()).unwrap_or_default();
            let reader = |place: &Option<usize>| {
                place
                    .map(|place| group.get_column_reader(place))
                    .transpose()
            };
            self.group = self.places.iter().map(reader).collect::<Result<_, _>>()?;
        }
        let rows = self.rows_left.min(batch_rows(self.table));
        let columns = self
            .group
            .iter_mut()
            .zip(self.table.columns)
            .map(|(reader, column)| match reader {
                Some(reader) => read_cells(reader, rows, column.kind),
                None => Ok(Cells {
                    missing: true,
                    ..Cells::default()
                }),
            })
            .collect::<Result<_, _>>()?;
        self.rows_left -= rows;
        Ok(Some(Batch {
            rows,
            at: 0,
            columns,
        }))
    }
}

fn corrupt(path: &Path, error: &ParquetError) -> StoreError {
    StoreError::Corrupt {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}

fn read_cells(
    reader: &mut ColumnReader,
    rows: usize,
    kind: ColumnType,
) -> Result<Cells, ParquetError> {
    let mut cells = Cells::default();
    let mut levels = Vec::new();
    let read = match (reader, kind) {
        (ColumnReader::Int32ColumnReader(reader), ColumnType::Int32) => {
            let mut values = Vec::with_capacity(rows);
            let read = reader.read_records(rows, Some(&mut levels), None, &mut values)?;
            cells.integers = values.into_iter().map(i64::from).collect();
            read
        }
        (ColumnReader::Int64ColumnReader(reader), ColumnType::Int64 | ColumnType::TimestampNs) => {
            cells.integers.reserve(rows);
            reader.read_records(rows, Some(&mut levels), None, &mut cells.integers)?
        }
        (ColumnReader::ByteArrayColumnReader(reader), ColumnType::Text) => {
            cells.texts.reserve(rows);
            reader.read_records(rows, Some(&mut levels), None, &mut cells.texts)?
        }
        _ => return Err(ParquetError::General("a column has another type".into())),
    };
    let (records, values, _) = read;
    if records != rows || levels.is_empty() && values != rows {
        return Err(ParquetError::General(format!(
            "a column has {records} rows for {rows}"
        )));
    }
    cells.levels = levels;
    Ok(cells)
}
