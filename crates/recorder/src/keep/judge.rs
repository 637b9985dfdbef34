//! What a policy says of a trace.
//!
//! `KeepOptions { errors: true, share: Some(0.01), ..KeepOptions::default() }`: those with an error, and
//! one in a hundred of the others. Limits: what one condition keeps no other takes back.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt;
use std::sync::Arc;

use breadcrumb_event::row::{CallRow, CallStatus};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::root_rules::{RootRule, RootRules};
use crate::error::RecorderError;

const SECOND_NS: i64 = 1_000_000_000;
const MINUTE_NS: i64 = 60 * SECOND_NS;

/// Says of a function, by its id, whether the traces that begin with it are kept.
pub type RootChooser = dyn Fn(u32) -> bool + Send + Sync;

/// Which traces are stored: those that any of these says, none where none is set.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct KeepOptions {
    /// Those in which an exception ended a call.
    pub errors: bool,
    /// Those that take at least so long from first to last, ns.
    pub slow_ns: Option<i64>,
    /// This share of all, chosen by their ids.
    pub share: Option<f64>,
    /// The first so many that begin in each second.
    pub per_second: Option<u32>,
    /// The slowest so many that end in each minute.
    pub slowest_per_minute: Option<u32>,
    /// Those whose root is one of the functions that these patterns mean.
    pub roots: Vec<String>,
    /// The same, as it is asked. Without it, as in a recovery, patterns say nothing.
    #[serde(skip)]
    pub chosen: Option<Arc<RootChooser>>,
    /// Those of whose root one of these says what is so.
    pub when: Vec<RootRule>,
    /// Traces that are not kept can be dumped for so long, ns; 0: they cannot.
    pub last_ns: i64,
    /// Bytes of rows that are held.
    pub memory: usize,
}

impl Default for KeepOptions {
    fn default() -> Self {
        Self {
            errors: false,
            slow_ns: None,
            share: None,
            per_second: None,
            slowest_per_minute: None,
            roots: Vec::new(),
            chosen: None,
            when: Vec::new(),
            last_ns: 0,
            memory: 16 << 20,
        }
    }
}

impl KeepOptions {
    /// Whether the rules can be asked.
    ///
    /// # Errors
    /// [`RecorderError::TooManyRules`], [`RecorderError::BadPattern`].
    pub fn check(&self) -> Result<(), RecorderError> {
        RootRules::new(&self.when).map(drop)
    }
}

impl fmt::Debug for KeepOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).unwrap_or_default())
    }
}

/// The slowest traces of a minute. Clock: the wall's.
#[derive(Clone, Debug, Default)]
struct Slowest {
    minute: i64,
    /// Durations and root ids, the shortest on top.
    traces: BinaryHeap<Reverse<(i64, i64)>>,
}

/// What became of a trace that is not kept otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Last {
    /// It is not kept.
    Out,
    /// It is one of the slowest so far; the one that was before is not.
    Waits { instead_of: Option<i64> },
}

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Judge {
    pub(super) options: KeepOptions,
    /// Second of the wall clock, and traces kept in it.
    second: (i64, u32),
    slowest: Slowest,
    /// What was said of functions as roots.
    roots: FxHashMap<u32, bool>,
    pub(super) rules: RootRules,
}

impl Judge {
    pub(super) fn new(options: KeepOptions) -> Self {
        Self {
            // What cannot be asked was refused by `KeepOptions::check`.
            rules: RootRules::new(&options.when).unwrap_or_default(),
            options,
            second: (0, 0),
            slowest: Slowest::default(),
            roots: FxHashMap::default(),
        }
    }

    /// Whether a trace is kept whatever comes of it.
    pub(super) fn keeps_any(&mut self, root_id: i64, begun_ns: i64) -> bool {
        let mut keeps = self.options.share.is_some_and(|share| of(root_id) < share);
        if let Some(most) = self.options.per_second {
            let second = begun_ns.div_euclid(SECOND_NS);
            // A row may be of a call that began seconds before those that had rows earlier.
            if second > self.second.0 {
                self.second = (second, 0);
            }
            if self.second.1 < most {
                self.second.1 += 1;
                keeps = true;
            }
        }
        keeps
    }

    /// Whether a trace is kept because of this call in it.
    pub(super) fn keeps_with(&mut self, row: &CallRow<'_>) -> bool {
        self.options.errors && row.status == CallStatus::Threw
            || row.parent_id.is_none() && self.is_chosen(row.function)
    }

    fn is_chosen(&mut self, function: u32) -> bool {
        let Some(chosen) = &self.options.chosen else {
            return false;
        };
        *self
            .roots
            .entry(function)
            .or_insert_with(|| chosen(function))
    }

    /// Whether a trace is kept that takes so long.
    pub(super) fn keeps_of(&self, duration_ns: i64) -> bool {
        self.options.slow_ns.is_some_and(|slow| duration_ns >= slow)
    }

    /// A trace has ended, and nothing else keeps it.
    pub(super) fn ends(&mut self, root_id: i64, duration_ns: i64) -> Last {
        let Some(most) = self.options.slowest_per_minute else {
            return Last::Out;
        };
        let traces = &mut self.slowest.traces;
        traces.push(Reverse((duration_ns, root_id)));
        if traces.len() <= most as usize {
            return Last::Waits { instead_of: None };
        }
        match traces.pop() {
            Some(Reverse((_, shortest))) if shortest != root_id => Last::Waits {
                instead_of: Some(shortest),
            },
            _ => Last::Out,
        }
    }

    /// The slowest of the minute that is over at this time, by the wall clock, if one is.
    pub(super) fn slowest_at(&mut self, wall_ns: i64) -> Vec<i64> {
        let minute = wall_ns.div_euclid(MINUTE_NS);
        if minute == self.slowest.minute {
            return Vec::new();
        }
        self.slowest.minute = minute;
        let traces = std::mem::take(&mut self.slowest.traces).into_sorted_vec();
        traces.into_iter().map(|Reverse((_, id))| id).collect()
    }

    /// Some wait for the end of their minute.
    pub(super) fn waits(&self) -> bool {
        !self.slowest.traces.is_empty()
    }

    /// A trace waits no more.
    pub(super) fn forget(&mut self, root_id: i64) {
        self.slowest
            .traces
            .retain(|Reverse((_, id))| *id != root_id);
    }
}

/// A number from 0 to 1, evenly spread over the ids (`splitmix64`).
fn of(root_id: i64) -> f64 {
    let mut x = root_id.cast_unsigned().wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^= x >> 31;
    (x >> 11) as f64 / (1u64 << 53) as f64
}
