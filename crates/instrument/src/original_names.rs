//! What identifiers were called before a tool renamed them.
//!
//! In `function a(t){}`, of which a source map says that `a` was `checkout` and `t` was `cart`, the
//! function is known as `checkout` with the parameter `cart`.
//!
//! Limits: names for people only; probes use those of the text.

use std::fmt;
use std::panic::RefUnwindSafe;

use crate::positions::Positions;

/// What a source map says of names.
pub trait OriginalNames: fmt::Debug + RefUnwindSafe {
    /// What the identifier that begins at this line and column was called; both from 1, the column
    /// in UTF-16 units.
    fn original_name(&self, line: u32, column: u32) -> Option<&str>;
}

/// A name longer than this is none.
const MAX_NAME_BYTES: usize = 160;

/// A map, and the positions that it is asked with.
pub(crate) struct Renamed<'a> {
    names: &'a dyn OriginalNames,
    positions: Positions<'a>,
}

impl<'a> Renamed<'a> {
    pub fn new(source: &'a str, names: &'a dyn OriginalNames) -> Self {
        Self {
            names,
            positions: Positions::new(source),
        }
    }
}

/// Original names, if there is a map.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a>(pub Option<&'a Renamed<'a>>);

impl<'a> Names<'a> {
    /// What the identifier `name` at this byte was called.
    pub fn of(self, name: &'a str, start: u32) -> &'a str {
        let Some(renamed) = self.0 else { return name };
        let offset = renamed.positions.utf16(start);
        let (line, column) = renamed.positions.line_and_column(offset);
        let original = renamed.names.original_name(line, column);
        original
            .filter(|original| is_name(original))
            .unwrap_or(name)
    }
}

/// Maps are written by all sorts of tools.
fn is_name(text: &str) -> bool {
    text.len() <= MAX_NAME_BYTES && !text.is_empty() && !text.contains(char::is_control)
}
