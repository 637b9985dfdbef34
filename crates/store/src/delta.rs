//! DELTA_BINARY_PACKED, for ids and times: differences, packed with as many bits as the largest
//! of 32 neighbours needs.
//!
//! `encode(&[1, 2, 3], &mut out)` adds the encoding of three values. The format is that of
//! Apache Parquet's `Encodings.md`; written here because pages are made by hand, and with each
//! width's shifts known to the compiler. Limits: for INT32 columns the values must be at least 0.

/// Values in a block, and of its parts that have a bit width of their own: the least that the
/// format allows, since times and ids change their stride often.
const BLOCK: usize = 128;
const MINI: usize = 32;
const MINIS: usize = BLOCK / MINI;

/// Smallest and largest value; `None` without values.
pub(crate) fn range(values: &[i64]) -> Option<(i64, i64)> {
    let first = *values.first()?;
    Some(
        values
            .iter()
            .fold((first, first), |(low, high), &v| (low.min(v), high.max(v))),
    )
}

/// Adds the encoding of `values` to `out`.
pub(crate) fn encode(values: &[i64], out: &mut Vec<u8>) {
    write_varint(BLOCK as u64, out);
    write_varint(MINIS as u64, out);
    write_varint(values.len() as u64, out);
    let Some((&first, mut rest)) = values.split_first() else {
        write_varint(0, out);
        return;
    };
    write_zigzag(first, out);
    let mut previous = first;
    let mut deltas = [0_i64; BLOCK];
    while !rest.is_empty() {
        let (block, behind) = rest.split_at(rest.len().min(BLOCK));
        rest = behind;
        let mut least = i64::MAX;
        for (delta, &value) in deltas.iter_mut().zip(block) {
            // Readers add with wrap-around too.
            *delta = value.wrapping_sub(previous);
            least = least.min(*delta);
            previous = value;
        }
        write_zigzag(least, out);
        // What is behind the last value takes no bits.
        deltas[block.len()..].fill(least);
        let widths_at = out.len();
        out.extend_from_slice(&[0; MINIS]);
        for (i, mini) in deltas[..].chunks_exact(MINI).enumerate() {
            if i * MINI >= block.len() {
                break;
            }
            let mut offsets = [0_u64; MINI];
            let mut bits = 0;
            for (offset, &delta) in offsets.iter_mut().zip(mini) {
                *offset = delta.wrapping_sub(least) as u64;
                bits |= *offset;
            }
            let width = 64 - bits.leading_zeros() as usize;
            out[widths_at + i] = width as u8;
            pack(&offsets, width, out);
        }
    }
}

/// Adds 32 values of `width` bits each, the lowest bit first.
fn pack(values: &[u64; MINI], width: usize, out: &mut Vec<u8>) {
    macro_rules! by_width {
        ($($w:literal)*) => {
            match width {
                $($w => pack_width::<$w>(values, out),)*
                _ => {}
            }
        };
    }
    by_width!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31
        32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61
        62 63 64);
}

/// As [`pack`], with the width known to the compiler, so that all shifts are constants.
fn pack_width<const WIDTH: usize>(values: &[u64; MINI], out: &mut Vec<u8>) {
    // 32 values of `WIDTH` bits are `WIDTH` words of 32 bits.
    let mut words = [0_u32; 64];
    let mut bits = 0_u128;
    let mut count = 0;
    let mut at = 0;
    for &value in values {
        bits |= u128::from(value) << count;
        count += WIDTH;
        while count >= 32 {
            words[at] = bits as u32;
            at += 1;
            bits >>= 32;
            count -= 32;
        }
    }
    let bytes = words.map(u32::to_le_bytes);
    out.extend_from_slice(&bytes.as_flattened()[..WIDTH * 4]);
}

/// Adds an unsigned LEB128 number.
pub(crate) fn write_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Adds a signed number, small ones of both signs short.
pub(crate) fn write_zigzag(value: i64, out: &mut Vec<u8>) {
    write_varint(((value << 1) ^ (value >> 63)) as u64, out);
}
