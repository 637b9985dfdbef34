//! How often each rule of the redactor fired: counts by name, never what was redacted.

use std::collections::BTreeMap;

use breadcrumb_redact::Hits;

use crate::redact::Redact;

/// Counts by the rule's name; only of rules that fired.
pub type Redactions = BTreeMap<String, u64>;

/// Counts by rule, of one redactor.
#[derive(Debug, Default)]
pub(crate) struct FiredRules(Vec<u64>);

impl FiredRules {
    /// Counts hits, and empties their list.
    pub(crate) fn take(&mut self, hits: &mut Hits) {
        for rule in hits.drain(..) {
            let index = rule.index();
            if self.0.len() <= index {
                self.0.resize(index + 1, 0);
            }
            self.0[index] += 1;
        }
    }

    /// Adds them to `sums`, by name.
    pub(crate) fn add_to(&self, redact: &dyn Redact, sums: &mut Redactions) {
        let fired = self.0.iter().zip(redact.rule_names());
        for (count, name) in fired.filter(|(count, _)| **count > 0) {
            *sums.entry(name.to_string()).or_default() += count;
        }
    }
}
