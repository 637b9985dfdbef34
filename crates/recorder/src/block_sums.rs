//! How often blocks ran, by function and number, since that was taken last.
//!
//! `sums.add(12, 3, 40)`, then `sums.take()` → `[((12, 3), 40)]`. Limits: none of its own.

use rustc_hash::FxHashMap;

/// See the module.
#[derive(Clone, Debug, Default)]
pub(crate) struct BlockSums(FxHashMap<(u32, u32), u64>);

impl BlockSums {
    pub(crate) fn add(&mut self, function: u32, block: u32, count: u64) {
        if count > 0 {
            *self.0.entry((function, block)).or_default() += count;
        }
    }

    /// What there is, in the order of functions and blocks.
    pub(crate) fn take(&mut self) -> Vec<((u32, u32), u64)> {
        let mut sums: Vec<_> = self.0.drain().collect();
        sums.sort_unstable();
        sums
    }
}
