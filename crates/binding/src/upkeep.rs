//! Work on a store that no question needs: merging small segments, removing and pinning runs,
//! checking, migrating.

use std::path::{Path, PathBuf};

use breadcrumb_recorder::{awaits_recovery, waiting};
use breadcrumb_ring::{clock, shm_root};
use breadcrumb_store::{
    Finding, FindingKind, MergeLimits, MergeReport, MigrateOptions, Pruning, Removal,
    RetentionPlan, RetentionPolicy, RetentionScope, Store, UpkeepLock, check_store,
    check_store_locked,
};
use serde_json::json;

use crate::coded_error::CodedError;
use crate::options::PruneRequest;

/// Merges all that can be merged. Returns the report as JSON.
pub fn compact(store: &str) -> Result<String, CodedError> {
    let store = Store::open(Path::new(store))?;
    let lock = lock(&store)?;
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

/// Looks over every file, and takes what is damaged out of the way if it is to. Returns the report
/// as JSON.
pub fn check(
    store: &str,
    quarantine: bool,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<String, CodedError> {
    let folder = Path::new(store);
    // Before the work, which is for nothing if another process has it.
    let lock = quarantine
        .then(|| lock(&Store::open(folder)?))
        .transpose()?;
    let mut report = match &lock {
        Some(lock) => check_store_locked(folder, lock, progress)?,
        None => check_store(folder, progress)?,
    };
    let waiting = shm_root().map(|root| waiting(&root)).unwrap_or_default();
    for (run, _) in waiting.iter().filter(|(_, other)| is_one(folder, other)) {
        report.add(Finding {
            file: format!("runs/{run}.json"),
            kind: FindingKind::Waiting,
            reason: "its process died; what it left in memory waits for breadcrumb recover".into(),
        });
    }
    if let Some(lock) = &lock {
        report.quarantine(folder, lock)?;
    }
    serde_json::to_string(&report).map_err(|e| CodedError::bad_json(&e))
}

/// Makes everything of the newest version. Returns the report as JSON.
pub fn migrate(store: &str, backup: Option<String>, dry_run: bool) -> Result<String, CodedError> {
    let store = Store::open(Path::new(store))?;
    let options = MigrateOptions {
        backup: backup.map(PathBuf::from),
        dry_run,
    };
    let report = store.migrate(&lock(&store)?, &options, &mut || true)?;
    serde_json::to_string(&report).map_err(|e| CodedError::bad_json(&e))
}

fn lock(store: &Store) -> Result<UpkeepLock, CodedError> {
    let lock = store.lock_upkeep()?;
    lock.ok_or_else(|| CodedError::store_busy(store.folder()))
}

/// Both are one folder.
fn is_one(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}
