//! The columns of `calls` as the schema names them, from the streams of a row group.
//!
//! Limits: the table below follows `breadcrumb_event::schema::CALLS`; a test compares them.

use std::hash::Hash;
use std::io::Write;
use std::rc::Rc;

use breadcrumb_event::schema::{CALLS, ColumnType};
use bytes::Bytes;
use parquet::basic::Encoding;
use parquet::bloom_filter::Sbbf;
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::ByteArray;
use parquet::errors::Result;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::statistics::Statistics;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnDescPtr;
use rustc_hash::FxHashMap;

use crate::call_group::{ColumnId, LoadedGroup};
use crate::call_page::{ARGUMENT_COUNTS, CLOCKS, PARENT_KINDS, STATUSES, push_text};
use crate::page::PageEncoder;
use crate::resolved_functions::{ResolvedFunction, ResolvedFunctions};
use crate::table::compression;

/// Smaller row groups are looked through as fast as their filter is read.
const FILTERED_ROWS: usize = 20_480;
/// Functions that are not there and pass the filter, as a share.
const FALSE_HITS: f64 = 0.01;

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
    runs: &'a [String],
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
    ("run_id", ColumnId::Run, Text(|d| d.runs.to_vec())),
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
    (
        "parent_kind",
        ColumnId::ParentKind,
        Text(|_| PARENT_KINDS.map(|k| k.name().to_owned()).to_vec()),
    ),
];

/// Adds a row group to a file.
pub(crate) fn write_group<W: Write + Send>(
    file: &mut SerializedFileWriter<W>,
    loaded: &LoadedGroup<'_>,
    functions: &mut ResolvedFunctions<'_>,
    encoder: &mut PageEncoder,
) -> Result<()> {
    let ids = &loaded.group.functions;
    let dictionaries = Dictionaries {
        runs: &loaded.group.runs,
        functions: ids.iter().map(|&id| functions.get(id)).collect(),
        threads: &loaded.group.threads,
    };
    let descriptors = file.schema_descr().columns().to_vec();
    let mut group = file.next_row_group()?;
    let mut shared: Vec<SharedPages> = Vec::new();
    for ((&(_, id, source), column), descriptor) in
        COLUMNS.iter().zip(CALLS.columns).zip(descriptors)
    {
        let (encoded, pages) = loaded.column(id);
        let nulls = Some(encoded.nulls as u64);
        let is_32_bits = column.kind == ColumnType::Int32;
        let mut chunk = Chunk::default();
        match source {
            Delta => {
                chunk.statistics = Some(integers(encoded.range, nulls, is_32_bits));
                chunk.encodings = vec![Encoding::DELTA_BINARY_PACKED, Encoding::RLE];
            }
            Plain => {
                chunk.statistics = Some(Statistics::byte_array(None, None, None, nulls, false));
                chunk.encodings = vec![Encoding::PLAIN, Encoding::RLE];
            }
            Text(values) => {
                let values = values(&dictionaries);
                chunk.begin_dictionary(Distinct::of(&values), encoded.range, nulls, encoder);
            }
            Integer(values) => {
                let values = values(&dictionaries);
                chunk.begin_dictionary(Distinct::of(&values), encoded.range, nulls, encoder);
            }
        }
        if column.name == "function" && loaded.group.rows >= FILTERED_ROWS {
            chunk.bloom_filter = Some(name_filter(&dictionaries.functions)?);
        }
        if id == ColumnId::Function {
            chunk.add_function_pages(loaded, &mut shared, encoder);
        } else {
            chunk.bytes.extend_from_slice(pages);
            chunk.uncompressed += encoded.uncompressed;
        }
        let close = chunk.close(descriptor, loaded.group.rows)?;
        group.append_column(&Bytes::from(chunk.bytes), close)?;
    }
    group.close()?;
    Ok(())
}

/// What tells a reader that a row group has no call of a function, whose name is between the least and
/// the greatest of all.
fn name_filter(functions: &[Rc<ResolvedFunction>]) -> Result<Sbbf> {
    let mut filter = Sbbf::new_with_ndv_fpp(functions.len().max(1) as u64, FALSE_HITS)?;
    for function in functions {
        filter.insert(function.name.as_bytes());
    }
    Ok(filter)
}

/// The pages of columns whose values differ alike: where no two functions have one name or start
/// on one line, names and lines have the same indices.
struct SharedPages {
    map: Vec<u32>,
    bytes: Vec<u8>,
    uncompressed: usize,
}

/// A column chunk on its way into the file.
#[derive(Default)]
struct Chunk {
    bytes: Vec<u8>,
    /// Of which the dictionary's page takes so many.
    dictionary_bytes: usize,
    uncompressed: usize,
    encodings: Vec<Encoding>,
    statistics: Option<Statistics>,
    bloom_filter: Option<Sbbf>,
    /// Indices into the dictionary by index of the stream.
    map: Vec<u32>,
    distinct: usize,
}

impl Chunk {
    fn begin_dictionary<T: DictionaryValue>(
        &mut self,
        dictionary: Distinct<'_, T>,
        range: Option<(i64, i64)>,
        nulls: Option<u64>,
        encoder: &mut PageEncoder,
    ) {
        let used = range
            .and_then(|(low, high)| dictionary.values.get(low as usize..=high as usize))
            .unwrap_or(&dictionary.values);
        let extremes = used.iter().min().zip(used.iter().max());
        self.statistics = Some(T::statistics(extremes.map(|(a, b)| (*a, *b)), nulls));
        for value in &dictionary.values {
            value.push(encoder.body());
        }
        let size = encoder.dictionary_page(dictionary.values.len(), &mut self.bytes);
        self.dictionary_bytes = size.compressed;
        self.uncompressed = size.uncompressed;
        self.encodings = vec![Encoding::PLAIN, Encoding::RLE, Encoding::RLE_DICTIONARY];
        self.distinct = dictionary.values.len();
        self.map = dictionary.map;
    }

    fn add_function_pages(
        &mut self,
        loaded: &LoadedGroup<'_>,
        shared: &mut Vec<SharedPages>,
        encoder: &mut PageEncoder,
    ) {
        let map = std::mem::take(&mut self.map);
        let found = shared.iter().position(|pages| pages.map == map);
        let at = found.unwrap_or_else(|| {
            let mut bytes = Vec::new();
            let uncompressed = loaded.function_column(&map, self.distinct, encoder, &mut bytes);
            shared.push(SharedPages {
                map,
                bytes,
                uncompressed,
            });
            shared.len() - 1
        });
        self.bytes.extend_from_slice(&shared[at].bytes);
        self.uncompressed += shared[at].uncompressed;
    }

    fn close(&mut self, descriptor: ColumnDescPtr, rows: usize) -> Result<ColumnCloseResult> {
        let mut metadata = ColumnChunkMetaData::builder(descriptor)
            .set_compression(compression())
            .set_encodings(std::mem::take(&mut self.encodings))
            .set_num_values(rows as i64)
            .set_total_compressed_size(self.bytes.len() as i64)
            .set_total_uncompressed_size(self.uncompressed as i64)
            .set_dictionary_page_offset((self.dictionary_bytes > 0).then_some(0))
            .set_data_page_offset(self.dictionary_bytes as i64);
        if let Some(statistics) = self.statistics.take() {
            metadata = metadata.set_statistics(statistics);
        }
        Ok(ColumnCloseResult {
            bytes_written: self.bytes.len() as u64,
            rows_written: rows as u64,
            metadata: metadata.build()?,
            bloom_filter: self.bloom_filter.take(),
            column_index: None,
            offset_index: None,
        })
    }
}

/// The distinct values among some, in the order of first appearance.
struct Distinct<'a, T> {
    values: Vec<&'a T>,
    /// Index among the distinct ones by index among all.
    map: Vec<u32>,
}

impl<'a, T: Eq + Hash> Distinct<'a, T> {
    fn of(all: &'a [T]) -> Self {
        let mut values = Vec::new();
        let mut indices = FxHashMap::default();
        let map = all
            .iter()
            .map(|value| {
                *indices.entry(value).or_insert_with(|| {
                    values.push(value);
                    values.len() as u32 - 1
                })
            })
            .collect();
        Self { values, map }
    }
}

/// A value of a dictionary.
trait DictionaryValue: Ord + Eq + Hash {
    /// Adds it as Parquet's plain encoding has it.
    fn push(&self, out: &mut Vec<u8>);

    /// Statistics with these extremes.
    fn statistics(extremes: Option<(&Self, &Self)>, nulls: Option<u64>) -> Statistics;
}

impl DictionaryValue for String {
    fn push(&self, out: &mut Vec<u8>) {
        push_text(self, out);
    }

    fn statistics(extremes: Option<(&Self, &Self)>, nulls: Option<u64>) -> Statistics {
        let bytes = |text: &String| ByteArray::from(text.as_bytes().to_vec());
        let (low, high) = extremes.map(|(a, b)| (bytes(a), bytes(b))).unzip();
        Statistics::byte_array(low, high, None, nulls, false)
    }
}

impl DictionaryValue for i32 {
    fn push(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_le_bytes());
    }

    fn statistics(extremes: Option<(&Self, &Self)>, nulls: Option<u64>) -> Statistics {
        let (low, high) = extremes.map(|(a, b)| (*a, *b)).unzip();
        Statistics::int32(low, high, None, nulls, false)
    }
}

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
