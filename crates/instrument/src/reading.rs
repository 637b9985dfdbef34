//! What there is to know of a text that was loaded before it could get probes: its functions, and where
//! breakpoints tell of their calls.
//!
//! `function f(a) { return a }` gives `f` with the parameter `a` and an entry somewhere from `return` on.
//! Names, lines and what is left alone are those that `instrument` finds.
//!
//! Limits: generators and constructors that call `super()` are left alone. Where exactly V8 can break is for V8 to say.

use std::panic::catch_unwind;

use breadcrumb_event::function::Function;
use oxc_allocator::Allocator;
use serde::Serialize;

use crate::found::{Found, THIS};
use crate::locals::Locals;
use crate::original_names::{Names, Renamed};
use crate::positions::Positions;
use crate::sites::{self, Body, Range};
use crate::table::{DERIVED, GENERATOR, HIDDEN, NO_ID, number};
use crate::{Diagnostic, Input, LeftAloneFunction, failed, parse, stack, visitor};

/// A text that was read.
#[derive(Debug)]
pub struct Reading {
    /// Its functions; a function's id is `first_id` plus its index.
    pub functions: Vec<Function>,
    /// Of each of them, where its calls can be seen.
    pub inspected: Vec<Inspected>,
    /// Functions whose calls cannot be seen, and why.
    pub left_alone: Vec<LeftAloneFunction>,
}

/// A place as V8's debugger says it: line and column from 0, the column in UTF-16 units.
pub type At = [u32; 2];

/// Where the calls of a function can be seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Inspected {
    /// Names in the text of the parameters that are captured.
    pub parameters: Vec<String>,
    /// `async`.
    pub is_async: bool,
    /// It is asynchronous and can wait.
    pub waits: bool,
    /// It can return something other than `undefined`.
    pub has_result: bool,
    /// Its first character, and behind its last one.
    pub range: [At; 2],
    /// Where to look for its breaks from: its body, or all of it where the body is an expression, which may
    /// be a function itself.
    pub body: At,
    /// Where its code begins: the first break that is in the first of these that has one.
    pub entries: Vec<EntryRange>,
    /// Where its `return` statements end, and V8 breaks, whatever else begins there.
    pub returns: Vec<At>,
    /// Places where it returns that another function has, too.
    pub shared_ends: Vec<At>,
    /// Its `return` statements at which V8 does not break once they have their value.
    pub hidden: Vec<At>,
    /// What its `catch` clauses guard, in the order of the function's [`catches`](Function::catches).
    pub guarded: Vec<[At; 2]>,
    /// Its scopes, in the order of the function's [`scopes`](Function::scopes).
    pub scopes: Vec<InspectedScope>,
}

/// Where a scope holds, and what can be read there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InspectedScope {
    /// Its first character, and behind its last one.
    pub range: [At; 2],
    /// Names in the text of its variables, `this` among them.
    pub names: Vec<String>,
}

/// A stretch of text that may hold a function's first break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryRange {
    /// Its first character.
    pub from: At,
    /// Behind its last one.
    pub to: At,
    /// It is run again and again in one call.
    pub repeats: bool,
}

/// Reads a text.
///
/// # Errors
/// As where `instrument` leaves it alone.
pub fn read(input: &Input) -> Result<Reading, Diagnostic> {
    let bracket_depth = parse::check_text(input.source)?;
    let run = || read_checked(input);
    catch_unwind(|| stack::with_enough(input.source.len(), bracket_depth, run))
        .unwrap_or_else(|_| Err(failed()))
}

fn read_checked(input: &Input) -> Result<Reading, Diagnostic> {
    let allocator = Allocator::default();
    let renamed = input.names.map(|names| Renamed::new(input.source, names));
    let names = Names(renamed.as_ref());
    let program = parse::parse(&allocator, input)?;
    let scoping;
    let mut found = visitor::visit(input, names, &program, None)?.found;
    // Behind our own visitor, which guards against a tree that is too deep to be visited.
    if input.wanted.locals {
        scoping = parse::check_early_errors(input, &program)?;
        found = visitor::visit(input, names, &program, Some(Locals::new(&scoping)))?.found;
    }
    let bodies = sites::find(&program);
    for function in &mut found {
        if input.wanted.this {
            function.hand_over_this();
        }
        // Probes alone tell of them.
        function.blocks.clear();
        let body = bodies.get(&function.body);
        let hides = |body: &Body| {
            let captured = function.captured();
            captured.iter().any(|p| body.hides.contains(&p.name))
        };
        let reason = if function.is_generator {
            Some(GENERATOR)
        } else if body.is_some_and(|body| body.is_derived) {
            Some(DERIVED)
        } else {
            body.is_some_and(hides).then_some(HIDDEN)
        };
        function.left_alone = function.left_alone.or(reason);
    }
    let positions = Positions::new(input.source);
    let (ids, functions, left_alone) = number(input.first_id, &found, names, &positions);
    let with_id = found.iter().zip(&ids).filter(|&(_, &id)| id != NO_ID);
    let inspected =
        with_id.map(|(function, _)| inspect(function, bodies.get(&function.body), &positions));
    Ok(Reading {
        inspected: inspected.collect(),
        functions,
        left_alone,
    })
}

fn inspect(function: &Found, body: Option<&Body>, positions: &Positions) -> Inspected {
    let at = |byte: u32| {
        let (line, column) = positions.line_and_column(positions.utf16(byte));
        [line - 1, column - 1]
    };
    let entry = |range: &Range| EntryRange {
        from: at(range.start),
        to: at(range.end),
        repeats: range.repeats,
    };
    let places =
        |bytes: Option<&Vec<u32>>| bytes.into_iter().flatten().map(|&byte| at(byte)).collect();
    Inspected {
        parameters: function
            .captured()
            .iter()
            .map(|p| p.name.to_owned())
            .collect(),
        is_async: function.is_async,
        waits: body.is_some_and(|body| body.waits),
        has_result: body.is_none_or(|body| body.has_result),
        range: [at(function.start), at(function.end)],
        body: at(match body {
            Some(body) if body.is_expression => function.start,
            _ => function.body,
        }),
        returns: body.map_or_else(Vec::new, |body| {
            body.ends.iter().map(|&(end, _)| at(end)).collect()
        }),
        shared_ends: places(body.map(|body| &body.shared_ends)),
        entries: body.map_or_else(Vec::new, |body| body.entries.iter().map(entry).collect()),
        hidden: places(body.map(|body| &body.hidden)),
        guarded: function
            .catches
            .iter()
            .map(|clause| clause.guards.map(at))
            .collect(),
        scopes: scopes(function, at),
    }
}

fn scopes(function: &Found, at: impl Fn(u32) -> At) -> Vec<InspectedScope> {
    if !function.reads_locals() {
        return Vec::new();
    }
    let scopes = function.scopes.iter().enumerate().map(|(index, scope)| {
        let this = (index == 0 && function.uses_this).then_some(THIS);
        let own = scope.variables.iter().map(|variable| variable.name);
        InspectedScope {
            range: [at(scope.start), at(scope.end)],
            names: this.into_iter().chain(own).map(str::to_owned).collect(),
        }
    });
    scopes.collect()
}
