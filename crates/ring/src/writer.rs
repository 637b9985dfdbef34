//! The writing end in Rust, as `ts/runtime/writer.ts` does it in JavaScript: for tests, benches
//! and crash programs.
//!
//! ```no_run
//! # fn f(ring: &breadcrumb_ring::Ring) {
//! let mut writer = breadcrumb_ring::Writer::new();
//! let token = writer.enter(&ring.cells(), 7, &[1.0f64.to_bits()]);  // None: no chunk is free
//! # }
//! ```
//! Limits: never used in a traced process.

use breadcrumb_event::layout::{
    CHUNK_HEADER_WORDS, CHUNK_WORDS, CLOCK, ENTER, FLAGS_SHIFT, MAX_RECORD_WORDS, TOKEN_MASK,
    VALUES_SHIFT, WORDS_SHIFT,
};

use crate::chunk::{self, ChunkHeader};
use crate::clock::monotonic_ns;
use crate::reader::Cells;

/// Writes the records of one thread. See the module.
#[derive(Debug)]
pub struct Writer {
    chunk: Option<usize>,
    order: u32,
    at: usize,
    token: u32,
}

impl Default for Writer {
    fn default() -> Self {
        Self::new()
    }
}

impl Writer {
    /// A writer for a ring that was just attached.
    #[must_use]
    pub fn new() -> Self {
        Self {
            chunk: None,
            order: 0,
            at: 0,
            token: 0,
        }
    }

    /// Lets the next token be the one after `token`.
    pub fn set_token(&mut self, token: u32) {
        self.token = token;
    }

    /// Writes an ENTER with one word for each value. `None` if no chunk is free.
    pub fn enter(&mut self, cells: &Cells<'_>, function: u32, values: &[u64]) -> Option<u32> {
        self.enter_with(cells, 0, function, values, values.len())
    }

    /// Writes an ENTER with flags, and values that may take several words each.
    pub fn enter_with(
        &mut self,
        cells: &Cells<'_>,
        flags: u32,
        function: u32,
        words: &[u64],
        values: usize,
    ) -> Option<u32> {
        if !self.record(cells, ENTER, flags, function, words, values) {
            return None;
        }
        self.token = next_token(self.token);
        Some(self.token)
    }

    /// Writes a CLOCK.
    pub fn clock(&mut self, cells: &Cells<'_>, flags: u32, ns: i64) -> bool {
        self.record(cells, CLOCK, flags, 0, &[ns.cast_unsigned()], 0)
    }

    /// Writes any record. False if no chunk is free.
    pub fn record(
        &mut self,
        cells: &Cells<'_>,
        kind: u32,
        flags: u32,
        high: u32,
        words: &[u64],
        values: usize,
    ) -> bool {
        let Some(chunk) = self.room(cells) else {
            return false;
        };
        let length = words.len().min(MAX_RECORD_WORDS as usize - 1);
        let low = kind
            | flags << FLAGS_SHIFT
            | (length as u32 + 1) << WORDS_SHIFT
            | (values as u32) << VALUES_SHIFT;
        let first = u64::from(low) | u64::from(high) << 32;
        chunk::put(cells.chunk(chunk), self.at, first, &words[..length]);
        self.at += length + 1;
        true
    }

    /// Gives what has been written to the reader, whose chunk it was.
    pub fn close(&mut self, cells: &Cells<'_>) {
        if let Some(chunk) = self.chunk.take() {
            chunk::close(cells.state_cell(chunk));
        }
    }

    fn room(&mut self, cells: &Cells<'_>) -> Option<usize> {
        if let Some(chunk) = self.chunk
            && self.at + MAX_RECORD_WORDS as usize <= CHUNK_WORDS as usize
        {
            return Some(chunk);
        }
        self.close(cells);
        let header = ChunkHeader {
            order: self.order.wrapping_add(1),
            first_token: next_token(self.token),
            clock_ns: monotonic_ns(),
        };
        let index = (0..cells.chunks())
            .find(|&index| chunk::open(cells.state_cell(index), cells.chunk(index), header))?;
        self.order = header.order;
        self.chunk = Some(index);
        self.at = CHUNK_HEADER_WORDS as usize;
        self.chunk
    }
}

fn next_token(token: u32) -> u32 {
    if token == TOKEN_MASK { 1 } else { token + 1 }
}
