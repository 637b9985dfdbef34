//! Work on a store that no question needs: merging small segments.

use std::path::Path;

use breadcrumb_store::{MergeLimits, MergeReport, Store};

use crate::coded_error::CodedError;

/// Merges all that can be merged. Returns the report as JSON.
pub fn compact(store: &str) -> Result<String, CodedError> {
    let store = Store::open(Path::new(store))?;
    let Some(lock) = store.lock_upkeep()? else {
        return Err(CodedError::store_busy(store.folder()));
    };
    let mut whole = MergeReport::default();
    // Merged segments may be small enough to be merged with each other.
    loop {
        let report = store.merge(&lock, &MergeLimits::whole(), &mut || true)?;
        let more = report.into > 0;
        whole.add(report);
        if !more {
            break;
        }
    }
    serde_json::to_string(&whole).map_err(|e| CodedError::bad_json(&e))
}
