//! The way through a captured value: names decide about what is below them, texts are searched.
//!
//! `{ user: "ann", auth: { password: "x" } }` → `password` redacted. Besides objects and maps,
//! names and values stand in pairs (`["cookie", "a=b"]`), in lists of headers
//! (`["Host", "…", "Authorization", "…"]`), and as `{ name: "token", value: "…" }`.
//! Limits: depth is that of the value, which its capture bounds.

use breadcrumb_event::value::{Class, Value};

use crate::cards::is_card_number;
use crate::rules::{Hits, Rule};
use crate::syntax::is_syntax;
use crate::text::Span;
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
        rule: impl Fn(usize) -> Option<Rule>,
        values: &mut [Value],
        hits: &mut Hits,
    ) {
        // `headers.set("authorization", …)`, `setItem("token", …)`
        if let [name, value, ..] = values {
            self.redact_second(name, value, hits);
        }
        for (i, value) in values.iter_mut().enumerate() {
            if !is_harmless(value) {
                self.redact_named(rule(i), value, hits);
            }
        }
    }

    /// A value whose name says that it is secret, if it does; otherwise what is in it.
    pub(crate) fn redact_named(&self, rule: Option<Rule>, value: &mut Value, hits: &mut Hits) {
        match rule {
            Some(Rule::TOKEN) if is_syntax(value) => self.walk(value, hits),
            Some(rule) if !is_harmless(value) && !is_empty(value) => {
                self.take_out(rule, value, hits);
            }
            _ => self.walk(value, hits),
        }
    }

    fn take_out(&self, rule: Rule, value: &mut Value, hits: &mut Hits) {
        *value = self.marks.value(&self.rules, rule, value);
        hits.push(rule);
    }

    pub(crate) fn walk(&self, value: &mut Value, hits: &mut Hits) {
        match value {
            Value::Number(n) if is_card_float(*n) && self.rules.applies(Rule::CARD) => {
                self.take_out(Rule::CARD, value, hits);
            }
            Value::BigInt(n)
                if u64::try_from(*n).is_ok_and(is_card_number)
                    && self.rules.applies(Rule::CARD) =>
            {
                self.take_out(Rule::CARD, value, hits);
            }
            Value::String { text, length } => self.redact_string(text, length, hits),
            Value::Array { items, .. } => {
                self.redact_pairs(items, hits);
                self.walk_all(items, hits);
            }
            Value::Set { items, .. } => self.walk_all(items, hits),
            Value::Map { entries, .. } => {
                for (key, value) in entries {
                    let rule = key.as_text().and_then(|key| self.names.rule(key));
                    self.walk(key, hits);
                    self.redact_named(rule, value, hits);
                }
            }
            Value::Object { class, entries, .. } => self.redact_object(class, entries, hits),
            Value::Symbol(inner)
            | Value::Function(inner)
            | Value::RegExp(inner)
            | Value::Boxed(inner)
            | Value::Opaque(inner)
            | Value::Circular(inner)
            | Value::Identified { value: inner, .. }
            | Value::Promise {
                value: Some(inner), ..
            } => self.walk(inner, hits),
            Value::Extended {
                class,
                value,
                entries,
                ..
            } => {
                if let Some(name) = class {
                    self.redact_string(name, &mut 0, hits);
                }
                self.walk(value, hits);
                self.redact_object(&mut Class::Plain, entries, hits);
            }
            Value::BigIntHex { digits, .. } => self.walk(digits, hits),
            Value::Bytes { class, head, .. } => {
                self.walk(class, hits);
                self.redact_bytes(head, hits);
            }
            Value::Typed { items, .. } => self.walk_all(items, hits),
            Value::Error {
                name,
                message,
                stack,
                entries,
                ..
            } => {
                for text in [name, message, stack] {
                    self.walk(text, hits);
                }
                self.redact_object(&mut Class::Plain, entries, hits);
            }
            _ => {}
        }
    }

    fn walk_all(&self, items: &mut [Value], hits: &mut Hits) {
        for item in items {
            self.walk(item, hits);
        }
    }

    fn redact_string(&self, text: &mut String, length: &mut u32, hits: &mut Hits) {
        let Some(safe) = self.without_secrets(text, hits) else {
            return;
        };
        let units = |text: &str| u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX);
        // A text that was whole stays so; of one that was cut, the true length is still known.
        if units(text) == *length {
            *length = units(&safe);
        }
        *text = safe;
    }

    /// The text without its secrets; `None` if it has none.
    pub(crate) fn without_secrets(&self, text: &str, hits: &mut Hits) -> Option<String> {
        let secrets = self.texts.secrets(text, &self.names);
        if secrets.is_empty() {
            return None;
        }
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for Span { from: at, to, rule } in secrets {
            out.push_str(&text[from..at]);
            self.marks.write(&self.rules, rule, &text[at..to], &mut out);
            hits.push(rule);
            from = to;
        }
        out.push_str(&text[from..]);
        Some(out)
    }

    /// Bytes in which a secret text stands.
    fn redact_bytes(&self, head: &mut Option<Vec<u8>>, hits: &mut Hits) {
        let Some(bytes) = head else { return };
        let text: String = bytes.iter().map(|&byte| char::from(byte)).collect();
        if self.without_secrets(&text, hits).is_some() {
            *head = None;
        }
    }

    fn redact_object(&self, class: &mut Class, entries: &mut [(String, Value)], hits: &mut Hits) {
        if let Class::Named(name) = class {
            self.redact_string(name, &mut 0, hits);
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
                "PWD" if value.as_text().is_some_and(is_folder) => None,
                key => self.names.rule(key),
            };
            self.redact_named(rule, value, hits);
            self.redact_string(key, &mut 0, hits);
        }
    }

    /// A pair of name and value, or a flat list of headers.
    fn redact_pairs(&self, items: &mut [Value], hits: &mut Hits) {
        if let [name, value] = items {
            return self.redact_second(name, value, hits);
        }
        if !self.rules.applies(Rule::AUTHORIZATION) {
            return;
        }
        for pair in items.chunks_exact_mut(2) {
            let is_header = pair[0].as_text().is_some_and(|text| {
                HEADERS
                    .iter()
                    .any(|header| text.eq_ignore_ascii_case(header))
            });
            if is_header && matches!(pair[1], Value::String { .. }) {
                self.take_out(Rule::AUTHORIZATION, &mut pair[1], hits);
            }
        }
    }

    /// The second of two values, if the first is a name of a secret and it is text or a list.
    fn redact_second(&self, name: &Value, value: &mut Value, hits: &mut Hits) {
        let may_be_secret = match &value {
            // A list of names, or a name twice.
            Value::String { text, .. } => self.names.rule(text).is_none(),
            other => matches!(other.bare(), Value::Array { .. }),
        };
        let rule = name.as_text().and_then(|name| self.names.rule(name));
        if may_be_secret && rule.is_some() {
            self.redact_named(rule, value, hits);
        }
    }
}

/// Nothing is in it that could be secret; a function is not, whatever its name.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::String { text, .. } => text.is_empty(),
        Value::Array { items, length } | Value::Set { items, length } => {
            items.is_empty() && *length == 0
        }
        Value::Map { entries, length } => entries.is_empty() && *length == 0,
        Value::Object {
            entries, length, ..
        } => entries.is_empty() && *length == 0,
        Value::Identified { value, .. }
        | Value::Extended {
            value, length: 0, ..
        } => is_empty(value),
        value => matches!(value, Value::Function(_)),
    }
}

/// What the shell says in `PWD`, which people also call a password.
pub(crate) fn is_folder(text: &str) -> bool {
    text.starts_with('/')
}

/// A number with as many digits as a card's; the comparison alone ends it for nearly all.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn is_card_float(n: f64) -> bool {
    (2e12..=9_007_199_254_740_991.0).contains(&n) && n.fract() == 0.0 && is_card_number(n as u64)
}
