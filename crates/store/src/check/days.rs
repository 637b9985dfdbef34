//! The segments: summaries, their tables, and tables without one.
//!
//! Limits: a summary that a writer or merger has changed or removed meanwhile is not judged.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::records::kind_of;
use super::table_file::{Flaw, flaw_of};
use super::{Check, FindingKind};
use crate::atomic_file::list;
use crate::store::STORE_VERSION;
use crate::summary::{MERGED, segment_of};
use crate::{RunStatus, SegmentSummary, StoreError};

/// The files of a day's folder.
#[derive(Default)]
struct DayFiles {
    /// Summaries that can be read, by path.
    summaries: BTreeMap<PathBuf, SegmentSummary>,
    /// Segments whose summary cannot.
    unread: HashSet<String>,
    tables: Vec<PathBuf>,
}

impl Check<'_> {
    /// Looks over all days.
    pub(super) fn days(&mut self) -> Result<(), StoreError> {
        let mut days = Vec::new();
        for folder in self.store.date_folders()? {
            self.see_mode(&folder);
            days.push(self.list_day(&folder)?);
        }
        let summaries = || days.iter().flat_map(|day| day.summaries.values());
        self.bytes_in_all = summaries().map(|summary| summary.tables.bytes()).sum();
        let replaced: HashSet<String> = summaries().flat_map(|s| s.replaces.clone()).collect();
        for day in &days {
            for (path, summary) in &day.summaries {
                self.segment(path, summary, replaced.contains(&summary.name));
            }
            self.orphans(day);
        }
        self.runs_without_record(&days);
        Ok(())
    }

    fn list_day(&mut self, folder: &Path) -> Result<DayFiles, StoreError> {
        let mut day = DayFiles::default();
        for entry in list(folder)? {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some(segment) = name.strip_suffix(".json").filter(|name| name.contains('-')) {
                self.visit(&path);
                match SegmentSummary::read(&path) {
                    Ok(summary) => {
                        day.summaries.insert(path, summary);
                    }
                    // It was removed since the folder was listed.
                    Err(_) if !path.exists() => {}
                    Err(error) => {
                        day.unread.insert(segment.to_owned());
                        let (kind, reason) = kind_of(&error);
                        self.find(kind, &path, &reason);
                    }
                }
            } else if segment_of(&name).is_some() {
                self.visit(&path);
                day.tables.push(path);
            } else {
                self.other(&path, &name);
            }
        }
        Ok(day)
    }

    fn segment(&mut self, path: &Path, summary: &SegmentSummary, is_replaced: bool) {
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut flaws = Vec::new();
        for (name, table) in summary.tables.iter() {
            let file = folder.join(&table.file);
            let flaw = flaw_of(&file, name, table, &mut |bytes| {
                self.report.bytes += bytes;
                (self.progress)(self.report.bytes, self.bytes_in_all);
            });
            flaws.extend(flaw.map(|flaw| (file, flaw)));
        }
        if !flaws.is_empty() && SegmentSummary::read(path).ok().as_ref() != Some(summary) {
            return;
        }
        let is_sound = flaws.is_empty();
        for (file, flaw) in flaws {
            match flaw {
                Flaw::Missing => self.find(FindingKind::Missing, &file, "is not there"),
                Flaw::Damaged(reason) => self.find(FindingKind::Damaged, &file, &reason),
            }
        }
        if is_replaced {
            let reason = "another segment has its rows; the next merging removes it";
            self.find(FindingKind::Replaced, path, reason);
            return;
        }
        self.report.segments += 1;
        if summary.schema_version < STORE_VERSION {
            let reason = format!("has format version {}", summary.schema_version);
            self.find(FindingKind::Older, path, &reason);
        }
        let calls: u64 = summary.runs.iter().map(|part| part.calls).sum();
        let rows = summary.tables.calls.as_ref().map_or(0, |table| table.rows);
        if calls != rows {
            let reason = format!("tells of {calls} calls in its runs, and of {rows} in its table");
            self.find(FindingKind::Damaged, path, &reason);
        } else if is_sound {
            self.report.calls += calls;
            for part in &summary.runs {
                *self.stored.entry(part.run_id.clone()).or_default() += part.calls;
            }
        }
    }

    /// Tables that no summary names.
    fn orphans(&mut self, day: &DayFiles) {
        let named: HashSet<PathBuf> = day
            .summaries
            .iter()
            .flat_map(|(path, summary)| {
                let tables = summary.tables.iter();
                tables.map(|(_, table)| path.with_file_name(&table.file))
            })
            .collect();
        for path in day.tables.iter().filter(|path| !named.contains(*path)) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let Some(segment) = segment_of(&name) else {
                continue;
            };
            let summary = path.with_file_name(format!("{segment}.json"));
            // The summary's own finding says it; or it has come, or the table has gone, since.
            let judged = day.unread.contains(segment);
            let is_new = !day.summaries.contains_key(&summary) && summary.exists();
            if judged || is_new || !path.exists() {
                continue;
            }
            if segment.starts_with(MERGED) {
                self.upkeep_leftover(path, "a merging");
                continue;
            }
            let run = segment.rsplit_once('-').map_or(segment, |(run, _)| run);
            let record = self.records.get(run);
            if record.is_some_and(|record| record.status == RunStatus::Running) {
                let reason = "its run has not ended; its segment has no summary yet";
                self.find(FindingKind::InUse, path, reason);
            } else if !self.excused.iter().any(|excused| excused == run) {
                let reason = "no segment has it: its rows are not seen";
                self.find(FindingKind::Orphan, path, reason);
            }
        }
    }

    fn runs_without_record(&mut self, days: &[DayFiles]) {
        let parts = days
            .iter()
            .flat_map(|day| day.summaries.values())
            .flat_map(|s| &s.runs);
        let runs: HashSet<&str> = parts.map(|part| part.run_id.as_str()).collect();
        for run in runs {
            let path = self.store.runs_folder().join(format!("{run}.json"));
            let is_excused = self.excused.iter().any(|excused| excused == run);
            // It may have come, or be about to go, since.
            if self.records.contains_key(run) || is_excused || fs::exists(&path).unwrap_or(true) {
                continue;
            }
            self.find(
                FindingKind::Missing,
                &path,
                "is not there, but calls of its run are",
            );
        }
    }
}
