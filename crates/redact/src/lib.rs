//! Value in, safe value out: secrets are taken out of captured values, messages and stacks
//! before they reach a disk.
//!
//! ```
//! use breadcrumb_redact::Redactor;
//! use breadcrumb_event::value::Value;
//!
//! let redactor = Redactor::default();
//! let mut hits = Vec::new();
//! let mut values = vec![Value::text("ann"), Value::text("hunter2")];
//! let names = ["user".to_owned(), "password".to_owned()];
//! redactor.redact_arguments(&names, &mut values, &mut hits);
//! assert_eq!(values[1].to_json(), r#"{"$type":"redacted","rule":"password"}"#);
//! assert_eq!(
//!     redactor.redact_text("postgres://app:hunter2@db/shop", &mut hits),
//!     "postgres://app:[redacted:url]@db/shop",
//! );
//! assert_eq!(hits.len(), 2);
//! ```
//! By *name* (of a parameter, a key, a function that returns it) everything below goes; by
//! *shape*, the secret goes out of its text and the rest stays. Limits: a secret without a telling
//! name or shape passes; what is cut off before its shape can be known passes (the first digits
//! of a card number).
#![forbid(unsafe_code)]

mod alike;
mod cards;
mod ip_addresses;
mod marks;
mod name_tables;
mod names;
mod options;
mod own_names;
mod own_rules;
mod pairs;
mod personal;
mod rules;
mod shapes;
mod steps;
mod syntax;
mod text;
mod trigrams;
mod walk;
mod words;

use std::borrow::Cow;
use std::sync::Arc;

use breadcrumb_event::value::Value;

pub use crate::marks::HashKey;
use crate::marks::Marks;
use crate::names::SecretNames;
pub use crate::options::{Mark, OwnRule, RedactError, RedactorOptions};
use crate::own_names::OwnNames;
use crate::own_rules::OwnRules;
use crate::rules::Rules;
pub use crate::rules::{BUILT_IN, Hits, OPTIONAL, Rule};
use crate::text::TextRules;

/// Takes secrets out. Cheap to share between threads, not to make.
#[derive(Clone, Debug)]
pub struct Redactor {
    off: bool,
    names: SecretNames,
    texts: TextRules,
    marks: Marks,
    rules: Arc<Rules>,
}

impl Redactor {
    /// A redactor with these options; `key` is needed where secrets are hashed.
    ///
    /// # Errors
    /// [`RedactError`]: a name or a pattern cannot be used, or there is no key.
    pub fn new(options: &RedactorOptions, key: Option<&HashKey>) -> Result<Self, RedactError> {
        let own = options.rules.iter().map(|rule| rule.name.as_str());
        let rules = Arc::new(Rules::new(own, &options.also, &options.except));
        let names = SecretNames::new(OwnNames::new(&options.names)?, Arc::clone(&rules));
        Ok(Self {
            off: options.off,
            texts: TextRules::new(&names, OwnRules::new(&options.rules)?, Arc::clone(&rules)),
            marks: Marks::new(&options.mark, key)?,
            names,
            rules,
        })
    }

    /// Names of its rules, by [`Rule::index`].
    #[must_use]
    pub fn rule_names(&self) -> &[Box<str>] {
        self.rules.names()
    }

    /// Redacts a call's arguments, each under the parameter's name at its index. Each value, or
    /// part of a text, that went is added to `hits`.
    pub fn redact_arguments(&self, names: &[String], values: &mut [Value], hits: &mut Hits) {
        if self.off {
            return;
        }
        let rule = |i: usize| names.get(i).and_then(|name| self.names.rule(name));
        self.redact_each(rule, values, hits);
    }

    /// Redacts a result of the function with this name (`Session.getToken`).
    pub fn redact_result(&self, function: &str, value: &mut Value, hits: &mut Hits) {
        if self.off || is_harmless(value) {
            return;
        }
        self.redact_named(self.names.result_rule(function), value, hits);
    }

    /// Redacts a value without a name.
    pub fn redact_value(&self, value: &mut Value, hits: &mut Hits) {
        if !self.off {
            self.walk(value, hits);
        }
    }

    /// What stands behind this text, in the arguments of a call, is redacted for it.
    #[must_use]
    pub fn is_secret_name(&self, text: &str) -> bool {
        !self.off && self.names.rule(text).is_some()
    }

    /// Redacts text without a name: a message, a stack. Borrowed if nothing was found.
    #[must_use]
    pub fn redact_text<'a>(&self, text: &'a str, hits: &mut Hits) -> Cow<'a, str> {
        if self.off {
            return Cow::Borrowed(text);
        }
        match self.without_secrets(text, hits) {
            Some(safe) => Cow::Owned(safe),
            None => Cow::Borrowed(text),
        }
    }
}

impl Default for Redactor {
    fn default() -> Self {
        // Nothing of the user's is in it that could be wrong.
        Self::new(&RedactorOptions::default(), None).unwrap_or_else(|_| unreachable!())
    }
}

/// No information that could be secret: says that there is none, or yes or no.
fn is_harmless(value: &Value) -> bool {
    match value {
        Value::Undefined
        | Value::Null
        | Value::Bool(_)
        | Value::Hole
        | Value::Proxy
        | Value::Accessor
        | Value::Cut { .. }
        | Value::Redacted(_) => true,
        Value::Identified { value, .. } => is_harmless(value),
        _ => false,
    }
}
