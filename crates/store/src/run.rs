//! `runs/<run>.json`: one process from start to end, what it recorded, and what it could not.
//!
//! `store.write_run(&record)` replaces the record as a whole; a running one may be rewritten at
//! any time. Beside it can stand `<run>.lock`, which its writer holds, and `<run>.pin`, which keeps
//! the run from being removed. Limits: one writer for each run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::atomic_file::{list, remove_file, write_atomically};
use crate::json_file::{
    check_version, corrupt, parse_json, parse_known, read_text, unencodable, write_json,
};
use crate::store::STORE_VERSION;
use crate::{Store, StoreError};

/// End of the name of a record whose run is being removed.
pub(crate) const REMOVING: &str = ".json.removing";
/// End of the name of the file that pins a run.
pub(crate) const PIN: &str = ".pin";

/// How a run stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunStatus {
    /// Its process lives, as far as is known.
    #[default]
    Running,
    /// It ended in an orderly way, or became another program.
    Finished,
    /// Something ended it; what its rings held was recovered.
    Crashed,
}

/// What was recorded, and what not. `recorded + counted + dropped` is what happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RunCounters {
    /// Calls with a row.
    pub recorded: u64,
    /// Calls counted only.
    pub counted: u64,
    /// Calls dropped because a ring was full.
    pub dropped: u64,
    /// Exceptions with a row.
    pub exceptions: u64,
    /// Values, or parts of values, that were redacted.
    pub redacted: u64,
    /// How often each rule redacted, by its name.
    pub redactions: BTreeMap<String, u64>,
    /// Bytes of published segments.
    pub bytes: u64,
    /// Published segments.
    pub segments: u64,
    /// Processor time of the recorder's thread.
    pub recorder_cpu_ns: u64,
    /// Further counters, by name.
    #[serde(flatten)]
    pub more: BTreeMap<String, serde_json::Value>,
}

/// A file that was not instrumented.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LeftAlone {
    /// Its path.
    pub file: String,
    /// The reason.
    pub why: String,
}

/// The files that the run loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FileLists {
    /// Number of files instrumented.
    pub instrumented: u64,
    /// Files included but not instrumented.
    pub left_alone: Vec<LeftAlone>,
    /// Files included but loaded before the tracer.
    pub too_early: Vec<String>,
}

/// The wall clock at a time of the monotonic one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClockOffset {
    /// Wall clock, ns since 1970.
    pub wall_ns: i64,
    /// Monotonic clock at that moment, ns.
    pub mono_ns: i64,
}

/// A run's record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunRecord {
    /// Version of the record's format; [`Store::write_run`] fills it in.
    #[serde(default)]
    pub schema_version: u32,
    /// The run, globally unique; also the name of the record's file.
    pub run_id: String,
    /// The run that started this process, if it was traced.
    #[serde(default)]
    pub parent_run_id: Option<String>,
    /// The `breadcrumb run` that this process belongs to.
    #[serde(default)]
    pub launch_id: Option<String>,
    /// Its command line.
    #[serde(default)]
    pub command: Vec<String>,
    /// Its working directory.
    #[serde(default)]
    pub cwd: String,
    /// Its process id.
    #[serde(default)]
    pub pid: u32,
    /// Version of Node.js, `v24.1.0`.
    #[serde(default)]
    pub node: String,
    /// `process.platform`.
    #[serde(default)]
    pub platform: String,
    /// `process.arch`.
    #[serde(default)]
    pub arch: String,
    /// Start, ISO 8601 with milliseconds, UTC ([`crate::iso_timestamp`]).
    pub started_at: String,
    /// End, likewise.
    #[serde(default)]
    pub ended_at: Option<String>,
    /// How it stands.
    #[serde(default)]
    pub status: RunStatus,
    /// Exit code, where known.
    #[serde(default)]
    pub exit_code: Option<i32>,
    /// Signal that ended it, where known: `SIGKILL`.
    #[serde(default)]
    pub signal: Option<String>,
    /// Its rings survive the process.
    #[serde(default)]
    pub crash_proof: bool,
    /// What happens when a ring is full: `block` or `drop`.
    #[serde(default)]
    pub overflow: String,
    /// What was recorded.
    #[serde(default)]
    pub counters: RunCounters,
    /// Its files.
    #[serde(default)]
    pub files: FileLists,
    /// The wall clock against the monotonic one, oldest first.
    #[serde(default)]
    pub clocks: Vec<ClockOffset>,
}

/// A record that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorruptRun {
    /// Its file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: String,
}

/// The runs of a store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Runs {
    /// The records, by run id (which grows with time, being a UUID v7).
    pub records: Vec<RunRecord>,
    /// The records that could not be read and were skipped.
    pub corrupt: Vec<CorruptRun>,
}

impl Store {
    /// Puts a run's record in place, over its older one. Its `schema_version` is this crate's.
    ///
    /// # Errors
    /// [`StoreError::Unwritable`], [`StoreError::Full`], [`StoreError::Io`]; the older record
    /// then stands.
    pub fn write_run(&self, record: &RunRecord) -> Result<(), StoreError> {
        let path = self.run_path(&record.run_id, ".json");
        let mut value = serde_json::to_value(record).map_err(|e| unencodable(&path, &e))?;
        value["schemaVersion"] = STORE_VERSION.into();
        write_json(&path, &value)
    }

    /// The record of one run; `None` where it has none.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`], [`StoreError::Version`], [`StoreError::Io`].
    pub fn read_run(&self, run_id: &str) -> Result<Option<RunRecord>, StoreError> {
        let path = self.run_path(run_id, ".json");
        if !path.exists() {
            return Ok(None);
        }
        read_record(&path).map(Some)
    }

    /// The records of all runs; damaged and newer ones are named and skipped.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the folder itself cannot be read.
    pub fn read_runs(&self) -> Result<Runs, StoreError> {
        let mut runs = Runs::default();
        for entry in list(&self.runs_folder())? {
            let path = entry.path();
            if path.extension().is_none_or(|e| e != "json") {
                continue;
            }
            match read_record(&path) {
                Ok(record) => runs.records.push(record),
                // It was removed since the folder was listed.
                Err(StoreError::Io { .. }) if !path.exists() => {}
                Err(error) => runs.corrupt.push(CorruptRun {
                    path,
                    reason: error.to_string(),
                }),
            }
        }
        runs.records.sort_by(|a, b| a.run_id.cmp(&b.run_id));
        runs.corrupt.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(runs)
    }

    /// Pins a run, which is then never removed, or takes the pin away. It is a file of its own,
    /// because the record is written again by the run's process. Whether that changed anything.
    ///
    /// # Errors
    /// [`StoreError::Unwritable`], [`StoreError::Full`], [`StoreError::Io`].
    pub fn pin_run(&self, run_id: &str, pinned: bool) -> Result<bool, StoreError> {
        let path = self.run_path(run_id, PIN);
        if path.exists() == pinned {
            return Ok(false);
        }
        if pinned {
            write_atomically(&path, b"")?;
        } else {
            remove_file(&path)?;
        }
        Ok(true)
    }

    /// The file of a run in `runs/`.
    pub(crate) fn run_path(&self, run_id: &str, end: &str) -> PathBuf {
        self.runs_folder().join(format!("{run_id}{end}"))
    }
}

fn read_record(path: &Path) -> Result<RunRecord, StoreError> {
    let text = read_text(path)?;
    if let Some(record) = parse_known(&text, |record: &RunRecord| record.schema_version) {
        return Ok(record);
    }
    let value = parse_json(path, &text)?;
    check_version(path, &value)?;
    serde_json::from_value(value).map_err(|e| corrupt(path, &e))
}
