//! The runs' records: readable, and true of what is stored.
//!
//! Limits: what a run that has not ended says of itself is not held against it.

use super::leftover::{Owner, owner_of};
use super::{Check, FindingKind};
use crate::atomic_file::list;
use crate::open_calls::OPEN;
use crate::run::{PIN, REMOVING};
use crate::store::STORE_VERSION;
use crate::writer_lock::LOCK;
use crate::{RunStatus, StoreError};

impl Check<'_> {
    /// Reads every record.
    pub(super) fn records(&mut self) -> Result<(), StoreError> {
        let mut lists = Vec::new();
        for entry in list(&self.store.runs_folder())? {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some(run) = name.strip_suffix(REMOVING) {
                self.visit(&path);
                self.excused.push(run.to_owned());
                let reason = "its run is being removed, now or by the next recording";
                self.find(FindingKind::Leftover, &path, reason);
                continue;
            }
            if name.ends_with(PIN) {
                self.visit(&path);
                continue;
            }
            if name.ends_with(LOCK) {
                self.visit(&path);
                if owner_of(&path) == Owner::Alive {
                    self.find(FindingKind::InUse, &path, "its run is being recorded");
                } else if path.exists() {
                    let reason = "its run's process died; pruning removes it";
                    self.find(FindingKind::Leftover, &path, reason);
                }
                continue;
            }
            if let Some(run) = name.strip_suffix(OPEN) {
                self.visit(&path);
                lists.push((run.to_owned(), path));
                continue;
            }
            let Some(run) = name.strip_suffix(".json") else {
                self.other(&path, &name);
                continue;
            };
            self.visit(&path);
            match self.store.read_run(run) {
                Ok(Some(record)) if record.run_id == run => {
                    if record.schema_version < STORE_VERSION {
                        let reason = format!("has format version {}", record.schema_version);
                        self.find(FindingKind::Older, &path, &reason);
                    }
                    self.records.insert(run.to_owned(), record);
                }
                Ok(Some(record)) => {
                    self.excused.push(run.to_owned());
                    let reason = format!("is the record of another run, {}", record.run_id);
                    self.find(FindingKind::Damaged, &path, &reason);
                }
                // It was removed since the folder was listed.
                Ok(None) => {}
                Err(error) => {
                    if path.exists() {
                        self.excused.push(run.to_owned());
                        let (kind, reason) = kind_of(&error);
                        self.find(kind, &path, &reason);
                    }
                }
            }
        }
        for (run, path) in lists {
            let record = self.records.get(&run);
            let runs = record.is_some_and(|record| record.status == RunStatus::Running);
            if !runs && path.exists() {
                let reason = "its run's calls have ended; pruning removes it";
                self.find(FindingKind::Leftover, &path, reason);
            }
        }
        self.report.runs = self.records.len() as u64;
        Ok(())
    }

    /// Holds the calls that are stored against the records.
    pub(super) fn counts(&mut self) {
        let runs = self.store.runs_folder();
        for (run, record) in std::mem::take(&mut self.records) {
            if record.status == RunStatus::Running {
                continue;
            }
            let stored = self.stored.get(&run).copied().unwrap_or_default();
            let recorded = record.counters.recorded;
            if stored != recorded {
                let than = if stored < recorded { "fewer" } else { "more" };
                let reason =
                    format!("{stored} calls are stored, {than} than the {recorded} recorded");
                let path = runs.join(format!("{run}.json"));
                self.find(FindingKind::Miscounted, &path, &reason);
            }
        }
    }
}

/// What a failure to read a file says of it.
pub(super) fn kind_of(error: &StoreError) -> (FindingKind, String) {
    match error {
        StoreError::Corrupt { reason, .. } => (FindingKind::Damaged, reason.clone()),
        StoreError::Version { found, known, .. } => {
            let reason = format!("has format version {found}, newer than {known}");
            (FindingKind::Newer, reason)
        }
        StoreError::Io { source, .. } | StoreError::Unwritable { source, .. } => {
            (FindingKind::Damaged, format!("cannot be read: {source}"))
        }
        error => (FindingKind::Damaged, error.to_string()),
    }
}
