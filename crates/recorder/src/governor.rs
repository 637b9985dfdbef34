//! Which functions are recorded in full, which with times, which only counted, so that recording costs
//! no more than a budget.
//!
//! ```text
//! every look: calls by function, processor time of the process and of the recorder → changes of level
//! over the budget   values → time where values are most of a function's cost, else → count, the dearest first
//! well under it     one level up, the cheapest first, as far as the estimate permits
//! ```
//! The budget is a share of the processor time that the process takes for itself: of all but the probes'
//! and the recorder's. Every level counts exactly, so counting is the floor. A function that is lowered
//! soon after it was raised waits twice as long for the next time. Pure: no clocks, no I/O, no threads.
//! Limits: what probes cost is estimated ([`CostModel`]), what the recorder costs is measured; a process
//! that takes less than [`LEAST_OWN`] of a core is taken for one that takes so much.

use breadcrumb_event::layout::{MODE_COUNT, MODE_TIME, MODE_VALUES};

use crate::cost_model::{CostModel, POLLS, Stretch, Work};

use costs::PUBLICATIONS;
use known::{HOLD_NS, Known, LONGEST_HOLD_NS, Rates};

mod costs;
mod known;

/// Ns of a second.
const SECOND: f64 = 1e9;
/// Part of a core that a process is taken to use at least, in ns a second.
const LEAST_OWN: f64 = 0.01 * SECOND;
/// What of the budget the estimate may take, which is wrong by a seventh at times; what it may after a step
/// down, and after one up: between the last two nothing is done.
const LIMIT: f64 = 0.85;
const AIM: f64 = 0.7;
const RAISE_TO: f64 = 0.6;
/// Rates are smoothed over this, ns.
const SMOOTH_NS: f64 = 0.7e9;
/// An interval this many times over the budget is acted on at once, however short.
const BURST: f64 = 2.5;
/// Intervals shorter than this are only looked at for bursts, ns.
const SHORT_NS: f64 = 90e6;
/// What the recorder is measured to cost beyond the estimate counts again this long after a step down:
/// until then it works off what came before, ns.
const AFTERMATH_NS: i64 = 1_000_000_000;
/// Between two looks that raise, ns.
const RAISE_EVERY_NS: i64 = 500_000_000;
/// Functions that are raised in one look.
const RAISED_AT_ONCE: usize = 32;
/// How much the recorder's looks and publications are stretched at most, and what part of the budget each
/// of the two may take before that.
const STRETCH_POLL: u32 = 16;
const STRETCH_PUBLISH: u32 = 8;
const FIXED_SHARE: f64 = 0.2;
/// One look cuts costs to this part at most: what the process takes for itself is only known well where
/// recording does not take most.
const CUT: f64 = 0.1;

/// What was seen of a function since the last look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Calls recorded.
    pub recorded: u32,
    /// Calls counted, or dropped.
    pub counted: u32,
    /// Records of its calls.
    pub events: u32,
    /// Values in them.
    pub values: u32,
    /// Words of them beyond one a value.
    pub words: u32,
    /// Exceptions thrown in it.
    pub exceptions: u32,
    /// Level at which its calls begin now, `MODE_…`.
    pub level: u8,
}

/// What was seen of the process since the last look.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Look {
    /// Monotonic clock, ns.
    pub now_ns: i64,
    /// Since the last look, ns.
    pub elapsed_ns: f64,
    /// Processor time of the process, all threads, ns.
    pub process_cpu_ns: f64,
    /// What the recorder's thread did, in it.
    pub work: Work,
}

/// A function's level changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// Function id.
    pub function: u32,
    /// `MODE_…`.
    pub from: u8,
    /// `MODE_…`.
    pub to: u8,
    /// Its calls a second.
    pub calls: f64,
    /// What they cost at the dearer of the two levels, as a share of the process's own time.
    pub share: f64,
    /// What everything was estimated to cost just before, likewise.
    pub estimated: f64,
    /// What of it is the recorder's being awake, which is not any function's alone.
    pub awake: f64,
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Governor {
    overhead: f64,
    /// What recording costs.
    pub model: CostModel,
    known: Vec<Known>,
    levels: Vec<u8>,
    /// The process's own time, probes' and recorder's cost, ns a second, smoothed.
    own: f64,
    /// How much of it is known: 1 for intervals in which recording cost nothing.
    own_weight: f64,
    /// What recording cost since the last step down had its effect, ns a second, smoothed over so long.
    actual: f64,
    actual_over_ns: f64,
    seen_ns: f64,
    stretch: Stretch,
    lowered_ns: i64,
    raised_ns: i64,
    estimated: f64,
    at_floor: bool,
}

impl Governor {
    /// Keeps recording within `overhead` of the process's own processor time.
    #[must_use]
    pub fn new(overhead: f64, model: CostModel) -> Self {
        Self {
            overhead,
            model,
            known: Vec::new(),
            levels: Vec::new(),
            own: LEAST_OWN,
            own_weight: 0.0,
            actual: 0.0,
            actual_over_ns: 0.0,
            seen_ns: 0.0,
            stretch: Stretch::NONE,
            lowered_ns: i64::MIN / 2,
            raised_ns: i64::MIN / 2,
            estimated: 0.0,
            at_floor: false,
        }
    }

    /// The budget.
    #[must_use]
    pub fn overhead(&self) -> f64 {
        self.overhead
    }

    /// Another budget from now on.
    pub fn set_overhead(&mut self, overhead: f64) {
        self.overhead = overhead;
    }

    /// What recording costs, as a share of the process's own time.
    #[must_use]
    pub fn estimated(&self) -> f64 {
        self.estimated
    }

    /// Counting alone costs more than the budget.
    #[must_use]
    pub fn is_at_floor(&self) -> bool {
        self.at_floor
    }

    /// How much rarer than usual the recorder is to look and to publish.
    #[must_use]
    pub fn stretch(&self) -> Stretch {
        self.stretch
    }

    /// What recording may cost, ns a second.
    #[must_use]
    pub fn allowed_ns(&self) -> f64 {
        self.overhead * self.own
    }

    /// Functions whose calls begin at a level now.
    #[must_use]
    pub fn at_level(&self, level: u32) -> usize {
        let at = self.levels.iter().filter(|at| u32::from(**at) == level);
        at.count()
    }

    /// Functions that may have less than values, by the level they may have: counted, timed.
    #[must_use]
    pub fn lowered(&self) -> (u32, u32) {
        let of = |cap: u32| {
            self.known
                .iter()
                .filter(|known| u32::from(known.cap) == cap)
                .count() as u32
        };
        (of(MODE_COUNT), of(MODE_TIME))
    }

    /// The highest level that a function may have.
    #[must_use]
    pub fn cap(&self, function: u32) -> u8 {
        let known = self.known.get(function as usize);
        known.map_or(MODE_VALUES as u8, |known| known.cap)
    }

    /// Takes in what was seen, by function id, and returns what is to be changed.
    pub fn look(&mut self, look: &Look, seen: &[Seen]) -> Vec<Change> {
        if look.elapsed_ns < 1.0 {
            return Vec::new();
        }
        let is_short = look.elapsed_ns < SHORT_NS;
        self.take_in(look, seen);
        let now = if is_short {
            self.of_calls(Rates::Now)
        } else {
            self.estimate(Rates::Now)
        };
        if now - self.counts(Rates::Now) > BURST * self.room(Rates::Now) {
            let changes = self.lower(look.now_ns, Rates::Now, 1.0);
            self.conclude();
            return changes;
        }
        if is_short {
            return Vec::new();
        }
        self.model.learn(&look.work);
        self.set_stretch();
        let expected = self.estimate(Rates::Smooth);
        let excess = if self.actual > 0.0 {
            (self.actual / expected.max(1.0)).clamp(1.0, 4.0)
        } else {
            1.0
        };
        let above = expected - self.counts(Rates::Smooth);
        let changes = if above * excess > LIMIT * self.room(Rates::Smooth) {
            self.lower(look.now_ns, Rates::Smooth, excess)
        } else if look.now_ns - self.raised_ns >= RAISE_EVERY_NS {
            self.raise(look.now_ns, excess)
        } else {
            Vec::new()
        };
        self.conclude();
        changes
    }

    fn conclude(&mut self) {
        let expected = self.estimate(Rates::Smooth);
        self.estimated = expected / self.own;
        let counts = self.counts(Rates::Smooth);
        self.at_floor = counts > self.allowed_ns();
    }

    fn take_in(&mut self, look: &Look, seen: &[Seen]) {
        if self.known.len() < seen.len() {
            self.known.resize(seen.len(), Known::default());
        }
        self.levels.clear();
        self.levels.extend(seen.iter().map(|seen| seen.level));
        let per_second = SECOND / look.elapsed_ns;
        self.seen_ns += look.elapsed_ns;
        // What is known from the first second on is the mean of it.
        let weight = (look.elapsed_ns / self.seen_ns.min(SMOOTH_NS)).min(1.0);
        let smooth = |known: &mut f64, new: f64| *known += weight * (new - *known);
        let mut events = 0.0;
        let mut probes = 0.0;
        for (known, seen) in self.known.iter_mut().zip(seen) {
            let calls = f64::from(seen.recorded) + f64::from(seen.counted);
            known.now = calls * per_second;
            smooth(&mut known.rate, known.now);
            events += f64::from(seen.events);
            probes += f64::from(seen.counted) * self.model.count_ns
                + f64::from(seen.values) * self.model.value_ns
                + f64::from(seen.words) * self.model.word_ns
                + f64::from(seen.exceptions) * self.model.exception_ns;
            if seen.recorded > 0 {
                known.learn(seen);
            }
        }
        let readings = CostModel::readings(events * per_second);
        probes += events * (self.model.event_ns + readings * self.model.clock_ns);
        let probes = probes * per_second;
        let measured = (look.work.cpu_ns + look.work.governor_ns) * per_second;
        if look.now_ns - self.lowered_ns > AFTERMATH_NS {
            self.actual_over_ns = (self.actual_over_ns + look.elapsed_ns).min(SMOOTH_NS);
            let weight = (look.elapsed_ns / self.actual_over_ns).min(1.0);
            self.actual += weight * (measured + probes - self.actual);
        } else {
            (self.actual, self.actual_over_ns) = (0.0, 0.0);
        }
        let own = (look.process_cpu_ns * per_second - measured - probes).max(LEAST_OWN);
        let certainty = weight * own / (own + measured + probes);
        self.own_weight = self.own_weight * (1.0 - weight) + certainty;
        self.own += certainty / self.own_weight * (own - self.own);
    }

    /// Lowers the dearest until the estimate, times `excess`, is within what is aimed at.
    fn lower(&mut self, now_ns: i64, rates: Rates, excess: f64) -> Vec<Change> {
        let cost = self.estimate(rates);
        let before = cost / self.own;
        let counts = self.counts(rates);
        let above = (AIM * self.room(rates) / excess).max(CUT * (cost - counts));
        let aim = counts + above;
        let readings = self.readings(rates);
        let (time, count) = (MODE_TIME as u8, MODE_COUNT as u8);
        let saving = |id, to| self.saving(id, to, rates, readings);
        // Dearest first: what each saves if it is counted, and if it is only timed.
        let mut savings: Vec<(f64, f64, usize)> = (0..self.known.len())
            .filter_map(|id| Some((saving(id, count)?, saving(id, time).unwrap_or(0.0), id)))
            .collect();
        savings.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut timed: f64 = savings.iter().map(|(_, timed, _)| timed).sum();
        let mut total = cost;
        let mut rest = savings.iter();
        let mut changes = Vec::new();
        // As few are counted as let the others be timed, if need be.
        while total - timed > aim
            && let Some((saved, saved_timed, id)) = rest.next()
        {
            total -= saved;
            timed -= saved_timed;
            changes.push(self.change(*id, count, now_ns, before, readings));
            if rest.len() == 0 || total - timed <= aim {
                // The recorder may have nothing left to be awake for.
                total = self.estimate(rates);
            }
        }
        for (_, saved, id) in rest.filter(|(_, timed, _)| *timed > 0.0) {
            if total <= aim {
                break;
            }
            total -= saved;
            changes.push(self.change(*id, time, now_ns, before, readings));
        }
        if !changes.is_empty() {
            self.lowered_ns = now_ns;
            self.raised_ns = now_ns;
        }
        changes
    }

    /// What lowering a function saves, ns a second; `None` where that is not worth a step: values must
    /// be most of what a function costs for their absence to be one.
    fn saving(&self, id: usize, to: u8, rates: Rates, readings: f64) -> Option<f64> {
        let (known, level) = (&self.known[id], self.levels[id]);
        let rate = known.rate(rates);
        if level <= to || rate <= 0.0 {
            return None;
        }
        let cost = self.cost(known, level, readings);
        let saved = cost - self.cost(known, to, readings);
        let is_worth = u32::from(to) == MODE_COUNT || saved * 2.0 >= cost;
        is_worth.then_some(rate * saved)
    }

    /// Raises the cheapest by a level, as far as the estimate permits.
    fn raise(&mut self, now_ns: i64, excess: f64) -> Vec<Change> {
        let rates = Rates::Careful;
        let before = self.estimate(rates) / self.own;
        let limit = self.counts(rates) + RAISE_TO * self.room(rates) / excess;
        let readings = self.readings(rates);
        let mut costs: Vec<(f64, usize)> = (0..self.known.len())
            .filter(|id| {
                let known = &self.known[*id];
                u32::from(known.cap) < MODE_VALUES && now_ns - known.lowered_ns >= known.hold_ns
            })
            .map(|id| {
                let known = &self.known[id];
                let added = self.cost(known, known.cap + 1, readings)
                    - self.cost(known, known.cap, readings);
                (known.rate(rates) * added, id)
            })
            .collect();
        costs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut calls: f64 = self.recorded().map(|known| known.rate(rates)).sum();
        let mut total = self.of_calls(rates);
        let mut changes = Vec::new();
        for (added, id) in costs.into_iter().take(RAISED_AT_ONCE) {
            let (cap, rate) = (self.known[id].cap, self.known[id].rate(rates));
            // One that is not captured, or by less than its cap, costs what it would if it were.
            total += added;
            calls += if u32::from(cap) == MODE_COUNT {
                rate
            } else {
                0.0
            };
            if total + self.awake_for(calls) > limit {
                break;
            }
            changes.push(self.change(id, cap + 1, now_ns, before, readings));
        }
        if !changes.is_empty() {
            self.raised_ns = now_ns;
        }
        changes
    }

    fn change(&mut self, id: usize, to: u8, now_ns: i64, estimated: f64, readings: f64) -> Change {
        let known = &self.known[id];
        let is_raise = to > known.cap;
        let from = if is_raise {
            known.cap
        } else {
            known.cap.min(self.levels[id].max(MODE_COUNT as u8))
        };
        let share =
            known.rate(Rates::Careful) * self.cost(known, from.max(to), readings) / self.own;
        let calls = known.rate(Rates::Careful);
        let known = &mut self.known[id];
        if is_raise {
            known.raised_ns = now_ns;
        } else {
            // Up for less than a few times what it had to wait: it waits twice as long.
            let lasted = now_ns.saturating_sub(known.raised_ns);
            known.hold_ns = if lasted < 4 * known.hold_ns {
                (2 * known.hold_ns).min(LONGEST_HOLD_NS)
            } else {
                HOLD_NS
            };
            known.lowered_ns = now_ns;
        }
        known.cap = to;
        let level = &mut self.levels[id];
        *level = if is_raise && *level == from {
            to
        } else {
            (*level).min(to)
        };
        Change {
            function: id as u32,
            from,
            to,
            calls,
            share,
            estimated,
            awake: self.awake(Rates::Careful) / self.own,
        }
    }

    /// Makes the recorder's looks and publications rarer where they take more than their part.
    fn set_stretch(&mut self) {
        let part = FIXED_SHARE * self.room(Rates::Smooth);
        let model = &self.model;
        let times = |cost: f64, most: u32| {
            (1..=most)
                .find(|times| cost / f64::from(*times) <= part)
                .unwrap_or(most)
        };
        self.stretch = Stretch {
            poll: times(POLLS * model.poll_ns, STRETCH_POLL),
            publish: times(PUBLICATIONS * model.publish_ns, STRETCH_PUBLISH),
        };
    }
}

#[cfg(test)]
#[path = "governor_tests.rs"]
mod tests;
