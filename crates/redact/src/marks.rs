//! What stands in a secret's place: `[redacted:token]`, a text of the user's, or a keyed hash.
//!
//! `[redacted:token#a1b2c3d4e5f6]` is the first six bytes of HMAC-SHA-256 under the store's key:
//! whoever has the store, but not the key, cannot try which secret it was. A value that is no text is
//! hashed as its JSON. Limits: of a text that was cut, what was kept is hashed; two secrets in 2^48
//! have the same mark by chance.

use std::fmt;

use breadcrumb_event::value::{Redaction, Value};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::alike::make_alike;
use crate::options::{Mark, RedactError};
use crate::rules::{Rule, Rules};

const HASH_BYTES: usize = 6;

/// The key under which secrets are hashed: a store's own, kept out of logs.
#[derive(Clone)]
pub struct HashKey([u8; 32]);

impl From<[u8; 32]> for HashKey {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashKey")
    }
}

/// See the module.
#[derive(Clone, Debug)]
pub(crate) enum Marks {
    Label,
    Text(String),
    Hash(Hmac<Sha256>),
}

impl Marks {
    pub(crate) fn new(mark: &Mark, key: Option<&HashKey>) -> Result<Self, RedactError> {
        Ok(match mark {
            Mark::Label => Self::Label,
            Mark::Text(text) => Self::Text(text.clone()),
            Mark::Hash => {
                let HashKey(key) = key.ok_or(RedactError::NoKey)?;
                Self::Hash(Hmac::new_from_slice(key).map_err(|_| RedactError::NoKey)?)
            }
        })
    }

    /// Appends what stands for a secret in a text.
    pub(crate) fn write(&self, rules: &Rules, rule: Rule, secret: &str, out: &mut String) {
        let name = rules.name(rule);
        match self {
            Self::Text(text) => return out.push_str(&text.replace("{rule}", name)),
            Self::Label => out.extend(["[redacted:", name]),
            Self::Hash(key) => {
                out.extend(["[redacted:", name, "#"]);
                out.push_str(&hash(key, secret));
            }
        }
        out.push(']');
    }

    /// What stands for a secret value, of which nothing is needed any more.
    pub(crate) fn value(&self, rules: &Rules, rule: Rule, secret: &mut Value) -> Value {
        let name = rules.name(rule);
        let (hash, text) = match self {
            Self::Label => (None, None),
            Self::Text(text) => (None, Some(text.replace("{rule}", name).into())),
            Self::Hash(key) => {
                make_alike(secret);
                let hash = match secret.as_text() {
                    Some(text) => hash(key, text),
                    None => hash(key, &secret.to_json()),
                };
                (Some(hash.into()), None)
            }
        };
        Value::Redacted(Box::new(Redaction {
            rule: name.into(),
            hash,
            text,
        }))
    }
}

fn hash(key: &Hmac<Sha256>, secret: &str) -> String {
    let mut mac = key.clone();
    mac.update(secret.as_bytes());
    let bytes = mac.finalize().into_bytes();
    bytes[..HASH_BYTES]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
