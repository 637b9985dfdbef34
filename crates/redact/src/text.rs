//! Secrets inside text, taken out of it: `Bearer eyJ…` → `Bearer [redacted:jwt]`.
//!
//! One pass of an automaton finds where a secret could begin; only there a rule of
//! [`crate::shapes`] or [`crate::pairs`] looks closer. Numbers of cards and people are looked for where
//! there are enough digits. Limits: time linear in the text's length, for every rule looks a bounded
//! distance or not twice at the same stretch.

use std::sync::Arc;

use aho_corasick::{AhoCorasick, Input};

use crate::cards::{MIN_DIGITS as MIN_CARD_DIGITS, find_cards};
use crate::names::{SecretNames, automaton};
use crate::own_rules::OwnRules;
use crate::pairs::find_pair;
use crate::personal::{OptionalRules, find_numbers};
use crate::rules::{Rule, Rules};
use crate::shapes::{Scan, TRIGGERS, Trigger, whole_key};
use crate::trigrams::Trigrams;

/// Shorter texts hold no secret that could be told from other text.
const MIN_BYTES: usize = 5;

/// The shortest number that is looked for, a social security number, has so many digits.
const MIN_DIGITS: usize = 9;

/// Where a secret stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) rule: Rule,
}

impl Span {
    pub(crate) fn new(from: usize, to: usize, rule: Rule) -> Self {
        Self { from, to, rule }
    }
}

/// The automaton over everything that a secret in a text begins with.
#[derive(Clone, Debug)]
pub(crate) struct TextRules {
    triggers: AhoCorasick,
    quick: Trigrams,
    /// Bytes of the longest trigger.
    longest: usize,
    optional: OptionalRules,
    own: OwnRules,
    rules: Arc<Rules>,
}

impl TextRules {
    pub(crate) fn new(names: &SecretNames, own: OwnRules, rules: Arc<Rules>) -> Self {
        // The shapes' triggers come first, so that a pattern's number tells them from names.
        let texts: Vec<String> = TRIGGERS
            .iter()
            .map(|(text, _)| (*text).to_owned())
            .chain(names.stems().iter().cloned())
            .collect();
        Self {
            quick: Trigrams::new(&texts),
            triggers: automaton(&texts),
            longest: texts.iter().map(String::len).max().unwrap_or(0),
            optional: OptionalRules::new(&rules),
            own,
            rules,
        }
    }

    /// The secrets of a text, in order and apart.
    pub(crate) fn secrets(&self, text: &str, names: &SecretNames) -> Vec<Span> {
        let mut spans = Vec::new();
        self.own.find(text, &mut spans);
        if text.len() >= MIN_BYTES {
            self.find(text, names, &mut spans);
            let digits = count_digits(text);
            if digits >= MIN_DIGITS {
                find_numbers(text, &mut spans);
            }
            if digits >= MIN_CARD_DIGITS {
                find_cards(text, &mut spans);
            }
            self.optional.find(text, &mut spans);
            spans.extend(whole_key(text));
        }
        spans.retain(|span| self.rules.applies(span.rule));
        merge(&mut spans);
        spans
    }

    fn find(&self, text: &str, names: &SecretNames, spans: &mut Vec<Span>) {
        // Most texts hold no trigger at all, which is known sooner than where one is.
        let Some(from) = self.quick.first(text) else {
            return;
        };
        let Some(first) = self.triggers.find(Input::new(text).range(from..)) else {
            return;
        };
        // What else ends there or behind it can have begun before it.
        let from = from.max(first.end().saturating_sub(self.longest));
        let mut scan = Scan::new(text);
        let mut covered = 0..0;
        for hit in self
            .triggers
            .find_overlapping_iter(Input::new(text).range(from..))
        {
            // Already secret: what else it holds does not matter, and looking again takes time.
            if covered.contains(&hit.start()) && hit.end() <= covered.end {
                continue;
            }
            let span = match TRIGGERS.get(hit.pattern().as_usize()) {
                Some((literal, trigger)) => {
                    if *trigger == Trigger::Prefix && !text[hit.range()].eq(*literal) {
                        continue;
                    }
                    scan.look(*trigger, literal, hit.start())
                }
                None => find_pair(text, hit.start(), hit.end(), names),
            };
            if let Some(span) = span {
                covered = span.from..span.to;
                spans.push(span);
            }
        }
    }
}

/// Digits of a text that may hold the number of a card or a person.
fn count_digits(text: &str) -> usize {
    if text.len() < MIN_DIGITS {
        return 0;
    }
    text.bytes().map(|b| usize::from(b.is_ascii_digit())).sum()
}

/// Overlapping spans become one, under the rule of the first.
fn merge(spans: &mut Vec<Span>) {
    spans.sort_by_key(|span| (span.from, std::cmp::Reverse(span.to)));
    spans.dedup_by(|span, last| {
        let overlaps = span.from < last.to;
        if overlaps {
            last.to = last.to.max(span.to);
        }
        overlaps
    });
}
