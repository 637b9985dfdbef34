//! What the visitor knows about the function that it is in.
//!
//! In `async function f() { for await (const x of y) { continue } }` the frame of `f` has one loop
//! while the `continue` is visited, and counts suspensions.

use rustc_hash::FxHashMap;

use crate::blocks::OpenBlock;
use crate::edit::NO_FUNCTION;

/// A statement that `break` can leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Breakable {
    Loop,
    ForAwait,
    Switch,
    /// Another statement with a label.
    Labeled,
}

/// A loop or `switch` around the code being visited.
#[derive(Debug)]
pub(crate) struct Around<'a> {
    pub labels: Vec<&'a str>,
    pub kind: Breakable,
    /// Scopes around it whose variables are read.
    pub level: u16,
}

/// A function, or the program itself.
#[derive(Debug)]
pub(crate) struct Frame<'a> {
    /// Index of the function, or `NO_FUNCTION` for the program.
    pub function: u32,
    pub is_arrow: bool,
    pub is_generator: bool,
    pub is_async: bool,
    /// Classes around it.
    pub outer_classes: usize,
    /// What was strict outside of it.
    pub outer_strict: bool,
    /// The function that edits were for outside of it.
    pub outer_current: u32,
    /// Functions declared at the body's top level, and where: in a `try` they stand in a block.
    pub declared: FxHashMap<&'a str, u32>,
    /// A name would be declared twice in the block, or a function mean something else there.
    pub clashes: bool,
    pub calls_eval: bool,
    pub uses_arguments: bool,
    /// Suspensions and returns so far: what changed over a `try` can lead to its `finally`.
    pub suspensions: u32,
    pub returns: u32,
    /// Jumps and returns so far that wait for the end of a `for await`.
    pub jumps: u32,
    pub jumps_through_finally: bool,
    pub open_tries: u32,
    pub returns_in_try: bool,
    /// A probe takes an operand that was evaluated before it.
    pub keeps_operand: bool,
    pub around: Vec<Around<'a>>,
    /// Blocks around the code being visited whose variables are read.
    pub level: u16,
    /// The block that the code being visited is in.
    pub block: OpenBlock,
    /// The last suspension's end, and its closing edit: see `Visitor::end_statement`.
    pub last_suspension: Option<(u32, usize)>,
    /// Index of the function by whose name an anonymous function in this one is called.
    pub named: u32,
}

impl Frame<'_> {
    /// The frame of the program.
    pub fn of_program() -> Self {
        Self::new(NO_FUNCTION, NO_FUNCTION)
    }

    pub fn new(function: u32, named: u32) -> Self {
        Self {
            function,
            is_arrow: false,
            is_generator: false,
            is_async: false,
            outer_classes: 0,
            outer_strict: false,
            outer_current: NO_FUNCTION,
            declared: FxHashMap::default(),
            clashes: false,
            calls_eval: false,
            uses_arguments: false,
            suspensions: 0,
            returns: 0,
            jumps: 0,
            jumps_through_finally: false,
            open_tries: 0,
            returns_in_try: false,
            keeps_operand: false,
            around: Vec::new(),
            level: 0,
            block: OpenBlock::default(),
            last_suspension: None,
            named,
        }
    }
}
