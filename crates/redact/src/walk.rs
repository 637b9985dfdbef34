//! The way through a captured value: names decide about what is below them, texts are searched.
//!
//! `{ user: "ann", auth: { password: "x" } }` → `password` redacted. Besides objects and maps,
//! names and values stand in pairs (`["cookie", "a=b"]`), in lists of headers
//! (`["Host", "…", "Authorization", "…"]`), and as `{ name: "token", value: "…" }`.
//! Limits: depth is that of the value, which its capture bounds.

use breadcrumb_event::value::{Class, Value};

use crate::cards::is_card_number;
use crate::{Redactor, is_harmless};

/// Keys of an object that say what its `value` is.
const NAME_KEYS: &[&str] = &["name", "key", "header", "field", "Name", "Key"];

/// Names that are secret in a flat list of headers as well, where any text might be a name.
const HEADERS: &[&str] = &[
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "x-api-key",
    "x-auth-token",
    "x-csrf-token",
];

impl Redactor {
    pub(crate) fn redact_each(
        &self,
        rule: impl Fn(usize) -> Option<&'static str>,
        values: &mut [Value],
    ) -> u32 {
        let mut hits = 0;
        for (i, value) in values.iter_mut().enumerate() {
            if !is_harmless(value) {
                hits += self.redact_named(rule(i), value);
            }
        }
        // `headers.set("authorization", …)`, `setItem("token", …)`
        if let [name, value, ..] = values {
            hits += self.redact_second(name, value);
        }
        hits
    }

    /// A value whose name says that it is secret, if it does; otherwise what is in it.
    pub(crate) fn redact_named(&self, rule: Option<&'static str>, value: &mut Value) -> u32 {
        match rule {
            Some(rule) if !is_harmless(value) => {
                *value = Value::Redacted(rule);
                1
            }
            _ => self.walk(value),
        }
    }

    pub(crate) fn walk(&self, value: &mut Value) -> u32 {
        match value {
            Value::Number(n) => {
                let card = is_card_float(*n) && self.names.applies("card");
                redact_if(card, value)
            }
            Value::BigInt(n) => {
                let card =
                    u64::try_from(*n).is_ok_and(is_card_number) && self.names.applies("card");
                redact_if(card, value)
            }
            Value::String { text, length } => self.redact_string(text, length),
            Value::Array { items, .. } => {
                let hits = items.iter_mut().map(|item| self.walk(item)).sum::<u32>();
                hits + self.redact_pairs(items)
            }
            Value::Set { items, .. } => items.iter_mut().map(|item| self.walk(item)).sum(),
            Value::Map { entries, .. } => entries
                .iter_mut()
                .map(|(key, value)| {
                    let rule = key.as_text().and_then(|key| self.names.rule(key));
                    self.walk(key) + self.redact_named(rule, value)
                })
                .sum(),
            Value::Object { class, entries, .. } => self.redact_object(class, entries),
            Value::Symbol(text) | Value::Function(text) | Value::RegExp(text) => self.walk(text),
            Value::BigIntHex { digits, .. } => self.walk(digits),
            Value::Bytes { class, .. } => self.walk(class),
            Value::Error {
                name,
                message,
                stack,
            } => self.walk(name) + self.walk(message) + self.walk(stack),
            _ => 0,
        }
    }

    fn redact_string(&self, text: &mut String, length: &mut u32) -> u32 {
        let Some((safe, hits)) = self.texts.redact(text, &self.names) else {
            return 0;
        };
        let units = |text: &str| u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX);
        // A text that was whole stays so; of one that was cut, the true length is still known.
        if units(text) == *length {
            *length = units(&safe);
        }
        *text = safe;
        hits
    }

    fn redact_object(&self, class: &mut Class, entries: &mut [(String, Value)]) -> u32 {
        let mut hits = 0;
        if let Class::Named(name) = class {
            hits += self.redact_string(name, &mut 0);
        }
        let named = entries.iter().find_map(|(key, value)| {
            NAME_KEYS
                .contains(&key.as_str())
                .then(|| self.names.rule(value.as_text()?))
                .flatten()
        });
        for (key, value) in entries {
            let rule = match key.as_str() {
                "value" | "Value" => named,
                key => self.names.rule(key),
            };
            hits += self.redact_named(rule, value);
            hits += self.redact_string(key, &mut 0);
        }
        hits
    }

    /// A pair of name and value, or a flat list of headers.
    fn redact_pairs(&self, items: &mut [Value]) -> u32 {
        if let [name, value] = items {
            return self.redact_second(name, value);
        }
        let mut hits = 0;
        for pair in items.chunks_exact_mut(2) {
            let is_header = self.names.applies("authorization")
                && pair[0].as_text().is_some_and(|text| {
                    HEADERS
                        .iter()
                        .any(|header| text.eq_ignore_ascii_case(header))
                });
            if is_header && matches!(pair[1], Value::String { .. }) {
                pair[1] = Value::Redacted("authorization");
                hits += 1;
            }
        }
        hits
    }

    /// The second of two values, if the first is a name of a secret and it is text or a list.
    fn redact_second(&self, name: &Value, value: &mut Value) -> u32 {
        let may_be_secret = matches!(value, Value::String { .. } | Value::Array { .. });
        match name.as_text().and_then(|name| self.names.rule(name)) {
            Some(rule) if may_be_secret => self.redact_named(Some(rule), value),
            _ => 0,
        }
    }
}

/// A number with as many digits as a card's; the comparison alone ends it for nearly all.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn is_card_float(n: f64) -> bool {
    (2e12..=9_007_199_254_740_991.0).contains(&n) && n.fract() == 0.0 && is_card_number(n as u64)
}

fn redact_if(card: bool, value: &mut Value) -> u32 {
    if card {
        *value = Value::Redacted("card");
    }
    u32::from(card)
}
