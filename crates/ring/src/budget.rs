//! The cap on chunks reserved over all rings of a process.
//!
//! `budget.take(16)` → how many may be reserved. Limits: every ring gets [`LEAST_CHUNKS`], cap or
//! not: a thread without any could record nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use breadcrumb_event::layout::CHUNK_BYTES;

/// Chunks of a new ring (4 MiB): a few milliseconds of the fastest writer.
pub const FIRST_CHUNKS: u32 = 16;
/// Chunks of the smallest ring (1 MiB).
pub const LEAST_CHUNKS: u32 = 4;

/// Chunks that may still be reserved in this process.
#[derive(Debug)]
pub struct ChunkBudget {
    cap: u32,
    taken: AtomicU32,
}

impl ChunkBudget {
    /// A budget of `bytes`.
    #[must_use]
    pub fn new(bytes: u64) -> Arc<Self> {
        let cap = u32::try_from(bytes / u64::from(CHUNK_BYTES)).unwrap_or(u32::MAX / 2);
        Arc::new(Self {
            cap: cap.min(u32::MAX / 2),
            taken: AtomicU32::new(0),
        })
    }

    /// Takes up to `wanted` chunks.
    #[must_use]
    pub fn take(&self, wanted: u32) -> u32 {
        let mut got = 0;
        let _ = self
            .taken
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |taken| {
                got = wanted.min(self.cap.saturating_sub(taken));
                Some(taken + got)
            });
        got
    }

    /// Takes up to `wanted` chunks for a new ring, and [`LEAST_CHUNKS`] at least.
    #[must_use]
    pub(crate) fn take_first(&self, wanted: u32) -> u32 {
        let got = self.take(wanted);
        if got >= LEAST_CHUNKS {
            return got;
        }
        self.taken.fetch_add(LEAST_CHUNKS - got, Ordering::Relaxed);
        LEAST_CHUNKS
    }

    /// Gives chunks back.
    pub fn give(&self, chunks: u32) {
        self.taken.fetch_sub(chunks, Ordering::Relaxed);
    }

    /// Bytes of the chunks that are reserved.
    #[must_use]
    pub fn taken_bytes(&self) -> u64 {
        u64::from(self.taken.load(Ordering::Relaxed)) * u64::from(CHUNK_BYTES)
    }
}
