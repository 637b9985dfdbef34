//! Small segments into large ones.
//!
//! ```ignore
//! let Some(lock) = store.lock_upkeep()? else { return };       // another process is at it
//! let report = store.merge(&lock, &MergeLimits::default(), &mut || true)?;
//! ```
//! A merged segment is published as any other; its summary names those that it replaces, and from
//! then on only it counts. They stay for a while, for readers that have begun, and go with a later
//! pass. A kill at any moment leaves either the old segments or the new one to count, and files
//! that the next pass removes.
//!
//! Segments of alike size are merged, eight or more at a time, so that a row is written again once
//! for each eightfold growth. Limits: the last segment of a run that has not ended is left alone, for
//! a recovery may write it again; what cannot be read is left alone and named.

mod functions;
mod rows;
mod some;
mod window;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use functions::MergedFunctions;
use rows::{read_calls, read_counts, read_exceptions, read_functions};
use window::Window;

use crate::segment::{Removed, remove_segment};
use crate::summary::{MERGED, segment_of, summary_paths};
use crate::table_sum::bytes_flaw;
use crate::upkeep_lock::UpkeepLock;
use crate::{RunStatus, SegmentBuilder, SegmentSummary, Store, StoreError};

/// How far merging goes.
#[derive(Clone, Copy, Debug)]
pub struct MergeLimits {
    /// A segment with as many calls is large enough.
    pub full_calls: u64,
    /// A segment with as many bytes is large enough.
    pub full_bytes: u64,
    /// Fewer segments of a size are not worth it.
    pub least: usize,
    /// Segments merged at a time, at most.
    pub most: usize,
    /// Calls that are sorted by trace at a time: about 200 bytes each.
    pub window_calls: usize,
    /// Replaced segments stay so long, for readers that have begun.
    pub grace: Duration,
}

impl Default for MergeLimits {
    /// For the background: 4 million calls or 64 MiB, from eight segments on, 25 MB of memory.
    fn default() -> Self {
        Self {
            full_calls: 4_000_000,
            full_bytes: 64 << 20,
            least: 8,
            most: 256,
            window_calls: 122_880,
            grace: Duration::from_secs(60),
        }
    }
}

impl MergeLimits {
    /// As far as it goes: whatever is not large enough is merged, in larger windows.
    #[must_use]
    pub fn whole() -> Self {
        Self {
            least: 2,
            most: 4096,
            window_calls: 1 << 20,
            ..Self::default()
        }
    }
}

/// What a merging has done.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MergeReport {
    /// Segments that were merged.
    pub merged: usize,
    /// Segments that they were merged into.
    pub into: usize,
    /// Rows in those.
    pub rows: u64,
    /// Bytes of what was merged.
    pub bytes_before: u64,
    /// Bytes of what it was merged into.
    pub bytes_after: u64,
    /// Segments replaced earlier whose files went now.
    pub removed: usize,
    /// What was left alone, and why.
    pub skipped: Vec<String>,
    /// There was more to do when it was told to end.
    pub unfinished: bool,
}

impl MergeReport {
    /// Adds what a further merging has done.
    pub fn add(&mut self, other: Self) {
        self.merged += other.merged;
        self.into += other.into;
        self.rows += other.rows;
        self.bytes_before += other.bytes_before;
        self.bytes_after += other.bytes_after;
        self.removed += other.removed;
        self.unfinished |= other.unfinished;
        for skipped in other.skipped {
            if !self.skipped.contains(&skipped) {
                self.skipped.push(skipped);
            }
        }
    }
}

/// A segment, with its folder.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) folder: PathBuf,
    /// What it holds.
    pub(crate) summary: SegmentSummary,
}

impl Source {
    fn calls(&self) -> u64 {
        self.summary.runs.iter().map(|part| part.calls).sum()
    }

    fn started_at(&self) -> Option<i64> {
        let starts = self.summary.runs.iter().map(|part| part.min_started_at_ns);
        starts.flatten().min()
    }

    /// Segments of one tier are merged with each other.
    fn tier(&self) -> u32 {
        self.summary.tables.bytes().max(1).ilog2() / 3
    }

    fn has(&self, path: &Path) -> bool {
        let mut tables = self.summary.tables.iter();
        tables.any(|(_, table)| self.folder.join(&table.file) == path)
    }

    /// An error that names a table whose bytes are others than were written: what decodes all the same
    /// would stand with a new sum, as if it were good.
    fn check_bytes(&self) -> Result<(), StoreError> {
        for (_, table) in self.summary.tables.iter() {
            let path = self.folder.join(&table.file);
            match bytes_flaw(&path, table, &mut |_| {}) {
                Ok(None) => {}
                Ok(Some(reason)) => return Err(StoreError::Corrupt { path, reason }),
                Err(error) => return Err(StoreError::from_io(&path, error)),
            }
        }
        Ok(())
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

impl Store {
    /// Merges what is worth it, and removes the files of what was replaced long enough ago. `go_on`
    /// is asked all 20,000 rows, and may take its time to slow the work down; after `false` what was
    /// begun is given up.
    ///
    /// # Errors
    /// [`StoreError::Full`], [`StoreError::Unwritable`], [`StoreError::Io`]: what was merged until
    /// then stays.
    pub fn merge(
        &self,
        _lock: &UpkeepLock,
        limits: &MergeLimits,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<MergeReport, StoreError> {
        let mut report = MergeReport::default();
        let runs = self.ended_runs()?;
        for folder in self.date_folders()? {
            let day = Day::read(&folder, &mut report.skipped)?;
            report.removed += day.remove_replaced(limits.grace)?;
            for group in day.groups(&runs, limits) {
                if !self.merge_sound(&folder, group, limits, go_on, &mut report)? {
                    report.unfinished = true;
                    return Ok(report);
                }
            }
        }
        Ok(report)
    }

    /// Merges those of a group that can be read. `false` if it was told to give up.
    fn merge_sound(
        &self,
        folder: &Path,
        mut group: Vec<Source>,
        limits: &MergeLimits,
        go_on: &mut dyn FnMut() -> bool,
        report: &mut MergeReport,
    ) -> Result<bool, StoreError> {
        while group.len() > 1 {
            match merge_group(self, folder, &group, limits, go_on, &|_| true) {
                Ok(None) => return Ok(false),
                Ok(Some((rows, bytes))) => {
                    report.merged += group.len();
                    report.into += 1;
                    report.rows += rows;
                    report.bytes_after += bytes;
                    let before = group.iter().map(|s| s.summary.tables.bytes());
                    report.bytes_before += before.sum::<u64>();
                    break;
                }
                Err(StoreError::Corrupt { path, reason }) => {
                    report.skipped.push(format!("{}: {reason}", path.display()));
                    let held = group.len();
                    group.retain(|source| !source.has(&path));
                    if group.len() == held {
                        break;
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// Ids of the runs that will write nothing more, nor will their recovery.
    pub(crate) fn ended_runs(&self) -> Result<HashSet<String>, StoreError> {
        let ended = |status| status != RunStatus::Running;
        let records = self.read_runs()?.records.into_iter();
        Ok(records
            .filter(|run| ended(run.status))
            .map(|run| run.run_id)
            .collect())
    }
}

/// The segments of a day's folder.
pub(crate) struct Day {
    folder: PathBuf,
    /// Those that count.
    pub(crate) sources: Vec<Source>,
    /// Those that were replaced and are still there, by name.
    pub(crate) replaced: HashMap<String, SegmentSummary>,
    /// Names of segments that have tables but no summary.
    pub(crate) orphans: Vec<String>,
}

impl Day {
    /// Reads the summaries; what cannot be read is named in `skipped`.
    pub(crate) fn read(folder: &Path, skipped: &mut Vec<String>) -> Result<Self, StoreError> {
        let mut sources = Vec::new();
        for path in summary_paths(folder)? {
            match SegmentSummary::read(&path) {
                Ok(summary) => sources.push(Source {
                    folder: folder.to_owned(),
                    summary,
                }),
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
            orphans: orphans_in(folder)?,
        })
    }

    /// Removes the files of segments that were replaced long enough ago, and what an interrupted
    /// merging left. Returns how many segments went.
    pub(crate) fn remove_replaced(&self, grace: Duration) -> Result<usize, StoreError> {
        let mut removed = 0;
        // Under the lock: no other process merges now.
        for name in self.orphans.iter().filter(|name| name.starts_with(MERGED)) {
            removed += remove_segment(&self.folder, name)?.segments;
        }
        for name in self.outdated(grace) {
            removed += self.remove(name)?.segments;
        }
        Ok(removed)
    }

    /// Names of the segments that were replaced so long ago.
    fn outdated(&self, grace: Duration) -> impl Iterator<Item = &String> {
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
        removed.add(remove_segment(&self.folder, name)?);
        Ok(removed)
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

    /// What to merge with what.
    fn groups(&self, ended: &HashSet<String>, limits: &MergeLimits) -> Vec<Vec<Source>> {
        let held = self.held(ended);
        let is_full = |source: &Source| {
            source.calls() >= limits.full_calls
                || source.summary.tables.bytes() >= limits.full_bytes
        };
        let mut tiers: BTreeMap<u32, Vec<Source>> = BTreeMap::new();
        for source in &self.sources {
            if !is_full(source) && !held.contains(&source.summary.name) {
                // As far as it goes: sizes do not matter.
                let tier = if limits.least > 2 { source.tier() } else { 0 };
                tiers.entry(tier).or_default().push(source.clone());
            }
        }
        let mut groups = Vec::new();
        for mut sources in tiers.into_values() {
            sources.sort_by_key(|source| (source.started_at(), source.summary.name.clone()));
            groups.extend(cut(sources, limits));
        }
        groups
    }
}

/// Names of the segments in a day's folder that have tables but no summary.
pub(crate) fn orphans_in(folder: &Path) -> Result<Vec<String>, StoreError> {
    let names: HashSet<String> = crate::atomic_file::list(folder)?
        .iter()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    let mut orphans: Vec<String> = names
        .iter()
        .filter_map(|name| {
            let segment = segment_of(name)?;
            (!names.contains(&format!("{segment}.json"))).then(|| segment.to_owned())
        })
        .collect();
    orphans.sort();
    orphans.dedup();
    Ok(orphans)
}

/// Cuts sources into groups that are as large as a segment shall be.
fn cut(sources: Vec<Source>, limits: &MergeLimits) -> Vec<Vec<Source>> {
    let mut groups: Vec<Vec<Source>> = vec![Vec::new()];
    let (mut calls, mut bytes) = (0, 0);
    for source in sources {
        calls += source.calls();
        bytes += source.summary.tables.bytes();
        let group = groups.last().map_or(0, Vec::len);
        if group > 0
            && (calls > limits.full_calls || bytes > limits.full_bytes || group >= limits.most)
        {
            (calls, bytes) = (source.calls(), source.summary.tables.bytes());
            groups.push(Vec::new());
        }
        if let Some(group) = groups.last_mut() {
            group.push(source);
        }
    }
    groups.retain(|group| group.len() >= limits.least);
    groups
}

/// Writes the rows of the runs that `keep` names as one segment. Rows and bytes of it; `None` if it
/// was told to give up.
pub(crate) fn merge_group(
    store: &Store,
    folder: &Path,
    group: &[Source],
    limits: &MergeLimits,
    go_on: &mut dyn FnMut() -> bool,
    keep: &dyn Fn(&str) -> bool,
) -> Result<Option<(u64, u64)>, StoreError> {
    for source in group {
        source.check_bytes()?;
        if !go_on() {
            return Ok(None);
        }
    }
    let first = group.iter().find_map(|s| s.summary.runs.first());
    let first = first.map_or("", |part| &part.run_id);
    let mut builder = SegmentBuilder::new(first, store);
    let mut functions = MergedFunctions::default();
    for path in group.iter().filter_map(|s| s.table("functions")) {
        read_functions(&path, &mut functions, &mut |run, function| {
            if keep(run) {
                builder.select_run(run);
                builder.push_function(function);
            }
        })?;
    }
    let mut runs: Vec<String> = Vec::new();
    let mut window = Window::new(limits.window_calls);
    for path in group.iter().filter_map(|s| s.table("calls")) {
        let mut take = |run: &str, row: &breadcrumb_event::row::CallRow<'_>| {
            if !keep(run) {
                return;
            }
            let index = runs
                .iter()
                .rposition(|known| known == run)
                .unwrap_or_else(|| {
                    runs.push(run.to_owned());
                    runs.len() - 1
                });
            window.push(index, row);
            if window.is_full() {
                drain(&mut window, &runs, &mut builder);
            }
        };
        if !read_calls(&path, &mut functions, &mut take, go_on)? {
            return Ok(None);
        }
    }
    drain(&mut window, &runs, &mut builder);
    for source in group {
        if let Some(path) = source.table("exceptions") {
            read_exceptions(&path, &mut functions, &mut |run, row| {
                if keep(run) {
                    builder.select_run(run);
                    builder.push_exception(row);
                }
            })?;
        }
        if let Some(path) = source.table("counts") {
            read_counts(&path, &mut functions, &mut |run, row| {
                if keep(run) {
                    builder.select_run(run);
                    builder.push_count(row);
                }
            })?;
        }
    }
    let name = format!("{MERGED}{}", uuid::Uuid::now_v7());
    let replaces: Vec<String> = group.iter().map(|s| s.summary.name.clone()).collect();
    let entries = functions.entries().to_vec();
    let seqs = |run: &str| {
        let parts = group.iter().filter_map(|s| s.summary.part(run));
        let seqs = parts.map(|part| part.seqs);
        seqs.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
            .unwrap_or_default()
    };
    let published = builder.publish_as(folder, &name, &replaces, &seqs, &entries)?;
    Ok(Some((published.rows, published.bytes)))
}

fn drain(window: &mut Window, runs: &[String], builder: &mut SegmentBuilder) {
    window.drain(|run, row| {
        builder.select_run(&runs[run]);
        builder.push_call(row);
    });
}
