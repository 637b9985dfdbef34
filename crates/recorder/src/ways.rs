//! Ways through functions: which blocks a call ran, as one record tells it. Calls take few of them again and again, so each
//! is made into lines once, and counted.
//!
//! `ways.take(words, function, blocks)` → the way; `ways.take_sums()` → how often blocks ran in all. Limits: [`MAX_WAYS`]
//! between two calls of the latter, of [`MAX_WORDS`] words.

use std::sync::Arc;

use breadcrumb_event::function::Block;
use breadcrumb_event::layout::{BLOCK_BITS, FLAG_LINES_WIDE};
use rustc_hash::FxHashMap;

use crate::call_lines::CallLines;

/// Ways that are kept: less than 1 MB.
const MAX_WAYS: usize = 4096;
/// Longer ones seldom come again.
const MAX_WORDS: usize = 16;

/// What one record of a call says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Way {
    /// Numbers of blocks, and how often they ran.
    pub(crate) ran: Vec<(u32, u64)>,
    /// Where that is all that the call ran.
    pub(crate) lines: CallLines,
    /// The same as the store has it.
    pub(crate) json: String,
}

/// A way, and by how many calls it was taken.
#[derive(Clone, Debug)]
struct Taken {
    function: u32,
    way: Arc<Way>,
    times: u64,
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ways {
    /// By the words that tell them: where they are in `taken`.
    known: FxHashMap<Box<[u64]>, usize>,
    taken: Vec<Taken>,
    /// By function and block: of what is in no way.
    others: FxHashMap<(u32, u32), u64>,
}

impl Ways {
    /// The way that the words of a record with these flags tell, which a call has taken; nothing where it is to be added
    /// block by block.
    pub(crate) fn take(
        &mut self,
        words: &[u64],
        flags: u32,
        blocks: &[Block],
    ) -> Option<&Arc<Way>> {
        if flags & FLAG_LINES_WIDE != 0 || words.len() > MAX_WORDS {
            return None;
        }
        let at = match self.known.get(words) {
            Some(at) => *at,
            None if self.taken.len() >= MAX_WAYS => return None,
            None => {
                let (function, ran) = (function_of(words)?, ran(words, flags).collect());
                self.known.insert(words.into(), self.taken.len());
                self.taken.push(Taken::new(function, ran, blocks));
                self.taken.len() - 1
            }
        };
        let taken = self.taken.get_mut(at)?;
        taken.times += 1;
        Some(&taken.way)
    }

    /// A block has run so many more times.
    pub(crate) fn add(&mut self, function: u32, block: u32, count: u64) {
        if count > 0 {
            *self.others.entry((function, block)).or_default() += count;
        }
    }

    /// How often blocks ran since this was asked last, in the order of functions and blocks.
    pub(crate) fn take_sums(&mut self) -> Vec<((u32, u32), u64)> {
        let mut sums = std::mem::take(&mut self.others);
        for Taken {
            function,
            way,
            times,
        } in &mut self.taken
        {
            let times = std::mem::take(times);
            for (block, count) in way.ran.iter().filter(|_| times > 0) {
                *sums.entry((*function, *block)).or_default() += count * times;
            }
        }
        if self.taken.len() >= MAX_WAYS {
            self.known.clear();
            self.taken.clear();
        }
        let mut sums: Vec<_> = sums.into_iter().collect();
        sums.sort_unstable();
        sums
    }
}

impl Taken {
    fn new(function: u32, ran: Vec<(u32, u64)>, blocks: &[Block]) -> Self {
        let mut lines = CallLines::default();
        for (block, count) in &ran {
            lines.add(*block, *count, blocks);
        }
        let mut json = String::new();
        lines.write_json(&mut json);
        Self {
            function,
            way: Arc::new(Way { ran, lines, json }),
            times: 0,
        }
    }
}

/// The function that the words of a record are about.
pub(crate) fn function_of(words: &[u64]) -> Option<u32> {
    words.first().map(|word| *word as u32)
}

/// The numbers of blocks in the words of a record, and how often each ran.
pub(crate) fn ran(words: &[u64], flags: u32) -> impl Iterator<Item = (u32, u64)> + '_ {
    let is_wide = flags & FLAG_LINES_WIDE != 0;
    let halves = words.iter().flat_map(move |word| {
        if is_wide {
            [(*word as u32, word >> 32), (0, 0)]
        } else {
            [*word as u32, (word >> 32) as u32].map(|half| {
                let count = half >> BLOCK_BITS;
                (half & ((1 << BLOCK_BITS) - 1), u64::from(count))
            })
        }
    });
    // Behind the function's id, and what is beside it.
    let first = if is_wide { 2 } else { 1 };
    halves.skip(first).filter(|(_, count)| *count > 0)
}
