//! The comment at the end of a generated text that says where its map is.
//!
//! `"f()\n//# sourceMappingURL=a.js.map"` → `a.js.map`.
//! Limits: it is looked for in the blank and comment lines at the end, and at the end of the last
//! line of code, so a text without one costs a look at its end whatever its length.

const KEY: &str = "sourceMappingURL=";
/// Lines of comments behind the one that is looked for.
const MAX_LINES: usize = 64;
/// Part of the last line of code that is searched, bytes: a URL that is no `data:` is shorter.
const TAIL_BYTES: usize = 4096;

/// The URL in the last `//# sourceMappingURL=` comment of a text.
#[must_use]
pub fn mapping_url(text: &str) -> Option<&str> {
    for line in text.rsplit(['\n', '\r']).take(MAX_LINES) {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let from = line.ceil_char_boundary(line.len().saturating_sub(TAIL_BYTES));
        let is_comment = line.starts_with("//") || line.starts_with("/*") || line.ends_with("*/");
        if let Some(url) = url_in(line).or_else(|| last_url_in(&line[from..])) {
            return Some(url);
        }
        if !is_comment && !line.starts_with('*') {
            return None;
        }
    }
    None
}

/// The URL of a line that begins with the comment: it may be of any length.
fn url_in(line: &str) -> Option<&str> {
    let rest = line
        .strip_prefix("//")
        .or_else(|| line.strip_prefix("/*"))?;
    let rest = rest.strip_prefix(['#', '@'])?;
    url_of(rest.trim_start().strip_prefix(KEY)?)
}

/// The URL of a comment behind code.
fn last_url_in(tail: &str) -> Option<&str> {
    let at = tail.rfind(KEY)?;
    let before = tail[..at].trim_end();
    let opens = ["//#", "//@", "/*#", "/*@"]
        .iter()
        .any(|open| before.ends_with(open));
    opens.then(|| url_of(&tail[at + KEY.len()..])).flatten()
}

fn url_of(rest: &str) -> Option<&str> {
    let rest = rest.trim_end();
    let url = rest.strip_suffix("*/").unwrap_or(rest).trim();
    // V8 refuses quotes and white space in it, too: that is code, not a comment.
    let is_url = !url.is_empty() && !url.contains(['"', '\'', '`', ' ', '\t']);
    is_url.then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_comment_is_found_at_the_end() {
        let found = |text| mapping_url(text);
        assert_eq!(found("f()\n//# sourceMappingURL=a.map"), Some("a.map"));
        assert_eq!(
            found("f()\r\n//@ sourceMappingURL=a.map\r\n"),
            Some("a.map")
        );
        assert_eq!(found("f()\n/*# sourceMappingURL=a.map */"), Some("a.map"));
        assert_eq!(found("f();//# sourceMappingURL=a.map"), Some("a.map"));
        assert_eq!(
            found("f()\n//# sourceMappingURL=a.map\n/* a licence\n * of two lines */\n"),
            Some("a.map")
        );
        let long = format!("data:application/json;base64,{}", "A".repeat(100_000));
        let text = format!("f()\n//# sourceMappingURL={long}\n");
        assert_eq!(found(&text), Some(long.as_str()));
    }

    #[test]
    fn what_is_no_comment_is_none() {
        assert_eq!(mapping_url(""), None);
        assert_eq!(mapping_url("f()"), None);
        assert_eq!(mapping_url("//# sourceMappingURL=a.map\nf()"), None);
        assert_eq!(mapping_url("x = '//# sourceMappingURL=' + y"), None);
        assert_eq!(mapping_url("x = `\n//# sourceMappingURL=${y}`"), None);
        assert_eq!(mapping_url("//# sourceMappingURL="), None);
    }
}
