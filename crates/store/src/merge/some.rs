//! A little merging, for programs that end before any longer one is begun.
//!
//! ```ignore
//! store.merge_some(Instant::now() + Duration::from_millis(50))?;
//! ```
//! What a thousand runs of a second leave is a thousand segments, and none of those programs lives long
//! enough to look after them. So whoever ends where [`ENOUGH`] segments wait merges some. Names and the
//! few summaries of merged segments tell what waits: a program that has nothing to do reads one folder.
//! Limits: the newest day alone; a group that is not done in time is given up, and waits for a longer
//! program or `breadcrumb compact`.

use std::collections::HashSet;
use std::path::Path;
use std::time::{Duration, Instant};

use super::{MergeLimits, MergeReport};
use crate::day::{Day, Source};
use crate::removal::run_of;
use crate::summary::{MERGED, names_in};
use crate::{RunStatus, Store, StoreError};

/// Segments of single runs that are left waiting.
const ENOUGH: usize = 32;
/// Segments merged at a time: few, so that something is done in any time.
const MOST: usize = 16;
/// Segments of single runs looked at.
const LOOKED_AT: usize = 4 * MOST;
/// Calls sorted at a time: 3 MB.
const WINDOW_CALLS: usize = 16_384;

impl Store {
    /// Merges segments of the newest day, if enough of them wait and no other process is at it, and
    /// removes what was replaced long enough ago. Begins nothing after `until`.
    ///
    /// # Errors
    /// As [`Store::merge`].
    pub fn merge_some(&self, until: Instant) -> Result<MergeReport, StoreError> {
        let mut report = MergeReport::default();
        let Some(folder) = self.date_folders()?.pop() else {
            return Ok(report);
        };
        let names = names_in(&folder)?;
        let written = segments_among(&names).filter(|name| run_of(name).is_some());
        if written.count() < ENOUGH {
            return Ok(report);
        }
        let Some(_lock) = self.lock_upkeep()? else {
            return Ok(report);
        };
        let limits = MergeLimits {
            most: MOST,
            window_calls: WINDOW_CALLS,
            ..MergeLimits::default()
        };
        let mut go_on = || Instant::now() < until;
        let day = waiting(&folder, names);
        report.removed += day.remove_old(limits.grace, &mut go_on)?;
        let written = day.sources.iter().filter_map(|s| run_of(&s.summary.name));
        if written.clone().count() >= ENOUGH {
            let ended = self.ended_among(written.collect());
            for group in day.groups(&ended, &limits) {
                if !self.merge_sound(&folder, group, &limits, &mut go_on, &mut report)? {
                    report.unfinished = true;
                    return Ok(report);
                }
            }
        }
        Ok(report)
    }

    /// Those of these runs that will write nothing more.
    fn ended_among(&self, runs: HashSet<&str>) -> HashSet<String> {
        let has_ended = |run: &&str| {
            let record = self.read_run(run);
            matches!(record, Ok(Some(record)) if record.status != RunStatus::Running)
        };
        runs.into_iter()
            .filter(has_ended)
            .map(str::to_owned)
            .collect()
    }
}

impl Day {
    /// As [`Self::remove_replaced`], until it is told to end.
    fn remove_old(
        &self,
        grace: Duration,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<usize, StoreError> {
        let mut removed = 0;
        let is_there = |name: &&String| self.names.contains(&format!("{name}.json"));
        for name in self.outdated(grace).filter(is_there) {
            if !go_on() {
                return Ok(removed);
            }
            removed += self.remove(name)?.segments;
        }
        Ok(removed)
    }
}

/// Those of a folder's names that are of segments.
fn segments_among(names: &HashSet<String>) -> impl Iterator<Item = &str> {
    names.iter().filter_map(|name| name.strip_suffix(".json"))
}

/// The segments that count, without the summaries of those that were replaced being read.
fn waiting(folder: &Path, names: HashSet<String>) -> Day {
    let read = |name: &str| Source::read(&folder.join(format!("{name}.json"))).ok();
    let (merged, written): (Vec<&str>, Vec<&str>) =
        segments_among(&names).partition(|name| name.starts_with(MERGED));
    let merged: Vec<Source> = merged.into_iter().filter_map(read).collect();
    let replaced: HashSet<&str> = merged
        .iter()
        .flat_map(|source| source.summary.replaces.iter().map(String::as_str))
        .collect();
    let is_seen = |name: &&str| !replaced.contains(name);
    let written = written.into_iter().filter(is_seen);
    let mut sources: Vec<Source> = written.take(LOOKED_AT).filter_map(read).collect();
    let counts = |source: &&Source| !replaced.contains(source.summary.name.as_str());
    sources.extend(merged.iter().filter(counts).cloned());
    Day::of(folder, names, sources)
}
