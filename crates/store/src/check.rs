//! Looks over every file of a store: sound, damaged, missing, left over, or none of ours.
//!
//! ```no_run
//! let report = breadcrumb_store::check_store(".breadcrumb".as_ref(), &mut |_, _| {})?;
//! assert!(report.is_sound(), "{:?}", report.problems);
//! # Ok::<(), breadcrumb_store::StoreError>(())
//! ```
//! Nothing is changed but by [`CheckReport::quarantine`]. Programs may write, merge and prune
//! meanwhile: what has changed since it was looked at is not held against it. Limits: a segment of
//! version 1 or 2 has no sums of its files; all its rows are decoded instead, which finds less.

mod days;
mod finding;
mod leftover;
mod listing;
mod quarantine;
mod records;
mod table_file;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

pub use finding::{Finding, FindingKind};

use crate::{RunRecord, Store, StoreError, UpkeepLock};

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckReport {
    /// Files that were looked at.
    pub files: u64,
    /// Bytes that were read.
    pub bytes: u64,
    /// Segments that count.
    pub segments: u64,
    /// Calls in those of them that are sound.
    pub calls: u64,
    /// Runs with a record.
    pub runs: u64,
    /// What is wrong.
    pub problems: Vec<Finding>,
    /// What is not, and good to know.
    pub notes: Vec<Finding>,
    /// Names of what was moved to `quarantine/`.
    pub quarantined: Vec<String>,
}

impl CheckReport {
    /// Nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }

    /// Adds a finding where it belongs.
    pub fn add(&mut self, finding: Finding) {
        if finding.kind.is_problem() {
            self.problems.push(finding);
        } else {
            self.notes.push(finding);
        }
    }
}

/// What is learned on the way.
struct Check<'a> {
    store: Store,
    report: CheckReport,
    /// Told of bytes read, of so many.
    progress: &'a mut dyn FnMut(u64, u64),
    bytes_in_all: u64,
    /// The records that can be read.
    records: BTreeMap<String, RunRecord>,
    /// Runs that are being removed, or whose record cannot be read.
    excused: Vec<String>,
    /// Calls by run, in sound segments that count; and whether all its segments are sound.
    stored: HashMap<String, u64>,
    /// Files and folders that others than the owner may use.
    open_to_others: Vec<String>,
    /// Who asks holds the right to merge, migrate and prune.
    holds_upkeep: bool,
}

/// Looks over the store in `folder`. `progress` is told how many bytes were read, and of how many.
///
/// # Errors
/// [`StoreError::Missing`] where there is no store, [`StoreError::Version`] for a newer one,
/// [`StoreError::Io`] if a folder cannot be listed.
pub fn check_store(
    folder: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<CheckReport, StoreError> {
    check(folder, None, progress)
}

/// As [`check_store`], by who keeps others from merging, migrating and pruning meanwhile.
///
/// # Errors
/// Those of [`check_store`].
pub fn check_store_locked(
    folder: &Path,
    lock: &UpkeepLock,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<CheckReport, StoreError> {
    check(folder, Some(lock), progress)
}

fn check(
    folder: &Path,
    lock: Option<&UpkeepLock>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<CheckReport, StoreError> {
    let mut check = Check {
        store: Store::unchecked(folder),
        report: CheckReport::default(),
        progress,
        bytes_in_all: 0,
        records: BTreeMap::new(),
        excused: Vec::new(),
        stored: HashMap::new(),
        open_to_others: Vec::new(),
        holds_upkeep: lock.is_some(),
    };
    match Store::open(folder) {
        Ok(_) => {}
        Err(StoreError::Corrupt { path, reason }) => {
            check.find(FindingKind::Damaged, &path, &reason);
        }
        Err(error) => return Err(error),
    }
    check.top()?;
    check.records()?;
    check.days()?;
    check.counts();
    check.permissions();
    check.report.problems.sort();
    check.report.notes.sort();
    Ok(check.report)
}

impl Check<'_> {
    fn find(&mut self, kind: FindingKind, path: &Path, reason: &str) {
        self.report.add(Finding {
            file: self.store.relative(path),
            kind,
            reason: reason.to_owned(),
        });
    }

    /// Counts a file, and sees who may read it.
    fn visit(&mut self, path: &Path) {
        self.report.files += 1;
        self.see_mode(path);
    }

    /// Sees who may use a file or folder.
    fn see_mode(&mut self, path: &Path) {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = path.symlink_metadata().map(|m| m.permissions().mode());
            if mode.is_ok_and(|mode| mode & 0o077 != 0) {
                self.open_to_others.push(self.store.relative(path));
            }
        }
        #[cfg(not(unix))]
        let _ = path;
    }

    /// Tells of what others may use, once for all of it.
    fn permissions(&mut self) {
        let Some(first) = self.open_to_others.first().cloned() else {
            return;
        };
        let more = match self.open_to_others.len() - 1 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let folder = self.store.folder().display();
        let reason = format!("others than the owner may use it{more}: chmod -R go= {folder}");
        self.report.add(Finding {
            file: if first.is_empty() { ".".into() } else { first },
            kind: FindingKind::Permissions,
            reason,
        });
    }
}
