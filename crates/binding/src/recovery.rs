//! What dead processes left in memory, into their stores; and how a child of ours ended, into its
//! run's record.

use breadcrumb_recorder::{Others, REPLACED, RunStatus, recover};
use breadcrumb_ring::{clock, shm_root};
use breadcrumb_store::Store;
use serde_json::json;

use crate::options::ChildExit;

/// Recovers every dead run of this user. Returns JSON of what was recovered.
pub fn recover_all(exit: Option<&ChildExit>) -> String {
    let recovered = shm_root()
        .map(|root| recover(&root, Others::Await, clock::wall_ns()))
        .unwrap_or_default();
    if let Some(exit) = exit {
        note_exit(exit);
    }
    let runs: Vec<_> = recovered
        .into_iter()
        .map(|run| {
            json!({
                "runId": run.run_id,
                "store": run.store,
                "calls": run.calls,
                "problem": run.error.or_else(|| (!run.skipped.is_empty()).then(|| run.skipped.join("; "))),
            })
        })
        .collect();
    json!(runs).to_string()
}

/// Writes a child's exit code and signal where its run does not know them itself.
fn note_exit(exit: &ChildExit) {
    let Ok(store) = Store::open(&exit.store) else {
        return;
    };
    let Ok(runs) = store.read_runs() else { return };
    let ours = runs.records.into_iter().filter(|run| {
        run.launch_id.as_deref() == Some(exit.launch.as_str()) && run.pid == exit.pid
    });
    for mut run in ours {
        // A run whose process became another program has no exit of its own.
        if run.status == RunStatus::Running || run.counters.more.contains_key(REPLACED) {
            continue;
        }
        run.exit_code = run.exit_code.or(exit.code);
        run.signal = run.signal.or_else(|| exit.signal.clone());
        // The record is complete without it: nothing is lost if this fails.
        let _ = store.write_run(&run);
    }
}
