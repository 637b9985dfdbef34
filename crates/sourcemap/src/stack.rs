//! The places in an error's stack, as the store tells them.
//!
//! `    at a (/app/dist/a.js:1:90)` → `    at a (/app/src/a.ts:7:3)`.
//! Limits: the place that a line ends with; the names of functions stay.

use std::borrow::Cow;

/// A path or URL with a line and a column, both from 1.
pub type Place = (String, u32, u32);

/// A stack with its places mapped: `original` is given a place and gives that of the original.
pub fn map_stack<'s>(
    stack: &'s str,
    original: &dyn Fn(&str, u32, u32) -> Option<Place>,
) -> Cow<'s, str> {
    let mut out = String::new();
    let mut copied = 0;
    let mut start = 0;
    for line in stack.split_inclusive('\n') {
        if let Some((from, to, path, row, column)) = place_in(line)
            && let Some((file, row, column)) = original(path, row, column)
        {
            out.push_str(&stack[copied..start + from]);
            out.push_str(&format!("{file}:{row}:{column}"));
            copied = start + to;
        }
        start += line.len();
    }
    if copied == 0 {
        return Cow::Borrowed(stack);
    }
    out.push_str(&stack[copied..]);
    Cow::Owned(out)
}

/// The place of the uppermost frame, its path or URL as it stands there.
#[must_use]
pub fn first_place(stack: &str) -> Option<Place> {
    let (_, _, path, line, column) = stack.lines().find_map(place_in)?;
    Some((path.to_owned(), line, column))
}

/// Range of the place in a line of a stack, its path, line and column.
fn place_in(line: &str) -> Option<(usize, usize, &str, u32, u32)> {
    let text = line.trim_end();
    let frame = text.trim_start().strip_prefix("at ")?;
    let end = text.strip_suffix(')').map_or(text.len(), str::len);
    let from = if end < text.len() {
        // The last one: V8 writes `f [as g] (path`, and paths with brackets are rarer than those.
        text[..end].rfind(" (").map(|at| at + 2)?
    } else {
        let frame = frame.strip_prefix("async ").unwrap_or(frame);
        text.len() - frame.len()
    };
    let (rest, column) = text.get(from..end)?.rsplit_once(':')?;
    let (path, row) = rest.rsplit_once(':')?;
    Some((from, end, path, row.parse().ok()?, column.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_mapped_and_nothing_else() {
        let map = |path: &str, line, column| {
            let path = path.strip_prefix("file://").unwrap_or(path);
            (path == "/a b/x.js").then(|| ("/s.ts".to_owned(), line + 1, column + 1))
        };
        let stack = "Error: at /a b/x.js:1:1\n    at f [as g] (/a b/x.js:1:2)\n    at async /a b/x.js:3:4\n    at async h (file:///a b/x.js:5:6)\r\n    at node:internal:1:1\n    at y (/y.js:1:1)\n    at x (native)";
        assert_eq!(
            map_stack(stack, &map),
            "Error: at /a b/x.js:1:1\n    at f [as g] (/s.ts:2:3)\n    at async /s.ts:4:5\n    at async h (/s.ts:6:7)\r\n    at node:internal:1:1\n    at y (/y.js:1:1)\n    at x (native)"
        );
        assert!(matches!(map_stack("Error", &map), Cow::Borrowed(_)));
    }
}
