//! A condition on a value of a call, by its path.
//!
//! ```text
//! { head: "arguments", steps: ["tenant"], op: "=", value: "acme" }   of f(tenant), given "acme": holds
//! ```
//! As the query API's `where`: a number is equal to numbers only, a text to texts only; what is not there
//! fulfils nothing but `exists: false`. Values are read as they are stored, redacted and cut.
//! Limits: JSON as the translator writes it, without spaces; patterns of [`MAX_PATTERN_BYTES`], automata of
//! [`MAX_AUTOMATON_BYTES`].

use std::borrow::Cow;
use std::cmp::Ordering;

use breadcrumb_event::row::CallRow;
use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::error::RecorderError;

const MAX_PATTERN_BYTES: usize = 1000;
const MAX_AUTOMATON_BYTES: usize = 1 << 20;

/// A condition on a value of a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ValueRule {
    /// Where the path begins.
    pub head: ValueHead,
    /// Names of properties and numbers of items. A name right behind the arguments is a parameter's.
    pub steps: Vec<ValueStep>,
    /// How it is compared.
    pub op: Operator,
    /// With what. Of `exists`: whether it does.
    pub value: Json,
}

/// Where a path begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ValueHead {
    /// The call's arguments.
    Arguments,
    /// Its result.
    Result,
}

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ValueStep {
    /// An item's number.
    Item(u32),
    /// A property's name.
    Name(String),
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operator {
    /// Equal.
    #[serde(rename = "=")]
    Equal,
    /// There, and another.
    #[serde(rename = "!=")]
    Other,
    /// Numbers and texts below it.
    #[serde(rename = "<")]
    Below,
    /// Below or equal.
    #[serde(rename = "<=")]
    AtMost,
    /// Above.
    #[serde(rename = ">")]
    Above,
    /// Above or equal.
    #[serde(rename = ">=")]
    AtLeast,
    /// It stands in the text, or in the value's JSON.
    #[serde(rename = "contains")]
    Contains,
    /// A regular expression finds something in it.
    #[serde(rename = "matches")]
    Matches,
    /// There is a value.
    #[serde(rename = "exists")]
    Exists,
}

/// What a value is compared with.
#[derive(Clone, Debug)]
enum Test {
    Compare(Operator, Json),
    Contains(String),
    Matches(Regex),
    Exists(bool),
}

/// A rule, ready to be asked. See the module.
#[derive(Clone, Debug)]
pub(super) struct ValueTest {
    head: ValueHead,
    /// The parameter's name, where the path begins with one.
    parameter: Option<String>,
    steps: Vec<Step>,
    test: Test,
}

/// A step: into an object by its name, into a list by its number, if it is one.
#[derive(Clone, Debug)]
struct Step {
    name: String,
    item: Option<usize>,
}

impl From<&ValueStep> for Step {
    fn from(step: &ValueStep) -> Self {
        let name = match step {
            ValueStep::Item(index) => index.to_string(),
            ValueStep::Name(name) => name.clone(),
        };
        let item = name.parse().ok();
        Self { name, item }
    }
}

impl ValueTest {
    pub(super) fn new(rule: &ValueRule) -> Result<Self, RecorderError> {
        let mut steps = rule.steps.iter().peekable();
        let of_arguments = rule.head == ValueHead::Arguments;
        let parameter = steps.next_if(|step| of_arguments && matches!(step, ValueStep::Name(_)));
        let text = || rule.value.as_str().unwrap_or_default();
        Ok(Self {
            head: rule.head,
            parameter: parameter.map(|step| Step::from(step).name),
            steps: steps.map(Step::from).collect(),
            test: match rule.op {
                Operator::Exists => Test::Exists(rule.value != Json::Bool(false)),
                Operator::Contains => Test::Contains(text().to_owned()),
                Operator::Matches => Test::Matches(compile(text())?),
                op => Test::Compare(op, rule.value.clone()),
            },
        })
    }

    /// Whether it holds of a call of a function with these parameters.
    pub(super) fn holds(&self, row: &CallRow<'_>, parameters: &[String]) -> bool {
        let whole = match self.head {
            ValueHead::Arguments => row.arguments.json(),
            ValueHead::Result => row.result.json(),
        };
        let found = whole
            .as_deref()
            .and_then(|json| self.find(json, parameters));
        match (&self.test, found) {
            (Test::Exists(expected), found) => found.is_some() == *expected,
            (_, None) => false,
            (Test::Contains(part), Some(json)) => {
                text_of(json).is_some_and(|text| text.contains(part))
            }
            (Test::Matches(pattern), Some(json)) => {
                text_of(json).is_some_and(|text| pattern.is_match(&text))
            }
            (Test::Compare(op, operand), Some(json)) => compares(json, *op, operand),
        }
    }

    fn find<'a>(&self, json: &'a str, parameters: &[String]) -> Option<&'a str> {
        let json = match &self.parameter {
            None => json,
            Some(name) => {
                let index = parameters.iter().position(|own| own == name)?;
                step_into(json, "", Some(index))?
            }
        };
        let mut steps = self.steps.iter();
        steps.try_fold(json, |json, step| step_into(json, &step.name, step.item))
    }
}

fn compile(pattern: &str) -> Result<Regex, RecorderError> {
    let bad = |reason: String| RecorderError::BadPattern {
        pattern: pattern.to_owned(),
        reason,
    };
    if pattern.len() > MAX_PATTERN_BYTES {
        return Err(bad(format!("it is longer than {MAX_PATTERN_BYTES} bytes")));
    }
    RegexBuilder::new(pattern)
        .size_limit(MAX_AUTOMATON_BYTES)
        .dfa_size_limit(MAX_AUTOMATON_BYTES)
        .build()
        .map_err(|error| {
            // The last line: the others show the place.
            let text = error.to_string();
            let line = text.lines().last().unwrap_or_default();
            bad(line.strip_prefix("error: ").unwrap_or(line).to_owned())
        })
}

/// The text of a value: its JSON, if it is none; null has none.
fn text_of(json: &str) -> Option<Cow<'_, str>> {
    match json.as_bytes().first()? {
        b'"' => string_of(json),
        b'n' => None,
        _ => Some(json.into()),
    }
}

/// What a JSON string says.
fn string_of(json: &str) -> Option<Cow<'_, str>> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') {
        return serde_json::from_str(json).ok().map(Cow::Owned);
    }
    Some(inner.into())
}

fn compares(json: &str, op: Operator, operand: &Json) -> bool {
    let order = order_of(json, operand);
    let is = |wanted: &[Ordering]| order.is_some_and(|order| wanted.contains(&order));
    match op {
        Operator::Other => order != Some(Ordering::Equal),
        Operator::Below => is(&[Ordering::Less]),
        Operator::AtMost => is(&[Ordering::Less, Ordering::Equal]),
        Operator::Above => is(&[Ordering::Greater]),
        Operator::AtLeast => is(&[Ordering::Greater, Ordering::Equal]),
        _ => is(&[Ordering::Equal]),
    }
}

/// How a value stands to one of its kind; `None`: it is of another.
fn order_of(json: &str, operand: &Json) -> Option<Ordering> {
    match operand {
        Json::Number(number) => json.parse::<f64>().ok()?.partial_cmp(&number.as_f64()?),
        Json::String(text) => Some(string_of(json)?.as_ref().cmp(text)),
        Json::Bool(value) => Some(json.parse::<bool>().ok()?.cmp(value)),
        Json::Null => (json == "null").then_some(Ordering::Equal),
        _ => None,
    }
}

/// The JSON of what a step leads to, in the JSON of an object or a list.
fn step_into<'a>(json: &'a str, name: &str, item: Option<usize>) -> Option<&'a str> {
    let is_object = json.starts_with('{');
    if !is_object && !json.starts_with('[') {
        return None;
    }
    let mut rest = json.get(1..)?;
    let mut index = 0;
    while !rest.starts_with(['}', ']']) {
        let is_wanted = if is_object {
            let (found, behind) = rest.split_at_checked(value_end(rest)?)?;
            rest = behind.strip_prefix(':')?;
            string_of(found)? == name
        } else {
            index += 1;
            item == Some(index - 1)
        };
        let (value, behind) = rest.split_at_checked(value_end(rest)?)?;
        if is_wanted {
            return Some(value);
        }
        rest = behind.strip_prefix(',').unwrap_or(behind);
    }
    None
}

/// Where the value ends that a text begins with.
fn value_end(json: &str) -> Option<usize> {
    let bytes = json.as_bytes();
    let (mut depth, mut at) = (0usize, 0);
    loop {
        match bytes.get(at)? {
            b'"' => at = string_end(bytes, at)?,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        at += 1;
        if depth == 0 && matches!(bytes.get(at), None | Some(b',' | b':' | b'}' | b']')) {
            return Some(at);
        }
    }
}

/// Where the string's last quote is.
fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use breadcrumb_event::row::{Arguments, CallResult, CallStatus, ClockKind, ParentKind};
    use serde_json::json;

    const ARGUMENTS: &str =
        r#"[{"user":{"id":7,"na\"me":"Ann"},"a/b":[1,[2.5,{}],"]"]},"x",null,true]"#;

    fn holds(rule: Json) -> bool {
        let row = CallRow {
            thread_id: 0,
            root_id: 1,
            call_id: 1,
            parent_id: None,
            parent_kind: ParentKind::None,
            function: 0,
            started_at_ns: 0,
            duration_ns: Some(1),
            self_ns: 0,
            wait_ns: 0,
            depth: 0,
            status: CallStatus::Returned,
            arguments: Arguments::Json(ARGUMENTS),
            result: CallResult::Integer(42),
            exception_id: None,
            clock: ClockKind::Coarse,
            lines: None,
            variables: None,
        };
        let rule: ValueRule = serde_json::from_value(rule).unwrap();
        let test = ValueTest::new(&rule).unwrap();
        test.holds(&row, &["body".to_owned(), "key".to_owned()])
    }

    fn at(steps: Json, op: &str, value: Json) -> bool {
        holds(json!({ "head": "arguments", "steps": steps, "op": op, "value": value }))
    }

    #[test]
    fn a_path_leads_through_objects_lists_and_parameters() {
        assert!(at(json!([0, "user", "id"]), "=", json!(7)));
        assert!(at(json!(["body", "user", "na\"me"]), "=", json!("Ann")));
        assert!(at(json!(["body", "a/b", 1, 0]), "=", json!(2.5)));
        assert!(at(json!(["body", "a/b", 2]), "=", json!("]")));
        assert!(at(json!(["key"]), "=", json!("x")));
        assert!(at(json!([3]), "=", json!(true)));
        assert!(at(json!([2]), "=", json!(null)));
        for nowhere in [
            json!([9]),
            json!(["nobody"]),
            json!([0, "user", 0]),
            json!([1, 0]),
        ] {
            assert!(at(nowhere.clone(), "exists", json!(false)), "{nowhere}");
            assert!(!at(nowhere, "!=", json!(1)));
        }
        assert!(holds(
            json!({ "head": "result", "steps": [], "op": ">=", "value": 42 })
        ));
    }

    #[test]
    fn what_is_compared_is_of_one_kind() {
        assert!(!at(json!([0, "user", "id"]), "=", json!("7")));
        assert!(at(json!([0, "user", "id"]), "!=", json!("7")));
        assert!(at(json!([0, "user", "id"]), "<", json!(7.5)));
        assert!(!at(json!([1]), ">", json!(1)));
        assert!(at(json!([1]), ">", json!("a")));
        assert!(at(json!([1]), "matches", json!("^[a-z]$")));
        assert!(at(json!([0]), "contains", json!("\"id\":7")));
        assert!(!at(json!([2]), "contains", json!("null")));
        assert!(at(json!([2]), "exists", json!(true)));
    }

    #[test]
    fn a_pattern_that_is_none_or_too_large_is_told() {
        let rule = |pattern: &str| ValueRule {
            head: ValueHead::Result,
            steps: Vec::new(),
            op: Operator::Matches,
            value: pattern.into(),
        };
        for pattern in [
            "(",
            "a(?=b)",
            &"x".repeat(1001),
            "(?:(?:a{1000}){1000}){100}",
        ] {
            let error = ValueTest::new(&rule(pattern)).unwrap_err().to_string();
            assert!(error.contains("cannot be used"), "{error}");
        }
    }
}
