//! Which functions' calls are timed by the clock itself, whatever else the thread does.
//!
//! ```text
//! a million calls of tiny(), 5,000 of render(), 40 µs each, all with the shared time
//!   → render: exact from now on (two readings are a thousandth of it); tiny: as it is
//! ```
//! A thread with few events reads the clock for each; one with many shares readings among them. There the
//! slowest functions get readings of their own, as far as these take a hundredth of the time, and lose them
//! where they would take two. Limits: by the rows of one publication, of at least [`LEAST_CALLS`] calls; the
//! mean is unbiased, whichever clock it was measured with. Under a budget nothing is, since readings cost.

use breadcrumb_store::FunctionTiming;
use rustc_hash::FxHashSet;

/// Fewer calls say little.
const LEAST_CALLS: i64 = 16;
/// Of an entry and an exit, about.
const READINGS_NS: i64 = 90;
/// Readings are a twentieth of this.
const SLOW_NS: i64 = 20 * READINGS_NS;
/// What readings may take, as a part of the time.
const PART: i64 = 100;

/// The clock that calls are timed with; `auto`, `coarse` or `exact` as an option.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Clock {
    /// The shared time, and the clock itself where it costs next to nothing.
    #[default]
    Auto,
    /// The shared time.
    Coarse,
    /// The clock itself at each entry and exit.
    Exact,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct ExactClock {
    exact: FxHashSet<u32>,
}

impl ExactClock {
    /// Nothing is timed exactly any more: which functions change.
    pub(crate) fn end(&mut self) -> Vec<(u32, bool)> {
        self.exact
            .drain()
            .map(|function| (function, false))
            .collect()
    }

    /// Which functions change, and whether they are timed exactly from now on. `time_ns`: in which this
    /// was recorded.
    pub(crate) fn look(
        &mut self,
        mut timings: Vec<FunctionTiming>,
        time_ns: i64,
    ) -> Vec<(u32, bool)> {
        timings.retain(|timing| timing.ended >= LEAST_CALLS);
        timings.sort_by_key(|timing| (-mean_ns(timing), timing.function));
        let room_ns = time_ns / PART;
        let mut spent_ns = 0;
        let mut changes = Vec::new();
        for timing in timings {
            let function = timing.function;
            let is_exact = self.exact.contains(&function);
            // Without it, it would be timed exactly all the same.
            if !is_exact && timing.coarse * 2 < timing.ended {
                continue;
            }
            let (slow_ns, room_ns) = if is_exact {
                (SLOW_NS / 2, room_ns * 2)
            } else {
                (SLOW_NS, room_ns)
            };
            let cost_ns = timing.ended * READINGS_NS;
            let pays = mean_ns(&timing) >= slow_ns && spent_ns + cost_ns <= room_ns;
            if pays {
                spent_ns += cost_ns;
            }
            if pays && !is_exact {
                self.exact.insert(function);
                changes.push((function, true));
            } else if !pays && is_exact {
                self.exact.remove(&function);
                changes.push((function, false));
            }
        }
        changes
    }
}

fn mean_ns(timing: &FunctionTiming) -> i64 {
    timing.total_ns / timing.ended
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND_NS: i64 = 1_000_000_000;

    fn timing(function: u32, ended: i64, coarse: i64, mean_ns: i64) -> FunctionTiming {
        FunctionTiming {
            function,
            ended,
            coarse,
            total_ns: mean_ns * ended,
        }
    }

    #[test]
    fn slow_functions_of_a_busy_thread_become_exact_and_fast_ones_lose_it() {
        let mut clock = ExactClock::default();
        let mut look = |timings: &[FunctionTiming]| clock.look(timings.to_vec(), SECOND_NS);
        let first = [
            timing(0, 1_000_000, 1_000_000, 90),
            timing(1, 5_000, 5_000, 40_000),
            // Exact anyway, few, nearly slow enough.
            timing(2, 5_000, 10, 40_000),
            timing(3, 15, 15, 40_000),
            timing(4, 5_000, 5_000, SLOW_NS - 1),
        ];
        assert_eq!(look(&first), [(1, true)]);
        assert_eq!(look(&first), []);
        assert_eq!(look(&[timing(1, 100, 0, SLOW_NS / 2)]), []);
        assert_eq!(look(&[timing(1, 15, 0, 10)]), []);
        assert_eq!(look(&[timing(1, 16, 0, 10)]), [(1, false)]);
        assert_eq!(look(&first), [(1, true)]);
        assert_eq!(clock.end(), [(1, false)]);
        assert_eq!(clock.end(), []);
    }

    #[test]
    fn readings_take_a_hundredth_of_the_time_the_slowest_functions_first() {
        let mut clock = ExactClock::default();
        // 60,000 calls of 90 ns are 0.54 %.
        let busy = |function, mean_ns| timing(function, 60_000, 60_000, mean_ns);
        let all = [
            busy(0, 3_000),
            busy(1, 5_000),
            timing(2, 20_000, 20_000, 2_000),
        ];
        assert_eq!(clock.look(all.to_vec(), SECOND_NS), [(1, true), (2, true)]);
        // 1.8 % is too much to begin with, not to go on with; 2.2 % is.
        let hotter = |calls| [timing(2, calls, 0, 2_000), timing(1, 100_000, 0, 5_000)];
        assert_eq!(clock.look(hotter(100_000).to_vec(), SECOND_NS), []);
        assert_eq!(
            clock.look(hotter(140_000).to_vec(), SECOND_NS),
            [(2, false)]
        );
    }
}
