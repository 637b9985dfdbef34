//! The rules by their names: `token`, `card`, `email`, and the user's own.
//!
//! A [`Rule`] is a number below [`Rules::len`]: the built-in ones come first, then the user's in the
//! order that they were given in. Limits: which rules fire is decided once, when a redactor is made.

/// A rule, of one redactor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rule(u16);

/// Each time that a rule fired.
pub type Hits = Vec<Rule>;

macro_rules! built_in {
    ($($rule:ident $name:literal,)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Index { $($rule,)* }

        impl Rule {
            $(#[doc = $name] pub(crate) const $rule: Self = Self(Index::$rule as u16);)*
        }

        /// Names of the rules that there are without the user's own.
        pub const BUILT_IN: &[&str] = &[$($name,)*];
    };
}

built_in! {
    PASSWORD "password",
    SECRET "secret",
    TOKEN "token",
    AUTHORIZATION "authorization",
    COOKIE "cookie",
    SESSION "session",
    CREDENTIAL "credential",
    KEY "key",
    CODE "code",
    PIN "pin",
    CUSTOM "custom",
    JWT "jwt",
    BEARER "bearer",
    BASIC "basic",
    PEM "pem",
    URL "url",
    WEBHOOK "webhook",
    API_KEY "api-key",
    AWS "aws",
    AZURE "azure",
    GITHUB "github",
    GITLAB "gitlab",
    GOOGLE "google",
    HUGGINGFACE "huggingface",
    NPM "npm",
    SENDGRID "sendgrid",
    SLACK "slack",
    STRIPE "stripe",
    CARD "card",
    IBAN "iban",
    SSN "ssn",
    EMAIL "email",
    PHONE "phone",
    IP "ip",
}

/// Rules that are off unless they are asked for.
pub const OPTIONAL: &[&str] = &["email", "phone", "ip"];

/// The rules of a redactor, and which of them fire.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    names: Vec<Box<str>>,
    applies: Vec<bool>,
}

impl Rules {
    /// `own` are names of the user's rules.
    pub(crate) fn new<'a>(
        own: impl Iterator<Item = &'a str>,
        also: &[String],
        except: &[String],
    ) -> Self {
        let has = |list: &[String], name: &str| list.iter().any(|each| each == name);
        let names: Vec<Box<str>> = BUILT_IN
            .iter()
            .copied()
            .chain(own)
            .map(Into::into)
            .collect();
        let applies =
            |name: &str| (!OPTIONAL.contains(&name) || has(also, name)) && !has(except, name);
        Self {
            applies: names.iter().map(|name| applies(name)).collect(),
            names,
        }
    }

    pub(crate) fn names(&self) -> &[Box<str>] {
        &self.names
    }

    pub(crate) fn name(&self, rule: Rule) -> &str {
        self.names.get(rule.index()).map_or("", |name| name)
    }

    /// The user has not taken this rule out.
    pub(crate) fn applies(&self, rule: Rule) -> bool {
        self.applies.get(rule.index()) == Some(&true)
    }
}

impl Rule {
    /// Its place among [`crate::Redactor::rule_names`].
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    /// The user's own rule number `at`.
    pub(crate) fn own(at: usize) -> Self {
        Self(u16::try_from(BUILT_IN.len() + at).unwrap_or(u16::MAX))
    }
}
