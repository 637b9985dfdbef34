//! Numbers of a run's segments, as ranges.
//!
//! `SeqRanges::one(3)` is `[3, 3]`; the union of that and of 4, 5 and 9 is `[3, 5, 9, 9]`: the first and
//! the last of each range, ascending. Versions before 4 had one range, with what is between.

use serde::{Deserialize, Serialize};

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SeqRanges(Vec<u64>);

impl SeqRanges {
    /// One number.
    #[must_use]
    pub fn one(seq: u64) -> Self {
        Self(vec![seq, seq])
    }

    /// All numbers of some.
    #[must_use]
    pub fn union<'a>(all: impl Iterator<Item = &'a Self>) -> Self {
        let mut ranges: Vec<[u64; 2]> =
            all.flat_map(|seqs| seqs.0.as_chunks().0).copied().collect();
        ranges.sort_unstable();
        let mut union: Vec<u64> = Vec::new();
        for [first, last] in ranges {
            match union.last_mut() {
                Some(end) if first <= end.saturating_add(1) => *end = last.max(*end),
                _ => union.extend([first, last]),
            }
        }
        Self(union)
    }

    /// The number, if it is one.
    #[must_use]
    pub fn only(&self) -> Option<u64> {
        match self.0[..] {
            [first, last] if first == last => Some(first),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_one_range_and_gaps_stay() {
        let union = |all: &[&[u64]]| {
            let all: Vec<_> = all.iter().map(|seqs| SeqRanges(seqs.to_vec())).collect();
            SeqRanges::union(all.iter()).0
        };
        assert_eq!(union(&[&[3, 3], &[9, 9], &[4, 5]]), [3, 5, 9, 9]);
        assert_eq!(union(&[&[0, 2, 6, 8], &[3, 4], &[1, 1]]), [0, 4, 6, 8]);
        assert_eq!(union(&[]), [0; 0]);
        assert_eq!(SeqRanges::one(7).only(), Some(7));
        assert_eq!(SeqRanges(vec![3, 5]).only(), None);
    }
}
