//! What stands in the folder of a day: the segments that count, those that were replaced, and what has
//! no summary.
//!
//! ```ignore
//! let day = Day::read(&folder, &mut skipped)?;
//! day.remove_replaced(Duration::from_secs(60))?;
//! ```
//! Limits: as it was when it was read; whoever removes holds the lock of the upkeep.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::segment::{Removed, remove_files};
use crate::summary::{MERGED, file_names, names_in, segment_of};
use crate::{SegmentSummary, StoreError};

/// A segment, with its folder.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) folder: PathBuf,
    /// What it holds.
    pub(crate) summary: SegmentSummary,
}

impl Source {
    /// The one whose summary is this file.
    pub(crate) fn read(summary: &Path) -> Result<Self, StoreError> {
        Ok(Self {
            folder: summary.parent().unwrap_or(Path::new(".")).to_owned(),
            summary: SegmentSummary::read(summary)?,
        })
    }

    fn is_older_than(&self, age: Duration) -> bool {
        let path = self.folder.join(format!("{}.json", self.summary.name));
        let since = path.metadata().and_then(|m| m.modified()).ok();
        let found = since.and_then(|at| SystemTime::now().duration_since(at).ok());
        found.is_some_and(|found| found >= age)
    }

    pub(crate) fn table(&self, name: &str) -> Option<PathBuf> {
        let mut tables = self.summary.tables.iter();
        let (_, table) = tables.find(|(table, _)| *table == name)?;
        Some(self.folder.join(&table.file))
    }
}

/// The segments of a day's folder.
pub(crate) struct Day {
    folder: PathBuf,
    /// Names of all files.
    pub(crate) names: HashSet<String>,
    /// Those that count.
    pub(crate) sources: Vec<Source>,
    /// Those that were replaced and are still there, by name.
    pub(crate) replaced: HashMap<String, SegmentSummary>,
}

impl Day {
    /// A day with these files, of which only these segments are looked at.
    pub(crate) fn of(folder: &Path, names: HashSet<String>, sources: Vec<Source>) -> Self {
        Self {
            folder: folder.to_owned(),
            names,
            sources,
            replaced: HashMap::new(),
        }
    }

    /// Reads the summaries; what cannot be read is named in `skipped`.
    pub(crate) fn read(folder: &Path, skipped: &mut Vec<String>) -> Result<Self, StoreError> {
        Self::read_those(folder, skipped, |_| true)
    }

    /// The same, as if the only segments were those whose names are asked for.
    pub(crate) fn read_those(
        folder: &Path,
        skipped: &mut Vec<String>,
        is_asked: impl Fn(&str) -> bool,
    ) -> Result<Self, StoreError> {
        let names = names_in(folder)?;
        let summaries = names.iter().filter_map(|name| name.strip_suffix(".json"));
        let mut summaries: Vec<&str> = summaries.filter(|name| is_asked(name)).collect();
        summaries.sort_unstable();
        let mut sources = Vec::with_capacity(summaries.len());
        for name in summaries {
            let path = folder.join(format!("{name}.json"));
            match Source::read(&path) {
                Ok(source) => sources.push(source),
                Err(error @ (StoreError::Corrupt { .. } | StoreError::Version { .. })) => {
                    skipped.push(error.to_string());
                }
                // It was removed since the folder was listed.
                Err(_) if !path.exists() => {}
                Err(error) => return Err(error),
            }
        }
        let hidden: HashSet<String> = sources
            .iter()
            .flat_map(|source| source.summary.replaces.iter().cloned())
            .collect();
        let (replaced, sources): (Vec<Source>, Vec<Source>) = sources
            .into_iter()
            .partition(|source| hidden.contains(&source.summary.name));
        let by_name = |source: Source| (source.summary.name.clone(), source.summary);
        Ok(Self {
            folder: folder.to_owned(),
            sources,
            replaced: replaced.into_iter().map(by_name).collect(),
            names,
        })
    }

    /// Removes the files of segments that were replaced long enough ago, and what an interrupted
    /// merging left. Returns how many segments went.
    pub(crate) fn remove_replaced(&self, grace: Duration) -> Result<usize, StoreError> {
        let mut removed = 0;
        // Under the lock: no other process merges now.
        let orphans = orphans_among(&self.names);
        for name in orphans.iter().filter(|name| name.starts_with(MERGED)) {
            removed += self.remove_files(name)?.segments;
        }
        for name in self.outdated(grace) {
            removed += self.remove(name)?.segments;
        }
        Ok(removed)
    }

    /// Names of the segments that were replaced so long ago.
    pub(crate) fn outdated(&self, grace: Duration) -> impl Iterator<Item = &String> {
        let merged = self.sources.iter().filter(|s| s.summary.is_merged());
        merged
            .filter(move |source| source.is_older_than(grace))
            .flat_map(|source| &source.summary.replaces)
    }

    /// Removes a segment, and before it those that it replaced: they must not be seen again.
    pub(crate) fn remove(&self, name: &str) -> Result<Removed, StoreError> {
        let mut removed = Removed::default();
        let known = self.sources.iter().find(|s| s.summary.name == name);
        let summary = known
            .map(|s| &s.summary)
            .or_else(|| self.replaced.get(name));
        for older in summary.into_iter().flat_map(|s| &s.replaces) {
            removed.add(self.remove(older)?);
        }
        removed.add(self.remove_files(name)?);
        Ok(removed)
    }

    /// Removes the files of a segment, its summary first.
    pub(crate) fn remove_files(&self, name: &str) -> Result<Removed, StoreError> {
        let files = file_names(name).filter(|file| self.names.contains(file));
        remove_files(&self.folder, files)
    }

    /// Those that stay as they are for now: the last segment of a run that has not ended, which a
    /// recovery may write again, and merged ones whose sources are still there, which they hide.
    pub(crate) fn held(&self, ended: &HashSet<String>) -> HashSet<String> {
        let mut last: HashMap<&str, u64> = HashMap::new();
        for source in &self.sources {
            for part in &source.summary.runs {
                if let Some(seq) = source.summary.seq_in(&part.run_id) {
                    let known = last.entry(&part.run_id).or_default();
                    *known = seq.max(*known);
                }
            }
        }
        let may_change = |summary: &SegmentSummary| {
            summary.runs.iter().any(|part| {
                let seq = summary.seq_in(&part.run_id);
                let is_last = seq.is_some_and(|seq| last.get(part.run_id.as_str()) == Some(&seq));
                is_last && !ended.contains(&part.run_id)
            })
        };
        let hides = |summary: &SegmentSummary| {
            let mut replaced = summary.replaces.iter();
            replaced.any(|name| self.folder.join(format!("{name}.json")).exists())
        };
        let summaries = self.sources.iter().map(|source| &source.summary);
        summaries
            .filter(|summary| may_change(summary) || hides(summary))
            .map(|summary| summary.name.clone())
            .collect()
    }
}

/// Names of the segments in a day's folder that have tables but no summary.
pub(crate) fn orphans_in(folder: &Path) -> Result<Vec<String>, StoreError> {
    Ok(orphans_among(&names_in(folder)?))
}

/// The same, by the names of a folder's files.
fn orphans_among(names: &HashSet<String>) -> Vec<String> {
    let has_summary: HashSet<&str> = names
        .iter()
        .filter_map(|name| name.strip_suffix(".json"))
        .collect();
    let mut orphans: Vec<String> = names
        .iter()
        .filter_map(|name| {
            let segment = segment_of(name)?;
            (!has_summary.contains(segment)).then(|| segment.to_owned())
        })
        .collect();
    orphans.sort();
    orphans.dedup();
    orphans
}
