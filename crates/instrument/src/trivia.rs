//! Looking at the source between tokens: blanks, comments, modifiers, brackets.
//!
//! `first_token(" /* a */ b", 0)` is 9.
//!
//! Limits: only right at places where the parser says that no token is open.

/// The offset of the first character at or behind `from` that is neither blank nor in a comment.
pub(crate) fn first_token(source: &str, from: u32) -> u32 {
    let mut rest = &source[from as usize..];
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        if let Some(comment) = rest.strip_prefix("//") {
            let end = comment.find(['\n', '\r', '\u{2028}', '\u{2029}']);
            rest = &comment[end.unwrap_or(comment.len())..];
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.find("*/").map_or("", |end| &comment[end + 2..]);
        } else {
            return (source.len() - rest.len()) as u32;
        }
    }
}

/// Where V8 says that a class member starts: behind `static` and TypeScript's modifiers.
pub(crate) fn member_start(source: &str, from: u32, key_start: u32) -> u32 {
    const MODIFIERS: [&str; 7] = [
        "static",
        "public",
        "private",
        "protected",
        "override",
        "readonly",
        "abstract",
    ];
    let mut at = first_token(source, from);
    while at < key_start {
        let word = word_at(source, at);
        if !MODIFIERS.contains(&word) {
            break;
        }
        at = first_token(source, at + word.len() as u32);
    }
    at
}

fn word_at(source: &str, at: u32) -> &str {
    let rest = &source[at as usize..];
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '$');
    &rest[..end.unwrap_or(rest.len())]
}

/// The deepest nesting of brackets, counted without looking at strings and comments: an upper
/// bound that is good enough to refuse what would exhaust the parser's stack.
pub(crate) fn bracket_depth(source: &str) -> u32 {
    let (mut depth, mut deepest) = (0u32, 0);
    for byte in source.bytes() {
        match byte {
            b'(' | b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_blanks_are_skipped() {
        assert_eq!(first_token(" /* a */ b", 0), 9);
        assert_eq!(first_token("// x\n\u{a0}b", 0), 7);
        assert_eq!(first_token("/* open", 0), 7);
    }

    #[test]
    fn modifiers_are_skipped_but_not_names_that_look_like_them() {
        let source = "public static async static(){}";
        assert_eq!(member_start(source, 0, 20), 14);
        assert_eq!(member_start("static(){}", 0, 0), 0);
        assert_eq!(member_start("static/* */ [x](){}", 0, 13), 12);
    }

    #[test]
    fn depth_counts_brackets() {
        assert_eq!(bracket_depth("f([{}])"), 3);
        assert_eq!(bracket_depth(")))("), 1);
    }
}
