//! Source text in; code with probes, the table of its functions and of what was inserted out.
//!
//! `function f(a) { return a }` becomes
//! `function f(a) {let $bcf=$bc.e1(0,a),$bcv,$bcd;try{ return ($bcv)=(a),($bcd)=1,$bcv; }finally{…}}`.
//! The shapes, and why they are so, are in `docs/internal/instrument/design.md`.
//!
//! Limits: nothing is removed or moved and no line is added. A file that does not parse, or holds
//! `$bc` already, is left alone; so is a function whose meaning a probe could change.

#![forbid(unsafe_code)]

mod assignments;
mod blocks;
mod classes;
mod declarations;
mod edit;
mod found;
mod frame;
mod function_names;
mod functions;
mod inference;
mod inferred_functions;
mod inferred_names;
mod inferred_patterns;
mod kept_names;
mod leaves;
mod locals;
mod loops;
mod name;
mod naming;
mod original_names;
mod parse;
mod place;
mod positions;
mod readers;
mod reading;
mod render;
mod sites;
mod splices;
mod stack;
mod statements;
mod stored;
mod table;
mod told;
mod trivia;
mod visitor;
mod written;

use std::panic::catch_unwind;

use breadcrumb_event::function::Function;
use oxc_allocator::Allocator;
use serde::{Deserialize, Serialize};

use crate::found::Found;
use crate::locals::Locals;
use crate::original_names::{Names, Renamed};

pub use crate::function_names::{FunctionNames, Place};
pub use crate::inferred_names::{Engine, Named, NamedFunction, inferred_names};
pub use crate::leaves::Leaves;
pub use crate::original_names::OriginalNames;
pub use crate::reading::{Inspected, InspectedScope, Reading, read};
pub use crate::splices::{SpliceTables, Splices, first_probe};

/// The name that all probes start with; a file that contains it is left alone.
pub const MARK: &str = "$bc";

/// What kind of program a file is, as Node decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SourceKind {
    /// Sloppy by default, top-level `return`, HTML comments, `await` as an identifier.
    CommonJs,
    /// Strict, `import` and `export`, top-level `await`.
    Module,
    /// CommonJS with types that Node will erase.
    TypeScriptCommonJs,
    /// A module with types that Node will erase.
    TypeScriptModule,
}

/// A file to instrument.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The text as Node would compile it.
    pub source: &'a str,
    /// How Node would compile it.
    pub kind: SourceKind,
    /// Id of the file's first function; the others follow.
    pub first_id: u32,
    /// The file's name without folder and extension: the name of a function that is the file's
    /// own export.
    pub file_stem: &'a str,
    /// What a source map says of names, where there is one.
    pub names: Option<&'a dyn OriginalNames>,
    /// Which functions' probes read what.
    pub wanted: Wanted,
}

/// What probes read besides arguments and results, and which functions have them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// Methods and accessors hand over what they are called on, as a first parameter `this`.
    pub this: bool,
    /// Probes read the variables that an exception leaves behind.
    pub locals: bool,
    /// Probes tell which blocks of a function run.
    pub lines: bool,
    /// Probes tell the value behind each assignment.
    pub variables: bool,
    /// What becomes of leaves.
    pub leaves: Leaves,
}

/// What came of it.
#[derive(Debug)]
pub enum Outcome {
    /// The text has probes.
    Instrumented(Instrumented),
    /// The text must be used as it is.
    LeftAlone(Diagnostic),
}

/// A text with probes.
#[derive(Debug)]
pub struct Instrumented {
    /// The text.
    pub code: String,
    /// Its functions; a function's id is `first_id` plus its index.
    pub functions: Vec<Function>,
    /// Where text was inserted.
    pub splices: Splices,
    /// Functions without probes, and why.
    pub left_alone: Vec<LeftAloneFunction>,
    /// As what the text was read.
    pub kind: SourceKind,
}

/// A function without probes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftAloneFunction {
    /// Its name, as it would stand in the store.
    pub name: String,
    /// Line of its first character, from 1.
    pub line: u32,
    /// Column of its first character, from 1, in UTF-16 units.
    pub column: u32,
    /// One phrase.
    pub why: String,
}

/// Why a file is left alone, as a stable name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// It does not parse as what it is said to be: Node reports the error itself.
    Syntax,
    /// It holds `$bc`: it has probes already, or would clash with them.
    Marked,
    /// It is too deeply nested to be visited without exhausting the stack.
    TooDeep,
    /// Its offsets would not fit.
    TooLarge,
    /// The instrumenter failed on it.
    Failed,
}

/// Why a file is left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The kind of reason.
    pub reason: Reason,
    /// The details, for a person.
    pub message: String,
    /// Line of the place meant, from 1; 1 for the whole file.
    pub line: u32,
    /// Column of the place meant, from 1, in UTF-16 units.
    pub column: u32,
}

/// Puts probes into a text. Never fails on a source: what cannot be understood is left alone.
#[must_use]
pub fn instrument(input: &Input) -> Outcome {
    match parse::check_text(input.source) {
        Err(diagnostic) => Outcome::LeftAlone(diagnostic),
        Ok(bracket_depth) => {
            let run = || instrument_checked(input).unwrap_or_else(Outcome::LeftAlone);
            // A bug here or in the parser must not become one of the program.
            catch_unwind(|| stack::with_enough(input.source.len(), bracket_depth, run))
                .unwrap_or_else(|_| Outcome::LeftAlone(failed()))
        }
    }
}

fn instrument_checked(input: &Input) -> Result<Outcome, Diagnostic> {
    let allocator = Allocator::default();
    let renamed = input.names.map(|names| Renamed::new(input.source, names));
    let names = Names(renamed.as_ref());
    let program = parse::parse(&allocator, input)?;
    let mut visited = visitor::visit(input, names, &program, None)?;
    // Behind our own visitor, which guards against a tree that is too deep to be visited.
    let scoping = parse::check_early_errors(input, &program)?;
    if input.wanted.locals {
        visited = visitor::visit(input, names, &program, Some(Locals::new(&scoping)))?;
    }
    if input.wanted.this {
        visited.found.iter_mut().for_each(Found::hand_over_this);
    }
    Ok(Outcome::Instrumented(render::render(input, names, visited)))
}

#[cold]
fn failed() -> Diagnostic {
    Diagnostic {
        reason: Reason::Failed,
        message: "the instrumenter failed: please report this file".to_owned(),
        line: 1,
        column: 1,
    }
}
