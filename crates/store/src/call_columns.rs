//! The columns of `calls` as the schema names them, from the streams of a row group.
//!
//! Limits: the table below follows `breadcrumb_event::schema::CALLS`; a test compares them.

use std::hash::Hash;
use std::io::Write;
use std::rc::Rc;

use breadcrumb_event::schema::{CALLS, ColumnType};
use bytes::Bytes;
use parquet::basic::{Compression, Encoding};
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
use crate::page::{PageEncoder, SettledPages};
use crate::resolved_functions::{ResolvedFunction, ResolvedFunctions};
use crate::table::compression;

/// Smaller row groups are looked through as fast as their filter is read.
const FILTERED_ROWS: usize = 20_480;
/// Functions that are not there and pass the filter, as a share.
const FALSE_HITS: f64 = 0.01;

/// What the cells of a column are.
#[derive(Clone, Copy)]
enum Source {
    /// Numbers, delta-encoded, or some of them plain.
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
    seqs: &'a [u32],
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
        ColumnId::Function,
        Text(|d| d.texts(|f| f.backend)),
    ),
    (
        "parent_kind",
        ColumnId::ParentKind,
        Text(|_| PARENT_KINDS.map(|k| k.name().to_owned()).to_vec()),
    ),
    (
        "seq",
        ColumnId::Seq,
        Integer(|d| d.seqs.iter().map(|&seq| to_i32(seq)).collect()),
    ),
    ("lines", ColumnId::Lines, Plain),
    ("variables", ColumnId::Variables, Plain),
];

/// Adds a row group to a file; all of it is of the segment with number `seq`, if that is told.
pub(crate) fn write_group<W: Write + Send>(
    file: &mut SerializedFileWriter<W>,
    loaded: &LoadedGroup<'_>,
    seq: Option<u32>,
    functions: &mut ResolvedFunctions<'_>,
    encoder: &mut PageEncoder,
) -> Result<()> {
    let ids = &loaded.group.functions;
    let dictionaries = Dictionaries {
        runs: &loaded.group.runs,
        functions: ids.iter().map(|&id| functions.get(id)).collect(),
        threads: &loaded.group.threads,
        seqs: seq
            .as_ref()
            .map_or(&loaded.group.seqs, std::slice::from_ref),
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
                chunk
                    .encodings
                    .extend(encoded.has_plain.then_some(Encoding::PLAIN));
                chunk.add_pages(pages, &encoded.settled);
            }
            Plain => {
                chunk.statistics = Some(Statistics::byte_array(None, None, None, nulls, false));
                chunk.encodings = vec![Encoding::PLAIN, Encoding::RLE];
                chunk.add_pages(pages, &encoded.settled);
            }
            Text(values) => {
                chunk.add_indexed(&values(&dictionaries), id, loaded, &mut shared, encoder);
            }
            Integer(values) => {
                chunk.add_indexed(&values(&dictionaries), id, loaded, &mut shared, encoder);
            }
        }
        if column.name == "function" && loaded.group.rows >= FILTERED_ROWS {
            chunk.bloom_filter = Some(name_filter(&dictionaries.functions)?);
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
    pages: SettledPages,
}

/// A column chunk on its way into the file.
#[derive(Default)]
struct Chunk {
    bytes: Vec<u8>,
    /// Of which the dictionary's page takes so many.
    dictionary_bytes: usize,
    uncompressed: usize,
    is_compressed: bool,
    encodings: Vec<Encoding>,
    statistics: Option<Statistics>,
    bloom_filter: Option<Sbbf>,
}

impl Chunk {
    /// Adds a dictionary of `values`, and the pages of a stream of indices into them.
    fn add_indexed<T: DictionaryValue>(
        &mut self,
        values: &[T],
        id: ColumnId,
        loaded: &LoadedGroup<'_>,
        shared: &mut Vec<SharedPages>,
        encoder: &mut PageEncoder,
    ) {
        let dictionary = Distinct::of(values);
        let (encoded, pages) = loaded.column(id);
        let used = encoded.range.and_then(|(low, high)| {
            let used = low as usize..=high as usize;
            dictionary.values.get(used)
        });
        let used = used.unwrap_or(&dictionary.values);
        let extremes = used.iter().min().zip(used.iter().max());
        let extremes = extremes.map(|(least, most)| (*least, *most));
        self.statistics = Some(T::statistics(extremes, Some(encoded.nulls as u64)));
        self.encodings = vec![Encoding::PLAIN, Encoding::RLE, Encoding::RLE_DICTIONARY];

        let (pages, settled) = if id == ColumnId::Function {
            let known = shared
                .iter()
                .position(|shared| shared.map == dictionary.map);
            let at = known.unwrap_or_else(|| {
                let distinct = dictionary.values.len();
                let pages = loaded.function_column(&dictionary.map, distinct, encoder);
                let map = dictionary.map.clone();
                shared.push(SharedPages { map, pages });
                shared.len() - 1
            });
            let settled = &shared[at].pages;
            (settled.bytes.as_slice(), settled)
        } else {
            (pages, &encoded.settled)
        };
        for value in &dictionary.values {
            value.push(encoder.body());
        }
        let count = dictionary.values.len();
        self.uncompressed = encoder.dictionary_page(count, settled.is_compressed, &mut self.bytes);
        self.dictionary_bytes = self.bytes.len();
        self.add_pages(pages, settled);
    }

    /// Adds pages, of which `settled` may have lost the bytes.
    fn add_pages(&mut self, pages: &[u8], settled: &SettledPages) {
        self.bytes.extend_from_slice(pages);
        self.uncompressed += settled.uncompressed;
        self.is_compressed = settled.is_compressed;
    }

    fn close(&mut self, descriptor: ColumnDescPtr, rows: usize) -> Result<ColumnCloseResult> {
        let mut metadata = ColumnChunkMetaData::builder(descriptor)
            .set_compression(match self.is_compressed {
                true => compression(&CALLS),
                false => Compression::UNCOMPRESSED,
            })
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
