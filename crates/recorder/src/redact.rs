//! What stands between a captured value and a row.
//!
//! [`Redactor`] is the one that is used; [`KeepAll`] is for tests and benches. Limits: a function's
//! names are asked about once, with a number for a value; what is secret by name is so for any value.

use std::borrow::Cow;

use breadcrumb_event::value::Value;
use breadcrumb_redact::Redactor;

/// Takes secrets out of values and texts.
pub trait Redact: Send + Sync {
    /// Of the arguments of a call, by the names of its parameters.
    fn redact_arguments(&self, names: &[String], values: &mut Vec<Value>);
    /// Of the result of the function `name`.
    fn redact_result(&self, name: &str, value: &mut Value);
    /// Of a value without a name.
    fn redact_value(&self, value: &mut Value);
    /// What stands behind this text, in a list of two, is secret.
    fn is_secret_name(&self, text: &str) -> bool;
    /// Of a text.
    fn redact_text<'a>(&self, text: &'a str) -> Cow<'a, str>;
}

/// Keeps all.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeepAll;

impl Redact for KeepAll {
    fn redact_arguments(&self, _: &[String], _: &mut Vec<Value>) {}
    fn redact_result(&self, _: &str, _: &mut Value) {}
    fn redact_value(&self, _: &mut Value) {}
    fn is_secret_name(&self, _: &str) -> bool {
        false
    }
    fn redact_text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        Cow::Borrowed(text)
    }
}

impl Redact for Redactor {
    fn redact_arguments(&self, names: &[String], values: &mut Vec<Value>) {
        Self::redact_arguments(self, names, values);
    }

    fn redact_result(&self, name: &str, value: &mut Value) {
        Self::redact_result(self, name, value);
    }

    fn redact_value(&self, value: &mut Value) {
        Self::redact_value(self, value);
    }

    fn is_secret_name(&self, text: &str) -> bool {
        Self::is_secret_name(self, text)
    }

    fn redact_text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        Self::redact_text(self, text)
    }
}
