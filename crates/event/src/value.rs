//! A captured value, decoded: what a probe saw, cut to its limits, and its JSON.
//!
//! `{ id: 7, tags: ["a"], pay() {} }` → `{"id":7,"tags":["a"],"pay":{"$type":"function","name":"pay"}}`.
//! What JSON has no word for is an object with the key `$type`; an instance of a class carries
//! `$class`; whatever was cut carries its true `$length`. A key of the program's own that begins
//! with `$` gets one more `$`.

use std::fmt::Write as _;

/// Why a value was not looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Deeper than the limit.
    Depth,
    /// The record was full.
    Bytes,
    /// The thread's budget for looking into objects was used up.
    Budget,
}

impl Cut {
    /// The reason's name in the store.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Depth => "depth",
            Self::Bytes => "bytes",
            Self::Budget => "budget",
        }
    }
}

/// The class of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Class {
    /// A plain object.
    Plain,
    /// No prototype.
    Null,
    /// An instance of the class with this name.
    Named(String),
}

/// A captured value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `undefined`.
    Undefined,
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number, NaN and -0 included.
    Number(f64),
    /// A string, perhaps cut; `length` is its true one in UTF-16 units.
    String {
        /// What is kept of it.
        text: String,
        /// Its true length in UTF-16 units.
        length: u32,
    },
    /// A BigInt of at most 64 bits.
    BigInt(i64),
    /// A larger one: sign and hexadecimal digits, perhaps cut.
    BigIntHex {
        /// Below zero.
        negative: bool,
        /// Hexadecimal digits, the highest first.
        digits: Box<Value>,
    },
    /// A symbol by its description.
    Symbol(Box<Value>),
    /// A function by its name.
    Function(Box<Value>),
    /// An array; `length` is its true one.
    Array {
        /// The items kept.
        items: Vec<Value>,
        /// Its true length.
        length: u32,
    },
    /// An object; `length` is its true number of own enumerable string keys.
    Object {
        /// Its class.
        class: Class,
        /// The entries kept.
        entries: Vec<(String, Value)>,
        /// The true number of keys.
        length: u32,
    },
    /// A map.
    Map {
        /// The entries kept.
        entries: Vec<(Value, Value)>,
        /// Its true size.
        length: u32,
    },
    /// A set.
    Set {
        /// The items kept.
        items: Vec<Value>,
        /// Its true size.
        length: u32,
    },
    /// A date: ms since 1970, NaN if invalid.
    Date(f64),
    /// A regular expression, between its slashes and with its flags.
    RegExp(Box<Value>),
    /// An error.
    Error {
        /// Its name.
        name: Box<Value>,
        /// Its message.
        message: Box<Value>,
        /// Its stack, `Undefined` where it was not read.
        stack: Box<Value>,
    },
    /// A buffer or typed array by class and length.
    Bytes {
        /// The class's name.
        class: Box<Value>,
        /// Length in elements.
        length: u32,
    },
    /// A promise.
    Promise,
    /// A proxy.
    Proxy,
    /// A getter, not called.
    Accessor,
    /// An object that stands in this value already.
    Circular,
    /// An absent item.
    Hole,
    /// Not looked into.
    Cut {
        /// What it is: `object`, `array`, `function`, `string` ….
        kind: &'static str,
        /// Why.
        why: Cut,
    },
    /// Taken out because it is secret.
    Redacted(Box<Redaction>),
}

/// What stands in the place of a secret value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redaction {
    /// Name of the rule.
    pub rule: Box<str>,
    /// A keyed hash of the secret, if the user wants to compare secrets.
    pub hash: Option<Box<str>>,
    /// What the user wants to stand there.
    pub text: Option<Box<str>>,
}

impl Redaction {
    fn write_json(&self, out: &mut String) {
        out.push_str(r#"{"$type":"redacted","rule":"#);
        write_json_string(&self.rule, out);
        for (key, text) in [("hash", &self.hash), ("text", &self.text)] {
            if let Some(text) = text {
                let _ = write!(out, r#","{key}":"#);
                write_json_string(text, out);
            }
        }
        out.push('}');
    }
}

impl Value {
    /// A whole string.
    #[must_use]
    pub fn text(text: &str) -> Self {
        let length = u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX);
        Self::String {
            text: text.to_owned(),
            length,
        }
    }

    /// The text kept, of a string.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::String { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The integer that this is, if it is one that an `f64` holds exactly (and not -0).
    #[must_use]
    #[allow(clippy::cast_possible_truncation)]
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Number(n) if n.fract() == 0.0 && n.abs() <= 9_007_199_254_740_991.0 => {
                (*n != 0.0 || n.is_sign_positive()).then_some(*n as i64)
            }
            _ => None,
        }
    }

    /// Appends the value as JSON.
    pub fn write_json(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
            Self::Number(n) => write_number(*n, out),
            Self::String { text, length } => write_text(text, *length, out),
            Self::BigInt(n) => {
                let _ = write!(out, r#"{{"$type":"bigint","value":"{n}"}}"#);
            }
            Self::BigIntHex { negative, digits } => {
                let sign = if *negative { "-" } else { "" };
                let hex = digits.as_text().unwrap_or_default();
                let _ = write!(out, r#"{{"$type":"bigint","hex":"{sign}0x{hex}""#);
                if let Self::String { length, .. } = **digits {
                    let _ = write!(out, r#","$length":{length}"#);
                }
                out.push('}');
            }
            Self::Symbol(description) => write_typed("symbol", "description", description, out),
            Self::Function(name) => write_typed("function", "name", name, out),
            Self::RegExp(source) => write_typed("regexp", "source", source, out),
            Self::Array { items, length } => write_items(None, items, *length, out),
            Self::Set { items, length } => write_items(Some("set"), items, *length, out),
            Self::Map { entries, length } => write_map(entries, *length, out),
            Self::Object {
                class,
                entries,
                length,
            } => write_object(class, entries, *length, out),
            Self::Date(ms) => write_date(*ms, out),
            Self::Error {
                name,
                message,
                stack,
            } => {
                out.push_str(r#"{"$type":"error","name":"#);
                name.write_json(out);
                out.push_str(r#","message":"#);
                message.write_json(out);
                if **stack != Self::Undefined {
                    out.push_str(r#","stack":"#);
                    stack.write_json(out);
                }
                out.push('}');
            }
            Self::Bytes { class, length } => {
                out.push_str(r#"{"$type":"bytes","$class":"#);
                class.write_json(out);
                let _ = write!(out, r#","$length":{length}}}"#);
            }
            Self::Undefined => write_type("undefined", out),
            Self::Promise => write_type("promise", out),
            Self::Proxy => write_type("proxy", out),
            Self::Accessor => write_type("accessor", out),
            Self::Circular => write_type("circular", out),
            Self::Hole => write_type("hole", out),
            Self::Cut { kind, why } => {
                let _ = write!(out, r#"{{"$type":"{kind}","$cut":"{}"}}"#, why.name());
            }
            Self::Redacted(redaction) => redaction.write_json(out),
        }
    }

    /// The value as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write_json(&mut out);
        out
    }
}

fn write_type(name: &str, out: &mut String) {
    let _ = write!(out, r#"{{"$type":"{name}"}}"#);
}

fn write_typed(name: &str, key: &str, value: &Value, out: &mut String) {
    let _ = write!(out, r#"{{"$type":"{name}","{key}":"#);
    value.write_json(out);
    out.push('}');
}

fn write_number(n: f64, out: &mut String) {
    let word = if n.is_nan() {
        "NaN"
    } else if n == f64::INFINITY {
        "Infinity"
    } else if n == f64::NEG_INFINITY {
        "-Infinity"
    } else if n == 0.0 && n.is_sign_negative() {
        "-0"
    } else if n.abs() >= 1e21 || (n != 0.0 && n.abs() < 1e-6) {
        let _ = write!(out, "{n:e}");
        return;
    } else {
        let _ = write!(out, "{n}");
        return;
    };
    let _ = write!(out, r#"{{"$type":"number","value":"{word}"}}"#);
}

fn write_text(text: &str, length: u32, out: &mut String) {
    let kept = text.encode_utf16().count();
    if kept as u64 == u64::from(length) {
        write_json_string(text, out);
    } else {
        out.push_str(r#"{"$type":"string","value":"#);
        write_json_string(text, out);
        let _ = write!(out, r#","$length":{length}}}"#);
    }
}

fn write_items(kind: Option<&str>, items: &[Value], length: u32, out: &mut String) {
    let whole = kind.is_none() && items.len() == length as usize;
    if !whole {
        let kind = kind.unwrap_or("array");
        let _ = write!(out, r#"{{"$type":"{kind}","$length":{length},"items":"#);
    }
    out.push('[');
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        item.write_json(out);
    }
    out.push_str(if whole { "]" } else { "]}" });
}

fn write_map(entries: &[(Value, Value)], length: u32, out: &mut String) {
    let _ = write!(out, r#"{{"$type":"map","$length":{length},"entries":["#);
    for (i, (key, value)) in entries.iter().enumerate() {
        out.push_str(if i > 0 { ",[" } else { "[" });
        key.write_json(out);
        out.push(',');
        value.write_json(out);
        out.push(']');
    }
    out.push_str("]}");
}

fn write_object(class: &Class, entries: &[(String, Value)], length: u32, out: &mut String) {
    out.push('{');
    let mut comma = "";
    match class {
        Class::Plain => {}
        Class::Null => {
            out.push_str(r#""$class":null"#);
            comma = ",";
        }
        Class::Named(name) => {
            out.push_str(r#""$class":"#);
            write_json_string(name, out);
            comma = ",";
        }
    }
    if entries.len() != length as usize {
        let _ = write!(out, r#"{comma}"$length":{length}"#);
        comma = ",";
    }
    for (key, value) in entries {
        out.push_str(comma);
        comma = ",";
        if key.starts_with('$') {
            write_json_string(&format!("${key}"), out);
        } else {
            write_json_string(key, out);
        }
        out.push(':');
        value.write_json(out);
    }
    out.push('}');
}

/// Days and time of day from ms since 1970, by Howard Hinnant's `civil_from_days`.
#[allow(clippy::cast_possible_truncation)]
fn write_date(ms: f64, out: &mut String) {
    if ms.is_nan() || ms.abs() > 8.64e15 {
        out.push_str(r#"{"$type":"date","value":null}"#);
        return;
    }
    let ms = ms as i64;
    let (days, rest) = (ms.div_euclid(86_400_000), ms.rem_euclid(86_400_000));
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let (day, month) = (
        doy - (153 * mp + 2) / 5 + 1,
        if mp < 10 { mp + 3 } else { mp - 9 },
    );
    let year = yoe + era * 400 + i64::from(month <= 2);
    let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
    let (second, milli) = (rest / 1000 % 60, rest % 1000);
    let _ = write!(out, r#"{{"$type":"date","value":""#);
    let _ = if (0..=9999).contains(&year) {
        write!(out, "{year:04}")
    } else {
        write!(out, "{}{:06}", if year < 0 { '-' } else { '+' }, year.abs())
    };
    let _ = write!(
        out,
        r#"-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z"}}"#
    );
}

/// Appends `text` as a JSON string.
pub fn write_json_string(text: &str, out: &mut String) {
    out.push('"');
    let mut from = 0;
    for (i, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..=0x1f => {
                out.push_str(&text[from..i]);
                let _ = write!(out, "\\u{byte:04x}");
                from = i + 1;
                continue;
            }
            _ => continue,
        };
        out.push_str(&text[from..i]);
        out.push_str(escape);
        from = i + 1;
    }
    out.push_str(&text[from..]);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_says_what_it_cannot() {
        assert_eq!(
            Value::Number(-0.0).to_json(),
            r#"{"$type":"number","value":"-0"}"#
        );
        assert_eq!(Value::Number(1.5).to_json(), "1.5");
        assert_eq!(Value::Number(1e300).to_json(), "1e300");
        assert_eq!(Value::text("a\"\u{1}").to_json(), "\"a\\\"\\u0001\"");
        let cut = Value::String {
            text: "ab".into(),
            length: 9,
        };
        assert_eq!(
            cut.to_json(),
            r#"{"$type":"string","value":"ab","$length":9}"#
        );
        let object = Value::Object {
            class: Class::Named("Cart".into()),
            entries: vec![("$id".into(), Value::Number(1.0))],
            length: 2,
        };
        assert_eq!(
            object.to_json(),
            r#"{"$class":"Cart","$length":2,"$$id":1}"#
        );
        let date = Value::Date(1_763_856_000_123.0);
        assert_eq!(
            date.to_json(),
            r#"{"$type":"date","value":"2025-11-23T00:00:00.123Z"}"#
        );
    }

    #[test]
    fn integers_are_recognised() {
        assert_eq!(Value::Number(3.0).as_integer(), Some(3));
        assert_eq!(Value::Number(0.0).as_integer(), Some(0));
        assert_eq!(Value::Number(-0.0).as_integer(), None);
        assert_eq!(Value::Number(0.5).as_integer(), None);
        assert_eq!(Value::Number(1e300).as_integer(), None);
    }
}
