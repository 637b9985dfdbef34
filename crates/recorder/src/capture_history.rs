//! What was captured of a process when: its changes, for the run's record.
//!
//! ```text
//! history.begin(); history.push(CaptureChange { mode: 3, include: ["src/cart.js:Cart.*"], … })
//! → { "changed": 1, "changes": [{ "at": "2026-11-27T12:00:00.000Z", "mode": "values", … }] }
//! ```
//! Without it nobody could tell a function that was not called from one that was not captured.
//! Limits: the last [`MOST`] changes; those before are counted.

use std::collections::VecDeque;

use breadcrumb_store::iso_timestamp;
use serde_json::{Value as Json, json};

use crate::capture::mode_name;

/// Changes that are kept.
const MOST: usize = 50;

/// From then on, this was captured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CaptureChange {
    /// By the wall clock, ns since 1970.
    pub(crate) at_ns: i64,
    /// `MODE_…`.
    pub(crate) mode: u8,
    /// What chose the functions, as it was written; empty: all.
    pub(crate) include: Vec<String>,
    /// Functions that were captured then.
    pub(crate) functions: u32,
    /// How long it was to last.
    pub(crate) for_ms: Option<u64>,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct CaptureHistory {
    changed: u64,
    last: VecDeque<CaptureChange>,
}

impl CaptureHistory {
    /// Forgets what was before: a session begins.
    pub(crate) fn begin(&mut self) {
        *self = Self::default();
    }

    pub(crate) fn push(&mut self, change: CaptureChange) {
        self.changed += 1;
        if self.last.len() == MOST {
            self.last.pop_front();
        }
        self.last.push_back(change);
    }

    /// How many changes there were.
    pub(crate) fn changed(&self) -> u64 {
        self.changed
    }

    /// As the run's record has it.
    pub(crate) fn to_json(&self) -> Json {
        let changes = self.last.iter().map(|change| {
            json!({
                "at": iso_timestamp(change.at_ns),
                "mode": mode_name(change.mode),
                "include": change.include,
                "functions": change.functions,
                "forMs": change.for_ms,
            })
        });
        json!({ "changed": self.changed, "changes": changes.collect::<Vec<_>>() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_changes_are_kept_and_the_others_counted() {
        let mut history = CaptureHistory::default();
        for n in 0..60 {
            history.push(CaptureChange {
                at_ns: n * 1_000_000_000,
                mode: 3,
                include: vec![format!(":f{n}")],
                functions: 1,
                for_ms: (n % 2 == 1).then_some(30_000),
            });
        }
        let told = history.to_json();
        assert_eq!(told["changed"], 60);
        assert_eq!(told["changes"].as_array().unwrap().len(), MOST);
        assert_eq!(
            told["changes"][0],
            json!({ "at": "1970-01-01T00:00:10.000Z", "mode": "values", "include": [":f10"],
                "functions": 1, "forMs": null })
        );
        history.begin();
        assert_eq!(history.to_json(), json!({ "changed": 0, "changes": [] }));
    }
}
