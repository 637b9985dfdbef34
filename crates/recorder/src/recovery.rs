//! What dead processes left in memory, into their stores.
//!
//! `recover(&shm_root, breadcrumb_ring::clock::wall_ns())` → one [`Recovered`] for each dead run.
//! Limits: what cannot be read is named and left where it is.

use std::path::{Path, PathBuf};

/// How a process ended, for those who know (its parent).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProcessEnd {
    /// Its exit code.
    pub exit_code: Option<i32>,
    /// The signal that ended it: `SIGKILL`.
    pub signal: Option<String>,
}

/// A dead run.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Recovered {
    /// The run.
    pub run_id: String,
    /// Its store.
    pub store: PathBuf,
    /// Calls that were stored now.
    pub calls: u64,
    /// Exceptions likewise.
    pub exceptions: u64,
    /// Files that could not be read, and why.
    pub skipped: Vec<String>,
    /// Why nothing was stored; the folder is still there.
    pub error: Option<String>,
}

/// Recovers all dead runs in `shm_root`. `now_ns`: the wall clock.
#[must_use]
pub fn recover(shm_root: &Path, now_ns: i64) -> Vec<Recovered> {
    let _ = (shm_root, now_ns);
    Vec::new()
}

/// Recovers one run, if it is dead and left anything.
#[must_use]
pub fn recover_run(
    shm_root: &Path,
    run_id: &str,
    end: &ProcessEnd,
    now_ns: i64,
) -> Option<Recovered> {
    let _ = (shm_root, run_id, end, now_ns);
    None
}
