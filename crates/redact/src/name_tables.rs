//! The words that make a name secret, and those that make it harmless again.
//!
//! `("jwt", "token")`: the word, and the rule that a redacted value names. Words are in lower case
//! and have no boundary within (see `names`). Limits: English.

/// Secret wherever the word stands in a name, with the rule's name.
pub(crate) const WORDS: &[(&str, &str)] = &[
    ("pwd", "password"),
    ("pswd", "password"),
    ("passwords", "password"),
    ("passphrase", "password"),
    ("passphrases", "password"),
    ("passcode", "password"),
    ("secrets", "secret"),
    ("mnemonic", "secret"),
    ("tokens", "token"),
    ("jwt", "token"),
    ("jwts", "token"),
    ("bearer", "token"),
    ("csrf", "token"),
    ("xsrf", "token"),
    ("otp", "token"),
    ("totp", "token"),
    ("authorization", "authorization"),
    ("cookies", "cookie"),
    ("jsessionid", "cookie"),
    ("phpsessid", "cookie"),
    ("sessionid", "session"),
    ("credentials", "credential"),
    ("creds", "credential"),
    ("privatekey", "key"),
    ("secretkey", "key"),
    ("accesskey", "key"),
    ("encryptionkey", "key"),
    ("signingkey", "key"),
    ("apikeys", "key"),
    ("cvv", "card"),
    ("cvc", "card"),
    ("cardnumber", "card"),
    ("creditcard", "card"),
    ("ccnum", "card"),
    ("ccnumber", "card"),
    ("ssn", "ssn"),
    ("pin", "pin"),
    ("pincode", "pin"),
];

/// Secret as the end of a word, since constants and headers are often written together:
/// `PGPASSWORD`, `authtoken`.
pub(crate) const ENDINGS: &[(&str, &str)] = &[
    ("password", "password"),
    ("passwd", "password"),
    ("secret", "secret"),
    ("token", "token"),
    ("cookie", "cookie"),
    ("credential", "credential"),
    ("apikey", "key"),
];

/// Secret as two words that follow each other.
pub(crate) const PAIRS: &[(&[&str], &[&str], &str)] = &[
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
        "key",
    ),
    (&["session", "connect"], &["id", "sid"], "session"),
    (
        &["credit", "debit", "payment", "bank", "billing"],
        &["card", "cards"],
        "card",
    ),
    (
        &["card", "cc"],
        &[
            "number", "num", "no", "pan", "code", "data", "details", "info",
        ],
        "card",
    ),
    (
        &["security", "verification", "recovery", "backup"],
        &["code", "codes"],
        "code",
    ),
    (&["pin"], &["code", "number"], "pin"),
    (&["social"], &["security"], "ssn"),
    (&["seed"], &["phrase"], "secret"),
    (&["pass"], &["word", "phrase", "code"], "password"),
    (
        &[
            "user", "db", "database", "smtp", "mail", "admin", "auth", "proxy", "root", "my",
            "redis",
        ],
        &["pass"],
        "password",
    ),
];

/// Secret only if they are the whole name.
pub(crate) const WHOLE: &[(&str, &str)] = &[
    ("pass", "password"),
    ("card", "card"),
    ("sid", "session"),
    ("auth", "credential"),
];

/// As the last word, these make a name one about a secret, not of one. What is below a harmless
/// name is still looked into.
#[rustfmt::skip]
pub(crate) const HARMLESS_ENDS: &[&str] = &[
    "at", "attempts", "available", "brand", "builder", "class", "complexity", "controller",
    "count", "counter", "counts", "date", "disabled", "enabled", "endpoint", "error", "errors",
    "exists", "expiration", "expired", "expires", "expiry", "factory", "field", "fields",
    "format", "handler", "id", "ids", "idx", "index", "indexes", "in", "kind", "label", "len",
    "length", "level", "limit", "manager", "max", "middleware", "min", "mode", "module", "name",
    "names", "offset", "options", "page", "parser", "path", "pattern", "placeholder", "policy",
    "position", "provider", "regex", "repository", "required", "route", "rule", "rules", "schema",
    "score", "service", "size", "state", "status", "strategy", "strength", "text", "time",
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
