//! The memory that all threads of a process share: tick, epoch, and of each function the mode byte and the number
//! of its first block. `ControlMemory::leak()` makes it once for the life of the process: JavaScript's
//! views never end. Limits: 5 MiB of address space, touched as functions come.

use std::ptr::NonNull;
use std::sync::atomic::{AtomicI32, AtomicU8, Ordering};

use breadcrumb_event::layout::{
    CONTROL_BYTES, EPOCH_OFFSET, FIRST_BLOCKS_OFFSET, LIMITS, LIMITS_OFFSET, MAX_FUNCTIONS,
    MODE_EXACT, MODE_MASK, MODE_TIME, MODES_OFFSET, TICK_OFFSET,
};

use crate::error::RingError;
use crate::map;

/// The control memory. See the module.
#[derive(Debug)]
pub struct ControlMemory {
    base: NonNull<u8>,
}

// SAFETY: the memory is never unmapped, and only accessed by atomics.
unsafe impl Send for ControlMemory {}
// SAFETY: as above.
unsafe impl Sync for ControlMemory {}

impl ControlMemory {
    /// Maps it for the life of the process.
    ///
    /// # Errors
    /// [`RingError::Memory`].
    pub fn leak() -> Result<Self, RingError> {
        let base = map::anonymous(None, CONTROL_BYTES as usize).map_err(RingError::Memory)?;
        Ok(Self { base })
    }

    /// The first byte.
    #[must_use]
    pub fn base(&self) -> NonNull<u8> {
        self.base
    }

    /// Its length, `CONTROL_BYTES`.
    #[must_use]
    pub fn bytes(&self) -> usize {
        CONTROL_BYTES as usize
    }

    fn word(&self, offset: u32) -> &AtomicI32 {
        // SAFETY: offsets are constants of the layout, aligned and inside; never unmapped.
        unsafe { self.base.add(offset as usize).cast().as_ref() }
    }

    /// The tick.
    #[must_use]
    pub fn tick(&self) -> &AtomicI32 {
        self.word(TICK_OFFSET)
    }

    /// The epoch.
    #[must_use]
    pub fn epoch(&self) -> &AtomicI32 {
        self.word(EPOCH_OFFSET)
    }

    /// Sets the limits of values, by LIMIT_*, for threads that attach from now on.
    pub fn set_limits(&self, limits: &[i32; LIMITS as usize]) {
        for (offset, limit) in (LIMITS_OFFSET..).step_by(4).zip(limits) {
            self.word(offset).store(*limit, Ordering::Relaxed);
        }
    }

    /// The mode bytes, by function id.
    #[must_use]
    pub fn modes(&self) -> &[AtomicU8] {
        // SAFETY: MAX_FUNCTIONS bytes behind MODES_OFFSET are inside; never unmapped.
        unsafe {
            let modes = self.base.add(MODES_OFFSET as usize).as_ptr();
            std::slice::from_raw_parts(modes.cast(), MAX_FUNCTIONS as usize)
        }
    }

    /// Says where the blocks of a function begin among all. Before code with its probes runs.
    pub fn set_first_block(&self, function: u32, block: u32) {
        if function < MAX_FUNCTIONS {
            let word = self.word(FIRST_BLOCKS_OFFSET + 4 * function);
            word.store(block.cast_signed(), Ordering::Relaxed);
        }
    }

    /// Sets or clears the bit for the exact clock in the mode byte of a function whose calls are timed.
    pub fn set_exact(&self, function: u32, exact: bool) {
        let Some(cell) = self.modes().get(function as usize) else {
            return;
        };
        let bit = MODE_EXACT as u8;
        if !exact {
            cell.fetch_and(!bit, Ordering::Relaxed);
        } else if u32::from(cell.load(Ordering::Relaxed)) & MODE_MASK >= MODE_TIME {
            cell.fetch_or(bit, Ordering::Relaxed);
        }
    }

    /// Sets the mode byte of a function; ids beyond the table are ignored.
    pub fn set_mode(&self, function: u32, mode: u8) {
        if let Some(cell) = self.modes().get(function as usize) {
            cell.store(mode, Ordering::Relaxed);
        }
    }
}
