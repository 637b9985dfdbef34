//! Text to tree, or the reason why the file must be left alone.
//!
//! `function f(a) { let a }` parses, but is an early error: instrumented, the `let` would stand in
//! a block of its own and the error would be gone. So scopes are checked too.

use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::{Scoping, SemanticBuilder};
use oxc_span::SourceType;

use crate::positions::Positions;
use crate::trivia::bracket_depth;
use crate::{Diagnostic, Input, MARK, Reason, SourceKind};

/// V8 gives up on more: at 2,000 times `[` and at 440 nested functions.
const MAX_BRACKET_DEPTH: u32 = 2_500;

/// V8's strings end at 2^29 units, and offsets with insertions must fit into 32 bits.
const MAX_SOURCE_BYTES: usize = 1 << 29;

/// What can be said before parsing; gives how deep the brackets go.
pub(crate) fn check_text(source: &str) -> Result<u32, Diagnostic> {
    let whole_file = |reason, message: &str| {
        Err(Diagnostic {
            reason,
            message: message.to_owned(),
            line: 1,
            column: 1,
        })
    };
    if source.len() > MAX_SOURCE_BYTES {
        return whole_file(Reason::TooLarge, "the file is too large");
    }
    if let Some(at) = source.find(MARK) {
        return Err(at_byte(
            source,
            at as u32,
            Reason::Marked,
            "the text holds `$bc`",
        ));
    }
    let depth = bracket_depth(source);
    if depth > MAX_BRACKET_DEPTH {
        return whole_file(Reason::TooDeep, "brackets are nested too deeply");
    }
    Ok(depth)
}

/// The tree.
pub(crate) fn parse<'a>(
    allocator: &'a Allocator,
    input: &Input<'a>,
) -> Result<Program<'a>, Diagnostic> {
    let is_module = matches!(
        input.kind,
        SourceKind::Module | SourceKind::TypeScriptModule
    );
    let source_type = match input.kind {
        SourceKind::CommonJs => SourceType::cjs(),
        SourceKind::Module => SourceType::mjs(),
        SourceKind::TypeScriptCommonJs => SourceType::ts().with_commonjs(true),
        SourceKind::TypeScriptModule => SourceType::ts().with_module(true),
    };
    let options = ParseOptions {
        allow_return_outside_function: !is_module,
        ..ParseOptions::default()
    };
    let parsed = Parser::new(allocator, input.source, source_type)
        .with_options(options)
        .parse();
    if parsed.panicked || parsed.diagnostics.has_errors() {
        let error = parsed.diagnostics.errors().next();
        let error = error.map(|error| (error.labels.first().map(|l| l.offset()), &*error.message));
        return Err(syntax_error(input.source, error));
    }
    // TypeScript's `import type` is erased; what is left over, V8 reports.
    if input.kind == SourceKind::CommonJs && parsed.module_record.has_module_syntax {
        let error = (None, "`import` or `export` in CommonJS");
        return Err(syntax_error(input.source, Some(error)));
    }
    Ok(parsed.program)
}

/// Errors that need scopes, and would be hidden or moved by probes; else the scopes.
pub(crate) fn check_early_errors<'a>(
    input: &Input,
    program: &'a Program<'a>,
) -> Result<Scoping, Diagnostic> {
    let checked = SemanticBuilder::new_compiler().build(program);
    if checked.diagnostics.has_errors() {
        let error = checked.diagnostics.errors().next();
        let error = error.map(|error| (error.labels.first().map(|l| l.offset()), &*error.message));
        return Err(syntax_error(input.source, error));
    }
    Ok(checked.semantic.into_scoping())
}

#[cold]
fn syntax_error(source: &str, error: Option<(Option<u32>, &str)>) -> Diagnostic {
    let (offset, message) = error.unwrap_or((None, "syntax error"));
    at_byte(source, offset.unwrap_or(0), Reason::Syntax, message)
}

/// A diagnostic at a place in the text.
#[cold]
pub(crate) fn at_byte(source: &str, byte: u32, reason: Reason, message: &str) -> Diagnostic {
    let positions = Positions::new(source);
    let byte = source.floor_char_boundary(byte as usize) as u32;
    let (line, column) = positions.line_and_column(positions.utf16(byte));
    Diagnostic {
        reason,
        message: message.to_owned(),
        line,
        column,
    }
}
