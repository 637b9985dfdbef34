//! Per function of a segment: number of calls, sums, and a histogram of durations, kept while
//! rows are pushed, so that "what is slow" reads a few rows instead of all calls.
//!
//! ```ignore
//! let mut sums = FunctionSums::default();
//! sums.add(&row);
//! ```
//! Limits: memory grows with the number of distinct functions, at most about 2 KiB each.

use std::fmt::Write as _;
use std::sync::LazyLock;

use breadcrumb_event::row::{CallRow, CallStatus, ClockKind};
use breadcrumb_event::schema::histogram_bucket;

use crate::id_index::IdIndex;

/// The sums of one function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FunctionSum {
    pub(crate) function: u32,
    pub(crate) calls: i64,
    pub(crate) errors: i64,
    pub(crate) open: i64,
    /// Ended ones that were timed by the shared clock.
    coarse: i64,
    pub(crate) total_ns: i64,
    pub(crate) self_ns: i64,
    pub(crate) wait_ns: i64,
    pub(crate) max_ns: i64,
    /// Number of durations by bucket.
    histogram: Vec<u32>,
}

impl FunctionSum {
    /// The histogram as a JSON object from bucket to number, without empty buckets.
    pub(crate) fn histogram_json(&self) -> String {
        let mut out = String::from("{");
        for (bucket, &number) in self.histogram.iter().enumerate() {
            if number > 0 {
                let comma = if out.len() > 1 { "," } else { "" };
                let _ = write!(out, "{comma}\"{bucket}\":{number}");
            }
        }
        out.push('}');
        out
    }
}

/// How the calls of a function were timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunctionTiming {
    /// The function's id.
    pub function: u32,
    /// Calls that ended.
    pub ended: i64,
    /// Those of them that were timed by the shared clock.
    pub coarse: i64,
    /// Sum of their durations.
    pub total_ns: i64,
}

impl FunctionTiming {
    /// Of a function without calls.
    #[must_use]
    pub fn of(function: u32) -> Self {
        Self {
            function,
            ended: 0,
            coarse: 0,
            total_ns: 0,
        }
    }

    /// Adds a call, if it has ended.
    pub fn add(&mut self, row: &CallRow<'_>) {
        if let Some(duration) = row.duration_ns {
            self.ended += 1;
            self.coarse += i64::from(row.clock == ClockKind::Coarse);
            self.total_ns = self.total_ns.saturating_add(duration);
        }
    }
}

/// The sums of all functions of a segment.
#[derive(Debug, Default)]
pub(crate) struct FunctionSums {
    index: IdIndex,
    sums: Vec<FunctionSum>,
}

impl FunctionSums {
    /// Adds a call.
    pub(crate) fn add(&mut self, row: &CallRow<'_>) {
        let sum = self.sum_of(row.function);
        sum.calls += 1;
        sum.self_ns = sum.self_ns.saturating_add(row.self_ns);
        sum.wait_ns = sum.wait_ns.saturating_add(row.wait_ns);
        sum.errors += i64::from(row.status == CallStatus::Threw);
        sum.open += i64::from(row.status == CallStatus::Open);
        if let Some(duration) = row.duration_ns {
            sum.coarse += i64::from(row.clock == ClockKind::Coarse);
            sum.total_ns = sum.total_ns.saturating_add(duration);
            sum.max_ns = sum.max_ns.max(duration);
            let bucket = bucket_of(duration);
            if sum.histogram.len() <= bucket {
                sum.histogram.resize(bucket + 1, 0);
            }
            sum.histogram[bucket] += 1;
        }
    }

    /// There is a row of this function, whether it was called or not.
    pub(crate) fn note(&mut self, function: u32) {
        self.sum_of(function);
    }

    fn sum_of(&mut self, function: u32) -> &mut FunctionSum {
        let index = self.index.index_of(function) as usize;
        if index == self.sums.len() {
            self.sums.push(FunctionSum {
                function,
                ..FunctionSum::default()
            });
        }
        &mut self.sums[index]
    }

    /// The sums, in the order of first appearance.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &FunctionSum> {
        self.sums.iter()
    }

    /// How their calls were timed.
    pub(crate) fn timings(&self) -> impl Iterator<Item = FunctionTiming> {
        self.sums.iter().map(|sum| FunctionTiming {
            function: sum.function,
            ended: sum.calls - sum.open,
            coarse: sum.coarse,
            total_ns: sum.total_ns,
        })
    }

    /// Number of functions.
    pub(crate) fn len(&self) -> usize {
        self.sums.len()
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.index.take();
        self.sums.clear();
    }
}

/// Smallest duration of each bucket. A logarithm for each call would cost more than the rest of
/// its sums together.
static BOUNDS: LazyLock<Vec<i64>> = LazyLock::new(|| {
    let last = histogram_bucket(i64::MAX);
    (0..=last)
        .map(|bucket| {
            // The smallest duration whose bucket is at least this one, by bisection.
            let (mut low, mut high) = (0, i64::MAX);
            while low < high {
                let middle = low + (high - low) / 2;
                if histogram_bucket(middle) >= bucket {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            low
        })
        .collect()
});

/// Bucket of each power of two's smallest duration.
static STARTS: LazyLock<[u16; 64]> = LazyLock::new(|| {
    std::array::from_fn(|bit| {
        let bucket = histogram_bucket(1_i64.checked_shl(bit as u32).unwrap_or(0).max(1));
        u16::try_from(bucket).unwrap_or(0)
    })
});

/// `histogram_bucket`, without its logarithm.
fn bucket_of(duration_ns: i64) -> usize {
    if duration_ns <= 0 {
        return 0;
    }
    // A power of two spans 7.3 buckets: start at its first and step.
    let bounds = BOUNDS.as_slice();
    let mut bucket = usize::from(STARTS[duration_ns.ilog2() as usize]);
    while bounds.get(bucket + 1).is_some_and(|b| *b <= duration_ns) {
        bucket += 1;
    }
    bucket
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_those_of_the_schema() {
        for shift in 0..63 {
            for offset in [-3, -1, 0, 1, 2, 7, 12_345] {
                let duration = (1_i64 << shift).saturating_add(offset);
                let expected = histogram_bucket(duration) as usize;
                assert_eq!(bucket_of(duration), expected, "{duration}");
            }
        }
        for duration in 0..200_000 {
            assert_eq!(bucket_of(duration), histogram_bucket(duration) as usize);
        }
        assert_eq!(bucket_of(i64::MAX), histogram_bucket(i64::MAX) as usize);
    }

    #[test]
    fn clearing_keeps_no_slot() {
        let mut sums = FunctionSums::default();
        sums.sum_of(5).calls = 3;
        sums.clear();
        assert_eq!(sums.sum_of(5).calls, 0);
        assert_eq!(sums.len(), 1);
    }
}
