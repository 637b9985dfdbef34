//! How a chunk passes between its writer and its reader.
//!
//! ```text
//! writer: header, then state OPEN (release) · records, each one's first word last · CLOSED (release)
//! reader: state (acquire) · records · zeroes the chunk, then state FREE (release)
//! writer: finds FREE (acquire), so it sees zeroes, and its own words never meet older ones
//! ```
//! Limits: bounds are checked against the chunk, nothing else about a record is believed.

use crate::primitive::{AtomicI32, AtomicU64, Ordering};
use breadcrumb_event::layout::{
    CHUNK_CLOSED, CHUNK_FREE, CHUNK_HEADER_WORDS, CHUNK_OPEN, WORDS_MASK, WORDS_SHIFT,
};

/// The head of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChunkHeader {
    /// Place of the chunk in the order of its ring, from 1.
    pub order: u32,
    /// Token of the first ENTER in it.
    pub first_token: u32,
    /// Monotonic clock when it was opened, ns.
    pub clock_ns: i64,
}

/// The end of what was written in a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frontier {
    /// Index of the word behind the last whole record.
    pub end: usize,
    /// What stands there is no record, but not zero either.
    pub broken: bool,
}

/// The state in `cell`; what was written before it was stored is visible now.
#[must_use]
pub fn state(cell: &AtomicI32) -> u32 {
    cell.load(Ordering::Acquire).cast_unsigned()
}

/// The header of a chunk that is open or closed.
#[must_use]
pub fn header(words: &[AtomicU64]) -> ChunkHeader {
    let first = words[0].load(Ordering::Relaxed);
    ChunkHeader {
        order: first as u32,
        first_token: (first >> 32) as u32,
        clock_ns: words[1].load(Ordering::Relaxed).cast_signed(),
    }
}

/// Words of the record whose first word this is, itself included; 0 if it is none.
#[must_use]
pub fn record_words(first: u64) -> usize {
    (first as u32 >> WORDS_SHIFT & WORDS_MASK) as usize
}

/// Walks over the records that begin at word `from`.
#[must_use]
pub fn frontier(words: &[AtomicU64], from: usize) -> Frontier {
    let mut end = from.max(CHUNK_HEADER_WORDS as usize);
    while end < words.len() {
        // Acquire: a record's first four bytes are stored last, so its other words are here too.
        let first = words[end].load(Ordering::Acquire);
        if first as u32 == 0 {
            break;
        }
        let length = record_words(first);
        if length == 0 || length > words.len() - end {
            return Frontier { end, broken: true };
        }
        end += length;
    }
    Frontier { end, broken: false }
}

/// Copies words up to `to` behind those that `out` has.
pub fn copy(words: &[AtomicU64], to: usize, out: &mut Vec<u64>) {
    let new = words.get(out.len()..to).unwrap_or_default();
    out.extend(new.iter().map(|word| word.load(Ordering::Relaxed)));
}

/// Zeroes a chunk and gives it back to the writer.
pub fn free(cell: &AtomicI32, words: &[AtomicU64]) {
    for word in words {
        word.store(0, Ordering::Relaxed);
    }
    // Release: a writer that finds FREE finds the zeroes.
    cell.store(CHUNK_FREE.cast_signed(), Ordering::Release);
}

/// The writer's side: opens a free chunk. False if it is not free.
#[must_use]
pub fn open(cell: &AtomicI32, words: &[AtomicU64], header: ChunkHeader) -> bool {
    if state(cell) != CHUNK_FREE {
        return false;
    }
    let first = u64::from(header.order) | u64::from(header.first_token) << 32;
    words[0].store(first, Ordering::Relaxed);
    words[1].store(header.clock_ns.cast_unsigned(), Ordering::Relaxed);
    cell.store(CHUNK_OPEN.cast_signed(), Ordering::Release);
    true
}

/// The writer's side: stores a record at word `at`, its first word last.
pub fn put(words: &[AtomicU64], at: usize, first: u64, rest: &[u64]) {
    for (cell, word) in words[at + 1..].iter().zip(rest) {
        cell.store(*word, Ordering::Relaxed);
    }
    words[at].store(first, Ordering::Release);
}

/// The writer's side: gives a chunk to the reader.
pub fn close(cell: &AtomicI32) {
    cell.store(CHUNK_CLOSED.cast_signed(), Ordering::Release);
}

#[cfg(all(test, loom))]
mod loom_tests {
    use super::*;
    use breadcrumb_event::layout::RETURN;
    use loom::sync::Arc;
    use loom::thread;

    const WORDS: usize = 5;

    fn header(order: u32) -> ChunkHeader {
        ChunkHeader {
            order,
            first_token: order,
            clock_ns: 7,
        }
    }

    fn record(value: u64) -> [u64; 2] {
        [u64::from(RETURN | 2 << WORDS_SHIFT) | value << 32, value]
    }

    /// One chunk, written twice, read and freed in between: the reader sees whole records of the
    /// lap that it reads, the writer sees zeroes.
    #[test]
    fn a_chunk_is_handed_over_and_back() {
        loom::model(|| {
            let cell = Arc::new(AtomicI32::new(CHUNK_FREE.cast_signed()));
            let words: Arc<Vec<AtomicU64>> =
                Arc::new((0..WORDS).map(|_| AtomicU64::new(0)).collect());
            let writer = {
                let (cell, words) = (Arc::clone(&cell), Arc::clone(&words));
                thread::spawn(move || {
                    let mut order = 0;
                    while order < 2 {
                        if open(&cell, &words, self::header(order + 1)) {
                            order += 1;
                            assert_eq!(words[2].load(Ordering::Relaxed), 0, "not zeroed");
                            let [first, rest] = record(u64::from(order));
                            put(&words, 2, first, &[rest]);
                            close(&cell);
                        } else {
                            thread::yield_now();
                        }
                    }
                })
            };
            let mut lap = 0;
            let mut out = Vec::new();
            while lap < 2 {
                let seen = state(&cell);
                if seen == CHUNK_OPEN || seen == CHUNK_CLOSED {
                    assert_eq!(super::header(&words).order, lap + 1);
                    let to = frontier(&words, 2);
                    assert!(!to.broken);
                    out.clear();
                    copy(&words, to.end, &mut out);
                    if out.len() > 2 {
                        assert_eq!(out[2..], record(u64::from(lap) + 1));
                    }
                }
                if seen == CHUNK_CLOSED {
                    assert!(out.len() > 2, "a closed chunk is whole");
                    lap += 1;
                    free(&cell, &words);
                } else {
                    thread::yield_now();
                }
            }
            writer.join().unwrap();
        });
    }
}
