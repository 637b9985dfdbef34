//! Pages of a column chunk, made by hand: header, levels, index streams, compression.
//!
//! ```ignore
//! let mut encoder = PageEncoder::default();
//! encoder.body().extend(…);
//! encoder.data_page(rows, PageEncoding::Plain, &mut pages);
//! let chunk = pages.settle();   // with zstd or without, whichever is better for a reader
//! ```
//! The layout is that of Apache Parquet's format (data page V1, Thrift's compact protocol). Index
//! streams and levels are either one run of a constant or one bit-packed run; indices are whole
//! bytes, in which zstd finds repetition that packing would hide from it. Limits: flat columns.

use zstd::bulk::Compressor;

use crate::delta::{self, write_varint, write_zigzag};

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

/// A page's bytes that zstd must save to be worth it: to begin with a page takes a reader (DuckDB 1.5)
/// 10 µs, in which it reads more. Of the 27 columns of `calls` a dozen are constant in most pages.
const WORTH_BYTES: usize = 1024;

/// The data pages of a column chunk, with their headers: with zstd and, as long as that may be better,
/// without.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    compressed: Vec<u8>,
    plain: Vec<u8>,
    /// Bytes of all pages without compression; more than `plain` has once that was given up.
    uncompressed: usize,
    count: usize,
}

/// The data pages of a column chunk as they will stand in the file.
#[derive(Debug, Default)]
pub(crate) struct SettledPages {
    pub(crate) bytes: Vec<u8>,
    pub(crate) is_compressed: bool,
    /// Bytes before compression.
    pub(crate) uncompressed: usize,
}

impl Pages {
    /// Bytes in memory.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.compressed.len() + self.plain.len()
    }

    /// The better ones; empty again.
    pub(crate) fn settle(&mut self) -> SettledPages {
        let pages = std::mem::take(self);
        let is_compressed = pages.plain.len() < pages.uncompressed;
        SettledPages {
            bytes: if is_compressed {
                pages.compressed
            } else {
                pages.plain
            },
            is_compressed,
            uncompressed: pages.uncompressed,
        }
    }

    fn compresses_well(&self) -> bool {
        self.uncompressed > self.compressed.len() + self.count * WORTH_BYTES
    }
}

/// Makes pages, one after the other.
pub(crate) struct PageEncoder {
    compressor: Compressor<'static>,
    body: Vec<u8>,
    compressed: Vec<u8>,
    /// Plain integers are tried too, where they are asked for.
    tries_plain: bool,
    plain: Vec<u8>,
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
            tries_plain: false,
            plain: Vec::new(),
        }
    }
}

impl PageEncoder {
    /// One that takes more time, for pages that are read more often than written.
    pub(crate) fn thorough() -> Self {
        Self {
            tries_plain: true,
            ..Self::default()
        }
    }

    /// The next page's content, uncompressed: to be added to.
    pub(crate) fn body(&mut self) -> &mut Vec<u8> {
        &mut self.body
    }

    /// Adds integers to the next page's content; the encoding that they have got. Durations by the coarse
    /// clock, nearly all 0, are smaller as plain integers with zstd, and a reader is done with them sooner.
    pub(crate) fn push_integers(&mut self, values: &[i64]) -> PageEncoding {
        let levels = self.body.len();
        delta::encode(values, &mut self.body);
        if !self.tries_plain {
            return PageEncoding::Delta;
        }
        self.compress();
        let delta_bytes = self.compressed.len();
        self.plain.clear();
        self.plain.extend_from_slice(&self.body[..levels]);
        self.plain
            .extend(values.iter().flat_map(|v| v.to_le_bytes()));
        std::mem::swap(&mut self.body, &mut self.plain);
        self.compress();
        let plain_bytes = self.compressed.len();
        if plain_bytes < delta_bytes && plain_bytes + WORTH_BYTES < self.plain.len() {
            return PageEncoding::Plain;
        }
        std::mem::swap(&mut self.body, &mut self.plain);
        PageEncoding::Delta
    }

    /// Ends a data page of `rows` rows, nulls included, and adds it to a column chunk's.
    pub(crate) fn data_page(&mut self, rows: usize, encoding: PageEncoding, pages: &mut Pages) {
        let header = |header: &mut HeaderWriter<'_>| {
            header.integer(1, 0);
            header.sizes();
            header.begin_struct(5);
            header.integer(1, rows as i64);
            header.integer(2, encoding as i64);
            header.integer(3, PageEncoding::Rle as i64);
            header.integer(4, PageEncoding::Rle as i64);
            header.end_struct();
        };
        self.compress();
        let body = self.body.len();
        let may_be_plain = pages.plain.len() == pages.uncompressed;
        let header_bytes = write_page(&self.compressed, body, &mut pages.compressed, header);
        pages.uncompressed += if may_be_plain {
            write_page(&self.body, body, &mut pages.plain, header) + body
        } else {
            header_bytes + body
        };
        pages.count += 1;
        if pages.compresses_well() {
            pages.plain = Vec::new();
        }
        self.body.clear();
    }

    /// Ends the dictionary page of `values` values and adds it to `out`. Returns its bytes before
    /// compression.
    pub(crate) fn dictionary_page(
        &mut self,
        values: usize,
        is_compressed: bool,
        out: &mut Vec<u8>,
    ) -> usize {
        let header = |header: &mut HeaderWriter<'_>| {
            header.integer(1, 2);
            header.sizes();
            header.begin_struct(7);
            header.integer(1, values as i64);
            header.integer(2, PageEncoding::Plain as i64);
            header.end_struct();
        };
        let body = self.body.len();
        let header_bytes = if is_compressed {
            self.compress();
            write_page(&self.compressed, body, out, header)
        } else {
            write_page(&self.body, body, out, header)
        };
        self.body.clear();
        header_bytes + body
    }

    fn compress(&mut self) {
        self.compressed.clear();
        self.compressed
            .reserve(zstd::zstd_safe::compress_bound(self.body.len()));
        self.compressor
            .compress_to_buffer(&self.body, &mut self.compressed)
            .expect("a buffer of zstd's bound is enough");
    }
}

/// Adds a page to `out`: its header, then `content`. Returns the bytes of its header.
fn write_page(
    content: &[u8],
    uncompressed: usize,
    out: &mut Vec<u8>,
    header: impl Fn(&mut HeaderWriter<'_>),
) -> usize {
    let start = out.len();
    let mut writer = HeaderWriter {
        out,
        last_field: 0,
        uncompressed,
        compressed: content.len(),
    };
    header(&mut writer);
    out.push(0);
    let header_bytes = out.len() - start;
    out.extend_from_slice(content);
    header_bytes
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

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(bodies: &[Vec<u8>]) -> SettledPages {
        let mut encoder = PageEncoder::default();
        let mut pages = Pages::default();
        for body in bodies {
            encoder.body().extend_from_slice(body);
            encoder.data_page(1, PageEncoding::Plain, &mut pages);
        }
        pages.settle()
    }

    /// Bytes that nothing makes smaller.
    fn noise(count: usize) -> Vec<u8> {
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005) + 1;
            (state >> 56) as u8
        };
        std::iter::repeat_with(&mut next).take(count).collect()
    }

    #[test]
    fn zstd_is_used_where_it_pays() {
        for bodies in [vec![vec![7; 20]; 6], vec![noise(20_000); 6]] {
            let pages = settled(&bodies);
            assert!(!pages.is_compressed);
            assert_eq!(pages.bytes.len(), pages.uncompressed);
        }
        let pages = settled(&vec![vec![7; 20_000]; 6]);
        assert!(pages.is_compressed);
        assert!(pages.bytes.len() < 1000 && pages.uncompressed > 120_000);
    }

    #[test]
    fn integers_are_plain_where_that_is_smaller() {
        let mostly_zero = |i: i64| if i % 20 == 0 { i * 7919 % 100_003 } else { 0 };
        let coarse: Vec<i64> = (0..20_480).map(mostly_zero).collect();
        let noisy: Vec<i64> = noise(20_480).into_iter().map(i64::from).collect();
        let ids: Vec<i64> = (1..20_481).collect();
        let mut encoder = PageEncoder::thorough();
        for (values, encoding) in [
            (&coarse, PageEncoding::Plain),
            (&noisy, PageEncoding::Delta),
            (&ids, PageEncoding::Delta),
            (&vec![0; 20_480], PageEncoding::Delta),
            (&vec![], PageEncoding::Delta),
        ] {
            encoder.body().push(9);
            assert_eq!(encoder.push_integers(values), encoding);
            let mut expected = vec![9];
            match encoding {
                PageEncoding::Plain => expected.extend(values.iter().flat_map(|v| v.to_le_bytes())),
                _ => delta::encode(values, &mut expected),
            }
            assert_eq!(encoder.body(), &expected);
            encoder.body().clear();
        }
        assert_eq!(
            PageEncoder::default().push_integers(&coarse),
            PageEncoding::Delta
        );
    }

    #[test]
    fn what_was_given_up_stays_given_up() {
        let mut bodies = vec![vec![7; 20_000]];
        bodies.extend(vec![noise(5000); 40]);
        let pages = settled(&bodies);
        assert!(pages.is_compressed);
        assert!(pages.bytes.len() > 200_000 && pages.uncompressed > 220_000);
    }
}
