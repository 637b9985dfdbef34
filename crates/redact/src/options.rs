//! What a user can choose, and what is wrong with it.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::own_names::OwnNames;
use crate::own_rules::OwnRules;

/// What a user can choose. As JSON it is `RedactRules` of `ts/options/redact.ts`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RedactorOptions {
    /// Nothing is redacted.
    pub off: bool,
    /// Further names of secrets: words (`iban` also matches `userIban` and `iban_number`, not
    /// `librarian`), or globs over the whole name (`*_pin_?`). `!sessionId` takes a name out; the
    /// last one that matches counts.
    pub names: Vec<String>,
    /// Further shapes of secrets.
    pub rules: Vec<OwnRule>,
    /// Rules that are off by themselves: `email`, `phone`, `ip`.
    pub also: Vec<String>,
    /// Rules that do not fire, by the name that a redacted value has: `card`, `token`.
    pub except: Vec<String>,
    /// What stands in a secret's place.
    pub mark: Mark,
}

impl RedactorOptions {
    /// Whether a redactor can be made of them.
    ///
    /// # Errors
    /// [`RedactError`]: a name or a pattern cannot be used.
    pub fn check(&self) -> Result<(), RedactError> {
        OwnNames::new(&self.names)?;
        OwnRules::new(&self.rules)?;
        Ok(())
    }
}

/// A shape of secrets that the user knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnRule {
    /// What a redacted text shows.
    pub name: String,
    /// A regular expression of the crate `regex`. Its first group is the secret, or all of it.
    pub pattern: String,
}

/// What stands in a secret's place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mark {
    /// `[redacted:token]`.
    #[default]
    Label,
    /// This text; `{rule}` in it is the rule's name.
    Text(String),
    /// `[redacted:token#a1b2c3d4e5f6]`: equal secrets have equal marks under the same key.
    Hash,
}

/// Why there is no such redactor.
#[derive(Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum RedactError {
    /// A rule's regular expression is none, matches nothing at all, or is too large.
    #[error("the pattern of rule \"{name}\" cannot be used: {reason}")]
    BadPattern {
        /// The rule.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A name without a letter or digit to look for, which would be every name.
    #[error("the name {name:?} has no letter or digit to look for")]
    BadName {
        /// The name.
        name: String,
    },
    /// More rules than there is time for.
    #[error("there are {count} rules of your own; {most} are the most")]
    TooManyRules {
        /// How many.
        count: usize,
        /// The bound.
        most: usize,
    },
    /// Hashes were asked for without a key.
    #[error("a key is needed to hash secrets")]
    NoKey,
}
