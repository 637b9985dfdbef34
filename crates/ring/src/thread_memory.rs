//! The address space of one JavaScript thread's rings: reserved once, always mapped.
//!
//! JavaScript's views begin at `base()` and are made once. A session maps its ring over it and
//! takes it away again; in between, and afterwards, the range is private memory of zeroes, so that
//! a late store of a worker that is being terminated meets harmless memory and never faults.
//! Limits: what was stored into harmless memory is forgotten at the next attach.

use std::fs::File;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, AtomicU64, Ordering};

use breadcrumb_event::layout::{
    BLOCKS_OFFSET, CHUNK_WORDS, CHUNKS_OFFSET, COUNTED_OFFSET, DROPPED_OFFSET, MAX_BLOCKS,
    MAX_CHUNKS, MAX_FUNCTIONS, RING_BYTES, STATES_OFFSET, STRETCH_BYTES, STRETCH_OFFSET,
};

use crate::error::RingError;
use crate::map;
use crate::reader::Cells;
use crate::stretch::{self, Stretch};

/// Bytes of the range.
const BYTES: usize = RING_BYTES as usize;

/// `RING_BYTES` of address space. See the module.
#[derive(Debug)]
pub struct ThreadMemory {
    base: NonNull<u8>,
    in_use: AtomicBool,
}

// SAFETY: the range belongs to this value until it is dropped; through it memory is only read and
// written by atomics, which any number of threads may do.
unsafe impl Send for ThreadMemory {}
// SAFETY: as above.
unsafe impl Sync for ThreadMemory {}

impl ThreadMemory {
    /// Reserves the range; it takes no memory until it is touched.
    ///
    /// # Errors
    /// [`RingError::Memory`].
    pub fn reserve() -> Result<Arc<Self>, RingError> {
        let base = map::anonymous(None, BYTES).map_err(RingError::Memory)?;
        Ok(Arc::new(Self {
            base,
            in_use: AtomicBool::new(false),
        }))
    }

    /// The first byte. The range stays mapped, readable and writable as long as this value lives.
    #[must_use]
    pub fn base(&self) -> NonNull<u8> {
        self.base
    }

    /// Length of the range, `RING_BYTES`.
    #[must_use]
    pub fn bytes(&self) -> usize {
        BYTES
    }

    /// Marks the range as a ring's. False if it is one already.
    pub(crate) fn claim(&self) -> bool {
        !self.in_use.swap(true, Ordering::AcqRel)
    }

    /// Maps a ring's file over the range.
    pub(crate) fn map_file(&self, file: &File) -> Result<(), RingError> {
        map::shared(self.base, BYTES, file).map_err(RingError::Memory)
    }

    /// Maps zeroes over the range.
    pub(crate) fn map_zeroes(&self) -> Result<(), RingError> {
        map::anonymous(Some(self.base), BYTES)
            .map(drop)
            .map_err(RingError::Memory)
    }

    /// Maps zeroes over a part of the range, both ends on pages.
    pub(crate) fn map_zeroes_at(&self, offset: usize, bytes: usize) -> Result<(), RingError> {
        assert!(offset.is_multiple_of(4096) && offset + bytes <= BYTES);
        // SAFETY: the offset is inside the range, by the assertion.
        let at = unsafe { self.base.add(offset) };
        map::anonymous(Some(at), bytes)
            .map(drop)
            .map_err(RingError::Memory)
    }

    /// Harmless memory again, and free for another ring.
    pub(crate) fn release(&self) {
        // Without memory for a mapping the ring stays mapped: as harmless, and its file is gone.
        let _ = self.map_zeroes();
        self.in_use.store(false, Ordering::Release);
    }

    /// The header's words.
    pub(crate) fn header(&self) -> &[AtomicU32] {
        // SAFETY: inside the range, aligned (it begins on a page), mapped as long as `self` lives;
        // all access is atomic on our side, and JavaScript's stores are single words.
        unsafe { std::slice::from_raw_parts(self.base.as_ptr().cast(), 64) }
    }

    /// States and chunks.
    #[must_use]
    pub fn cells(&self) -> Cells<'_> {
        let words = MAX_CHUNKS as usize * CHUNK_WORDS as usize;
        // SAFETY: both slices are inside the range, aligned (their offsets are multiples of 8),
        // do not overlap, and are mapped as long as `self` lives; access as in `header`.
        unsafe {
            let states = self.base.add(STATES_OFFSET as usize).as_ptr();
            let chunks = self.base.add(CHUNKS_OFFSET as usize).as_ptr();
            Cells::new(
                std::slice::from_raw_parts(states.cast::<AtomicI32>(), MAX_CHUNKS as usize),
                std::slice::from_raw_parts(chunks.cast::<AtomicU64>(), words),
            )
        }
    }

    /// Counted and dropped calls of the functions below `functions`.
    #[must_use]
    pub fn counters(&self, functions: u32) -> (&[AtomicU32], &[AtomicU32]) {
        let functions = functions.min(MAX_FUNCTIONS) as usize;
        // SAFETY: as in `cells`; MAX_FUNCTIONS words fit between the two offsets and behind them.
        unsafe {
            let counted = self.base.add(COUNTED_OFFSET as usize).as_ptr();
            let dropped = self.base.add(DROPPED_OFFSET as usize).as_ptr();
            (
                std::slice::from_raw_parts(counted.cast(), functions),
                std::slice::from_raw_parts(dropped.cast(), functions),
            )
        }
    }

    /// What ran of calls and is in no record yet.
    #[must_use]
    pub fn stretches(&self) -> Vec<Stretch> {
        // SAFETY: as in `counters`; STRETCH_BYTES fit behind the offset.
        let words: &[AtomicU32] = unsafe {
            let stretch = self.base.add(STRETCH_OFFSET as usize).as_ptr();
            std::slice::from_raw_parts(stretch.cast(), STRETCH_BYTES as usize / 4)
        };
        stretch::read(|at| words[at as usize].load(Ordering::Relaxed))
    }

    /// How often the blocks below `blocks` ran in calls that are not recorded.
    #[must_use]
    pub fn blocks(&self, blocks: u32) -> &[AtomicU32] {
        let blocks = blocks.min(MAX_BLOCKS) as usize;
        // SAFETY: as in `counters`; MAX_BLOCKS words fit behind the offset.
        unsafe {
            let counts = self.base.add(BLOCKS_OFFSET as usize).as_ptr();
            std::slice::from_raw_parts(counts.cast(), blocks)
        }
    }
}

impl Drop for ThreadMemory {
    fn drop(&mut self) {
        map::unmap(self.base, BYTES);
    }
}
