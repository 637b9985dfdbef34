//! A function as the visitor found it, before it has an id.
//!
//! `async (a, ...b) => {}` has kind `Arrow`, `is_async`, parameters `a` and `...b`.
//!
//! Limits: offsets are bytes of the source here; `render.rs` makes the UTF-16 ones.

use breadcrumb_event::function::FunctionKind;

/// Parameters whose values an enter probe takes: `$bc.e8` is the longest.
pub(crate) const MAX_CAPTURED: usize = 8;

/// The name of what a method is called on.
pub(crate) const THIS: &str = "this";

/// A binding of the parameter list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter<'a> {
    pub name: &'a str,
    /// Where it begins, in bytes.
    pub start: u32,
    pub is_rest: bool,
}

/// A variable that probes read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variable<'a> {
    pub name: &'a str,
    /// Where it is declared, in bytes.
    pub start: u32,
    /// Of a function around this one.
    pub is_closure: bool,
}

/// Variables that probes read together.
#[derive(Debug)]
pub(crate) struct Scope<'a> {
    /// Where it begins, in bytes.
    pub start: u32,
    /// Behind its last character.
    pub end: u32,
    pub variables: Vec<Variable<'a>>,
}

/// A `catch` clause with a probe. In bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clause {
    /// Where it begins.
    pub start: u32,
    /// What it binds, or else its block.
    pub inner: u32,
    /// The block whose exceptions it catches, and behind that.
    pub guards: [u32; 2],
}

/// Code that is run as a whole. In bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    /// Where it begins.
    pub start: u32,
    /// Behind its last character.
    pub end: u32,
}

/// What gets a value at one place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Assignment<'a> {
    /// As it is written.
    pub target: &'a str,
    /// Where it begins, in bytes.
    pub start: u32,
    /// It is a variable, whose name a source map may know.
    pub is_variable: bool,
}

/// A function with a body.
#[derive(Debug)]
pub(crate) struct Found<'a> {
    /// The function around it, or `NO_FUNCTION`.
    pub parent: u32,
    pub name: String,
    pub kind: FunctionKind,
    pub is_async: bool,
    pub is_generator: bool,
    pub start: u32,
    pub end: u32,
    /// Where its body begins: a brace, or the expression of an arrow function.
    pub body: u32,
    pub parameters: Vec<Parameter<'a>>,
    /// Why it, and everything in it, gets no probes.
    pub left_alone: Option<&'static str>,
    /// Its declarations would clash in a block.
    pub without_try: bool,
    /// A generator whose enter stands in its parameter list.
    pub enters_when_created: bool,
    /// The end of the body may be reached after a `return` was overridden.
    pub result_may_be_stale: bool,
    /// It has a variable for operands on their way to a probe.
    pub keeps_operand: bool,
    /// A `finally` needs to know that a jump on its way to a `for await` leads through it.
    pub tracks_jumps: bool,
    /// The function's own scope and those of blocks in it; none where variables are not read.
    pub scopes: Vec<Scope<'a>>,
    pub catches: Vec<Clause>,
    /// By number; none where blocks are not told.
    pub blocks: Vec<Block>,
    /// The most of them that are in one another, beside the function's own.
    pub nested_blocks: u32,
    /// By number; none where variables are not told.
    pub assignments: Vec<Assignment<'a>>,
    /// The most probes around one another where one of them is told.
    pub nested_assignments: u32,
    /// Where its statements and its blocks that are expressions start, and the numbers of their blocks.
    pub lines: Vec<(u32, u32)>,
    /// Its own code says `this`.
    pub uses_this: bool,
    /// It is one of the leaves that are only counted.
    pub is_leaf: bool,
}

impl<'a> Found<'a> {
    /// What a method is called on is its first parameter. Nothing else has one that can be read where
    /// it enters: a constructor's is empty or does not exist yet, a function's is rarely meant.
    pub fn hand_over_this(&mut self) {
        use FunctionKind::{Getter, Method, Setter};
        if matches!(self.kind, Method | Getter | Setter) {
            let this = Parameter {
                name: THIS,
                start: self.start,
                is_rest: false,
            };
            self.parameters.insert(0, this);
        }
    }

    /// The parameters whose values the enter takes.
    pub fn captured(&self) -> &[Parameter<'a>] {
        &self.parameters[..self.parameters.len().min(MAX_CAPTURED)]
    }

    /// There are variables to read, and a `finally` to read them in.
    pub fn reads_locals(&self) -> bool {
        let any = |scope: &Scope| !scope.variables.is_empty();
        !self.without_try
            && !self.scopes.is_empty()
            && (self.uses_this || self.scopes.iter().any(any))
    }
}
