//! Takes what is damaged out of the way, with a note of why.
//!
//! ```text
//! quarantine/<segment>/why.txt, <segment>.json, <segment>-calls.parquet, …
//! quarantine/<run>/why.txt, <run>.json
//! ```
//! Nothing is deleted: moved back to the folder that the note names, all is as before. Limits:
//! damaged segments and records only; what is foreign or of a newer version stays.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::listing::QUARANTINE;
use super::{CheckReport, Finding, FindingKind};
use crate::atomic_file::{sync_folder, write_atomically};
use crate::store::make_folder;
use crate::summary::{file_names, segment_of};
use crate::upkeep_lock::UpkeepLock;
use crate::{Store, StoreError};

impl CheckReport {
    /// Moves the segments and records that were found damaged, or without their tables, to
    /// `quarantine/`.
    ///
    /// # Errors
    /// [`StoreError::Unwritable`], [`StoreError::Full`], [`StoreError::Io`]: what was moved until
    /// then stays moved.
    pub fn quarantine(&mut self, folder: &Path, _lock: &UpkeepLock) -> Result<(), StoreError> {
        let store = Store::unchecked(folder);
        let mut groups: BTreeMap<PathBuf, Vec<&Finding>> = BTreeMap::new();
        for finding in &self.problems {
            if let Some(group) = group_to_move(finding) {
                groups.entry(group).or_default().push(finding);
            }
        }
        let mut moved = Vec::new();
        for (group, findings) in groups {
            if store.move_away(&group, &findings)? {
                moved.push(group);
            }
        }
        // What is out of the way is no problem any more.
        let is_moved = |f: &Finding| group_to_move(f).is_some_and(|group| moved.contains(&group));
        let (away, left): (Vec<Finding>, Vec<Finding>) = std::mem::take(&mut self.problems)
            .into_iter()
            .partition(is_moved);
        self.problems = left;
        self.notes.extend(away.into_iter().map(|finding| Finding {
            kind: FindingKind::Quarantined,
            ..finding
        }));
        self.notes.sort();
        self.quarantined = moved
            .iter()
            .map(|group| group.display().to_string())
            .collect();
        Ok(())
    }
}

impl Store {
    /// Moves the files of a segment or a record, which begin as `group` does. Whether there were any.
    fn move_away(&self, group: &Path, findings: &[&Finding]) -> Result<bool, StoreError> {
        let from = self.folder().join(group);
        let folder = from.parent().unwrap_or(self.folder());
        let name = group.file_name().unwrap_or_default().to_string_lossy();
        let files: Vec<String> = file_names(&name)
            .filter(|file| folder.join(file).exists())
            .collect();
        if files.is_empty() {
            return Ok(false);
        }
        let target = self.free_place(&name);
        make_folder(&self.folder().join(QUARANTINE))?;
        make_folder(&target)?;
        let mut why = format!("Moved from {}:\n", self.relative(folder));
        for finding in findings {
            let _ = writeln!(why, "{}: {}", finding.file, finding.reason);
        }
        write_atomically(&target.join("why.txt"), why.as_bytes())?;
        // The summary first: a segment counts with it.
        for file in files {
            let path = folder.join(&file);
            fs::rename(&path, target.join(&file)).map_err(|e| StoreError::from_io(&path, e))?;
        }
        sync_folder(&target)?;
        sync_folder(folder)?;
        Ok(true)
    }

    fn free_place(&self, name: &str) -> PathBuf {
        let folder = self.folder().join(QUARANTINE);
        let numbered = (2..).map(|n| folder.join(format!("{name}-again-{n}")));
        let mut places = std::iter::once(folder.join(name)).chain(numbered);
        places
            .find(|place| !place.exists())
            .unwrap_or_else(|| folder.join(name))
    }
}

/// The files to move because of a finding, by the beginning of their names.
fn group_to_move(finding: &Finding) -> Option<PathBuf> {
    let is_movable = matches!(finding.kind, FindingKind::Damaged | FindingKind::Missing);
    is_movable.then(|| group_of(&finding.file)).flatten()
}

/// What the names of a damaged file's fellows begin with.
fn group_of(file: &str) -> Option<PathBuf> {
    let path = Path::new(file);
    let name = path.file_name()?.to_str()?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())?;
    let stem = name.strip_suffix(".json").or_else(|| segment_of(name))?;
    Some(folder.join(stem))
}
