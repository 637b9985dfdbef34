//! What stands between a captured value and a row.
//!
//! [`Redactor`] is the one that is used; [`KeepAll`] is for tests and benches. Limits: a function's
//! names are asked about once, with a number for a value; what is secret by name is so for any value.

use std::borrow::Cow;

use breadcrumb_event::value::Value;
use breadcrumb_redact::{HashKey, Hits, Mark, Redactor, RedactorOptions};
use breadcrumb_store::{Store, random_key};

use crate::error::RecorderError;
use crate::options::SinkOptions;

/// The redactor of a recording. Hashes are made under the store's key; for a store in memory, under
/// one of its own.
///
/// # Errors
/// [`RecorderError::Redact`]; [`RecorderError::Store`] if the key can be neither read nor made.
pub fn redactor_for(
    options: &RedactorOptions,
    sink: &SinkOptions,
) -> Result<Redactor, RecorderError> {
    let key = match (&options.mark, sink) {
        (Mark::Hash, SinkOptions::Store(folder)) => Some(Store::create(folder)?.redaction_key()?),
        (Mark::Hash, SinkOptions::Memory { .. }) => Some(random_key()?),
        _ => None,
    };
    let key = key.map(HashKey::from);
    Ok(Redactor::new(options, key.as_ref())?)
}

/// Takes secrets out of values and texts. Each one that went is added to `hits`.
pub trait Redact: Send + Sync {
    /// Of the arguments of a call, by the names of its parameters.
    fn redact_arguments(&self, names: &[String], values: &mut Vec<Value>, hits: &mut Hits);
    /// Of the result of the function `name`.
    fn redact_result(&self, name: &str, value: &mut Value, hits: &mut Hits);
    /// Of a value without a name.
    fn redact_value(&self, value: &mut Value, hits: &mut Hits);
    /// What stands behind this text, in a list of two, is secret.
    fn is_secret_name(&self, text: &str) -> bool;
    /// Of a text.
    fn redact_text<'a>(&self, text: &'a str, hits: &mut Hits) -> Cow<'a, str>;
    /// Names of the rules, by their index.
    fn rule_names(&self) -> &[Box<str>];
}

/// Keeps all.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeepAll;

impl Redact for KeepAll {
    fn redact_arguments(&self, _: &[String], _: &mut Vec<Value>, _: &mut Hits) {}
    fn redact_result(&self, _: &str, _: &mut Value, _: &mut Hits) {}
    fn redact_value(&self, _: &mut Value, _: &mut Hits) {}
    fn is_secret_name(&self, _: &str) -> bool {
        false
    }
    fn redact_text<'a>(&self, text: &'a str, _: &mut Hits) -> Cow<'a, str> {
        Cow::Borrowed(text)
    }
    fn rule_names(&self) -> &[Box<str>] {
        &[]
    }
}

impl Redact for Redactor {
    fn redact_arguments(&self, names: &[String], values: &mut Vec<Value>, hits: &mut Hits) {
        Self::redact_arguments(self, names, values, hits);
    }

    fn redact_result(&self, name: &str, value: &mut Value, hits: &mut Hits) {
        Self::redact_result(self, name, value, hits);
    }

    fn redact_value(&self, value: &mut Value, hits: &mut Hits) {
        Self::redact_value(self, value, hits);
    }

    fn is_secret_name(&self, text: &str) -> bool {
        Self::is_secret_name(self, text)
    }

    fn redact_text<'a>(&self, text: &'a str, hits: &mut Hits) -> Cow<'a, str> {
        Self::redact_text(self, text, hits)
    }

    fn rule_names(&self) -> &[Box<str>] {
        Self::rule_names(self)
    }
}
