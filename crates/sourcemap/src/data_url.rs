//! `data:` URLs, and the escapes of others.
//!
//! `data:application/json,%7B%7D` → `{}`.

use crate::SourceMapError;

/// The content of a `data:` URL; `None` if it is another URL.
///
/// # Errors
/// [`SourceMapError::DataUrl`] if its base64 is damaged.
#[must_use]
pub fn decode_data_url(url: &str) -> Option<Result<Vec<u8>, SourceMapError>> {
    let (head, body) = url.strip_prefix("data:")?.split_once(',')?;
    Some(if head.ends_with(";base64") {
        let body = percent_decode(body);
        base64_simd::forgiving_decode_to_vec(&body).map_err(|_| SourceMapError::DataUrl)
    } else {
        Ok(percent_decode(body))
    })
}

/// `%20` → a space; what is no escape stays.
pub(crate) fn percent_decode(text: &str) -> Vec<u8> {
    if !text.contains('%') {
        return text.as_bytes().to_vec();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3);
        let escape = digits
            .filter(|digits| bytes[at] == b'%' && digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(escape.unwrap_or(bytes[at]));
        at += if escape.is_some() { 3 } else { 1 };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_decode() {
        let decoded = |url| decode_data_url(url).map(Result::ok);
        assert_eq!(
            decoded("data:application/json;charset=utf-8;base64,e30="),
            Some(Some(b"{}".to_vec()))
        );
        assert_eq!(
            decoded("data:application/json,%7b%7D%"),
            Some(Some(b"{}%".to_vec()))
        );
        assert_eq!(decoded("data:;base64,*"), Some(None));
        assert_eq!(decoded("a.js.map"), None);
    }
}
