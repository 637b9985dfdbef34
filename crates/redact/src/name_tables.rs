//! The words that make a name secret, and those that make it harmless again.
//!
//! `("jwt", Rule::TOKEN)`: the word, and the rule that a redacted value names. Words are in lower case
//! and have no boundary within (see `names`). Limits: English.

use crate::rules::Rule;

/// Secret wherever the word stands in a name, with the rule's name.
pub(crate) const WORDS: &[(&str, Rule)] = &[
    ("pwd", Rule::PASSWORD),
    ("pswd", Rule::PASSWORD),
    ("passwords", Rule::PASSWORD),
    ("passphrase", Rule::PASSWORD),
    ("passphrases", Rule::PASSWORD),
    ("passcode", Rule::PASSWORD),
    ("secrets", Rule::SECRET),
    ("mnemonic", Rule::SECRET),
    ("tokens", Rule::TOKEN),
    ("jwt", Rule::TOKEN),
    ("jwts", Rule::TOKEN),
    ("bearer", Rule::TOKEN),
    ("csrf", Rule::TOKEN),
    ("xsrf", Rule::TOKEN),
    ("otp", Rule::CODE),
    ("totp", Rule::CODE),
    ("authorization", Rule::AUTHORIZATION),
    ("cookies", Rule::COOKIE),
    ("jsessionid", Rule::COOKIE),
    ("phpsessid", Rule::COOKIE),
    ("sessionid", Rule::SESSION),
    ("credentials", Rule::CREDENTIAL),
    ("creds", Rule::CREDENTIAL),
    ("privatekey", Rule::KEY),
    ("secretkey", Rule::KEY),
    ("accesskey", Rule::KEY),
    ("encryptionkey", Rule::KEY),
    ("signingkey", Rule::KEY),
    ("apikeys", Rule::KEY),
    ("cvv", Rule::CARD),
    ("cvc", Rule::CARD),
    ("cardnumber", Rule::CARD),
    ("creditcard", Rule::CARD),
    ("ccnum", Rule::CARD),
    ("ccnumber", Rule::CARD),
    ("ssn", Rule::SSN),
    ("pin", Rule::PIN),
    ("pincode", Rule::PIN),
];

/// Secret as the end of a word, since constants and headers are often written together:
/// `PGPASSWORD`, `authtoken`.
pub(crate) const ENDINGS: &[(&str, Rule)] = &[
    ("password", Rule::PASSWORD),
    ("passwd", Rule::PASSWORD),
    ("secret", Rule::SECRET),
    ("token", Rule::TOKEN),
    ("cookie", Rule::COOKIE),
    ("credential", Rule::CREDENTIAL),
    ("apikey", Rule::KEY),
];

/// Secret as two words that follow each other.
pub(crate) const PAIRS: &[(&[&str], &[&str], Rule)] = &[
    (
        &[
            "api",
            "access",
            "private",
            "secret",
            "signing",
            "encryption",
            "session",
            "master",
            "ssh",
            "auth",
            "account",
            "cipher",
            "hmac",
            "rsa",
            "pgp",
            "gpg",
            "deploy",
            "shared",
        ],
        &["key", "keys"],
        Rule::KEY,
    ),
    (&["session", "connect"], &["id", "sid"], Rule::SESSION),
    (
        &["credit", "debit", "payment", "bank", "billing"],
        &["card", "cards"],
        Rule::CARD,
    ),
    (
        &["card", "cc"],
        &[
            "number", "num", "no", "pan", "code", "data", "details", "info",
        ],
        Rule::CARD,
    ),
    (
        &["security", "verification", "recovery", "backup"],
        &["code", "codes"],
        Rule::CODE,
    ),
    (&["pin"], &["code", "number"], Rule::PIN),
    (&["social"], &["security"], Rule::SSN),
    (&["seed"], &["phrase"], Rule::SECRET),
    (&["pass"], &["word", "phrase", "code"], Rule::PASSWORD),
    (
        &[
            "user", "db", "database", "smtp", "mail", "admin", "auth", "proxy", "root", "my",
            "redis",
        ],
        &["pass"],
        Rule::PASSWORD,
    ),
];

/// Secret only if they are the whole name.
pub(crate) const WHOLE: &[(&str, Rule)] = &[
    ("pass", Rule::PASSWORD),
    ("card", Rule::CARD),
    ("sid", Rule::SESSION),
    ("auth", Rule::CREDENTIAL),
];

/// As the last word, these make a name one about a secret, not of one. What is below a harmless
/// name is still looked into.
#[rustfmt::skip]
pub(crate) const HARMLESS_ENDS: &[&str] = &[
    "at", "attempts", "available", "brand", "builder", "class", "complexity", "context",
    "controller", "count", "counter", "counts", "date", "disabled", "enabled", "end", "endpoint", "error", "errors",
    "exists", "expiration", "expired", "expires", "expiry", "factory", "field", "fields",
    "format", "handler", "id", "ids", "idx", "index", "indexes", "in", "kind", "label", "len",
    "length", "level", "limit", "manager", "max", "middleware", "min", "mode", "module", "name",
    "names", "offset", "options", "page", "parser", "path", "pattern", "placeholder", "policy",
    "pos", "position", "precedence", "provider", "regex", "repository", "required", "route", "rule", "rules", "schema",
    "score", "service", "size", "start", "state", "status", "strategy", "stream", "strength", "text", "time",
    "timeout", "title", "ttl", "type", "types", "uri", "url", "usage", "valid", "validator",
    "version", "visible",
];

/// Before `tokens`, these say that tokens are counted, as language models' are.
#[rustfmt::skip]
pub(crate) const HARMLESS_BEFORE_TOKENS: &[&str] = &[
    "cached", "completion", "input", "max", "min", "num", "output", "prompt", "reasoning",
    "remaining", "total", "used",
];

/// A function whose name begins so takes or tests a secret and does not return it.
#[rustfmt::skip]
pub(crate) const TAKING_VERBS: &[&str] = &[
    "assert", "can", "check", "clear", "compare", "count", "delete", "ensure", "handle", "has",
    "invalidate", "is", "list", "log", "match", "matches", "on", "parse", "remove", "require",
    "requires", "revoke", "save", "send", "set", "should", "store", "test", "validate", "verify",
];

/// What every name above has somewhere, in lower case: most names have none and are done.
#[rustfmt::skip]
pub(crate) const STEMS: &[&str] = &[
    "pass", "pwd", "pswd", "secret", "mnemonic", "token", "jwt", "bearer", "csrf", "xsrf", "otp",
    "auth", "cookie", "sess", "sid", "cred", "key", "cvv", "cvc", "card", "ccnum", "ssn",
    "pin", "code", "security", "phrase", "ccn", "cc_", "cc-", "cc ",
];
