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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WORDS: usize = (STRETCH_TIMES_OFFSET / 4 + 2 * STRETCH_MAX_TIMES) as usize;

    /// A thread's words, with stretches on one another, the oldest call's first.
    fn words(stretches: &[Stretch]) -> Vec<u32> {
        let mut words = vec![0; WORDS];
        let (mut top, mut below, mut from) = (STRETCH_FIRST, 0, 0);
        for Stretch {
            token,
            function,
            ran,
        } in stretches
        {
            let mut put = |at: u32, value: u32| words[at as usize] = value;
            put(top + STRETCH_BELOW, below);
            put(top + STRETCH_CALL, *token);
            put(top + STRETCH_FUNCTION, *function);
            put(top + STRETCH_OWN_TIMES, from);
            let end = top + STRETCH_TOUCHED + ran.len() as u32;
            put(STRETCH_TOKEN, *token);
            put(STRETCH_TOP, top);
            put(STRETCH_END, end);
            for (at, (block, times)) in (top + STRETCH_TOUCHED..).zip(ran) {
                put(at, *block);
                let bits = (*times as f64).to_bits();
                let own = STRETCH_TIMES_OFFSET / 4 + 2 * (from + block);
                put(own, bits as u32);
                put(own + 1, (bits >> 32) as u32);
            }
            let highest = ran.iter().map(|(block, _)| *block).max().unwrap_or(0);
            (below, top, from) = (top, end, from + highest + 1);
        }
        words
    }

    fn stretch(token: u32, function: u32, ran: &[(u32, u64)]) -> Stretch {
        Stretch {
            token,
            function,
            ran: ran.to_vec(),
        }
    }

    fn read_all(words: &[u32]) -> Vec<Stretch> {
        read(|at| words.get(at as usize).copied().unwrap_or_default())
    }

    #[test]
    fn each_call_has_its_own_blocks_the_newest_first() {
        let outer = stretch(5, 1, &[(0, 1), (9, 1 << 52), (3, 7)]);
        let inner = stretch(6, 2, &[(2, 40)]);
        let innermost = stretch(8, 1, &[(3, 2), (0, 1)]);
        let told = [outer.clone(), inner.clone(), innermost.clone()];
        assert_eq!(read_all(&words(&told)), [innermost, inner, outer]);
        assert_eq!(read_all(&words(&[])), []);
    }

    #[test]
    fn a_call_of_which_nothing_is_left_to_tell_is_none() {
        let told = [stretch(5, 1, &[(0, 1)]), stretch(6, 2, &[])];
        assert_eq!(read_all(&words(&told)), told[..1]);
    }

    proptest! {
        #[test]
        fn words_that_are_no_stretches_are_read_to_an_end(
            garbage in proptest::collection::vec(prop_oneof![any::<u32>(), 0..STRETCH_WORDS], 1..200),
        ) {
            let read = read(|at| garbage[at as usize % garbage.len()]);
            prop_assert!(read.len() <= STRETCH_WORDS as usize);
        }
    }
}
