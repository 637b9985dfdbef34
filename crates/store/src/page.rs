//! Pages of a column chunk, made by hand: header, levels, index streams, compression.
//!
//! ```ignore
//! let mut pages = PageEncoder::default();
//! pages.body().extend(…);
//! let page = pages.data_page(rows, PageEncoding::Plain, &mut out);
//! ```
//! The layout is that of Apache Parquet's format (data page V1, Thrift's compact protocol). Index
//! streams and levels are either one run of a constant or one bit-packed run; indices are whole
//! bytes, in which zstd finds repetition that packing would hide from it. Limits: flat columns.

use zstd::bulk::Compressor;

use crate::delta::{write_varint, write_zigzag};

/// zstd's level: higher ones cost more time than the bytes they save are worth (docs/internal/store).
const ZSTD_LEVEL: i32 = 1;

/// Encodings by their number in the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PageEncoding {
    Plain = 0,
    Rle = 3,
    Delta = 5,
    RleDictionary = 8,
}

/// What a page takes, with its header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PageSize {
    pub(crate) compressed: usize,
    pub(crate) uncompressed: usize,
}

/// Makes pages, one after the other.
pub(crate) struct PageEncoder {
    compressor: Compressor<'static>,
    body: Vec<u8>,
    compressed: Vec<u8>,
}

impl std::fmt::Debug for PageEncoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PageEncoder").finish_non_exhaustive()
    }
}

impl Default for PageEncoder {
    fn default() -> Self {
        Self {
            compressor: Compressor::new(ZSTD_LEVEL).expect("memory for zstd's state"),
            body: Vec::new(),
            compressed: Vec::new(),
        }
    }
}

impl PageEncoder {
    /// The next page's content, uncompressed: to be added to.
    pub(crate) fn body(&mut self) -> &mut Vec<u8> {
        &mut self.body
    }

    /// Ends a data page of `rows` rows, nulls included, and adds it to `out`.
    pub(crate) fn data_page(
        &mut self,
        rows: usize,
        encoding: PageEncoding,
        out: &mut Vec<u8>,
    ) -> PageSize {
        self.finish(out, |header| {
            header.integer(1, 0);
            header.sizes();
            header.begin_struct(5);
            header.integer(1, rows as i64);
            header.integer(2, encoding as i64);
            header.integer(3, PageEncoding::Rle as i64);
            header.integer(4, PageEncoding::Rle as i64);
            header.end_struct();
        })
    }

    /// Ends a dictionary page of `values` values and adds it to `out`.
    pub(crate) fn dictionary_page(&mut self, values: usize, out: &mut Vec<u8>) -> PageSize {
        self.finish(out, |header| {
            header.integer(1, 2);
            header.sizes();
            header.begin_struct(7);
            header.integer(1, values as i64);
            header.integer(2, PageEncoding::Plain as i64);
            header.end_struct();
        })
    }

    fn finish(
        &mut self,
        out: &mut Vec<u8>,
        header: impl FnOnce(&mut HeaderWriter<'_>),
    ) -> PageSize {
        self.compressed.clear();
        self.compressed
            .reserve(zstd::zstd_safe::compress_bound(self.body.len()));
        self.compressor
            .compress_to_buffer(&self.body, &mut self.compressed)
            .expect("a buffer of zstd's bound is enough");
        let start = out.len();
        let mut writer = HeaderWriter {
            out,
            last_field: 0,
            uncompressed: self.body.len(),
            compressed: self.compressed.len(),
        };
        header(&mut writer);
        out.push(0);
        let header_bytes = out.len() - start;
        out.extend_from_slice(&self.compressed);
        let uncompressed = header_bytes + self.body.len();
        self.body.clear();
        PageSize {
            compressed: out.len() - start,
            uncompressed,
        }
    }
}

/// Writes a struct of integers in Thrift's compact protocol.
struct HeaderWriter<'a> {
    out: &'a mut Vec<u8>,
    last_field: u8,
    uncompressed: usize,
    compressed: usize,
}

impl HeaderWriter<'_> {
    fn field(&mut self, number: u8, kind: u8) {
        self.out.push((number - self.last_field) << 4 | kind);
        self.last_field = number;
    }

    fn integer(&mut self, number: u8, value: i64) {
        self.field(number, 5);
        write_zigzag(value, self.out);
    }

    fn sizes(&mut self) {
        self.integer(2, self.uncompressed as i64);
        self.integer(3, self.compressed as i64);
    }

    /// Begins the one inner struct; fields count anew in it.
    fn begin_struct(&mut self, number: u8) {
        self.field(number, 12);
        self.last_field = 0;
    }

    fn end_struct(&mut self) {
        self.out.push(0);
    }
}

/// Adds a run of `count` times `value`, which takes `width` bits.
fn write_run(value: u32, count: usize, width: u8, out: &mut Vec<u8>) {
    write_varint((count as u64) << 1, out);
    let bytes = usize::from(width).div_ceil(8);
    out.extend_from_slice(&value.to_le_bytes()[..bytes]);
}

/// Adds an index stream in which every index is `index`.
pub(crate) fn write_constant_indices(index: u32, count: usize, out: &mut Vec<u8>) {
    let width = index_width(index as usize + 1);
    out.push(width);
    if count > 0 {
        write_run(index, count, width, out);
    }
}

/// Adds an index stream of indices below `distinct`.
pub(crate) fn write_indices(
    indices: impl ExactSizeIterator<Item = u32>,
    distinct: usize,
    out: &mut Vec<u8>,
) {
    let width = index_width(distinct);
    let count = indices.len();
    out.push(width);
    if count == 0 {
        return;
    }
    let groups = count.div_ceil(8);
    write_varint((groups as u64) << 1 | 1, out);
    let bytes = usize::from(width) / 8;
    match bytes {
        1 => out.extend(indices.map(|i| i as u8)),
        2 => indices.for_each(|i| out.extend_from_slice(&(i as u16).to_le_bytes())),
        _ => indices.for_each(|i| out.extend_from_slice(&i.to_le_bytes())),
    }
    out.resize(out.len() + (groups * 8 - count) * bytes, 0);
}

/// Bits of an index: whole bytes.
fn index_width(distinct: usize) -> u8 {
    match distinct {
        0..=0x100 => 8,
        0x101..=0x1_0000 => 16,
        _ => 32,
    }
}

/// Adds the definition levels of a column in which all rows have a value, or none has.
pub(crate) fn write_constant_levels(present: bool, rows: usize, out: &mut Vec<u8>) {
    let at = out.len();
    out.extend_from_slice(&[0; 4]);
    write_run(u32::from(present), rows, 1, out);
    let length = (out.len() - at - 4) as u32;
    out[at..at + 4].copy_from_slice(&length.to_le_bytes());
}

/// Adds definition levels, one for each row; returns how many rows have a value.
pub(crate) fn write_levels<T>(
    rows: &[T],
    present: impl Fn(&T) -> bool,
    out: &mut Vec<u8>,
) -> usize {
    let at = out.len();
    out.extend_from_slice(&[0; 4]);
    write_varint((rows.len().div_ceil(8) as u64) << 1 | 1, out);
    let mut count = 0;
    for group in rows.chunks(8) {
        let mut byte = 0_u8;
        for (i, row) in group.iter().enumerate() {
            byte |= u8::from(present(row)) << i;
        }
        count += byte.count_ones() as usize;
        out.push(byte);
    }
    let length = (out.len() - at - 4) as u32;
    out[at..at + 4].copy_from_slice(&length.to_le_bytes());
    count
}
