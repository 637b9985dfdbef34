//! Work on a store that no question needs: merging small segments, removing runs, pinning them.

use std::path::Path;

use breadcrumb_recorder::awaits_recovery;
use breadcrumb_ring::{clock, shm_root};
use breadcrumb_store::{
    MergeLimits, MergeReport, Pruning, Removal, RetentionPlan, RetentionPolicy, RetentionScope,
    Store,
};
use serde_json::json;

use crate::coded_error::CodedError;
use crate::options::PruneRequest;

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

/// Removes runs. Returns what was planned and done as JSON.
pub fn prune(request: &PruneRequest) -> Result<String, CodedError> {
    let store = Store::open(&request.store)?;
    let root = shm_root();
    let pruning = Pruning {
        now_ns: clock::wall_ns(),
        awaits_recovery: &|run| awaits_recovery(root.as_deref(), run),
    };
    let policy = RetentionPolicy::from(request.limits);
    let scope = if request.runs.is_empty() {
        RetentionScope::Policy(&policy)
    } else {
        RetentionScope::Runs(&request.runs)
    };
    let planned = store.plan_retention(&scope, &pruning)?;
    if let Some(kept) = planned
        .kept
        .iter()
        .find(|run| request.runs.contains(&run.run_id))
    {
        return Err(CodedError::run_kept(&kept.run_id, kept.why));
    }
    if request.dry_run {
        return report(&planned, &Removal::default());
    }
    let Some(lock) = store.lock_upkeep()? else {
        return Err(CodedError::store_busy(store.folder()));
    };
    let (plan, removal) = store.prune(&lock, &scope, &pruning, &mut || true)?;
    report(&plan, &removal)
}

fn report(plan: &RetentionPlan, removal: &Removal) -> Result<String, CodedError> {
    let skipped = plan.skipped.iter().chain(&removal.skipped);
    let mut skipped: Vec<&String> = skipped.collect();
    skipped.sort();
    skipped.dedup();
    let mut value = serde_json::to_value(plan).map_err(|e| CodedError::bad_json(&e))?;
    value["leftovers"] = removal.leftovers.into();
    value["removedBytes"] = removal.removed_bytes.into();
    value["writtenBytes"] = removal.written_bytes.into();
    value["skipped"] = json!(skipped);
    Ok(value.to_string())
}

/// Pins a run, or takes the pin away. Whether that changed anything.
pub fn pin(store: &str, run_id: &str, pinned: bool) -> Result<bool, CodedError> {
    Ok(Store::open(Path::new(store))?.pin_run(run_id, pinned)?)
}
