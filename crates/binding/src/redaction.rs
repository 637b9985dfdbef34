//! The recorder's seam for redaction, filled by `crates/redact`.

use std::borrow::Cow;

use breadcrumb_event::value::Value;
use breadcrumb_recorder::Redact;
use breadcrumb_redact::{Redactor, RedactorOptions};

/// The redactor of a session.
pub struct Redaction(Redactor);

impl Redaction {
    /// With the default rules.
    pub fn new() -> Self {
        Self(Redactor::new(RedactorOptions::default()))
    }
}

impl Redact for Redaction {
    fn redact_arguments(&self, names: &[String], values: &mut Vec<Value>) {
        self.0.redact_arguments(names, values);
    }

    fn redact_result(&self, name: &str, value: &mut Value) {
        self.0.redact_result(name, value);
    }

    fn redact_value(&self, value: &mut Value) {
        self.0.redact_value(value);
    }

    fn redact_text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.0.redact_text(text)
    }
}
