//! Segments, records and the store itself, from older versions to the newest.
//!
//! ```ignore
//! let Some(lock) = store.lock_upkeep()? else { return };       // another process is at it
//! let report = store.migrate(&lock, &MigrateOptions::default(), &mut || true)?;
//! ```
//! A segment is written again in a folder of its own, compared with the old one cell by cell, and
//! put in place as one that replaces it: until its summary is there the old one counts, from then on
//! it does. So a kill at any moment leaves every row there once, and the next migration goes on.
//! Replaced segments go as those that were merged do. Limits: what may still be written again, and
//! what cannot be read, is left as it is and named; the store then keeps its version.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use breadcrumb_event::schema::SCHEMA_VERSION;

use crate::atomic_file::{AtomicFile, list, sync_folder};
use crate::day::{Day, Source};
use crate::file_system::real_above;
use crate::fingerprint::Fingerprint;
use crate::json_file::{read_json, version_of, write_json};
use crate::merge::merge_group;
use crate::store::make_folder;
use crate::summary::{file_names, summary_paths};
use crate::upkeep_lock::UpkeepLock;
use crate::{MergeLimits, RunStatus, Store, StoreError};

/// Name of the folder in which segments are written before they are compared.
pub(crate) const STAGING: &str = "migrating";

/// How to migrate.
#[derive(Clone, Debug, Default)]
pub struct MigrateOptions {
    /// A folder that gets what is replaced, before it is: a store of the older version.
    pub backup: Option<PathBuf>,
    /// Tell what would be done.
    pub dry_run: bool,
}

/// What a migration has done.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MigrateReport {
    /// Version that the store said it has.
    pub from: u32,
    /// Version that it says now.
    pub to: u32,
    /// Segments of older versions that were written again.
    pub segments: usize,
    /// Runs' records likewise.
    pub records: usize,
    /// Rows in those segments.
    pub rows: u64,
    /// Bytes of the tables before.
    pub bytes_before: u64,
    /// Bytes of the tables after.
    pub bytes_after: u64,
    /// What is still being written, and so left to a later migration.
    pub left: Vec<String>,
    /// What could not be migrated, and why.
    pub skipped: Vec<String>,
    /// It was told to end before it was done.
    pub unfinished: bool,
}

/// Asked between two steps whether to go on.
type GoOn<'a> = &'a mut dyn FnMut() -> bool;

/// What became of a segment.
enum Outcome {
    Done,
    Skipped(String),
    ToldToEnd,
}

impl Store {
    /// Makes everything of the newest version. `go_on` is asked between steps; after `false` all is
    /// left as a kill at that moment would have.
    ///
    /// # Errors
    /// [`StoreError::Full`], [`StoreError::Unwritable`], [`StoreError::Io`],
    /// [`StoreError::Corrupt`] of `store.json`: what was migrated until then stays.
    pub fn migrate(
        &self,
        _lock: &UpkeepLock,
        options: &MigrateOptions,
        go_on: GoOn<'_>,
    ) -> Result<MigrateReport, StoreError> {
        let path = self.folder().join("store.json");
        let mut manifest = read_json(&path)?;
        let from = version_of(&manifest).unwrap_or_default();
        let mut report = MigrateReport {
            from,
            to: from,
            ..MigrateReport::default()
        };
        self.clear_staging()?;
        if let Some(backup) = options.backup.as_deref().filter(|_| !options.dry_run) {
            self.begin_backup(backup)?;
        }
        if self.migrate_segments(options, go_on, &mut report)?
            && self.migrate_records(options, go_on, &mut report)?
        {
            if report.left.is_empty() && report.skipped.is_empty() && from < SCHEMA_VERSION {
                report.to = SCHEMA_VERSION;
                if !options.dry_run {
                    manifest["schemaVersion"] = SCHEMA_VERSION.into();
                    write_json(&path, &manifest)?;
                }
            }
        } else {
            report.unfinished = true;
        }
        Ok(report)
    }

    /// `false` if it was told to end.
    fn migrate_segments(
        &self,
        options: &MigrateOptions,
        go_on: GoOn<'_>,
        report: &mut MigrateReport,
    ) -> Result<bool, StoreError> {
        let ended = self.ended_runs()?;
        for folder in self.date_folders()? {
            let day = Day::read(&folder, &mut report.skipped)?;
            if !options.dry_run {
                day.remove_replaced(MergeLimits::default().grace)?;
            }
            let held = day.held(&ended);
            let is_older = |source: &&Source| source.summary.schema_version < SCHEMA_VERSION;
            for source in day.sources.iter().filter(is_older) {
                let bytes = source.summary.tables.bytes();
                if held.contains(&source.summary.name) {
                    report
                        .left
                        .push(self.relative(&folder.join(&source.summary.name)));
                } else if options.dry_run {
                    report.segments += 1;
                    report.bytes_before += bytes;
                    report.rows += source
                        .summary
                        .tables
                        .iter()
                        .map(|(_, t)| t.rows)
                        .sum::<u64>();
                } else {
                    match self.migrate_segment(source, options, go_on, report)? {
                        Outcome::ToldToEnd => return Ok(false),
                        Outcome::Skipped(reason) => report.skipped.push(reason),
                        Outcome::Done => {
                            report.segments += 1;
                            report.bytes_before += bytes;
                        }
                    }
                }
            }
        }
        Ok(true)
    }

    fn migrate_segment(
        &self,
        source: &Source,
        options: &MigrateOptions,
        go_on: GoOn<'_>,
        report: &mut MigrateReport,
    ) -> Result<Outcome, StoreError> {
        let staging = self.folder().join(STAGING);
        make_folder(&staging)?;
        let one = std::slice::from_ref(source);
        let compared = merge_group(self, &staging, one, &MergeLimits::default(), go_on, &|_| {
            true
        })
        .and_then(|written| match written {
            None => Ok(None),
            Some(_) => compare(source, &staging).map(Some),
        });
        let (new, rows) = match compared {
            Ok(Some(compared)) => compared,
            Ok(None) => return Ok(Outcome::ToldToEnd),
            Err(StoreError::Corrupt { path, reason }) => {
                self.clear_staging()?;
                let reason = format!("{}: {reason}", self.relative(&path));
                return Ok(Outcome::Skipped(reason));
            }
            Err(error) => return Err(error),
        };
        if let Some(backup) = &options.backup {
            self.back_up(backup, source)?;
        }
        if !put_in_place(&new, &source.folder, go_on)? {
            return Ok(Outcome::ToldToEnd);
        }
        report.rows += rows;
        report.bytes_after += new.summary.tables.bytes();
        self.clear_staging()?;
        Ok(Outcome::Done)
    }

    /// `false` if it was told to end.
    fn migrate_records(
        &self,
        options: &MigrateOptions,
        go_on: GoOn<'_>,
        report: &mut MigrateReport,
    ) -> Result<bool, StoreError> {
        let runs = self.read_runs()?;
        let unread = runs.corrupt.into_iter().map(|run| run.reason);
        report.skipped.extend(unread);
        for run in runs.records {
            if run.schema_version >= SCHEMA_VERSION {
                continue;
            }
            let path = self.runs_folder().join(format!("{}.json", run.run_id));
            // Its process, or its recovery, writes it again by itself.
            if run.status == RunStatus::Running {
                report.left.push(self.relative(&path));
                continue;
            }
            report.records += 1;
            if options.dry_run {
                continue;
            }
            let mut record = read_json(&path)?;
            record["schemaVersion"] = SCHEMA_VERSION.into();
            write_json(&path, &record)?;
            if !go_on() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn clear_staging(&self) -> Result<(), StoreError> {
        let staging = self.folder().join(STAGING);
        match fs::remove_dir_all(&staging) {
            Err(e) if e.kind() != ErrorKind::NotFound => Err(StoreError::from_io(&staging, e)),
            _ => Ok(()),
        }
    }

    /// Puts `store.json` and the records of all runs into the backup, where they are not yet.
    fn begin_backup(&self, backup: &Path) -> Result<(), StoreError> {
        let refuse = |reason| StoreError::Backup {
            path: backup.to_owned(),
            reason,
        };
        // Before anything is made of it.
        let real = real_above(backup).map_err(|e| StoreError::from_io(backup, e))?;
        let places = (real, self.folder().canonicalize());
        if matches!(places, (Some(backup), Ok(store)) if backup.starts_with(&store)) {
            return Err(refuse("it is in the store itself"));
        }
        let manifest = backup.join("store.json");
        if manifest.exists() && read_json(&manifest)?["id"] != *self.id() {
            return Err(refuse("it has another store"));
        }
        make_folder(backup)?;
        make_folder(&backup.join("runs"))?;
        make_folder(&backup.join("segments"))?;
        for entry in list(&self.runs_folder())? {
            if entry.path().extension().is_some_and(|e| e == "json") {
                keep(&entry.path(), &backup.join("runs").join(entry.file_name()))?;
            }
        }
        keep(&self.folder().join("store.json"), &manifest)?;
        sync_folder(&backup.join("runs"))?;
        sync_folder(backup)
    }

    /// Puts a segment into the backup, its summary last.
    fn back_up(&self, backup: &Path, source: &Source) -> Result<(), StoreError> {
        let folder = backup.join(self.relative(&source.folder));
        make_folder(&folder)?;
        for file in names_to_move(&source.folder, &source.summary.name) {
            keep(&source.folder.join(&file), &folder.join(&file))?;
        }
        sync_folder(&folder)
    }

    /// A path as it is said to people: from the store's folder on.
    pub(crate) fn relative(&self, path: &Path) -> String {
        let inner = path.strip_prefix(self.folder()).unwrap_or(path);
        inner.display().to_string()
    }
}

/// The new segment in `staging`, which says what the old one does, and the number of its rows.
fn compare(old: &Source, staging: &Path) -> Result<(Source, u64), StoreError> {
    let corrupt = |reason: &str| StoreError::Corrupt {
        path: old.folder.join(format!("{}.json", old.summary.name)),
        reason: reason.into(),
    };
    let path = summary_paths(staging)?.pop();
    let path = path.ok_or_else(|| corrupt("nothing came of it"))?;
    let new = Source::read(&path)?;
    let said = Fingerprint::of(&new)?;
    if Fingerprint::of(old)? != said {
        return Err(corrupt("its rows are others when they are written again"));
    }
    Ok((new, said.rows()))
}

/// Moves a segment's files into `folder`, its summary last. `false` if it was told to end.
fn put_in_place(new: &Source, folder: &Path, go_on: GoOn<'_>) -> Result<bool, StoreError> {
    for file in names_to_move(&new.folder, &new.summary.name) {
        if file.ends_with(".json") {
            // The tables' names must be durable before the summary that speaks of them.
            sync_folder(folder)?;
        }
        if !go_on() {
            return Ok(false);
        }
        let path = new.folder.join(&file);
        fs::rename(&path, folder.join(&file)).map_err(|e| StoreError::from_io(&path, e))?;
    }
    sync_folder(folder)?;
    Ok(go_on())
}

/// The files that a segment has in `folder`, its summary last: the order in which they come.
pub(crate) fn names_to_move(folder: &Path, segment: &str) -> Vec<String> {
    let mut names: Vec<String> = file_names(segment)
        .filter(|name| folder.join(name).exists())
        .collect();
    names.reverse();
    names
}

/// A second name for a file that is never written again, or a copy where there are no links.
fn keep(file: &Path, target: &Path) -> Result<(), StoreError> {
    match fs::hard_link(file, target) {
        Ok(()) => Ok(()),
        Err(e) if e.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(_) => {
            let mut from = fs::File::open(file).map_err(|e| StoreError::from_io(file, e))?;
            let mut copy = AtomicFile::create(target)?;
            std::io::copy(&mut from, &mut copy).map_err(|e| StoreError::from_io(target, e))?;
            copy.commit_new()
        }
    }
}
