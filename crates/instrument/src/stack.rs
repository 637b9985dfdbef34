//! Room for recursion: the parser and the visitors go down once for each level of the program.
//!
//! A program of 1,600 nested parentheses, which V8 can still parse, needs more stack than a worker
//! thread has left.
//!
//! Limits: programs that V8 itself gives up on (`a=a=a=…` of more than some ten thousand) may need
//! more than is given here.

/// What an unoptimised build needs more.
const BUILD_FACTOR: usize = if cfg!(debug_assertions) { 4 } else { 1 };
/// For a program without depth.
const BASE_BYTES: usize = BUILD_FACTOR * (128 << 10);
/// Measured: a level of brackets takes the parser 1 to 2 KiB.
const BYTES_A_BRACKET: usize = BUILD_FACTOR * (3 << 10);
/// Measured: `!!!!` takes 300 bytes for each byte of source, `a=a=` and `a?b:` less.
const BYTES_A_SOURCE_BYTE: usize = BUILD_FACTOR * 512;
/// Enough for the deepest programs that V8 can parse: 12,000 times `!`, 2,000 times `[`, and for
/// `visitor::MAX_DEPTH` terms of a sum. Only what is used is committed.
const MOST_BYTES: usize = BUILD_FACTOR * (32 << 20);

/// Runs on the present stack if enough of it is left, else on one of its own.
pub(crate) fn with_enough<R>(
    source_bytes: usize,
    bracket_depth: u32,
    run: impl FnOnce() -> R,
) -> R {
    let needed = BASE_BYTES
        + bracket_depth as usize * BYTES_A_BRACKET
        + source_bytes
            .saturating_mul(BYTES_A_SOURCE_BYTE)
            .min(MOST_BYTES);
    stacker::maybe_grow(needed, needed, run)
}
