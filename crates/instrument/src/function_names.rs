//! What V8 would have called a function of the original, for one that it calls something in the text
//! with probes.
//!
//! `at k.z.a (app.js:3:9)` for a frame that has no name with probes.
//!
//! Made from the original when it is first asked for: it takes about as long as instrumenting the file.
//! Limits: functions that the text or the program gives a name are not touched; so is one that is not
//! called what V8 gives it, which the program then has named itself.

use std::panic::catch_unwind;

use crate::inferred_names::{Engine, Named, NamedFunction, inferred_names};
use crate::{Input, Outcome, instrument};

/// A function without a name.
#[derive(Debug)]
struct Nameless {
    /// Offsets in the text with probes.
    start: u32,
    end: u32,
    /// What V8 calls it; empty for nothing. Only where that is another name than in the original.
    names: Option<Names>,
}

#[derive(Debug)]
struct Names {
    with_probes: Box<str>,
    original: Box<str>,
}

/// The functions of a file.
#[derive(Debug, Default)]
pub struct FunctionNames {
    /// By their start.
    functions: Vec<Nameless>,
}

impl FunctionNames {
    /// Finds them. Empty where they cannot be found.
    #[must_use]
    pub fn of(input: &Input, engine: Engine) -> Self {
        // A bug here or in the parser must not become one of the program.
        catch_unwind(|| Self::find(input, engine))
            .ok()
            .flatten()
            .unwrap_or_default()
    }

    fn find(input: &Input, engine: Engine) -> Option<Self> {
        let originals = inferred_names(input, engine)?;
        let Outcome::Instrumented(instrumented) = instrument(input) else {
            return None;
        };
        let source = instrumented.code.as_str();
        let with_probes = inferred_names(&Input { source, ..*input }, engine)?;
        // Probes hold no functions.
        if originals.len() != with_probes.len() {
            return None;
        }
        let functions = with_probes.into_iter().zip(originals).map(pair).collect();
        Some(Self { functions })
    }

    /// The name in the original of the function at this place of the text with probes, which V8 calls
    /// `name` there; `None` where that is its name.
    #[must_use]
    pub fn original(&self, offset: u32, name: &str) -> Option<&str> {
        let behind = self
            .functions
            .partition_point(|function| function.start <= offset);
        let around = self.functions[..behind]
            .iter()
            .rev()
            .find(|function| offset < function.end)?;
        let names = around.names.as_ref()?;
        (*names.with_probes == *name).then_some(&*names.original)
    }
}

fn pair((with_probes, original): (NamedFunction, NamedFunction)) -> Nameless {
    let differs = with_probes.named == Named::Not && with_probes.inferred != original.inferred;
    Nameless {
        start: with_probes.start,
        end: with_probes.end,
        names: differs.then(|| Names {
            with_probes: with_probes.inferred.into(),
            original: original.inferred.into(),
        }),
    }
}
