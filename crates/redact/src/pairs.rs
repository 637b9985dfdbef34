//! Names with their values inside text: `password=…`, `token: …`, `{"secret":"…"}`, also within
//! a JSON string that is itself in a string.
//!
//! Limits: a value without quotes ends at the first space or bracket, but that of a header
//! (`authorization`, `cookie`) only with its line.

use crate::names::{MAX_NAME_BYTES, SecretNames};
use crate::rules::Rule;
use crate::steps::looked_at;
use crate::syntax::has_no_word;
use crate::text::Span;
use crate::walk::is_folder;

/// The secret value behind a name that has a stem at `stem_start..stem_end`.
pub(crate) fn find_pair(
    text: &str,
    stem_start: usize,
    stem_end: usize,
    names: &SecretNames,
) -> Option<Span> {
    let bytes = text.as_bytes();
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-') || *b >= 0x80;
    let ahead = &bytes[stem_end..bytes.len().min(stem_end + MAX_NAME_BYTES)];
    let name_end = stem_end
        + ahead
            .iter()
            .position(|b| !is_name(b))
            .unwrap_or(ahead.len());
    // Names without a value are by far the most: they end here.
    let value = value_start(bytes, name_end)?;

    let floor = stem_start.saturating_sub(MAX_NAME_BYTES);
    let behind = &bytes[floor..stem_start];
    let length = behind.iter().rev().position(|b| !is_name(b));
    let name_start = stem_start - length.unwrap_or(behind.len());
    let name = text.get(name_start..name_end)?;
    let rule = names.rule(name).or_else(|| {
        // `api key: …` is a name of two words.
        let before = text[..name_start].strip_suffix(' ')?;
        let word = before
            .bytes()
            .rev()
            .take_while(u8::is_ascii_alphabetic)
            .count();
        (word > 0 && word < 16)
            .then(|| names.rule(&text[name_start - 1 - word..name_end]))
            .flatten()
    })?;
    if text.get(value.start..)?.starts_with("[redacted:") {
        return None;
    }
    if name == "PWD" && is_folder(&text[value.start..]) {
        return None;
    }
    let end = value_end(text, value, rule);
    looked_at(end.saturating_sub(value.start));
    let value_text = text.get(value.start..end)?;
    let says_nothing = matches!(
        value_text,
        "" | "null" | "undefined" | "true" | "false" | "NaN" | "{}" | "[]"
    );
    // `unexpected token: %}`, `e.token=t,`
    let is_syntax = rule == Rule::TOKEN && (value_text.len() == 1 || has_no_word(value_text));
    (!says_nothing && !is_syntax).then(|| Span::new(value.start, end, rule))
}

/// Where a value begins, and how it is quoted.
#[derive(Clone, Copy)]
struct ValueStart {
    start: usize,
    quote: Option<u8>,
    /// Backslashes before the quote: one for each JSON string around this one, nearly.
    escapes: usize,
}

/// The start of the value behind a name that ends at `at`, if `:` or `=` follows.
fn value_start(bytes: &[u8], at: usize) -> Option<ValueStart> {
    let mut at = at + count(&bytes[at..], |b| b == b'\\');
    if matches!(bytes.get(at), Some(b'"' | b'\'' | b'`' | b']')) {
        at += 1;
        at += count(&bytes[at..], |b| b == b']');
    }
    at += count(&bytes[at..], |b| b == b' ').min(2);
    match bytes.get(at)? {
        b'=' | b':' => at += 1,
        _ => return None,
    }
    // `=>`, `==`, `:=`
    at += count(&bytes[at..], |b| matches!(b, b'=' | b'>')).min(2);
    at += count(&bytes[at..], |b| matches!(b, b' ' | b'\t')).min(8);
    let escapes = count(&bytes[at..], |b| b == b'\\').min(64);
    match bytes.get(at + escapes) {
        Some(&quote @ (b'"' | b'\'' | b'`')) => Some(ValueStart {
            start: at + escapes + 1,
            quote: Some(quote),
            escapes,
        }),
        _ => Some(ValueStart {
            start: at,
            quote: None,
            escapes: 0,
        }),
    }
}

fn count(bytes: &[u8], of: impl Fn(u8) -> bool) -> usize {
    let count = bytes.iter().take_while(|&&b| of(b)).count();
    looked_at(count + 1);
    count
}

fn value_end(text: &str, value: ValueStart, rule: Rule) -> usize {
    let bytes = text.as_bytes();
    if let Some(quote) = value.quote {
        return quoted_end(bytes, value.start, quote, value.escapes);
    }
    if matches!(bytes.get(value.start), Some(b'{' | b'[')) {
        return bracket_end(bytes, value.start);
    }
    let rest = &bytes[value.start..];
    let ends = |b: &u8| match rule {
        Rule::AUTHORIZATION | Rule::COOKIE => matches!(b, b'\n' | b'\r' | b'"' | b'`'),
        _ => {
            b.is_ascii_whitespace()
                || matches!(
                    b,
                    b',' | b';' | b'&' | b'"' | b'\'' | b'`' | b'<' | b'>' | b')' | b']' | b'}'
                )
        }
    };
    value.start + rest.iter().position(ends).unwrap_or(rest.len())
}

/// End of a quoted value, before its closing quote, which has as many backslashes as the opening
/// one; in an unescaped string an even number of them, for they escape each other.
fn quoted_end(bytes: &[u8], start: usize, quote: u8, escapes: usize) -> usize {
    let mut backslashes = 0;
    for (i, &byte) in bytes.iter().enumerate().skip(start) {
        if byte == b'\\' {
            backslashes += 1;
            continue;
        }
        let closes = match escapes {
            0 => backslashes % 2 == 0,
            _ => backslashes <= escapes,
        };
        if byte == quote && closes {
            return i - backslashes.min(escapes);
        }
        backslashes = 0;
    }
    bytes.len()
}

/// End of an object or array, behind its closing bracket. Brackets in strings do not count; a
/// string's quotes have as many backslashes as the first quote within.
fn bracket_end(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut backslashes = 0;
    let mut level = None;
    let mut open_quote = None;
    for (i, &byte) in bytes.iter().enumerate().skip(start) {
        match byte {
            b'\\' => {
                backslashes += 1;
                continue;
            }
            b'"' | b'\'' => {
                let level = *level.get_or_insert(backslashes);
                let ends_or_begins = match level {
                    0 => backslashes % 2 == 0,
                    _ => backslashes <= level,
                };
                match open_quote {
                    None if ends_or_begins => open_quote = Some(byte),
                    Some(quote) if quote == byte && ends_or_begins => open_quote = None,
                    _ => {}
                }
            }
            b'{' | b'[' if open_quote.is_none() => depth += 1,
            b'}' | b']' if open_quote.is_none() => {
                depth -= 1;
                if depth == 0 {
                    return i + 1;
                }
            }
            _ => {}
        }
        backslashes = 0;
    }
    bytes.len()
}
