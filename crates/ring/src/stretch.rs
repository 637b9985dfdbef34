//! What a thread has not yet put into its ring: how often each block ran, of the calls that told of some last.
//!
//! `ring.stretches()` → of each call its token, its function's id, and the blocks in the order in which they first ran.
//! Limits: right while the thread does nothing; of a process that was killed as one was emptied, not there or whole.

use breadcrumb_event::layout::{
    STRETCH_BELOW, STRETCH_CALL, STRETCH_END, STRETCH_FIRST, STRETCH_FUNCTION, STRETCH_MAX_TIMES,
    STRETCH_OWN_TIMES, STRETCH_TIMES_OFFSET, STRETCH_TOKEN, STRETCH_TOP, STRETCH_TOUCHED,
    STRETCH_WORDS,
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

/// Reads them from words of 4 bytes, by their number: the newest call's first.
pub(crate) fn read(word: impl Fn(u32) -> u32) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    if word(STRETCH_TOKEN) == 0 {
        return stretches;
    }
    let (mut top, mut end) = (word(STRETCH_TOP), word(STRETCH_END).min(STRETCH_WORDS));
    while top >= STRETCH_FIRST && top + STRETCH_TOUCHED <= STRETCH_WORDS {
        let times = word(top + STRETCH_OWN_TIMES);
        let touched = (top + STRETCH_TOUCHED..end).map(&word);
        let ran = touched
            .filter(|block| times.saturating_add(*block) < STRETCH_MAX_TIMES)
            .map(|block| {
                let at = STRETCH_TIMES_OFFSET / 4 + 2 * (times + block);
                let bits = u64::from(word(at)) | u64::from(word(at + 1)) << 32;
                // A count: whole, not negative, and below 2^53.
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                let times = f64::from_bits(bits) as u64;
                (block, times)
            });
        let ran: Vec<_> = ran.collect();
        if !ran.is_empty() {
            stretches.push(Stretch {
                token: word(top + STRETCH_CALL),
                function: word(top + STRETCH_FUNCTION),
                ran,
            });
        }
        let below = word(top + STRETCH_BELOW);
        if below >= top {
            break;
        }
        (top, end) = (below, top);
    }
    stretches
}
