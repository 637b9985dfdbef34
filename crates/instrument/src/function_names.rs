//! What V8 would have called a function of the original, for one that it calls something in the text
//! with probes.
//!
//! `at k.z.a (app.js:3:9)` for a frame that has no name with probes.
//!
//! Found when it is first asked for. The original is read then; the text with probes, made anew, only
//! for a function that is called otherwise there, to know that it was not the program that named it.
//! Limits: functions that the text or the program gives a name are not touched.

use std::panic::catch_unwind;

use rustc_hash::FxHashSet;

use crate::inferred_names::{Engine, Named, NamedFunction, inferred_names};
use crate::positions::utf16_length;
use crate::readers::READER;
use crate::{Input, Outcome, instrument};

/// The functions of a file.
#[derive(Debug)]
pub struct FunctionNames {
    engine: Engine,
    /// By their start, as are the others; empty where they cannot be found.
    originals: Vec<NamedFunction>,
    /// The same in the text with probes, once they were needed.
    with_probes: Option<Vec<NamedFunction>>,
}

/// A place in a file.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Offset in the original, in UTF-16 units.
    pub original: u32,
    /// Offset in the text with probes.
    pub with_probes: u32,
}

impl FunctionNames {
    /// Reads the original.
    #[must_use]
    pub fn of(input: &Input, engine: Engine) -> Self {
        // A bug here or in the parser must not become one of the program.
        let originals = catch_unwind(|| inferred_names(input, engine));
        Self {
            engine,
            originals: originals.ok().flatten().unwrap_or_default(),
            with_probes: None,
        }
    }

    /// The name in the original of the function at this place, which V8 calls `name` in the text with
    /// probes; `None` where that is its name. `input`: what this was made of.
    pub fn original(&mut self, input: &Input, place: Place, name: &str) -> Option<&str> {
        let said = &self.originals[around(&self.originals, place.original)?];
        if said.named != Named::Not || said.inferred == name {
            return None;
        }
        let engine = self.engine;
        let with_probes = self.with_probes.get_or_insert_with(|| {
            catch_unwind(|| read_with_probes(input, engine))
                .ok()
                .flatten()
                .unwrap_or_default()
        });
        // What probes hold of functions is taken out.
        if with_probes.len() != self.originals.len() {
            return None;
        }
        let index = around(with_probes, place.with_probes)?;
        let original = &self.originals[index];
        let is_inferred = original.named == Named::Not && with_probes[index].inferred == name;
        is_inferred.then_some(original.inferred.as_str())
    }
}

fn read_with_probes(input: &Input, engine: Engine) -> Option<Vec<NamedFunction>> {
    let Outcome::Instrumented(instrumented) = instrument(input) else {
        return None;
    };
    let source = instrumented.code.as_str();
    let mut functions = inferred_names(&Input { source, ..*input }, engine)?;
    let readers: FxHashSet<u32> = readers(source).collect();
    let mut end_of_reader = 0;
    functions.retain(|function| {
        if readers.contains(&function.start) {
            end_of_reader = function.end;
        }
        function.start >= end_of_reader
    });
    Some(functions)
}

/// Where those begin that read variables: they hold nothing of the program's.
fn readers(source: &str) -> impl Iterator<Item = u32> {
    let mut known = (0, 0);
    source.match_indices(READER).map(move |(at, _)| {
        known = (at, known.1 + utf16_length(&source[known.0..at]));
        known.1
    })
}

/// Index of the innermost function around an offset.
fn around(functions: &[NamedFunction], offset: u32) -> Option<usize> {
    let behind = functions.partition_point(|function| function.start <= offset);
    functions[..behind]
        .iter()
        .rposition(|function| offset < function.end)
}
