//! An instrumented text as bytes, for whoever keeps it.
//!
//! `Instrumented::from_bytes(&instrumented.to_bytes())` is the same. Limits: of one build; bytes of another
//! may mean something else, so whoever keeps them keeps that apart.

use std::borrow::Cow;

use breadcrumb_event::function::FunctionEntry;
use serde::{Deserialize, Serialize};

use crate::{Instrumented, LeftAloneFunction, SourceKind, Splices};

#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    #[serde(borrow)]
    code: Cow<'a, str>,
    /// A line each, as in the table that outlives a process.
    #[serde(borrow)]
    functions: Cow<'a, str>,
    splices: Cow<'a, Splices>,
    left_alone: Cow<'a, [LeftAloneFunction]>,
    kind: SourceKind,
}

impl Instrumented {
    /// See the module.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let lines = (0..).zip(&self.functions);
        let functions: String = lines
            .map(|(id, function)| function.to_line(id, "", None))
            .collect();
        let stored = Stored {
            code: (&self.code).into(),
            functions: functions.into(),
            splices: Cow::Borrowed(&self.splices),
            left_alone: (&self.left_alone).into(),
            kind: self.kind,
        };
        postcard::to_allocvec(&stored).unwrap_or_default()
    }

    /// See the module. `None` if the bytes are others.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let stored: Stored<'_> = postcard::from_bytes(bytes).ok()?;
        let lines = stored.functions.lines();
        let functions: Option<Vec<_>> = lines
            .map(|line| FunctionEntry::from_line(line).map(|(_, entry)| entry.function))
            .collect();
        Some(Self {
            code: stored.code.into_owned(),
            functions: functions?,
            splices: stored.splices.into_owned(),
            left_alone: stored.left_alone.into_owned(),
            kind: stored.kind,
        })
    }
}
