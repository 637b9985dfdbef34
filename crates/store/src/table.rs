//! Small tables through `parquet`'s own column writers: exceptions, functions, counts.
//!
//! `Cells::new(&schema::COUNTS)`, one `push_…` for each column of a row in order, then `write`.
//! Limits: about 1 M rows/s; calls have their own encoder.

use std::io::Write;
use std::sync::Arc;

use breadcrumb_event::schema::{Column, ColumnEncoding, ColumnType, FUNCTIONS, Table};
use parquet::basic::{
    Compression, Encoding, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel,
};
use parquet::data_type::{ByteArray, ByteArrayType, Int32Type, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::{WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, Type, TypePtr};

/// The Parquet schema of a table.
pub(crate) fn parquet_schema(table: &Table) -> Result<TypePtr> {
    let fields = table
        .columns
        .iter()
        .map(|column| {
            let (physical, logical) = match column.kind {
                ColumnType::Int32 => (Physical::INT32, None),
                ColumnType::Int64 => (Physical::INT64, None),
                ColumnType::TimestampNs => {
                    // Not adjusted to UTC, though it is: see `ColumnType::TimestampNs`.
                    let timestamp = LogicalType::timestamp(false, TimeUnit::NANOS);
                    (Physical::INT64, Some(timestamp))
                }
                ColumnType::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            };
            let repetition = match column.nullable {
                true => Repetition::OPTIONAL,
                false => Repetition::REQUIRED,
            };
            Type::primitive_type_builder(column.name, physical)
                .with_repetition(repetition)
                .with_logical_type(logical)
                .build()
                .map(Arc::new)
        })
        .collect::<Result<Vec<_>>>()?;
    Type::group_type_builder(table.name)
        .with_fields(fields)
        .build()
        .map(Arc::new)
}

/// What files say wrote them: an application and its version, as readers expect it.
pub(crate) const CREATED_BY: &str = concat!("breadcrumb version ", env!("CARGO_PKG_VERSION"));

/// Compression of a table. Sums come in small files by the hundred, and a reader spends more time to
/// begin with each page of zstd than on all else of them.
pub(crate) fn compression(table: &Table) -> Compression {
    if table.name == FUNCTIONS.name {
        Compression::SNAPPY
    } else {
        Compression::ZSTD(ZstdLevel::default())
    }
}

fn properties(table: &Table) -> WriterPropertiesPtr {
    let mut builder = WriterProperties::builder()
        .set_compression(compression(table))
        .set_created_by(CREATED_BY.to_owned());
    for column in table.columns {
        let path = ColumnPath::new(vec![column.name.to_owned()]);
        let dictionary = column.encoding == ColumnEncoding::Dictionary;
        builder = builder.set_column_dictionary_enabled(path.clone(), dictionary);
        if column.encoding == ColumnEncoding::Delta {
            builder = builder.set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
        }
    }
    Arc::new(builder.build())
}

/// A table's Parquet file, for row groups.
pub(crate) fn table_file<W: Write + Send>(
    table: &Table,
    sink: W,
) -> Result<SerializedFileWriter<W>> {
    SerializedFileWriter::new(sink, parquet_schema(table)?, properties(table))
}

/// The cells of a column.
#[derive(Debug)]
enum Values {
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Text(Vec<ByteArray>),
}

#[derive(Debug)]
struct Cell {
    column: &'static Column,
    values: Values,
    /// 1 where there is a value; empty for a column that is never null.
    levels: Vec<i16>,
}

/// Rows of a small table, by column.
#[derive(Debug)]
pub(crate) struct Cells {
    table: &'static Table,
    cells: Vec<Cell>,
    next: usize,
    rows: u64,
}

impl Cells {
    pub(crate) fn new(table: &'static Table) -> Self {
        let cells = table
            .columns
            .iter()
            .map(|column| Cell {
                column,
                values: match column.kind {
                    ColumnType::Int32 => Values::Int32(Vec::new()),
                    ColumnType::Int64 | ColumnType::TimestampNs => Values::Int64(Vec::new()),
                    ColumnType::Text => Values::Text(Vec::new()),
                },
                levels: Vec::new(),
            })
            .collect();
        Self {
            table,
            cells,
            next: 0,
            rows: 0,
        }
    }

    /// Number of whole rows.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// The next cell of the row: an integer of 32 or 64 bits, or null.
    pub(crate) fn push_integer(&mut self, value: Option<i64>) {
        let cell = self.advance(value.is_some());
        match (&mut cell.values, value) {
            (_, None) => {}
            // Ids of threads, lines and the like: the schema says that they fit.
            (Values::Int32(values), Some(v)) => values.push(i32::try_from(v).unwrap_or(i32::MAX)),
            (Values::Int64(values), Some(v)) => values.push(v),
            (Values::Text(_), Some(_)) => debug_assert!(false, "{} is text", cell.column.name),
        }
    }

    /// The next cell of the row: text, or null.
    pub(crate) fn push_text(&mut self, value: Option<&str>) {
        let cell = self.advance(value.is_some());
        match (&mut cell.values, value) {
            (_, None) => {}
            (Values::Text(values), Some(v)) => values.push(ByteArray::from(v.as_bytes().to_vec())),
            (_, Some(_)) => debug_assert!(false, "{} is no text", cell.column.name),
        }
    }

    fn advance(&mut self, has_value: bool) -> &mut Cell {
        let at = self.next;
        self.next += 1;
        if self.next == self.cells.len() {
            self.next = 0;
            self.rows += 1;
        }
        let cell = &mut self.cells[at];
        if cell.column.nullable {
            cell.levels.push(i16::from(has_value));
        }
        debug_assert!(
            has_value || cell.column.nullable,
            "{} is never null",
            cell.column.name
        );
        cell
    }

    /// Writes the table as a Parquet file.
    pub(crate) fn write(&self, sink: impl Write + Send) -> Result<()> {
        let mut file = table_file(self.table, sink)?;
        self.write_group(&mut file)?;
        file.close()?;
        Ok(())
    }

    /// Adds the rows to a file as a row group.
    pub(crate) fn write_group(
        &self,
        file: &mut SerializedFileWriter<impl Write + Send>,
    ) -> Result<()> {
        let mut group = file.next_row_group()?;
        for cell in &self.cells {
            let mut writer = group
                .next_column()?
                .ok_or_else(|| ParquetError::General("column missing".into()))?;
            let levels = cell.column.nullable.then_some(cell.levels.as_slice());
            match &cell.values {
                Values::Int32(v) => writer.typed::<Int32Type>().write_batch(v, levels, None)?,
                Values::Int64(v) => writer.typed::<Int64Type>().write_batch(v, levels, None)?,
                Values::Text(v) => writer
                    .typed::<ByteArrayType>()
                    .write_batch(v, levels, None)?,
            };
            writer.close()?;
        }
        group.close()?;
        Ok(())
    }
}
