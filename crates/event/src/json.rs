//! The JSON of a captured value.
//!
//! `{ id: 7, tags: ["a"], pay() {} }` → `{"id":7,"tags":["a"],"pay":{"$type":"function","name":"pay"}}`.
//! What JSON has no word for is an object with the key `$type`; an instance of a class carries
//! `$class`; whatever was cut carries its true `$length`. A key of the program's own that begins
//! with `$` has got one more `$` (`decode.rs`).

use std::fmt::Write as _;

use crate::value::{Class, Redaction, Value};

/// Bytes of a buffer that are shown; more are kept, for secrets to be found in them.
const HEX_BYTES: usize = 32;

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
                write_bigint(*negative, digits, out);
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
                entries,
                length,
            } => {
                out.push_str(r#"{"$type":"error","name":"#);
                name.write_json(out);
                out.push_str(r#","message":"#);
                message.write_json(out);
                if **stack != Self::Undefined {
                    out.push_str(r#","stack":"#);
                    stack.write_json(out);
                }
                write_entries(",", entries, *length, out);
                out.push('}');
            }
            Self::Bytes {
                class,
                length,
                head,
            } => write_bytes(class, *length, head.as_deref(), out),
            Self::Typed {
                elements,
                items,
                length,
            } => {
                let start = out.len();
                write_items(Some("typedarray"), items, *length, out);
                let mut mark = String::from(r#""elements":"#);
                elements.write_json(&mut mark);
                insert(&mark, start, out);
            }
            Self::Promise { state, value } => {
                write_promise(*state, value.as_deref(), out);
            }
            Self::Boxed(value) => write_typed("boxed", "value", value, out),
            Self::Opaque(class) => write_typed("opaque", "$class", class, out),
            Self::Circular(path) => write_typed("circular", "to", path, out),
            Self::Extended {
                class,
                value,
                entries,
                length,
            } => {
                let start = out.len();
                value.write_unfolded(out);
                if let Some(class) = class {
                    let mut mark = String::from(r#""$class":"#);
                    write_json_string(class, &mut mark);
                    insert(&mark, start, out);
                }
                if *length > 0 {
                    out.pop();
                    out.push_str(r#","properties":{"#);
                    write_entries("", entries, *length, out);
                    out.push_str("}}");
                }
            }
            Self::Identified { id, value } => {
                let start = out.len();
                value.write_unfolded(out);
                insert(&format!(r#""$id":{id}"#), start, out);
            }
            Self::Undefined => write_type("undefined", out),
            Self::Proxy => write_type("proxy", out),
            Self::Accessor => write_type("accessor", out),
            Self::Hole => write_type("hole", out),
            Self::Cut { kind, why } => {
                let _ = write!(out, r#"{{"$type":"{kind}","$cut":"{}"}}"#, why.name());
            }
            Self::Redacted(redaction) => redaction.write_json(out),
        }
    }

    /// Appends the value as a JSON object, which marks can be put into: an array too.
    fn write_unfolded(&self, out: &mut String) {
        match self {
            Self::Array { items, length } => write_items(Some("array"), items, *length, out),
            _ => self.write_json(out),
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

fn write_bigint(negative: bool, digits: &Value, out: &mut String) {
    let sign = if negative { "-" } else { "" };
    let hex = digits.as_text().unwrap_or_default();
    let _ = write!(out, r#"{{"$type":"bigint","hex":"{sign}0x{hex}""#);
    if let Value::String { length, .. } = digits {
        let _ = write!(out, r#","$length":{length}"#);
    }
    out.push('}');
}

fn write_promise(state: Option<&str>, value: Option<&Value>, out: &mut String) {
    out.push_str(r#"{"$type":"promise""#);
    if let Some(state) = state {
        let _ = write!(out, r#","state":"{state}""#);
    }
    if let Some(value) = value {
        out.push_str(r#","value":"#);
        value.write_json(out);
    }
    out.push('}');
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
    write_entries(comma, entries, length, out);
    out.push('}');
}

/// Entries of an object that is being written. `comma`: what stands before the first.
fn write_entries(mut comma: &str, entries: &[(String, Value)], length: u32, out: &mut String) {
    if entries.len() != length as usize {
        let _ = write!(out, r#"{comma}"$length":{length}"#);
        comma = ",";
    }
    for (key, value) in entries {
        out.push_str(comma);
        comma = ",";
        write_json_string(key, out);
        out.push(':');
        value.write_json(out);
    }
}

/// Puts a mark at the head of the JSON object that begins at `start` of the text.
fn insert(mark: &str, start: usize, out: &mut String) {
    if !out[start..].starts_with('{') {
        return;
    }
    out.insert_str(start + 1, mark);
    if !out[start + 1 + mark.len()..].starts_with('}') {
        out.insert(start + 1 + mark.len(), ',');
    }
}

fn write_bytes(class: &Value, length: u32, head: Option<&[u8]>, out: &mut String) {
    out.push_str(r#"{"$type":"bytes","$class":"#);
    class.write_json(out);
    let _ = write!(out, r#","$length":{length},"hex":"#);
    match head {
        Some(head) => {
            out.push('"');
            for byte in &head[..head.len().min(HEX_BYTES)] {
                let _ = write!(out, "{byte:02x}");
            }
            out.push('"');
        }
        None => out.push_str(r#"{"$type":"redacted","rule":"bytes"}"#),
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
            entries: vec![("$$id".into(), Value::Number(1.0))],
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
    fn marks_stand_at_the_head_of_an_object() {
        let identified = |value| {
            let value = Box::new(value);
            Value::Identified { id: 12, value }.to_json()
        };
        let empty = Value::Object {
            class: Class::Plain,
            entries: vec![],
            length: 0,
        };
        assert_eq!(identified(empty), r#"{"$id":12}"#);
        let array = Value::Array {
            items: vec![Value::Null],
            length: 1,
        };
        assert_eq!(
            identified(array.clone()),
            r#"{"$id":12,"$type":"array","$length":1,"items":[null]}"#
        );
        let stack = Value::Extended {
            class: Some("Stack".into()),
            value: Box::new(array),
            entries: vec![("top".into(), Value::Number(7.0))],
            length: 2,
        };
        assert_eq!(
            identified(stack),
            r#"{"$id":12,"$class":"Stack","$type":"array","$length":1,"items":[null],"properties":{"$length":2,"top":7}}"#
        );
    }
}
