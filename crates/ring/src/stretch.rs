//! What a thread has not yet put into its ring: how often each block ran of the call that told of one last.
//!
//! `ring.stretch()` → the call's token, its function's id, and the blocks in the order in which they first ran.
//! Limits: right while the thread does nothing; of a process that was killed as it was emptied, not there or whole.

use breadcrumb_event::layout::{
    MAX_FUNCTION_BLOCKS, MAX_TOLD_BLOCKS, STRETCH_FUNCTION, STRETCH_LENGTH, STRETCH_TIMES_OFFSET,
    STRETCH_TOKEN, STRETCH_TOUCHED,
};

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stretch {
    /// Of the call.
    pub token: u32,
    /// Id of its function.
    pub function: u32,
    /// Numbers of blocks, and how often they ran.
    pub ran: Vec<(u32, u64)>,
}

impl Stretch {
    /// Reads it from words of 4 bytes, by their number.
    pub(crate) fn read(word: impl Fn(u32) -> u32) -> Option<Self> {
        let length = word(STRETCH_LENGTH).min(MAX_TOLD_BLOCKS);
        if length == 0 {
            return None;
        }
        let touched = (0..length).map(|index| word(STRETCH_TOUCHED + index));
        let ran = touched
            .filter(|block| *block < MAX_FUNCTION_BLOCKS)
            .map(|block| {
                let at = STRETCH_TIMES_OFFSET / 4 + 2 * block;
                let bits = u64::from(word(at)) | u64::from(word(at + 1)) << 32;
                // A count: whole, not negative, and below 2^53.
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                let times = f64::from_bits(bits) as u64;
                (block, times)
            });
        Some(Self {
            token: word(STRETCH_TOKEN),
            function: word(STRETCH_FUNCTION),
            ran: ran.collect(),
        })
    }
}
