//! Spans: what Node, a library or the program names beside its functions. To the recorder they are functions whose
//! calls nobody's text tells of.
//!
//! Limits: as many as functions; a span with the name and place of another is that one.

use std::sync::LazyLock;

use breadcrumb_event::function::{Backend, Function, FunctionKind};
use breadcrumb_recorder::Control;
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use serde::Deserialize;

use crate::coded_error::CodedError;
use crate::process::shown;

/// What names a span: `SpanName` of `ts/native/native.ts`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
pub struct SpanName {
    name: String,
    /// What it is of: `node:http`, `npm:pg`, a file's path.
    file: String,
    /// From 1; 0 where it stands in no file.
    line: u32,
    /// Likewise.
    column: u32,
    /// Names of what its calls have as arguments.
    parameters: Vec<String>,
}

static IDS: LazyLock<Mutex<FxHashMap<SpanName, u32>>> = LazyLock::new(Mutex::default);

/// The id of a span, the same whenever it is named.
pub fn define(span: SpanName) -> Result<u32, CodedError> {
    let mut ids = IDS.lock();
    if let Some(id) = ids.get(&span) {
        return Ok(*id);
    }
    let control = Control::get()?;
    let file = if span.line == 0 {
        span.file.clone()
    } else {
        shown(&span.file)
    };
    let id = control
        .functions()
        .register(file.into(), vec![function(&span)])?;
    control.captures().welcome(id);
    ids.insert(span, id);
    Ok(id)
}

fn function(span: &SpanName) -> Function {
    Function {
        name: span.name.clone(),
        kind: FunctionKind::Span,
        is_async: false,
        is_generator: false,
        is_leaf: false,
        backend: Backend::Span,
        line: span.line,
        column: span.column,
        start: 0,
        end: 0,
        parameters: span.parameters.clone(),
        scopes: Vec::new(),
        catches: Vec::new(),
        blocks: Vec::new(),
        assignments: Vec::new(),
    }
}
