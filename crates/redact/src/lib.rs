//! Value in, safe value out: secrets are taken out of captured values, messages and stacks
//! before they reach a disk.
//!
//! ```
//! use breadcrumb_redact::{Redactor, RedactorOptions};
//! use breadcrumb_event::value::Value;
//!
//! let redactor = Redactor::new(RedactorOptions::default());
//! let mut values = vec![Value::text("ann"), Value::text("hunter2")];
//! let names = ["user".to_owned(), "password".to_owned()];
//! assert_eq!(redactor.redact_arguments(&names, &mut values), 1);
//! assert_eq!(values[1].to_json(), r#"{"$type":"redacted","rule":"password"}"#);
//! assert_eq!(
//!     redactor.redact_text("postgres://app:hunter2@db/shop"),
//!     "postgres://app:[redacted:url]@db/shop",
//! );
//! ```
//! By *name* (of a parameter, a key, a function that returns it) everything below goes; by
//! *shape*, the secret goes out of its text and the rest stays. Limits: a secret without a telling
//! name or shape passes; what is cut off before its shape can be known passes (the first digits
//! of a card number).
#![forbid(unsafe_code)]

mod cards;
mod name_tables;
mod names;
mod pairs;
mod personal;
mod shapes;
mod text;
mod trigrams;
mod walk;

use std::borrow::Cow;

use breadcrumb_event::value::Value;

use crate::names::SecretNames;
use crate::personal::OptionalRules;
use crate::text::TextRules;

/// What a user can choose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RedactorOptions {
    /// Nothing is redacted.
    pub off: bool,
    /// Further names of secrets: `iban` also matches `userIban` and `iban_number`, not `librarian`.
    pub extra_names: Vec<String>,
    /// Rules that are off by themselves: `email`, `phone`, `ip`.
    pub also: Vec<String>,
    /// Rules that do not fire, by the name that a redacted value has: `card`, `token`.
    pub except: Vec<String>,
}

/// Which captured values of a function are secret by name. Made once for each function with
/// [`Redactor::function_names`], so that a call costs no comparison of names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FunctionNames {
    /// The rule by parameter.
    parameters: Vec<Option<&'static str>>,
    /// The rule of its result.
    result: Option<&'static str>,
}

/// Takes secrets out. Cheap to share between threads, not to make.
#[derive(Clone, Debug)]
pub struct Redactor {
    off: bool,
    names: SecretNames,
    texts: TextRules,
}

impl Redactor {
    /// A redactor with these options.
    #[must_use]
    pub fn new(options: RedactorOptions) -> Self {
        let names = SecretNames::new(&options.extra_names, &options.except);
        Self {
            off: options.off,
            texts: TextRules::new(&names, OptionalRules::new(&options)),
            names,
        }
    }

    /// What the names of a function and its parameters say, to be kept by function id.
    #[must_use]
    pub fn function_names(&self, function: &str, parameters: &[String]) -> FunctionNames {
        FunctionNames {
            parameters: parameters.iter().map(|p| self.names.rule(p)).collect(),
            result: self.names.result_rule(function),
        }
    }

    /// Redacts a call's arguments, each under the parameter's name at its index. Returns how many
    /// values, or parts of texts, went.
    pub fn redact_arguments(&self, names: &[String], values: &mut [Value]) -> u32 {
        if self.off {
            return 0;
        }
        let rule = |i: usize| names.get(i).and_then(|name| self.names.rule(name));
        self.redact_each(rule, values)
    }

    /// As [`Self::redact_arguments`], with names looked up before.
    pub fn redact_arguments_of(&self, names: &FunctionNames, values: &mut [Value]) -> u32 {
        if self.off {
            return 0;
        }
        self.redact_each(|i| names.parameters.get(i).copied().flatten(), values)
    }

    /// Redacts a result of the function with this name (`Session.getToken`). Returns how many
    /// values, or parts of texts, went.
    pub fn redact_result(&self, function: &str, value: &mut Value) -> u32 {
        if self.off || is_harmless(value) {
            return 0;
        }
        self.redact_named(self.names.result_rule(function), value)
    }

    /// As [`Self::redact_result`], with names looked up before.
    pub fn redact_result_of(&self, names: &FunctionNames, value: &mut Value) -> u32 {
        if self.off || is_harmless(value) {
            return 0;
        }
        self.redact_named(names.result, value)
    }

    /// Redacts a value without a name. Returns how many values, or parts of texts, went.
    pub fn redact_value(&self, value: &mut Value) -> u32 {
        if self.off {
            return 0;
        }
        self.walk(value)
    }

    /// What stands behind this text, in the arguments of a call, is redacted for it.
    #[must_use]
    pub fn is_secret_name(&self, text: &str) -> bool {
        !self.off && self.names.rule(text).is_some()
    }

    /// Redacts text without a name: a message, a stack. Borrowed if nothing was found.
    #[must_use]
    pub fn redact_text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.off {
            return Cow::Borrowed(text);
        }
        match self.texts.redact(text, &self.names) {
            Some((safe, _)) => Cow::Owned(safe),
            None => Cow::Borrowed(text),
        }
    }
}

/// No information that could be secret: says that there is none, or yes or no.
fn is_harmless(value: &Value) -> bool {
    matches!(
        value,
        Value::Undefined
            | Value::Null
            | Value::Bool(_)
            | Value::Hole
            | Value::Promise
            | Value::Proxy
            | Value::Accessor
            | Value::Circular
            | Value::Cut { .. }
            | Value::Redacted(_)
    )
}
