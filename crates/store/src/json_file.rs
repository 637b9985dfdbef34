//! The JSON files of a store: read with their version, written as a whole.
//!
//! ```ignore
//! let value = read_json(&path)?;
//! let version = check_version(&path, &value)?;   // an error for a newer one
//! write_json(&path, &value)?;
//! ```
//! Limits: the version is that of `schemaVersion`.

use std::fs;
use std::path::Path;

use breadcrumb_event::schema::SCHEMA_VERSION;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::StoreError;
use crate::atomic_file::write_atomically;

/// What stands in a file.
pub(crate) fn read_json(path: &Path) -> Result<Value, StoreError> {
    parse_json(path, &read_text(path)?)
}

/// The text of a file.
pub(crate) fn read_text(path: &Path) -> Result<Vec<u8>, StoreError> {
    fs::read(path).map_err(|e| StoreError::from_io(path, e))
}

/// What stands in the text of a file.
pub(crate) fn parse_json(path: &Path, text: &[u8]) -> Result<Value, StoreError> {
    serde_json::from_slice(text).map_err(|e| corrupt(path, &e))
}

/// What stands in a text that this version knows; `None` where it must be looked at more closely: it is
/// of another form, newer, or damaged. Takes a third of the time of a [`Value`].
pub(crate) fn parse_known<T: DeserializeOwned>(text: &[u8], version: fn(&T) -> u32) -> Option<T> {
    let parsed: T = serde_json::from_slice(text).ok()?;
    (version(&parsed) <= SCHEMA_VERSION).then_some(parsed)
}

/// The error for a file that does not hold what it should.
pub(crate) fn corrupt(path: &Path, error: &serde_json::Error) -> StoreError {
    StoreError::Corrupt {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}

/// The version that a file says, if it does.
pub(crate) fn version_of(value: &Value) -> Option<u32> {
    let version = value.get("schemaVersion").and_then(Value::as_u64)?;
    u32::try_from(version).ok()
}

/// The version that a file says; an error that names `path` for one that is newer than this crate's.
pub(crate) fn check_version(path: &Path, value: &Value) -> Result<Option<u32>, StoreError> {
    match version_of(value) {
        Some(found) if found > SCHEMA_VERSION => Err(StoreError::Version {
            path: path.to_owned(),
            found,
            known: SCHEMA_VERSION,
        }),
        version => Ok(version),
    }
}

/// The error for a value that JSON has no words for.
pub(crate) fn unencodable(path: &Path, error: &serde_json::Error) -> StoreError {
    StoreError::Encode {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}

/// The text of a file, laid out for people.
pub(crate) fn json_text(path: &Path, value: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    let mut text = serde_json::to_vec_pretty(value).map_err(|e| unencodable(path, &e))?;
    text.push(b'\n');
    Ok(text)
}

/// Puts a file in place, durably, over its older one.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), StoreError> {
    write_atomically(path, &json_text(path, value)?)
}
