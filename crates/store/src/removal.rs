//! Runs out of a store.
//!
//! ```ignore
//! let removal = store.remove_runs(&lock, &["0198c0de-run"], &mut || true)?;
//! ```
//! Each run's record is first renamed to `<run>.json.removing`, which makes the whole run disappear
//! at once for readers; then, a day at a time, its summaries and tables go, then the renamed record.
//! A merged segment with rows of other runs too is written again without those of all that go, once.
//! After a kill at any moment [`Store::sweep`] goes on. Limits: a merged segment that cannot be read
//! cannot be written again: its runs stay hidden, and it is named.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::Path;

use crate::atomic_file::{changing, list, remove_file, sweep_folder, sync_folder};
use crate::day::{Day, Source};
use crate::merge::merge_group;
use crate::run::REMOVING;
use crate::summary::{MERGED, segment_of};
use crate::upkeep_lock::UpkeepLock;
use crate::{MergeLimits, Store, StoreError};

/// Segments that are removed between two questions whether to go on.
const ASKED_EVERY: usize = 100;

/// What a removal has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removal {
    /// Runs that are gone.
    pub runs: usize,
    /// Temporary files of dead writers that went.
    pub leftovers: usize,
    /// Bytes of the files that went.
    pub removed_bytes: u64,
    /// Bytes written, where rows of others were in a file.
    pub written_bytes: u64,
    /// What could not be removed, and why. Readers do not see it.
    pub skipped: Vec<String>,
    /// There was more to do when it was told to end.
    pub unfinished: bool,
}

/// The run of a segment that a process wrote, by the segment's name.
pub(crate) fn run_of(segment: &str) -> Option<&str> {
    if segment.starts_with(MERGED) {
        // Its end may be of digits alone.
        return None;
    }
    let (run, seq) = segment.rsplit_once('-')?;
    seq.parse::<u64>().ok().map(|_| run)
}

/// The segment that a file is of, by its name.
fn segment_in(file: &str) -> Option<&str> {
    file.strip_suffix(".json").or_else(|| segment_of(file))
}

impl Removal {
    /// Adds what a further removal has done.
    pub(crate) fn add(&mut self, other: Self) {
        self.runs += other.runs;
        self.leftovers += other.leftovers;
        self.removed_bytes += other.removed_bytes;
        self.written_bytes += other.written_bytes;
        self.unfinished |= other.unfinished;
        for skipped in other.skipped {
            if !self.skipped.contains(&skipped) {
                self.skipped.push(skipped);
            }
        }
    }
}

impl Store {
    /// Removes runs with their segments. Nothing happens for one that there is not. `go_on` is asked
    /// before each day and now and then in it; after `false` the rest waits for [`Store::sweep`].
    /// Never for a run that is being written.
    ///
    /// # Errors
    /// [`StoreError::Unwritable`], [`StoreError::Full`], [`StoreError::Io`].
    pub fn remove_runs(
        &self,
        _lock: &UpkeepLock,
        runs: &[&str],
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Removal, StoreError> {
        let mut removal = Removal::default();
        let mut gone: HashSet<&str> = runs.iter().copied().collect();
        if gone.is_empty() {
            return Ok(removal);
        }
        self.hide(&gone)?;
        for folder in self.date_folders()? {
            if !go_on() || !self.remove_rows(&folder, &mut gone, go_on, &mut removal)? {
                removal.unfinished = true;
                return Ok(removal);
            }
            // The day's folder goes with its last file; that it is not empty is no error.
            changing();
            let _ = fs::remove_dir(&folder);
        }
        for run_id in gone {
            self.remove_open_calls(run_id)?;
            let marker = self.run_path(run_id, REMOVING);
            removal.removed_bytes += marker.metadata().map_or(0, |file| file.len());
            removal.runs += usize::from(remove_file(&marker)?);
        }
        Ok(removal)
    }

    /// Readers see these runs no more.
    fn hide(&self, runs: &HashSet<&str>) -> Result<(), StoreError> {
        for run_id in runs {
            let record = self.run_path(run_id, ".json");
            let marker = self.run_path(run_id, REMOVING);
            changing();
            if record.exists() {
                fs::rename(&record, &marker).map_err(|e| StoreError::from_io(&record, e))?;
            } else if !marker.exists() {
                // Its record was lost.
                fs::write(&marker, "").map_err(|e| StoreError::from_io(&marker, e))?;
            }
        }
        sync_folder(&self.runs_folder())
    }

    /// Removes the rows of runs from a day's folder. Runs of which some had to stay leave `runs`.
    /// `false` if it was told to end.
    fn remove_rows(
        &self,
        folder: &Path,
        runs: &mut HashSet<&str>,
        go_on: &mut dyn FnMut() -> bool,
        removal: &mut Removal,
    ) -> Result<bool, StoreError> {
        // What a process wrote goes by its name.
        let is_merged = |name: &str| run_of(name).is_none();
        let day = Day::read_those(folder, &mut removal.skipped, is_merged)?;
        let mut stay: HashSet<&str> = HashSet::new();
        for source in &day.sources {
            let goes = |run: &str| runs.contains(run);
            let parts = source.summary.runs.iter();
            match parts.filter(|part| goes(&part.run_id)).count() {
                0 => continue,
                some if some < source.summary.runs.len() => {
                    match self.write_without(folder, source, &goes, go_on) {
                        Ok(Some(bytes)) => removal.written_bytes += bytes,
                        Ok(None) => return Ok(false),
                        Err(StoreError::Corrupt { path, reason }) => {
                            removal
                                .skipped
                                .push(format!("{}: {reason}", path.display()));
                            stay.extend(source.summary.runs.iter().map(|p| &*p.run_id));
                            continue;
                        }
                        Err(error) => return Err(error),
                    }
                }
                _ => {}
            }
            removal.removed_bytes += day.remove(&source.summary.name)?.bytes;
        }
        // What is replaced already, but would be seen again when what replaced it goes.
        for (name, summary) in &day.replaced {
            let holds = |run: &str| summary.part(run).is_some() && !stay.contains(run);
            if runs.iter().any(|run| holds(run)) {
                removal.removed_bytes += day.remove(name)?.bytes;
            }
        }
        // Segments that a process wrote, whole or, where a removal was cut short, without a summary.
        let merged = day.sources.iter().map(|source| &source.summary);
        let replaced: HashSet<&str> = merged
            .chain(day.replaced.values())
            .flat_map(|summary| summary.replaces.iter().map(String::as_str))
            .collect();
        let goes = |name: &&str| {
            let run = run_of(name).filter(|run| runs.contains(run));
            run.is_some_and(|run| !stay.contains(run) || !replaced.contains(name))
        };
        let written: BTreeSet<&str> = day.names.iter().filter_map(|f| segment_in(f)).collect();
        for (done, name) in written.into_iter().filter(goes).enumerate() {
            if done % ASKED_EVERY == ASKED_EVERY - 1 && !go_on() {
                return Ok(false);
            }
            removal.removed_bytes += day.remove_files(name)?.bytes;
        }
        runs.retain(|run| !stay.contains(run));
        Ok(true)
    }

    /// Writes a segment again without the rows of some runs. Bytes of it; `None` if it was told to
    /// end.
    fn write_without(
        &self,
        folder: &Path,
        source: &Source,
        goes: &dyn Fn(&str) -> bool,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Option<u64>, StoreError> {
        let one = std::slice::from_ref(source);
        let limits = MergeLimits::default();
        let written = merge_group(self, folder, one, &limits, go_on, &|run| !goes(run))?;
        Ok(written.map(|(_, bytes)| bytes))
    }

    /// Removes what dead processes left behind: temporary files, and runs whose removal was begun.
    ///
    /// # Errors
    /// [`StoreError::Unwritable`], [`StoreError::Full`], [`StoreError::Io`].
    pub fn sweep(
        &self,
        lock: &UpkeepLock,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Removal, StoreError> {
        let mut leftovers = sweep_folder(self.folder())? + sweep_folder(&self.runs_folder())?;
        leftovers += self.sweep_open_calls()?;
        for folder in self.date_folders()? {
            leftovers += sweep_folder(&folder)?;
        }
        let names: Vec<String> = list(&self.runs_folder())?
            .iter()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        let begun: Vec<&str> = names
            .iter()
            .filter_map(|n| n.strip_suffix(REMOVING))
            .collect();
        let mut removal = self.remove_runs(lock, &begun, go_on)?;
        removal.leftovers = leftovers;
        Ok(removal)
    }
}
