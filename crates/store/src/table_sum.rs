//! Whether a table's file has the bytes that were written.
//!
//! ```ignore
//! let flaw = bytes_flaw(&path, &summary, &mut |bytes| {})?;   // None, or what is wrong in words
//! ```
//! Limits: a file of version 1 or 2 has no sum, so its size alone is compared.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::TableSummary;

/// Bytes read at a time.
const PIECE: usize = 1 << 18;

/// What is wrong with a file's size or sum. `read` is told of bytes.
pub(crate) fn bytes_flaw(
    path: &Path,
    summary: &TableSummary,
    read: &mut dyn FnMut(u64),
) -> io::Result<Option<String>> {
    let (bytes, sum) = sum_of(path, read)?;
    if bytes != summary.bytes {
        return Ok(Some(format!("has {bytes} bytes of {}", summary.bytes)));
    }
    let differs = summary.crc32.is_some_and(|crc32| crc32 != sum);
    Ok(differs.then(|| "its bytes have another checksum than was written down".into()))
}

/// Size and sum of a file.
fn sum_of(path: &Path, read: &mut dyn FnMut(u64)) -> io::Result<(u64, u32)> {
    let mut file = File::open(path)?;
    let mut piece = vec![0; PIECE];
    let mut sum = crc32fast::Hasher::new();
    let mut bytes = 0;
    loop {
        let count = file.read(&mut piece)?;
        if count == 0 {
            return Ok((bytes, sum.finalize()));
        }
        sum.update(&piece[..count]);
        bytes += count as u64;
        read(count as u64);
    }
}
