//! Secrets inside text, taken out of it: `Bearer eyJ…` → `Bearer [redacted:jwt]`.
//!
//! One pass of an automaton finds where a secret could begin; only there a rule of
//! [`crate::shapes`] or [`crate::pairs`] looks closer. Numbers of cards and people are looked for where
//! there are enough digits. Limits: time linear in the text's length, for every rule looks a bounded
//! distance or not twice at the same stretch.

use aho_corasick::AhoCorasick;

use crate::cards::find_cards;
use crate::names::{SecretNames, automaton};
use crate::pairs::find_pair;
use crate::personal::{OptionalRules, find_numbers};
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
    pub(crate) rule: &'static str,
}

impl Span {
    pub(crate) fn new(from: usize, to: usize, rule: &'static str) -> Self {
        Self { from, to, rule }
    }
}

/// The automaton over everything that a secret in a text begins with.
#[derive(Clone, Debug)]
pub(crate) struct TextRules {
    triggers: AhoCorasick,
    quick: Trigrams,
    optional: OptionalRules,
}

impl TextRules {
    pub(crate) fn new(names: &SecretNames, optional: OptionalRules) -> Self {
        // The shapes' triggers come first, so that a pattern's number tells them from names.
        let texts: Vec<String> = TRIGGERS
            .iter()
            .map(|(text, _)| (*text).to_owned())
            .chain(names.stems().iter().cloned())
            .collect();
        Self {
            quick: Trigrams::new(&texts),
            triggers: automaton(&texts),
            optional,
        }
    }

    /// The text without its secrets and how many there were; `None` if there are none.
    pub(crate) fn redact(&self, text: &str, names: &SecretNames) -> Option<(String, u32)> {
        if text.len() < MIN_BYTES {
            return None;
        }
        let mut spans = Vec::new();
        self.find(text, names, &mut spans);
        if has_digits(text) {
            find_cards(text, &mut spans);
            find_numbers(text, &mut spans);
        }
        self.optional.find(text, &mut spans);
        if let Some(key) = whole_key(text) {
            spans.push(key);
        }
        spans.retain(|span| names.applies(span.rule));
        if spans.is_empty() {
            return None;
        }
        Some(replace(text, spans))
    }

    fn find(&self, text: &str, names: &SecretNames, spans: &mut Vec<Span>) {
        // Most texts hold no trigger at all, which is known sooner than where one is.
        if !self.quick.may_match(text) || !self.triggers.is_match(text) {
            return;
        }
        let mut scan = Scan::new(text);
        let mut covered = 0..0;
        for hit in self.triggers.find_overlapping_iter(text) {
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

/// There are enough digits for a number of a card or a person. Most texts end this in the first
/// test.
fn has_digits(text: &str) -> bool {
    text.len() >= MIN_DIGITS
        && text
            .bytes()
            .map(|b| usize::from(b.is_ascii_digit()))
            .sum::<usize>()
            >= MIN_DIGITS
}

/// The text with each span replaced by `[redacted:rule]`; overlapping spans become one, under the
/// rule of the first.
fn replace(text: &str, mut spans: Vec<Span>) -> (String, u32) {
    spans.sort_by_key(|span| (span.from, std::cmp::Reverse(span.to)));
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.from < last.to => last.to = last.to.max(span.to),
            _ => merged.push(span),
        }
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for span in &merged {
        out.push_str(&text[from..span.from]);
        out.push_str("[redacted:");
        out.push_str(span.rule);
        out.push(']');
        from = span.to;
    }
    out.push_str(&text[from..]);
    (out, u32::try_from(merged.len()).unwrap_or(u32::MAX))
}
