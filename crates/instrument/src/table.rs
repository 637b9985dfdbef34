//! What was found to the table of functions: who gets an id, and where V8 says that it stands.
//!
//! A function in one that is left alone is left alone too, and has no id, unless it is for what only
//! breakpoints cannot do.

use breadcrumb_event::function::{
    Assignment, Backend, Block, CatchClause, Function, LocalScope, LocalVariable, MAX_TARGET_CHARS,
};

use crate::LeftAloneFunction;
use crate::edit::NO_FUNCTION;
use crate::found::{Found, Parameter, THIS};
use crate::original_names::Names;
use crate::positions::Positions;

/// Ids of functions that get none.
pub(crate) const NO_ID: u32 = u32::MAX;

/// Why breakpoints tell nothing of a generator: its calls are where it is created, before its body.
pub(crate) const GENERATOR: &str = "its calls are told by probes alone: it is a generator";

/// Why breakpoints tell nothing of a function whose arguments they cannot read.
pub(crate) const HIDDEN: &str = "a block hides a parameter where its code begins";

/// Why breakpoints must not be in a constructor that has to call `super()`, nor in its arrow functions: where V8
/// evaluates a condition before that call, it makes `this` undefined for good, if a function in there needs it
/// (*tried* on 20 to 26, where it aborts).
pub(crate) const DERIVED: &str = "V8's debugger may break a constructor before its super()";

/// Ids by index of what was found, the table of functions, and those left alone.
pub(crate) fn number<'a>(
    first_id: u32,
    found: &[Found<'a>],
    names: Names<'a>,
    positions: &Positions,
) -> (Vec<u32>, Vec<Function>, Vec<LeftAloneFunction>) {
    let mut ids = Vec::with_capacity(found.len());
    let mut reasons: Vec<Option<&'static str>> = Vec::with_capacity(found.len());
    let mut functions = Vec::with_capacity(found.len());
    let mut left_alone = Vec::new();
    for function in found {
        // A function comes behind the one around it, so that one's fate is known.
        let around = (function.parent != NO_FUNCTION)
            .then(|| reasons[function.parent as usize])
            .flatten()
            .filter(|&why| ![GENERATOR, HIDDEN, DERIVED].contains(&why));
        let reason = function.left_alone.or(around);
        reasons.push(reason);
        let start = positions.utf16(function.start);
        let (line, column) = positions.line_and_column(start);
        if let Some(why) = reason {
            ids.push(NO_ID);
            left_alone.push(LeftAloneFunction {
                name: function.name.clone(),
                line,
                column,
                why: why.to_owned(),
            });
            continue;
        }
        ids.push(first_id + functions.len() as u32);
        functions.push(Function {
            name: function.name.clone(),
            kind: function.kind,
            is_async: function.is_async,
            is_generator: function.is_generator,
            is_leaf: function.is_leaf,
            backend: Backend::Probe,
            line,
            column,
            start,
            end: positions.utf16(function.end),
            parameters: function
                .parameters
                .iter()
                .map(|parameter| said(parameter, names))
                .collect(),
            scopes: scopes(function, names, positions),
            catches: catches(function, positions),
            blocks: blocks(function, positions, names.0.is_some()),
            assignments: assignments(function, names, positions),
        });
    }
    (ids, functions, left_alone)
}

/// What the probes read, as `render.rs` lets them.
fn scopes<'a>(
    function: &Found<'a>,
    names: Names<'a>,
    positions: &Positions<'a>,
) -> Vec<LocalScope> {
    if !function.reads_locals() {
        return Vec::new();
    }
    let scopes = function.scopes.iter().enumerate().map(|(index, scope)| {
        let (line, column) = positions.line_and_column(positions.utf16(scope.start));
        let variables = scope.variables.iter().map(|variable| LocalVariable {
            name: names.of(variable.name, variable.start).to_owned(),
            is_closure: variable.is_closure,
        });
        let this = (index == 0 && function.uses_this).then(|| LocalVariable {
            name: "this".to_owned(),
            is_closure: false,
        });
        LocalScope {
            line,
            column,
            variables: this.into_iter().chain(variables).collect(),
        }
    });
    scopes.collect()
}

fn catches(function: &Found, positions: &Positions) -> Vec<CatchClause> {
    let clauses = function.catches.iter().map(|clause| {
        let [(line, column), inner] =
            [clause.start, clause.inner].map(|at| positions.line_and_column(positions.utf16(at)));
        CatchClause {
            line,
            column,
            inner,
        }
    });
    clauses.collect()
}

/// Each line on which something starts is in the block of what starts first there. Where a source map will say which
/// lines these are (`maps`), all that starts is told.
fn blocks(function: &Found, positions: &Positions, maps: bool) -> Vec<Block> {
    if !function.tells_blocks() {
        return Vec::new();
    }
    let place = |at| positions.line_and_column(positions.utf16(at));
    let blocks = function.blocks.iter().map(|block| {
        let ((line, column), (end_line, end_column)) = (place(block.start), place(block.end));
        Block {
            line,
            column,
            end_line,
            end_column,
            lines: Vec::new(),
        }
    });
    let mut blocks: Vec<Block> = blocks.collect();
    let mut lines = function.lines.clone();
    lines.sort_unstable();
    let mut last = 0;
    for (start, block) in lines {
        let (line, column) = place(start);
        if maps || line > last {
            blocks[block as usize].lines.push((line, column));
            last = line;
        }
    }
    blocks
}

fn assignments<'a>(
    function: &Found<'a>,
    names: Names<'a>,
    positions: &Positions<'a>,
) -> Vec<Assignment> {
    if !function.tells_assignments() {
        return Vec::new();
    }
    let assignments = function.assignments.iter().map(|it| {
        let (line, column) = positions.line_and_column(positions.utf16(it.start));
        let name = if it.is_variable {
            names.of(it.target, it.start)
        } else {
            it.target
        };
        Assignment {
            name: cut(name),
            line,
            column,
        }
    });
    assignments.collect()
}

fn cut(target: &str) -> String {
    match target.char_indices().nth(MAX_TARGET_CHARS) {
        None => target.to_owned(),
        Some(_) => {
            let kept = target.chars().take(MAX_TARGET_CHARS - 1);
            kept.chain(['…']).collect()
        }
    }
}

fn said<'a>(parameter: &Parameter<'a>, names: Names<'a>) -> String {
    if parameter.name == THIS {
        return THIS.to_owned();
    }
    let dots = if parameter.is_rest { "..." } else { "" };
    format!("{dots}{}", names.of(parameter.name, parameter.start))
}
