//! One insertion into the source: where, for which function, and which piece of a probe. Its text
//! is made only when everything about the function is known (`render.rs`), since whether a body
//! may have a `try` shows only at its end.
//!
//! `return a + b` becomes `ReturnOpen` before `a`, `ReturnClose` behind `b`.
//!
//! Limits: edits are pushed in the order of the source (openers before what they enclose, closers
//! behind it), so that those at one offset stand in the order in which they must appear: of what ends there
//! from the inside out, a suspension, a branch of an expression, an assignment, what is told behind its
//! statement, that one's block, scope and loop; then, of what begins there from the outside in, a loop's
//! body, its block, what is told at its head, its scope, a block that follows, an assignment, a branch of an
//! expression, a suspension.

/// Which piece of which probe; the texts are in `render.rs`, the shapes on the design page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// The enter, at a body's start.
    BodyOpen,
    /// The exit, before a body's `}`.
    BodyClose,
    /// The enter and the start of the `return` of an arrow function without braces.
    ConciseOpen,
    /// The end of both.
    ConciseClose,
    /// `...{"$bc":$bcg=$bc.g1(12,a)}` in a generator's parameters.
    CreateGenerator,
    ReturnOpen,
    ReturnClose,
    /// `return` without an operand.
    ReturnNothing,
    /// Before a `return` without an operand that must stay without one; `JumpClose` behind it.
    ReturnBare,
    /// Before `await`, `yield`, `yield*`.
    SuspendOpen,
    OperandOpen,
    SuspendClose,
    /// `yield` without an operand.
    YieldNothing,
    /// `{` before a `throw` that stands in no function; `JumpClose` behind it.
    ThrowBlockOpen,
    ThrowOpen,
    ThrowClose,
    /// Head of a `catch` whose value has a name: the function's so many-th.
    Catch(u32),
    /// The binding that a `catch` lacks.
    CatchBinding,
    /// Head of a `catch` without a single name, likewise.
    CatchUnnamed(u32),
    FinallyOpen,
    FinallyClose,
    /// `{` before `for await` (and its labels); with `SUSPENSION` it suspends.
    LoopOpen,
    IterableOpen,
    IterableClose,
    LoopBodyOpen,
    LoopBodyClose,
    LoopClose,
    /// Around a `continue` or `break` of a `for await`.
    JumpOpen,
    JumpClose,
    /// A block's head: the reader of its variables, the function's so many-th scope.
    ScopeOpen {
        index: u32,
        level: u16,
    },
    /// The end of one, back at this level.
    ScopeClose(u16),
    /// Head of a `catch`.
    ScopeBack(u16),
    /// Head of a `finally`.
    ScopeHold(u16),
    /// The end of one.
    ScopeResume,
    /// Before a jump to this level; `JumpClose` behind it.
    ScopeJump(u16),
    /// A block's head: the function's so many-th; with `BRACES` it had none.
    Block(u32),
    /// The end of one without braces.
    BlockClose,
    /// Before a block that is an expression.
    OperandBlock(u32),
    OperandBlockClose,
    /// Before an expression that assigns: the probe's letter, and the function's so many-th assignment.
    AssignmentOpen(char, u32),
    /// A variable that it gave a value, at its end.
    AssignmentName,
    AssignmentClose,
    /// `{` before what stands alone where a statement behind it tells of a variable.
    TellOpen,
    /// That statement: the function's so many-th assignment.
    Tell(u32),
    TellClose,
}

/// The `;` that ended the statement was left to automatic insertion, which our text could prevent.
pub(crate) const SEMICOLON: u8 = 1;
/// A function or class stands before this suspension in its statement: V8 could still name it.
pub(crate) const AFTER_FUNCTION: u8 = 2;
/// The end of the body cannot be reached.
pub(crate) const UNREACHABLE: u8 = 64;
/// A suspension can lead to this `finally`, or this `return` suspends.
pub(crate) const SUSPENSION: u8 = 8;
/// A `return` can lead to this `finally`.
pub(crate) const RETURN: u8 = 16;
/// A jump that waits for an iterator's end can lead to this `finally`; this `return` is one.
pub(crate) const JUMP: u8 = 4;
/// The parameter list needs a comma first.
pub(crate) const COMMA: u8 = 32;
/// The loop's body has no braces.
pub(crate) const BRACES: u8 = 64;
/// V8 gives this suspension the place of a statement: an operand of a comma, what a loop tests or goes
/// through.
pub(crate) const PLACED: u8 = 16;
/// The first token of a statement in a list: text that starts with `(` needs a `;` before it.
pub(crate) const STARTS_STATEMENT: u8 = 128;

/// `Edit::place` of an edit whose code is where it was made.
pub(crate) const HERE: u32 = u32::MAX;

/// `Edit::function` of code that belongs to no recorded function.
pub(crate) const NO_FUNCTION: u32 = u32::MAX;

/// One insertion.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edit<'a> {
    /// Byte offset in the source.
    pub offset: u32,
    /// Index into the functions found, or `NO_FUNCTION`.
    pub function: u32,
    pub piece: Piece,
    pub flags: u8,
    /// Byte offset of the place that V8 would have said in the original for the code of this edit.
    pub place: u32,
    /// The name of a caught value, for `Piece::Catch`; that of a variable whose value is told.
    pub name: &'a str,
}
