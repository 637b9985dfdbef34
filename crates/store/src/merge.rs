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
mod sums;
mod window;

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::time::Duration;

use functions::MergedFunctions;
use rows::{read_calls, read_exceptions, read_functions, read_links};
use sums::{read_counts, read_lines, read_samples};
use window::Window;

use crate::call_page::PAGE_ROWS;
use crate::day::{Day, Source};
use crate::segment::Origin;
use crate::seq_ranges::SeqRanges;
use crate::summary::MERGED;
use crate::table_sum::bytes_flaw;
use crate::upkeep_lock::UpkeepLock;
use crate::{RunStatus, SegmentBuilder, Store, StoreError};

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
    /// Calls that are sorted by trace at a time: about 250 bytes each, and their text.
    pub window_calls: usize,
    /// Replaced segments stay so long, for readers that have begun.
    pub grace: Duration,
}

impl Default for MergeLimits {
    /// For the background: 4 million calls or 64 MiB, from eight segments on, some 25 MB of memory.
    fn default() -> Self {
        Self {
            full_calls: 4_000_000,
            full_bytes: 64 << 20,
            least: 8,
            most: 256,
            window_calls: 2 * PAGE_ROWS,
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

impl Source {
    fn calls(&self) -> u64 {
        self.summary.runs.iter().map(|part| part.calls).sum()
    }

    /// Number of the segment, for rows that do not say theirs: of one that a process wrote.
    fn own_seq(&self) -> Option<u32> {
        let run = self.summary.runs.first()?;
        let seq = self.summary.seq_in(&run.run_id)?;
        Some(u32::try_from(seq).unwrap_or(u32::MAX))
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
}

impl Store {
    /// Merges what is worth it, and removes the files of what was replaced long enough ago. `go_on`
    /// is asked all 5,000 rows, and may take its time to slow the work down; after `false` what was
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

impl Day {
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
    let mut builder = SegmentBuilder::merged(first, store);
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
    for source in group {
        let Some(path) = source.table("calls") else {
            continue;
        };
        let own = source.own_seq();
        let mut take = |run: &str, seq: Option<u32>, row: &breadcrumb_event::row::CallRow<'_>| {
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
            window.push(index, seq.or(own), row);
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
        push_others(source, &mut functions, &mut builder, keep)?;
    }
    let name = format!("{MERGED}{}", uuid::Uuid::now_v7());
    let replaces: Vec<String> = group.iter().map(|s| s.summary.name.clone()).collect();
    let entries = functions.entries().to_vec();
    let seqs = |run: &str| {
        let parts = group.iter().filter_map(|s| s.summary.part(run));
        SeqRanges::union(parts.map(|part| &part.seqs))
    };
    let origin = Origin::Others {
        replaces: &replaces,
        seqs: &seqs,
    };
    let published = builder.publish_as(folder, &name, &origin, &entries)?;
    Ok(Some((published.rows, published.bytes)))
}

/// Adds the rows of a segment that are no calls.
fn push_others(
    source: &Source,
    functions: &mut MergedFunctions,
    builder: &mut SegmentBuilder,
    keep: &dyn Fn(&str) -> bool,
) -> Result<(), StoreError> {
    if let Some(path) = source.table("exceptions") {
        let own = source.own_seq();
        read_exceptions(&path, functions, &mut |run, seq, row| {
            if keep(run) {
                builder.select_run(run);
                builder.select_seq(seq.or(own));
                builder.push_exception(row);
            }
        })?;
    }
    if let Some(path) = source.table("counts") {
        read_counts(&path, functions, &mut |run, row| {
            if keep(run) {
                builder.select_run(run);
                builder.push_count(row);
            }
        })?;
    }
    if let Some(path) = source.table("lines") {
        read_lines(&path, functions, &mut |run, row| {
            if keep(run) {
                builder.select_run(run);
                builder.push_line(row);
            }
        })?;
    }
    if let Some(path) = source.table("links") {
        read_links(&path, &mut |run, row| {
            if keep(run) {
                builder.select_run(run);
                builder.push_link(row);
            }
        })?;
    }
    if let Some(path) = source.table("samples") {
        read_samples(&path, &mut |run, row| {
            if keep(run) {
                builder.select_run(run);
                builder.push_sample(row);
            }
        })?;
    }
    Ok(())
}

fn drain(window: &mut Window, runs: &[String], builder: &mut SegmentBuilder) {
    window.drain(|run, seq, row| {
        builder.select_run(&runs[run]);
        builder.select_seq(seq);
        builder.push_call(row);
    });
}
