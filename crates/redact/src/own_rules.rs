//! Shapes of secrets that the user knows, as regular expressions.
//!
//! `{ name: "order", pattern: "ORD-([0-9]{6})" }` takes the digits out of `see ORD-123456`; without
//! a group all that matches goes. The crate `regex` searches in linear time whatever the pattern.
//! Limits: [`MAX_RULES`] rules, [`MAX_PATTERN_BYTES`] each, automata of [`MAX_AUTOMATON_BYTES`]; no
//! look-around, no back-references. A text that a rule matches more than [`MAX_MATCHES`] times goes
//! from behind those to its end, so that no pattern takes longer than that many searches.

use regex::{Regex, RegexBuilder};

use crate::options::{OwnRule, RedactError};
use crate::rules::Rule;
use crate::text::Span;

/// Each takes time for every text.
const MAX_RULES: usize = 64;
const MAX_PATTERN_BYTES: usize = 1000;
const MAX_AUTOMATON_BYTES: usize = 1 << 20;
const MAX_MATCHES: usize = 256;

/// See the module.
#[derive(Clone, Debug, Default)]
pub(crate) struct OwnRules(Vec<Regex>);

impl OwnRules {
    pub(crate) fn new(rules: &[OwnRule]) -> Result<Self, RedactError> {
        if rules.len() > MAX_RULES {
            return Err(RedactError::TooManyRules {
                count: rules.len(),
                most: MAX_RULES,
            });
        }
        let regexes: Result<_, _> = rules.iter().map(compile).collect();
        regexes.map(Self)
    }

    /// Adds what these rules find in `text`.
    pub(crate) fn find(&self, text: &str, spans: &mut Vec<Span>) {
        for (at, regex) in self.0.iter().enumerate() {
            let rule = Rule::own(at);
            let (mut from, mut matches) = (0, 0);
            while let Some((whole, secret)) = find_at(regex, text, from) {
                if matches == MAX_MATCHES {
                    spans.push(Span::new(from, text.len(), rule));
                    break;
                }
                matches += 1;
                if !secret.is_empty() {
                    spans.push(Span::new(secret.start, secret.end, rule));
                }
                // What matches nothing is stepped over, by a whole character.
                from = whole.end + usize::from(whole.is_empty());
                while !text.is_char_boundary(from) && from < text.len() {
                    from += 1;
                }
                if from > text.len() {
                    break;
                }
            }
        }
    }
}

/// The next match, and what of it is secret.
fn find_at(
    regex: &Regex,
    text: &str,
    from: usize,
) -> Option<(std::ops::Range<usize>, std::ops::Range<usize>)> {
    if regex.captures_len() == 1 {
        let whole = regex.find_at(text, from)?.range();
        return Some((whole.clone(), whole));
    }
    let captures = regex.captures_at(text, from)?;
    let whole = captures.get(0)?.range();
    let secret = captures.get(1).map_or_else(|| whole.clone(), |m| m.range());
    Some((whole, secret))
}

fn compile(rule: &OwnRule) -> Result<Regex, RedactError> {
    let bad = |reason: String| RedactError::BadPattern {
        name: rule.name.clone(),
        reason,
    };
    if rule.pattern.len() > MAX_PATTERN_BYTES {
        return Err(bad(format!("it is longer than {MAX_PATTERN_BYTES} bytes")));
    }
    let regex = RegexBuilder::new(&rule.pattern)
        .size_limit(MAX_AUTOMATON_BYTES)
        .dfa_size_limit(MAX_AUTOMATON_BYTES)
        .build()
        .map_err(|error| bad(reason(&error)))?;
    if regex.is_match("") {
        return Err(bad("it matches the empty text, so every text".to_owned()));
    }
    Ok(regex)
}

/// The last line of what the crate says: the others show the place.
fn reason(error: &regex::Error) -> String {
    let text = error.to_string();
    let line = text.lines().last().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}
