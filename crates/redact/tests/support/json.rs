//! A recorded value's JSON (docs/values.md) as the value that it was.

use breadcrumb_event::value::{Class, Value};
use serde_json::Value as Json;

/// What a `$type` says is as near as the redactor can tell: a date is a number to it.
pub fn value_of(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(b) => Value::Bool(*b),
        Json::Number(n) => Value::Number(n.as_f64().unwrap_or_default()),
        Json::String(text) => Value::text(text),
        Json::Array(items) => array(items),
        Json::Object(fields) => match fields.get("$type").and_then(Json::as_str) {
            None => object(fields),
            Some("array") => array(list(fields, "items")),
            Some("set") => Value::Set {
                items: list(fields, "items").iter().map(value_of).collect(),
                length: 0,
            },
            Some("map") => Value::Map {
                entries: list(fields, "entries").iter().map(entry).collect(),
                length: 0,
            },
            Some("string") => match value_of(&fields["value"]) {
                Value::String { text, .. } => Value::String {
                    text,
                    length: u32::MAX,
                },
                other => other,
            },
            Some("symbol") => Value::Symbol(field(fields, "description")),
            Some("function") => Value::Function(field(fields, "name")),
            Some("regexp") => Value::RegExp(field(fields, "source")),
            Some("error") => Value::Error {
                name: field(fields, "name"),
                message: field(fields, "message"),
                stack: Box::new(Value::Undefined),
                entries: Vec::new(),
                length: 0,
            },
            Some(_) => Value::Undefined,
        },
    }
}

fn object(fields: &serde_json::Map<String, Json>) -> Value {
    let own = fields
        .iter()
        .filter(|(key, _)| !matches!(key.as_str(), "$class" | "$length"));
    let key = |key: &String| key.strip_prefix('$').unwrap_or(key).to_owned();
    Value::Object {
        class: match fields.get("$class").and_then(Json::as_str) {
            Some(name) => Class::Named(name.to_owned()),
            None => Class::Plain,
        },
        entries: own
            .map(|(name, value)| (key(name), value_of(value)))
            .collect(),
        length: 0,
    }
}

fn array(items: &[Json]) -> Value {
    Value::Array {
        items: items.iter().map(value_of).collect(),
        length: u32::try_from(items.len()).unwrap_or(u32::MAX),
    }
}

fn entry(entry: &Json) -> (Value, Value) {
    (value_of(&entry[0]), value_of(&entry[1]))
}

fn list<'a>(fields: &'a serde_json::Map<String, Json>, name: &str) -> &'a [Json] {
    fields
        .get(name)
        .and_then(Json::as_array)
        .map_or(&[], |items| items)
}

fn field(fields: &serde_json::Map<String, Json>, name: &str) -> Box<Value> {
    Box::new(fields.get(name).map_or(Value::Undefined, value_of))
}

/// Values in a value: those that hold others count as nothing.
pub fn leaves(value: &Value) -> u64 {
    match value {
        Value::Array { items, .. } | Value::Set { items, .. } => items.iter().map(leaves).sum(),
        Value::Map { entries, .. } => entries.iter().map(|(k, v)| leaves(k) + leaves(v)).sum(),
        Value::Object { entries, .. } => entries.iter().map(|(_, v)| leaves(v)).sum(),
        _ => 1,
    }
}
