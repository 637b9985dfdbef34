//! Where the places in an error's stack came from, as far as whoever loads files knows.
//!
//! Limits: asked on the recorder's thread, for each error that is told with its stack.

use std::borrow::Cow;

/// Tells original places.
pub trait OriginalStacks: Send + Sync {
    /// The stack with the places that the author of the code knows.
    fn original_stack<'a>(&self, stack: &'a str) -> Cow<'a, str>;

    /// The place of its uppermost frame as the store tells places: file, line, column.
    fn place(&self, stack: &str) -> Option<(String, u32, u32)>;
}

/// Knows of none.
#[derive(Clone, Copy, Debug, Default)]
pub struct AsTheyAre;

impl OriginalStacks for AsTheyAre {
    fn original_stack<'a>(&self, stack: &'a str) -> Cow<'a, str> {
        Cow::Borrowed(stack)
    }

    fn place(&self, _: &str) -> Option<(String, u32, u32)> {
        None
    }
}
