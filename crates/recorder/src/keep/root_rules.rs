//! A user's predicate over a trace's root, as data: code of the program's never runs here.
//!
//! ```text
//! [{ function: "handle*", durationNs: { min: 50000000 } }, { where: [… tenant = acme …] }]
//!   root's row ─► the rules that it fulfils; one that asks nothing else ─► kept at once
//!   trace's end ─► number of its calls, name of the exception that ended the root
//! ```
//! A trace is kept by any rule all of which holds. Limits: [`MAX_RULES`] rules.

use std::fmt;
use std::sync::Arc;

use breadcrumb_event::function::FunctionEntry;
use breadcrumb_event::row::{CallRow, CallStatus, ExceptionRow, LinkRow};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::encoded_rows::pass_on;
use super::trace::Trace;
use super::value_rule::{ValueRule, ValueTest};
use crate::error::RecorderError;
use crate::row_sink::RowSink;

/// Rules of a policy, at most: a bit each.
const MAX_RULES: usize = 32;

/// What is known of a function, by its id.
pub(crate) type FunctionOf = dyn Fn(u32) -> Option<FunctionEntry> + Send + Sync;

/// What is asked of a root. What is not said narrows nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RootRule {
    /// Its function's name; `*` stands for any characters.
    pub function: Option<String>,
    /// That function's file; likewise.
    pub file: Option<String>,
    /// How it ended: a name of the store's.
    pub status: Option<String>,
    /// Name of the exception that ended it; `*` as above.
    pub exception_name: Option<String>,
    /// How long it lasted, ns.
    pub duration_ns: Bounds,
    /// How long it ran itself, ns.
    pub self_ns: Bounds,
    /// How long it was suspended, ns.
    pub wait_ns: Bounds,
    /// Recorded calls of its trace.
    pub calls: Bounds,
    /// Conditions on its arguments and result.
    pub r#where: Vec<ValueRule>,
}

/// From and to, both included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Bounds {
    /// At least.
    pub min: Option<i64>,
    /// At most.
    pub max: Option<i64>,
}

impl Bounds {
    /// Whether a number is in them. One that is not known is in none.
    fn hold(self, number: Option<i64>) -> bool {
        let is_open = self.min.is_none() && self.max.is_none();
        is_open
            || number.is_some_and(|number| {
                self.min.is_none_or(|min| number >= min) && self.max.is_none_or(|max| number <= max)
            })
    }
}

/// Rules that a root fulfils as far as its row tells, a bit each.
pub(super) type RuleSet = u32;

/// A rule, ready to be asked.
#[derive(Clone, Debug)]
struct Asked {
    rule: RootRule,
    values: Vec<ValueTest>,
}

/// What is known of a function as a root.
#[derive(Clone, Debug, Default)]
struct Known {
    /// Rules that it may fulfil.
    rules: RuleSet,
    parameters: Vec<String>,
}

/// See the module.
#[derive(Clone, Default)]
pub(super) struct RootRules {
    asked: Vec<Asked>,
    /// Those of which a root's row tells all.
    told_by_root: RuleSet,
    functions: Option<Arc<FunctionOf>>,
    known: FxHashMap<u32, Known>,
}

impl fmt::Debug for RootRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.asked.fmt(f)
    }
}

impl RootRules {
    pub(super) fn new(rules: &[RootRule]) -> Result<Self, RecorderError> {
        if rules.len() > MAX_RULES {
            return Err(RecorderError::TooManyRules { most: MAX_RULES });
        }
        let mut own = Self::default();
        for (index, rule) in rules.iter().enumerate() {
            let values = rule.r#where.iter().map(ValueTest::new);
            if rule.exception_name.is_none() && rule.calls == Bounds::default() {
                own.told_by_root |= 1 << index;
            }
            own.asked.push(Asked {
                values: values.collect::<Result<_, _>>()?,
                rule: rule.clone(),
            });
        }
        Ok(own)
    }

    /// Who knows the functions. Without it, rules that ask for one say nothing.
    pub(super) fn know(&mut self, functions: Arc<FunctionOf>) {
        self.functions = Some(functions);
        self.known.clear();
    }

    /// The rules that a root fulfils as far as its row tells.
    pub(super) fn of_root(&mut self, row: &CallRow<'_>) -> RuleSet {
        if self.asked.is_empty() {
            return 0;
        }
        if !self.known.contains_key(&row.function) {
            let known = self.learn(row.function);
            self.known.insert(row.function, known);
        }
        let known = &self.known[&row.function];
        let may = self.each(known.rules);
        may.filter(|(_, asked)| asked.holds_of(row, &known.parameters))
            .fold(0, |set, (index, _)| set | 1 << index)
    }

    /// One of them asks for nothing else.
    pub(super) fn are_certain(&self, rules: RuleSet) -> bool {
        rules & self.told_by_root != 0
    }

    /// Whether one of the rules that its root fulfils holds of a trace whose calls are all there.
    pub(super) fn keep(&self, trace: &Trace) -> bool {
        let mut rules = self.each(trace.rules);
        rules.any(|(_, Asked { rule, .. })| {
            rule.calls.hold(i64::try_from(trace.calls).ok())
                && rule.exception_name.as_ref().is_none_or(|pattern| {
                    let name = root_exception(trace);
                    name.is_some_and(|name| is_like(&name, pattern))
                })
        })
    }

    fn each(&self, rules: RuleSet) -> impl Iterator<Item = (usize, &Asked)> {
        let asked = self.asked.iter().enumerate();
        asked.filter(move |(index, _)| rules & (1 << index) != 0)
    }

    fn learn(&self, function: u32) -> Known {
        let entry = self.functions.as_ref().and_then(|of| of(function));
        let is = |pattern: &Option<String>, text: Option<&str>| {
            pattern
                .as_ref()
                .is_none_or(|pattern| text.is_some_and(|text| is_like(text, pattern)))
        };
        let name = entry.as_ref().map(|entry| &*entry.function.name);
        let file = entry.as_ref().map(|entry| &*entry.file);
        let may = |rule: &RootRule| is(&rule.function, name) && is(&rule.file, file);
        let rules = self.each(RuleSet::MAX);
        Known {
            rules: rules
                .filter(|(_, asked)| may(&asked.rule))
                .fold(0, |set, (index, _)| set | 1 << index),
            parameters: entry.map_or_else(Vec::new, |entry| entry.function.parameters),
        }
    }
}

impl Asked {
    fn holds_of(&self, row: &CallRow<'_>, parameters: &[String]) -> bool {
        let Self { rule, values } = self;
        let status = rule.status.as_ref();
        status.is_none_or(|status| status == row.status.name())
            && rule.duration_ns.hold(row.duration_ns)
            && rule.self_ns.hold(Some(row.self_ns))
            && rule.wait_ns.hold(Some(row.wait_ns))
            && (rule.exception_name.is_none() || row.status == CallStatus::Threw)
            && values.iter().all(|value| value.holds(row, parameters))
    }
}

/// A text equal to `pattern`, in which `*` stands for any characters.
fn is_like(text: &str, pattern: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return text == pattern;
    };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    let text = text.strip_prefix(first);
    let Some(mut text) = text.and_then(|text| text.strip_suffix(last)) else {
        return false;
    };
    // The first place of each leaves the most for the next.
    middle.split('*').all(|part| match text.split_once(part) {
        Some((_, behind)) => {
            text = behind;
            true
        }
        None => false,
    })
}

/// Name of the exception that ended the root of a trace.
fn root_exception(trace: &Trace) -> Option<String> {
    /// The id, and all names.
    #[derive(Default)]
    struct Seen(Option<i64>, Vec<(i64, String)>);
    impl RowSink for Seen {
        fn call(&mut self, row: &CallRow<'_>) {
            if row.parent_id.is_none() {
                self.0 = row.exception_id;
            }
        }
        fn link(&mut self, _: &LinkRow) {}
        fn exception(&mut self, row: &ExceptionRow<'_>) {
            self.1.push((row.exception_id, row.name.to_owned()));
        }
    }
    let mut seen = Seen::default();
    pass_on(&trace.rows, &mut seen);
    let Seen(root, names) = seen;
    let found = names.into_iter().find(|(id, _)| root == Some(*id));
    found.map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_text() {
        for (text, pattern, is) in [
            ("handle", "handle", true),
            ("handler", "handle", false),
            ("handler", "handle*", true),
            ("Cart.add", "*.add", true),
            ("Cart.add", "C*a*d", true),
            ("aXbX", "a*X", true),
            ("abc", "a*c*b", false),
            ("ab", "ab*ab", false),
            ("", "*", true),
        ] {
            assert_eq!(is_like(text, pattern), is, "{text} {pattern}");
        }
    }
}
