//! What is known of a function: how often it is called, what a call of it is made of, what it may have.

use breadcrumb_event::layout::MODE_VALUES;

use super::Seen;

/// A function stays down at least this long, and at most; ns.
pub(super) const HOLD_NS: i64 = 1_000_000_000;
pub(super) const LONGEST_HOLD_NS: i64 = 64_000_000_000;
/// Calls that what is known of a function's calls is the mean of.
const REMEMBERED: f64 = 2000.0;

/// What is known of a function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    /// The highest level that it may have.
    pub(super) cap: u8,
    /// Calls a second, smoothed, and in the last interval.
    pub(super) rate: f64,
    pub(super) now: f64,
    pub(super) events: f64,
    pub(super) values: f64,
    pub(super) words: f64,
    pub(super) exceptions: f64,
    /// Calls that these are known from, at most [`REMEMBERED`].
    pub(super) learnt: f64,
    pub(super) hold_ns: i64,
    /// When it was last lowered, raised.
    pub(super) lowered_ns: i64,
    pub(super) raised_ns: i64,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            cap: MODE_VALUES as u8,
            rate: 0.0,
            now: 0.0,
            events: 2.0,
            values: 2.0,
            words: 1.0,
            exceptions: 0.0,
            learnt: 0.0,
            hold_ns: HOLD_NS,
            lowered_ns: i64::MIN / 2,
            raised_ns: i64::MIN / 2,
        }
    }
}

/// Which rates an estimate is of.
#[derive(Clone, Copy)]
pub(super) enum Rates {
    Smooth,
    Now,
    /// The higher of the two.
    Careful,
}

impl Known {
    pub(super) fn rate(&self, rates: Rates) -> f64 {
        match rates {
            Rates::Smooth => self.rate,
            Rates::Now => self.now,
            Rates::Careful => self.rate.max(self.now),
        }
    }

    /// What a call of it is made of, smoothed.
    pub(super) fn learn(&mut self, seen: &Seen) {
        let calls = f64::from(seen.recorded);
        self.learnt = (self.learnt + calls).min(REMEMBERED.max(calls));
        let weight = calls / self.learnt;
        self.learnt = self.learnt.min(REMEMBERED);
        let smooth =
            |known: &mut f64, new: u32| *known += weight * (f64::from(new) / calls - *known);
        smooth(&mut self.events, seen.events);
        smooth(&mut self.exceptions, seen.exceptions);
        // A call with times alone says nothing of its values.
        if u32::from(seen.level) == MODE_VALUES {
            smooth(&mut self.values, seen.values);
            smooth(&mut self.words, seen.words);
        }
    }
}
