//! The user's own names of secrets: words, globs, and what is taken out.
//!
//! `["shoeSize", "*_pin_?", "!tokenRing"]`: `myShoeSize` and `old_pin_2` are secret, `tokenRing` is
//! not; the last one that matches a name decides. Limits: ASCII letters have case, others do not.

use regex::Regex;

use crate::options::RedactError;
use crate::words::words_of;

/// One name.
#[derive(Clone, Debug)]
struct OwnName {
    secret: bool,
    pattern: Pattern,
}

#[derive(Clone, Debug)]
enum Pattern {
    /// These words, in this order, somewhere in the name.
    Words(Vec<String>),
    /// The whole name.
    Glob { whole: Regex, literal: String },
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub(crate) struct OwnNames(Vec<OwnName>);

impl OwnNames {
    pub(crate) fn new(names: &[String]) -> Result<Self, RedactError> {
        names
            .iter()
            .map(|name| OwnName::new(name))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether the user says that this name is one of a secret; `None` if nothing is said of it.
    pub(crate) fn decide(&self, name: &str, words: &[String]) -> Option<bool> {
        let matching = self.0.iter().rev().find(|own| own.matches(name, words));
        matching.map(|own| own.secret)
    }

    /// What a name that is secret by these has somewhere.
    pub(crate) fn stems(&self) -> impl Iterator<Item = &str> {
        let secret = self.0.iter().filter(|own| own.secret);
        secret.map(|own| match &own.pattern {
            Pattern::Words(words) => words[0].as_str(),
            Pattern::Glob { literal, .. } => literal.as_str(),
        })
    }
}

impl OwnName {
    fn new(given: &str) -> Result<Self, RedactError> {
        let (secret, name) = match given.strip_prefix('!') {
            Some(name) => (false, name),
            None => (true, given),
        };
        let pattern = if name.contains(['*', '?']) {
            glob(name)
        } else {
            Some(words_of(name))
                .filter(|words| !words.is_empty())
                .map(Pattern::Words)
        };
        match pattern {
            Some(pattern) => Ok(Self { secret, pattern }),
            None => Err(RedactError::BadName {
                name: given.to_owned(),
            }),
        }
    }

    fn matches(&self, name: &str, words: &[String]) -> bool {
        match &self.pattern {
            Pattern::Words(own) => words.windows(own.len()).any(|part| part == own),
            Pattern::Glob { whole, .. } => whole.is_match(name),
        }
    }
}

/// `*` is anything, `?` one character.
fn glob(pattern: &str) -> Option<Pattern> {
    let literal = pattern
        .split(['*', '?'])
        .max_by_key(|part| part.len())
        .filter(|part| part.contains(char::is_alphanumeric))?;
    let mut source = String::from("(?is)^");
    for c in pattern.chars() {
        match c {
            '*' => source.push_str(".*"),
            '?' => source.push('.'),
            c => source.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    source.push('$');
    Some(Pattern::Glob {
        whole: Regex::new(&source).ok()?,
        literal: literal.to_owned(),
    })
}
