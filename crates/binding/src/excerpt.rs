//! The excerpt above an uncaught error, as it would be without us.
//!
//! ```text
//! /app/a.js:2                                        /app/a.js:2
//! function b(){let $bcf=…;try{ throw $bc.t(…) }…  →  function b(){ throw new Error() }
//!                              ^                                   ^
//! ```
//! Node prints it from the text that V8 compiled; of code of ours, where the stack was at its end
//! there: the excerpt is then that of the first frame. Limits: as Node's own, carets end at 1,020
//! columns; one that lies beyond them in the text with probes is found only by the stack below.

/// Bytes of the underline at most (`kUnderlineBufsize` of Node's `node_errors.cc`).
const UNDERLINE_BYTES: usize = 1020;

/// What is known of the files that excerpts are from.
pub trait Sources {
    /// Column of the original, both from 1, where V8 says code to be; `None` if the file is not
    /// instrumented.
    fn original_column(&self, path: &str, line: u32, column: u32) -> Option<u32>;
    /// The same of a character.
    fn original_text_column(&self, path: &str, line: u32, column: u32) -> Option<u32>;
    /// Whether a file is of this package's code.
    fn is_own(&self, path: &str) -> bool;
    /// A line of an original file, from 1.
    fn line(&self, path: &str, line: u32) -> Option<String>;
}

/// Heading, line of the source, underline.
type Excerpt = [String; 3];

/// The text that Node printed, with the first excerpt from an instrumented file, or one of ours,
/// mended, and the places where the error was thrown (`--trace-uncaught`). `frame`: the first one of
/// the error's stack, if it does not follow: `f (/app/a.js:2:9)`.
pub fn mend(printed: &str, frame: Option<&str>, sources: &dyn Sources) -> String {
    let mended = mend_excerpt(printed, frame, sources);
    match mended.rsplit_once(THROWN_AT) {
        Some((before, frames)) => {
            let frames: Vec<String> = frames
                .split('\n')
                .map(|line| mend_frame(line, sources).unwrap_or_else(|| line.to_owned()))
                .collect();
            format!("{before}{THROWN_AT}{}", frames.join("\n"))
        }
        None => mended,
    }
}

/// What `--trace-uncaught` prints below the error.
const THROWN_AT: &str = "\nThrown at:\n";

/// `    at f (/app/a.js:2:87)` with the column of the original.
fn mend_frame(line: &str, sources: &dyn Sources) -> Option<String> {
    let (heading, column) = place_of_frame(line.strip_prefix(FRAME)?)?;
    let (file, number) = place(heading)?;
    let mapped = sources.original_column(&path_of(file), number, column.parse().ok()?)?;
    let end = if line.ends_with(')') { ")" } else { "" };
    let start = &line[..line.len() - end.len() - column.len()];
    Some(format!("{start}{mapped}{end}"))
}

/// Heading and column of a frame's place: `f (/app/a.js:2:9)` → `/app/a.js:2`, `9`.
fn place_of_frame(frame: &str) -> Option<(&str, &str)> {
    let named = frame
        .strip_suffix(')')
        .and_then(|named| named.rsplit_once(" ("));
    named.map_or(frame, |(_, place)| place).rsplit_once(':')
}

fn mend_excerpt(printed: &str, frame: Option<&str>, sources: &dyn Sources) -> String {
    let lines: Vec<&str> = printed.split('\n').collect();
    for at in 0..lines.len().saturating_sub(2) {
        let Some((file, line)) = place(lines[at]) else {
            continue;
        };
        let path = path_of(file);
        let [heading, source, carets] = [lines[at], lines[at + 1], lines[at + 2]];
        if !is_underline(carets) {
            continue;
        }
        let below = || lines[at..].iter().find_map(|line| line.strip_prefix(FRAME));
        let first = || frame.or_else(below);
        let mended = if sources.is_own(&path) {
            excerpt_at(first(), sources)
        } else {
            let mended = original(heading, source, carets, (&path, line), sources);
            mended.map(|excerpt| match carets.contains('^') {
                true => excerpt,
                // The place in the text with probes is beyond what Node underlines.
                false => underlined_at(first(), excerpt),
            })
        };
        let Some(mended) = mended else {
            continue;
        };
        let mut all = lines.clone();
        all.splice(at..at + 3, mended.iter().map(String::as_str));
        return all.join("\n");
    }
    printed.to_owned()
}

/// What a frame of a stack begins with.
const FRAME: &str = "    at ";

/// The excerpt from an instrumented file as it would be without probes.
fn original(
    heading: &str,
    source: &str,
    carets: &str,
    (path, line): (&str, u32),
    sources: &dyn Sources,
) -> Option<Excerpt> {
    sources.original_column(path, line, 1)?;
    let column = |column| {
        sources
            .original_column(path, line, column)
            .unwrap_or(column)
    };
    let text_column = |column| {
        sources
            .original_text_column(path, line, column)
            .unwrap_or(column)
    };
    let source = without_probes(source, &text_column)?;
    let underline = match carets.contains('^') {
        true => underline(carets, &source, &column),
        false => carets.to_owned(),
    };
    Some([heading.to_owned(), source, underline])
}

/// The excerpt for the place of a frame, whose column is that of the original.
fn excerpt_at(frame: Option<&str>, sources: &dyn Sources) -> Option<Excerpt> {
    let (heading, column) = place_of_frame(frame?)?;
    let (file, line) = place(heading)?;
    let source = sources.line(&path_of(file), line)?;
    let underline = caret(column.parse().ok()?, &source);
    Some([heading.to_owned(), source, underline])
}

/// An excerpt with the underline for the place of a frame, if that is in its line.
fn underlined_at(frame: Option<&str>, [heading, source, carets]: Excerpt) -> Excerpt {
    let place = frame.and_then(place_of_frame);
    let column = place.and_then(|(line, column)| {
        let is_here = line == heading;
        is_here.then(|| column.parse().ok())?
    });
    let underline = column.map(|column| caret(throw_before(&source, column), &source));
    [heading, source, underline.unwrap_or(carets)]
}

/// Node underlines the `throw`, where the stack of what is made in it begins at the `new`.
fn throw_before(source: &str, column: usize) -> usize {
    let units: Vec<u16> = source.encode_utf16().take(column.max(1) - 1).collect();
    let before = String::from_utf16_lossy(&units);
    let before = before.trim_end_matches(|c: char| c == '(' || c.is_whitespace());
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.' | '#');
    match before.strip_suffix("throw") {
        Some(before) if !before.ends_with(is_name) => before.encode_utf16().count() + 1,
        _ => column,
    }
}

/// Node's underline of one column, from 1.
fn caret(column: usize, source: &str) -> String {
    let caret = " ".repeat(column.saturating_sub(1)) + "^";
    underline(&caret, source, &|column| column)
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

    impl Sources for Fake {
        fn original_column(&self, path: &str, line: u32, column: u32) -> Option<u32> {
            (path == "/a b.js").then_some(match (line, column) {
                (2, 5..=9) => 5,
                (2, 10..=14) => column - 5,
                (2, 15..) => 10,
                _ => column,
            })
        }

        fn is_own(&self, path: &str) -> bool {
            path.starts_with("/own/")
        }

        fn line(&self, path: &str, line: u32) -> Option<String> {
            (path == "/a b.js" && line == 2).then(|| "\tabcdefgh".to_owned())
        }

        fn original_text_column(&self, path: &str, line: u32, column: u32) -> Option<u32> {
            self.original_column(path, line, column)
        }
    }

    #[test]
    fn line_and_caret_are_the_originals() {
        let printed = "x\n/a b.js:2\n\tabc($bc.defgh;)})\n\t        ^^\n\nError: e\n    at x";
        let mended = "x\n/a b.js:2\n\tabcdefgh\n\t   ^^\n\nError: e\n    at x";
        assert_eq!(mend(printed, None, &Fake), mended);
        let by_url = printed.replace("/a b.js", "file:///a%20b.js");
        assert_eq!(
            mend(&by_url, None, &Fake),
            mended.replace("/a b.js", "file:///a%20b.js")
        );
    }

    #[test]
    fn code_of_ours_gives_way_to_the_first_frame() {
        let mended = "/a b.js:2\n\tabcdefgh\n\t  ^\n\nError: e";
        let printed = "/own/core.js:7\nprobe()\n^\n\nError: e";
        for frame in ["f (/a b.js:2:4)", "/a b.js:2:4", "f [as (g)] (/a b.js:2:4)"] {
            assert_eq!(mend(printed, Some(frame), &Fake), mended, "{frame}");
            let whole = format!("{printed}\n    at {frame}\n    at g (/b.js:1:1)");
            assert_eq!(
                mend(&whole, None, &Fake),
                whole.replace(printed, mended),
                "{frame}"
            );
        }
        for frame in ["f (<anonymous>)", "f (/c.js:2:4)", "/a b.js:3:1"] {
            assert_eq!(mend(printed, Some(frame), &Fake), printed, "{frame}");
        }
        assert_eq!(mend(printed, None, &Fake), printed);
    }

    #[test]
    fn places_of_the_throw_are_the_originals() {
        let printed = "Error: e\n    at f (/a b.js:2:7)\nThrown at:\n    at f (/a b.js:2:12)\n    \
                       at /a b.js:2:12\n    at g (/other.js:2:12)\n    at node:internal/x:2:12\n\n";
        let mended = "Error: e\n    at f (/a b.js:2:7)\nThrown at:\n    at f (/a b.js:2:7)\n    \
                      at /a b.js:2:7\n    at g (/other.js:2:12)\n    at node:internal/x:2:12\n\n";
        assert_eq!(mend(printed, None, &Fake), mended);
        let by_url = printed.replace("/a b.js", "file:///a%20b.js");
        assert_eq!(
            mend(&by_url, None, &Fake),
            mended.replace("/a b.js", "file:///a%20b.js")
        );
    }

    #[test]
    fn a_caret_beyond_the_underline_is_found_by_the_stack() {
        let blanks = " ".repeat(UNDERLINE_BYTES);
        let mended_in = |line: &str, stack: &str| {
            let text = format!("/a b.js:2\n{line}\n{blanks}\n\nE: e\n{stack}\n");
            let mended = mend(&text, None, &Fake);
            mended.lines().nth(2).unwrap_or_default().to_owned()
        };
        let mended = |stack: &str| mended_in("\tabc($bc;)efgh", stack);
        assert_eq!(
            mended("    at f (/a b.js:2:4)\n    at g (/b.js:2:1)"),
            "\t  ^"
        );
        assert_eq!(mended("    at /a b.js:2:2"), "\t^");
        assert_eq!(mended("    at /b.js:2:4\n    at /a b.js:2:2"), blanks);
        assert_eq!(mended("    at /a b.js:12:2"), blanks);
        assert_eq!(mended(""), blanks);
        // What is thrown is made in the `throw`, and Node underlines that.
        let frame = "    at f (/a b.js:2:7)";
        assert_eq!(mended_in("thro($bc;w new", frame), "^");
        assert_eq!(mended_in(".thr($bc;ow(a", frame), "      ^");
        // The line of the text that ran, which the program may have made, not of the file.
        assert_eq!(mended_in("    ($bc;abc", frame), "      ^");
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
            assert_eq!(mend(text, None, &Fake), text);
        }
    }
}
