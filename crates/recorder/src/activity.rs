//! What records are made of, by function, for the governor: kept only while there is one.
//!
//! Limits: as of the last [`Activity::take`]; records of calls that are not known are nobody's.

use breadcrumb_event::layout::MAX_FUNCTIONS;

use crate::governor::Seen;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Activity {
    seen: Vec<Seen>,
    events: u64,
}

impl Activity {
    /// A call began, in a record with so many values and words of them.
    #[inline]
    pub(crate) fn enter(&mut self, function: u32, values: usize, words: usize) {
        self.event(function, values, words);
        if let Some(seen) = self.at(function) {
            seen.recorded += 1;
        }
    }

    /// Another record of a call.
    #[inline]
    pub(crate) fn event(&mut self, function: u32, values: usize, words: usize) {
        self.events += 1;
        if let Some(seen) = self.at(function) {
            seen.events += 1;
            seen.values += values as u32;
            seen.words += words.saturating_sub(values) as u32;
        }
    }

    /// An exception was thrown in a call.
    pub(crate) fn exception(&mut self, function: u32) {
        if let Some(seen) = self.at(function) {
            seen.exceptions += 1;
        }
    }

    /// What there was since this was asked last: by function, and events.
    pub(crate) fn take(&mut self) -> (Vec<Seen>, u64) {
        (
            std::mem::take(&mut self.seen),
            std::mem::take(&mut self.events),
        )
    }

    #[inline]
    fn at(&mut self, function: u32) -> Option<&mut Seen> {
        let id = function as usize;
        // A record that makes no sense.
        if function >= MAX_FUNCTIONS {
            return None;
        }
        if id >= self.seen.len() {
            self.seen.resize(id + 1, Seen::default());
        }
        self.seen.get_mut(id)
    }
}
