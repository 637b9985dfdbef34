//! Tokens of a language, which parsers have, and not of a person: `{ kind: "Name", start: 7 }`.
//!
//! The name `token` alone cannot tell: a parser hands millions of them around. What is a token of a
//! language by its looks is looked into, as any other value: a number below [`LEAST_NUMBER`], a text of
//! punctuation, a short one without digits, a keyword; an object with a kind and a place, or of nothing
//! but these; a list of them.
//! Limits: on doubt it is a secret; a parser's longer texts are taken for one.

use breadcrumb_event::value::{Class, Value};

/// Smaller ones are kinds of tokens: nobody is let in by three digits.
const LEAST_NUMBER: f64 = 1000.0;
/// Up to here a text without digits is a word, and so far one without letters is a number: a secret
/// that a machine made is longer.
const WORD_BYTES: usize = 6;
const NUMBER_BYTES: usize = 3;
/// Lists of tokens, as a place in a text is told: `["word", "x.png", 1, 5, 1, 9]`.
const LEAST_PLACES: usize = 2;
const MAX_PLACE: f64 = 1e8;

/// What an object says of its kind, and of its place in a text.
#[rustfmt::skip]
const KINDS: &[&str] = &["type", "kind", "tokenType", "toktype", "tag", "name", "label", "token"];
#[rustfmt::skip]
const PLACES: &[&str] = &[
    "start", "end", "pos", "line", "lineno", "colno", "col", "column", "loc", "location", "range",
    "offset", "index", "raw", "depth", "nesting", "fullStart", "preserveSpace", "beforeExpr",
    "sourceSpan", "node",
];

/// Longer words that are texts of tokens, or names of their kinds, in many languages.
#[rustfmt::skip]
const KEYWORDS: &[&str] = &[
    "function", "instanceof", "continue", "default", "extends", "finally", "debugger", "operator",
    "identifier", "punctuation", "keyword", "comment", "string", "number", "template", "regexp",
    "punctuator", "interface", "implements", "constructor", "undefined", "boolean", "whitespace",
    "newline", "prototype", "protected", "namespace", "readonly", "abstract", "declare", "satisfies",
];

/// Whether a value under the name of a token is one of a language.
pub(crate) fn is_syntax(value: &Value) -> bool {
    match value {
        Value::Number(n) => n.abs() < LEAST_NUMBER,
        Value::String { text, .. } => is_syntax_text(text),
        Value::Array { items, .. } => items.iter().all(is_syntax) || is_placed(items),
        Value::Set { items, .. } => items.iter().all(is_syntax),
        Value::Object { class, entries, .. } => {
            let has = |names: &[&str]| {
                let keys = entries.iter().map(|(key, _)| key.as_str());
                keys.into_iter().any(|key| names.contains(&key))
            };
            let is_named = matches!(class, Class::Named(name) if name.contains("Tok"));
            ((is_named || has(KINDS)) && has(PLACES)) || are_of_syntax(entries)
        }
        Value::Identified { value, .. } => is_syntax(value),
        Value::Extended { value, entries, .. } => is_syntax(value) && are_of_syntax(entries),
        Value::Undefined
        | Value::Null
        | Value::Bool(_)
        | Value::Hole
        | Value::Function(_)
        | Value::RegExp(_)
        | Value::Accessor
        | Value::Circular(_)
        | Value::Cut { .. } => true,
        _ => false,
    }
}

/// Punctuation alone.
pub(crate) fn has_no_word(text: &str) -> bool {
    !text.bytes().any(|b| b.is_ascii_alphanumeric() || b >= 0x80)
}

fn is_syntax_text(text: &str) -> bool {
    let has_letter = text.bytes().any(|b| b.is_ascii_alphabetic() || b >= 0x80);
    let has_digit = text.bytes().any(|b| b.is_ascii_digit());
    match (has_letter, has_digit) {
        (false, false) => true,
        (false, true) => text.len() <= NUMBER_BYTES,
        (true, true) => false,
        (true, false) => {
            text.len() <= WORD_BYTES || KEYWORDS.contains(&text.to_ascii_lowercase().as_str())
        }
    }
}

fn are_of_syntax(entries: &[(String, Value)]) -> bool {
    let mut entries = entries.iter();
    entries.all(|(key, value)| is_kind(key, value) || is_syntax(value))
}

/// `type: "descendant"`, `name: "nth-child"`.
fn is_kind(key: &str, value: &Value) -> bool {
    let is_word = |text: &str| text.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-');
    KINDS.contains(&key) && value.as_text().is_some_and(is_word)
}

/// A kind, a text, and places of it.
fn is_placed(items: &[Value]) -> bool {
    let is_kind = items
        .first()
        .and_then(Value::as_text)
        .is_some_and(is_syntax_text);
    let place = |item: &&Value| matches!(item, Value::Number(n) if *n >= 0.0 && *n < MAX_PLACE);
    is_kind && items.iter().filter(place).count() >= LEAST_PLACES
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(class: Class, keys: &[&str]) -> Value {
        Value::Object {
            class,
            entries: keys
                .iter()
                .map(|&key| (key.to_owned(), Value::text("x1")))
                .collect(),
            length: 0,
        }
    }

    fn kind(key: &str, value: &str) -> Value {
        Value::Object {
            class: Class::Plain,
            entries: vec![(key.to_owned(), Value::text(value))],
            length: 1,
        }
    }

    fn list(items: Vec<Value>) -> Value {
        Value::Array { items, length: 0 }
    }

    #[test]
    fn what_parsers_have() {
        let word = list(vec![
            Value::text("word"),
            Value::text("50px"),
            Value::Number(8.0),
            Value::Number(9.0),
        ]);
        for value in [
            Value::Number(80.0),
            Value::text("=>"),
            Value::text("const"),
            Value::text("7"),
            Value::text("10"),
            Value::text("1,"),
            Value::text("_main"),
            kind("type", "descendant"),
            Value::text("Identifier"),
            object(Class::Plain, &["type", "value", "loc"]),
            object(Class::Named("AST_Token".into()), &["pos", "value"]),
            list(vec![]),
            list(vec![Value::text("Int"), Value::text("|")]),
            list(vec![word.clone(), word]),
        ] {
            assert!(is_syntax(&value), "{}", value.to_json());
        }
    }

    #[test]
    fn what_lets_people_in() {
        for value in [
            Value::Number(1000.0),
            Value::text("zq7"),
            Value::text("hunter2"),
            Value::text("opensesame"),
            Value::text("open-it"),
            Value::text("a1"),
            Value::text("1234"),
            object(Class::Plain, &["type", "value"]),
            kind("value", "descendant"),
            object(Class::Plain, &["token_type", "access_token", "expires_in"]),
            list(vec![Value::text("zq7"), Value::Number(777_777.0)]),
            list(vec![Value::text("Int"), Value::text("hunter2")]),
        ] {
            assert!(!is_syntax(&value), "{}", value.to_json());
        }
    }
}
