//! A redactor whose hits are counted at once.
#![allow(dead_code)]

pub mod calls;
pub mod json;

use std::borrow::Cow;

use breadcrumb_event::value::Value;
use breadcrumb_redact::{HashKey, Hits, Redactor, RedactorOptions};

pub struct Counting(pub Redactor);

/// With these options, and a key of zeros.
pub fn redactor_of(options: &RedactorOptions) -> Counting {
    Counting(Redactor::new(options, Some(&HashKey::from([0; 32]))).expect("the options are good"))
}

impl Counting {
    pub fn redact_text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.0.redact_text(text, &mut Hits::new())
    }

    pub fn redact_value(&self, value: &mut Value) -> usize {
        counted(|hits| self.0.redact_value(value, hits))
    }

    pub fn redact_result(&self, function: &str, value: &mut Value) -> usize {
        counted(|hits| self.0.redact_result(function, value, hits))
    }

    pub fn redact_arguments(&self, names: &[String], values: &mut [Value]) -> usize {
        counted(|hits| self.0.redact_arguments(names, values, hits))
    }

    /// Names of the rules that fire for a text.
    pub fn rules_of(&self, text: &str) -> Vec<&str> {
        let mut hits = Hits::new();
        let _ = self.0.redact_text(text, &mut hits);
        let names = self.0.rule_names();
        hits.iter().map(|rule| &*names[rule.index()]).collect()
    }
}

fn counted(redact: impl FnOnce(&mut Hits)) -> usize {
    let mut hits = Hits::new();
    redact(&mut hits);
    hits.len()
}
