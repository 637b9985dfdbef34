//! What stands between a captured value and a row.
//!
//! `breadcrumb_redact::Redactor` is the one that is used; [`KeepAll`] is for tests and benches.

use std::borrow::Cow;

use breadcrumb_event::value::Value;

/// Takes secrets out of values and texts.
pub trait Redact: Send + Sync {
    /// Of the arguments of a call, by the names of its parameters.
    fn redact_arguments(&self, names: &[String], values: &mut Vec<Value>);
    /// Of the result of the function `name`.
    fn redact_result(&self, name: &str, value: &mut Value);
    /// Of a value without a name.
    fn redact_value(&self, value: &mut Value);
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
    fn redact_text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        Cow::Borrowed(text)
    }
}
