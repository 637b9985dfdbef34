//! What a segment says of its functions, asked once for each of them.
//!
//! `resolved.get(7).name` is `<unknown function 7>` where the source does not know it.

use std::rc::Rc;

use breadcrumb_event::function::{Backend, FunctionKind, Generated};
use breadcrumb_event::json::write_json_string;
use rustc_hash::FxHashMap;

use crate::FunctionSource;

/// A function as the store says it.
#[derive(Debug)]
pub(crate) struct ResolvedFunction {
    pub(crate) name: String,
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) kind: FunctionKind,
    /// A JSON array of names.
    pub(crate) parameters: String,
    pub(crate) generated: Option<Generated>,
    pub(crate) backend: &'static str,
}

/// The functions asked for so far.
pub(crate) struct ResolvedFunctions<'a> {
    source: &'a dyn FunctionSource,
    known: FxHashMap<u32, Rc<ResolvedFunction>>,
}

impl<'a> ResolvedFunctions<'a> {
    pub(crate) fn new(source: &'a dyn FunctionSource) -> Self {
        Self {
            source,
            known: FxHashMap::default(),
        }
    }

    /// The function with this id.
    pub(crate) fn get(&mut self, id: u32) -> Rc<ResolvedFunction> {
        let source = self.source;
        let entry = self
            .known
            .entry(id)
            .or_insert_with(|| Rc::new(resolve(source, id)));
        Rc::clone(entry)
    }
}

fn resolve(source: &dyn FunctionSource, id: u32) -> ResolvedFunction {
    let Some(entry) = source.get(id) else {
        return ResolvedFunction {
            name: format!("<unknown function {id}>"),
            file: String::new(),
            line: 0,
            column: 0,
            kind: FunctionKind::Function,
            parameters: "[]".to_owned(),
            generated: None,
            backend: Backend::Probe.name(),
        };
    };
    let mut parameters = String::from("[");
    for (i, name) in entry.function.parameters.iter().enumerate() {
        if i > 0 {
            parameters.push(',');
        }
        write_json_string(name, &mut parameters);
    }
    parameters.push(']');
    ResolvedFunction {
        backend: entry.function.backend.name(),
        name: entry.function.name,
        file: entry.file.to_string(),
        line: entry.function.line,
        column: entry.function.column,
        kind: entry.function.kind,
        parameters,
        generated: entry.generated,
    }
}
