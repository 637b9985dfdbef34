//! What is held of traces that are not stored, into the store: asked by the program or from outside.
//!
//! `{ "lastMs": 30000 }` → `{ "traces": 12, "storesAll": false }`

use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::coded_error::CodedError;
use crate::{process, thread};

/// Which traces.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DumpRequest {
    /// Those in which something happened in the last so many milliseconds; none: all that are held.
    last_ms: Option<u64>,
}

/// Stores them. Returns how many, and whether every trace is stored anyway.
pub fn dump(request: DumpRequest) -> Result<Json, CodedError> {
    let recorder = process::recorder().ok_or_else(CodedError::not_configured)?;
    let last_ns = request.last_ms.map_or(i64::MAX, |ms| {
        i64::try_from(ms)
            .unwrap_or(i64::MAX)
            .saturating_mul(1_000_000)
    });
    let traces = recorder
        .dump(thread::index(), last_ns)
        .ok_or_else(CodedError::store_takes_nothing)?;
    Ok(json!({ "traces": traces, "storesAll": recorder.stores_all() }))
}
