//! The columns of `calls` as the schema names them, from the streams of a row group.
//!
//! Limits: the table below follows `breadcrumb_event::schema::CALLS`; a test compares them.

use std::io::Write;
use std::rc::Rc;

use breadcrumb_event::schema::{CALLS, ColumnType};
use bytes::Bytes;
use parquet::basic::Encoding;
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::ByteArray;
use parquet::errors::Result;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::statistics::Statistics;
use parquet::file::writer::SerializedFileWriter;

use crate::call_group::{ColumnId, LoadedGroup};
use crate::call_page::{ARGUMENT_COUNTS, CLOCKS, STATUSES, push_text};
use crate::page::{PageEncoder, PageSize};
use crate::resolved_functions::{ResolvedFunction, ResolvedFunctions};
use crate::table::compression;

/// What the cells of a column are.
#[derive(Clone, Copy)]
enum Source {
    /// Numbers, delta-encoded.
    Delta,
    /// JSON.
    Plain,
    /// Indices into texts.
    Text(fn(&Dictionaries<'_>) -> Vec<String>),
    /// Indices into numbers.
    Integer(fn(&Dictionaries<'_>) -> Vec<i32>),
}

/// What dictionaries are made of.
struct Dictionaries<'a> {
    run_id: &'a str,
    functions: Vec<Rc<ResolvedFunction>>,
    threads: &'a [u32],
}

impl Dictionaries<'_> {
    fn texts(&self, of: impl Fn(&ResolvedFunction) -> &str) -> Vec<String> {
        self.functions.iter().map(|f| of(f).to_owned()).collect()
    }

    fn integers(&self, of: impl Fn(&ResolvedFunction) -> u32) -> Vec<i32> {
        self.functions.iter().map(|f| to_i32(of(f))).collect()
    }
}

fn to_i32(n: u32) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

use Source::{Delta, Integer, Plain, Text};

/// Each column's name, stream and source, in the schema's order.
const COLUMNS: &[(&str, ColumnId, Source)] = &[
    (
        "run_id",
        ColumnId::Constant,
        Text(|d| vec![d.run_id.to_owned()]),
    ),
    (
        "thread_id",
        ColumnId::Thread,
        Integer(|d| d.threads.iter().map(|&t| to_i32(t)).collect()),
    ),
    ("root_id", ColumnId::RootId, Delta),
    ("call_id", ColumnId::CallId, Delta),
    ("parent_id", ColumnId::ParentId, Delta),
    (
        "function",
        ColumnId::Function,
        Text(|d| d.texts(|f| &f.name)),
    ),
    ("file", ColumnId::Function, Text(|d| d.texts(|f| &f.file))),
    (
        "line",
        ColumnId::Function,
        Integer(|d| d.integers(|f| f.line)),
    ),
    (
        "col",
        ColumnId::Function,
        Integer(|d| d.integers(|f| f.column)),
    ),
    (
        "parameters",
        ColumnId::Function,
        Text(|d| d.texts(|f| &f.parameters)),
    ),
    ("started_at", ColumnId::StartedAt, Delta),
    ("duration_ns", ColumnId::Duration, Delta),
    ("self_ns", ColumnId::SelfNs, Delta),
    ("wait_ns", ColumnId::WaitNs, Delta),
    ("depth", ColumnId::Depth, Delta),
    (
        "status",
        ColumnId::Status,
        Text(|_| STATUSES.map(|s| s.name().to_owned()).to_vec()),
    ),
    (
        "argument_count",
        ColumnId::ArgumentCount,
        Integer(|_| ARGUMENT_COUNTS.to_vec()),
    ),
    ("argument_0", ColumnId::Argument0, Delta),
    ("argument_1", ColumnId::Argument1, Delta),
    ("arguments_json", ColumnId::ArgumentsJson, Plain),
    ("result_integer", ColumnId::IntegerResult, Delta),
    ("result_json", ColumnId::ResultJson, Plain),
    ("exception_id", ColumnId::ExceptionId, Delta),
    (
        "clock",
        ColumnId::Clock,
        Text(|_| CLOCKS.map(|c| c.name().to_owned()).to_vec()),
    ),
    ("weight", ColumnId::Constant, Integer(|_| vec![1])),
    (
        "backend",
        ColumnId::Constant,
        Text(|_| vec!["probe".to_owned()]),
    ),
];

/// Adds a row group to a file.
pub(crate) fn write_group<W: Write + Send>(
    file: &mut SerializedFileWriter<W>,
    loaded: &LoadedGroup<'_>,
    run_id: &str,
    functions: &mut ResolvedFunctions<'_>,
    encoder: &mut PageEncoder,
) -> Result<()> {
    let ids = &loaded.group.functions;
    let dictionaries = Dictionaries {
        run_id,
        functions: ids.iter().map(|&id| functions.get(id)).collect(),
        threads: &loaded.group.threads,
    };
    let descriptors = file.schema_descr().columns().to_vec();
    let mut group = file.next_row_group()?;
    for ((&(_, id, source), column), descriptor) in
        COLUMNS.iter().zip(CALLS.columns).zip(descriptors)
    {
        let (encoded, pages) = loaded.column(id);
        let mut chunk = Vec::with_capacity(pages.len() + 1024);
        let nulls = Some(encoded.nulls as u64);
        let (encodings, statistics, dictionary) = match source {
            Delta => {
                let statistics = integers(encoded.range, nulls, column.kind == ColumnType::Int32);
                let encodings = vec![Encoding::DELTA_BINARY_PACKED, Encoding::RLE];
                (encodings, statistics, PageSize::default())
            }
            Plain => {
                let statistics = Statistics::byte_array(None, None, None, nulls, false);
                let encodings = vec![Encoding::PLAIN, Encoding::RLE];
                (encodings, statistics, PageSize::default())
            }
            Text(values) => {
                let values = values(&dictionaries);
                let statistics = texts(&values, encoded.range);
                for text in &values {
                    push_text(text, encoder.body());
                }
                let size = encoder.dictionary_page(values.len(), &mut chunk);
                (DICTIONARY_ENCODINGS.to_vec(), statistics, size)
            }
            Integer(values) => {
                let values = values(&dictionaries);
                let used = used(&values, encoded.range);
                let range = used.iter().min().zip(used.iter().max());
                let range = range.map(|(&low, &high)| (low.into(), high.into()));
                let statistics = integers(range, nulls, true);
                let bytes = values.iter().flat_map(|v| v.to_le_bytes());
                encoder.body().extend(bytes);
                let size = encoder.dictionary_page(values.len(), &mut chunk);
                (DICTIONARY_ENCODINGS.to_vec(), statistics, size)
            }
        };
        chunk.extend_from_slice(pages);
        let has_dictionary = dictionary != PageSize::default();
        let metadata = ColumnChunkMetaData::builder(descriptor)
            .set_compression(compression())
            .set_encodings(encodings)
            .set_num_values(loaded.group.rows as i64)
            .set_total_compressed_size(chunk.len() as i64)
            .set_total_uncompressed_size((dictionary.uncompressed + encoded.uncompressed) as i64)
            .set_dictionary_page_offset(has_dictionary.then_some(0))
            .set_data_page_offset(dictionary.compressed as i64)
            .set_statistics(statistics)
            .build()?;
        let close = ColumnCloseResult {
            bytes_written: chunk.len() as u64,
            rows_written: loaded.group.rows as u64,
            metadata,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        };
        group.append_column(&Bytes::from(chunk), close)?;
    }
    group.close()?;
    Ok(())
}

const DICTIONARY_ENCODINGS: [Encoding; 3] =
    [Encoding::PLAIN, Encoding::RLE, Encoding::RLE_DICTIONARY];

/// Statistics of integers; without values they say how many nulls there are.
#[allow(clippy::cast_possible_truncation)]
fn integers(range: Option<(i64, i64)>, nulls: Option<u64>, is_32_bits: bool) -> Statistics {
    let (low, high) = range.unzip();
    if is_32_bits {
        let (low, high) = (low.map(|v| v as i32), high.map(|v| v as i32));
        return Statistics::int32(low, high, None, nulls, false);
    }
    Statistics::int64(low, high, None, nulls, false)
}

/// Statistics of texts in a dictionary, of those that indices within `range` name.
fn texts(values: &[String], range: Option<(i64, i64)>) -> Statistics {
    let used = used(values, range);
    // Readers may cut long ones off; these are names and paths.
    let bytes = |text: Option<&String>| text.map(|t| ByteArray::from(t.as_bytes().to_vec()));
    let (low, high) = (bytes(used.iter().min()), bytes(used.iter().max()));
    Statistics::byte_array(low, high, None, Some(0), false)
}

fn used<T>(values: &[T], range: Option<(i64, i64)>) -> &[T] {
    range
        .and_then(|(low, high)| values.get(low as usize..=high as usize))
        .unwrap_or(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_those_of_the_schema() {
        let here: Vec<&str> = COLUMNS.iter().map(|(name, ..)| *name).collect();
        let there: Vec<&str> = CALLS.columns.iter().map(|c| c.name).collect();
        assert_eq!(here, there);
    }
}
