//! What recording costs by what is known: a call at a level, everything at the levels that hold.

use breadcrumb_event::layout::{MODE_COUNT, MODE_OFF, MODE_TIME};

use super::known::{Known, Rates};
use super::{Governor, LIMIT};
use crate::cost_model::CostModel;

/// Part of the budget that recording may have beyond counts, however much these take.
pub(super) const RESERVE: f64 = 0.1;
/// Publications a second, usually.
pub(super) const PUBLICATIONS: f64 = 2.0;

impl Governor {
    /// What counting alone costs, ns a second: whatever else is done with a call, it is not less.
    pub(super) fn counts(&self, rates: Rates) -> f64 {
        let captured = self
            .known
            .iter()
            .zip(&self.levels)
            .filter(|(_, level)| **level > 0);
        captured.map(|(known, _)| known.rate(rates)).sum::<f64>() * self.model.count_ns
    }

    /// What the budget leaves for the rest, ns a second; the estimate of counts may be wrong, too.
    pub(super) fn room(&self, rates: Rates) -> f64 {
        let budget = self.allowed_ns();
        (budget - self.counts(rates) / LIMIT).max(RESERVE * budget)
    }

    /// What recording costs at the levels that hold, ns a second.
    pub(super) fn estimate(&self, rates: Rates) -> f64 {
        self.of_calls(rates) + self.awake(rates)
    }

    /// The same without the recorder's being awake.
    pub(super) fn of_calls(&self, rates: Rates) -> f64 {
        let readings = self.readings(rates);
        let known = self.known.iter().zip(&self.levels);
        let costs =
            known.map(|(known, level)| known.rate(rates) * self.cost(known, *level, readings));
        costs.sum()
    }

    /// What the recorder's looks and publications cost, ns a second.
    pub(super) fn awake(&self, rates: Rates) -> f64 {
        let calls = self.recorded().map(|known| known.rate(rates)).sum();
        self.awake_for(calls)
    }

    /// The same, where so many calls a second are recorded.
    pub(super) fn awake_for(&self, calls: f64) -> f64 {
        self.model.awake_ns(calls, PUBLICATIONS, self.stretch)
    }

    /// The functions whose calls are recorded.
    pub(super) fn recorded(&self) -> impl Iterator<Item = &Known> {
        let known = self.known.iter().zip(&self.levels);
        let recorded = known.filter(|(_, level)| u32::from(**level) >= MODE_TIME);
        recorded.map(|(known, _)| known)
    }

    /// What a call costs at a level, ns.
    pub(super) fn cost(&self, known: &Known, level: u8, readings: f64) -> f64 {
        let model = &self.model;
        match u32::from(level) {
            MODE_OFF => 0.0,
            MODE_COUNT => model.count_ns,
            level => {
                let event = model.event_ns + readings * model.clock_ns + model.recorder_event_ns;
                let bare = known.events * event + known.exceptions * model.exception_ns;
                if level == MODE_TIME {
                    bare
                } else {
                    bare + known.values * model.value_ns + known.words * model.word_ns
                }
            }
        }
    }

    pub(super) fn readings(&self, rates: Rates) -> f64 {
        let events = self
            .recorded()
            .map(|known| known.rate(rates) * known.events);
        CostModel::readings(events.sum())
    }
}
