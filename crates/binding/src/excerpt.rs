//! The excerpt above an uncaught error, as it would be without us.
//!
//! ```text
//! /app/a.js:2                                        /app/a.js:2
//! function b(){let $bcf=…;try{ throw $bc.t(…) }…  →  function b(){ throw new Error() }
//!                              ^                                   ^
//! ```
//! Node prints it from the text that V8 compiled. Limits: as Node's own, carets end at 1,020
//! columns; one that lies beyond them in the text with probes is not found again.

/// Bytes of the underline at most (`kUnderlineBufsize` of Node's `node_errors.cc`).
const UNDERLINE_BYTES: usize = 1020;

/// Maps columns of instrumented files.
pub trait Columns {
    /// Column of the original, both from 1; `None` if the file is not instrumented.
    fn original_column(&self, path: &str, line: u32, column: u32) -> Option<u32>;
}

/// The text that Node printed, with the first excerpt from an instrumented file mended.
pub fn mend(printed: &str, columns: &dyn Columns) -> String {
    let lines: Vec<&str> = printed.split('\n').collect();
    for at in 0..lines.len().saturating_sub(2) {
        let Some((file, line)) = place(lines[at]) else {
            continue;
        };
        let path = path_of(file);
        if columns.original_column(&path, line, 1).is_none() || !is_underline(lines[at + 2]) {
            continue;
        }
        let column = |column| {
            columns
                .original_column(&path, line, column)
                .unwrap_or(column)
        };
        let Some(source) = without_probes(lines[at + 1], &column) else {
            continue;
        };
        let underline = underline(lines[at + 2], &source, &column);
        let mut mended: Vec<&str> = lines.clone();
        mended[at + 1] = &source;
        mended[at + 2] = &underline;
        return mended.join("\n");
    }
    printed.to_owned()
}

/// File and line of a heading, `file:line`.
fn place(heading: &str) -> Option<(&str, u32)> {
    let (file, line) = heading.rsplit_once(':')?;
    Some((file, line.parse().ok()?))
}

/// Path of a file that may be named by its URL.
fn path_of(file: &str) -> String {
    let Some(encoded) = file.strip_prefix("file://") else {
        return file.to_owned();
    };
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).filter(|_| *first == b'%');
        let code = hex.and_then(|hex| std::str::from_utf8(hex).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn is_underline(line: &str) -> bool {
    line.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'^')) && !line.is_empty()
}

/// The characters that the original has: an inserted one does not move the original's column. `None`
/// if what is left out are no probes: the text was compiled under the name of that file, but is
/// another one.
fn without_probes(line: &str, column: &dyn Fn(u32) -> u32) -> Option<String> {
    let mut at = 1;
    let mut kept = String::with_capacity(line.len());
    let mut inserted = String::new();
    for c in line.chars() {
        let from = column(at);
        at += c.len_utf16() as u32;
        if column(at) == from {
            inserted.push(c);
            continue;
        }
        if !is_probe(&inserted) {
            return None;
        }
        inserted.clear();
        kept.push(c);
    }
    is_probe(&inserted).then_some(kept)
}

/// Whether this may have been inserted: it names the probes, or is punctuation alone.
fn is_probe(text: &str) -> bool {
    text.contains("$bc") || !text.contains(char::is_alphanumeric)
}

/// Node's underline for the same place in the original.
fn underline(printed: &str, source: &str, column: &dyn Fn(u32) -> u32) -> String {
    let start = printed.bytes().take_while(|&byte| byte != b'^').count() as u32;
    let length = printed.bytes().filter(|&byte| byte == b'^').count() as u32;
    let from = column(start + 1) as usize - 1;
    let to = (column(start + length + 1) as usize - 1).max(from + usize::from(length > 0));
    let blanks = source.bytes().take(from.min(UNDERLINE_BYTES));
    let mut out: String = blanks
        .map(|byte| if byte == b'\t' { '\t' } else { ' ' })
        .collect();
    let room = UNDERLINE_BYTES - out.len();
    let carets = to.min(source.len()).saturating_sub(from).min(room);
    out.extend(std::iter::repeat_n('^', carets));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `/a b.js`, line 2: five units inserted at column 5, four at the end.
    struct Fake;

    impl Columns for Fake {
        fn original_column(&self, path: &str, line: u32, column: u32) -> Option<u32> {
            (path == "/a b.js").then_some(match (line, column) {
                (2, 5..=9) => 5,
                (2, 10..=14) => column - 5,
                (2, 15..) => 10,
                _ => column,
            })
        }
    }

    #[test]
    fn line_and_caret_are_the_originals() {
        let printed = "x\n/a b.js:2\n\tabc($bc.defgh;)})\n\t        ^^\n\nError: e\n    at x";
        let mended = "x\n/a b.js:2\n\tabcdefgh\n\t   ^^\n\nError: e\n    at x";
        assert_eq!(mend(printed, &Fake), mended);
        let by_url = printed.replace("/a b.js", "file:///a%20b.js");
        assert_eq!(
            mend(&by_url, &Fake),
            mended.replace("/a b.js", "file:///a%20b.js")
        );
    }

    #[test]
    fn anything_else_stays() {
        for text in [
            "",
            "Error: e",
            "/other.js:2\nabc\n^\n",
            "/a b.js:2\nabc\nno caret",
            "/a b.js:2",
            "/a b.js:2\n\tabcPPPPPdefgh\n\t^\n",
        ] {
            assert_eq!(mend(text, &Fake), text);
        }
    }
}
