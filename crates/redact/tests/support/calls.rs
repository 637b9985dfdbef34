//! Recorded calls, a line each: `{ function, parameters, arguments, result, times }`, columns of the
//! table `calls`; and what the redactor takes out of them.

use breadcrumb_event::value::Value;
use breadcrumb_redact::{Hits, Redactor};
use serde_json::Value as Json;

use super::json::{leaves, value_of};

/// A value that went, and where it stood.
pub struct Hit {
    pub rule: String,
    /// The function with its parameters.
    pub place: String,
    pub value: String,
    pub times: u64,
}

/// The number of values of a line, and the hits among them.
pub fn look(redactor: &Redactor, line: &str) -> (u64, Vec<Hit>) {
    let call: Json = serde_json::from_str(line).expect("a line is a call");
    let part = |name: &str| parsed(&call[name]);
    let function = call["function"].as_str().unwrap_or_default();
    let names: Vec<String> = part("parameters")
        .as_array()
        .into_iter()
        .flatten()
        .map(|name| name.as_str().unwrap_or_default().to_owned())
        .collect();
    // Equal calls stand in one line.
    let times = call["times"].as_u64().unwrap_or(1);
    let mut values = 0;
    let mut found = Vec::new();
    let mut tell = |place: String, before: &Value, hits: Hits| {
        values += leaves(before);
        for rule in hits {
            found.push(Hit {
                rule: redactor.rule_names()[rule.index()].to_string(),
                place: place.clone(),
                value: before.to_json(),
                times,
            });
        }
    };
    let arguments = part("arguments");
    let given: Vec<Value> = arguments
        .as_array()
        .into_iter()
        .flatten()
        .map(value_of)
        .collect();
    // One at a time, so that it is known which; the second once more, behind the first.
    for (at, value) in given.iter().enumerate() {
        let mut hits = Hits::new();
        let from = at.saturating_sub(usize::from(at == 1));
        let mut one = given[from..=at].to_vec();
        let own = names.get(from..names.len().min(at + 1)).unwrap_or_default();
        redactor.redact_arguments(own, &mut one, &mut hits);
        let name = names.get(at).map_or("", String::as_str);
        if one.last() != Some(value) {
            tell(format!("{function}({name})"), value, hits);
        } else {
            tell(String::new(), value, Hits::new());
        }
    }
    let result = part("result");
    if !result.is_null() {
        let before = value_of(&result);
        let mut hits = Hits::new();
        redactor.redact_result(function, &mut before.clone(), &mut hits);
        tell(format!("{function} →"), &before, hits);
    }
    (values * times, found)
}

/// A column that is JSON as text, or JSON itself.
fn parsed(column: &Json) -> Json {
    match column {
        Json::String(text) => serde_json::from_str(text).unwrap_or_default(),
        other => other.clone(),
    }
}
