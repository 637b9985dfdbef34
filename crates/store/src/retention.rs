//! Which runs go from a store, and their removal.
//!
//! ```ignore
//! let pruning = Pruning { now_ns, awaits_recovery: &|run| shm.join(run).is_dir() };
//! let scope = RetentionScope::Policy(&RetentionPolicy::default());
//! let plan = store.plan_retention(&scope, &pruning)?;          // what would go, and why
//! let (plan, removal) = store.prune(&lock, &scope, &pruning, &mut || true)?;
//! store.prune_some(&policy, &pruning, Instant::now() + Duration::from_millis(200))?;
//! ```
//! Planned from run records and summaries alone. Where no program lives long, one that ends applies the
//! policy, once an hour; what it cannot do in its time another goes on with a minute later. Limits: a
//! run goes as a whole.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::atomic_file::remove_file;
use crate::day::orphans_in;
use crate::removal::{Removal, run_of};
use crate::retention_policy::{Reason, RetentionPolicy};
use crate::run::PIN;
use crate::segment::remove_segment;
use crate::stored_run::{RunFiles, Share, StoredRun, WhyKept};
use crate::summary::MERGED;
use crate::upkeep_lock::UpkeepLock;
use crate::writer_lock::LOCK;
use crate::{Store, StoreError};

/// Between two passes by programs that end.
const EVERY: Duration = Duration::from_secs(3600);
/// From a pass that was not finished to the next.
const AGAIN: Duration = Duration::from_secs(60);

/// What is to go.
#[derive(Clone, Copy, Debug)]
pub enum RetentionScope<'a> {
    /// What a policy does not keep.
    Policy(&'a RetentionPolicy),
    /// These runs.
    Runs(&'a [String]),
}

/// What a store cannot know of itself.
#[derive(Clone, Copy)]
pub struct Pruning<'a> {
    /// The wall clock.
    pub now_ns: i64,
    /// Whether a run, whose process may be dead, has rows in memory that a recovery will store.
    pub awaits_recovery: &'a dyn Fn(&str) -> bool,
}

/// A run that goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedRun {
    /// The run.
    pub run_id: String,
    /// Its command line; empty where its record is lost.
    pub command: Vec<String>,
    /// When it ended, or was heard of last, ns since 1970.
    #[serde(skip)]
    pub ended_ns: i64,
    /// The same, ISO 8601.
    pub ended_at: String,
    /// It ended badly.
    pub failed: bool,
    /// Its calls.
    pub calls: u64,
    /// Its bytes.
    pub bytes: u64,
    /// Why it goes.
    pub reason: Reason,
}

/// A run that stays whatever the policy says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptRun {
    /// The run.
    pub run_id: String,
    /// Why it stays.
    pub why: WhyKept,
}

/// What goes and what stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RetentionPlan {
    /// Runs that go, the longest ended first.
    pub runs: Vec<PlannedRun>,
    /// Bytes of those.
    pub bytes: u64,
    /// Number of runs that stay.
    pub kept_runs: usize,
    /// Bytes of those.
    pub kept_bytes: u64,
    /// Those of them that stay whatever the policy says.
    pub kept: Vec<KeptRun>,
    /// Summaries that could not be read, and why.
    pub skipped: Vec<String>,
}

impl Store {
    /// What would go now. Writes nothing.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn plan_retention(
        &self,
        scope: &RetentionScope<'_>,
        pruning: &Pruning<'_>,
    ) -> Result<RetentionPlan, StoreError> {
        let mut plan = RetentionPlan::default();
        let runs = self.stored_runs(pruning, &mut plan.skipped)?;
        let chosen = match scope {
            RetentionScope::Policy(policy) => policy.choose(&runs, pruning.now_ns),
            RetentionScope::Runs(named) => {
                let is_named = |run: &StoredRun| run.kept.is_none() && named.contains(&run.run_id);
                let places = runs.iter().enumerate().filter(|(_, run)| is_named(run));
                places.map(|(at, _)| (at, Reason::Named)).collect()
            }
        };
        for (at, reason) in chosen {
            let run = &runs[at];
            plan.bytes += run.bytes;
            plan.runs.push(PlannedRun {
                run_id: run.run_id.clone(),
                command: run.command.clone(),
                ended_ns: run.ended_ns,
                ended_at: crate::iso_timestamp(run.ended_ns),
                failed: run.failed,
                calls: run.calls,
                bytes: run.bytes,
                reason,
            });
        }
        plan.runs
            .sort_by(|a, b| (a.ended_ns, &a.run_id).cmp(&(b.ended_ns, &b.run_id)));
        plan.kept_runs = runs.len() - plan.runs.len();
        plan.kept_bytes = runs.iter().map(|run| run.bytes).sum::<u64>() - plan.bytes;
        plan.kept = runs
            .into_iter()
            .filter_map(|run| run.kept.map(|why| (run.run_id, why)))
            .map(|(run_id, why)| KeptRun { run_id, why })
            .collect();
        Ok(plan)
    }

    /// Removes what dead processes left, and what `scope` says; returns what was planned and done.
    /// `go_on` as in [`Self::remove_runs`].
    ///
    /// # Errors
    /// [`StoreError::Unwritable`], [`StoreError::Full`], [`StoreError::Io`].
    pub fn prune(
        &self,
        lock: &UpkeepLock,
        scope: &RetentionScope<'_>,
        pruning: &Pruning<'_>,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<(RetentionPlan, Removal), StoreError> {
        if let RetentionScope::Policy(policy) = scope {
            let unfinished_ns = pruning.now_ns.saturating_sub(nanos(EVERY - AGAIN));
            lock.note_pruned(unfinished_ns, policy);
        }
        let mut removal = self.sweep(lock, go_on)?;
        self.sweep_writers(pruning, &mut removal)?;
        let plan = self.plan_retention(scope, pruning)?;
        // Pinned since it was planned?
        let goes = |run: &&PlannedRun| !self.run_path(&run.run_id, PIN).exists();
        let runs: Vec<&str> = plan
            .runs
            .iter()
            .filter(goes)
            .map(|r| r.run_id.as_str())
            .collect();
        if !removal.unfinished {
            removal.add(self.remove_runs(lock, &runs, go_on)?);
        }
        if let RetentionScope::Policy(policy) = scope
            && !removal.unfinished
        {
            lock.note_pruned(pruning.now_ns, policy);
        }
        Ok((plan, removal))
    }

    /// As [`Self::prune`] by a policy, for a program that ends: nothing if it was done within the hour
    /// or another process is at it. Begins nothing after `until`.
    ///
    /// # Errors
    /// As [`Self::prune`], [`StoreError::Shared`].
    pub fn prune_some(
        &self,
        policy: &RetentionPolicy,
        pruning: &Pruning<'_>,
        until: Instant,
    ) -> Result<Option<(RetentionPlan, Removal)>, StoreError> {
        if self.was_pruned_within(EVERY, policy, pruning.now_ns) {
            return Ok(None);
        }
        let Some(lock) = self.lock_upkeep()? else {
            return Ok(None);
        };
        let scope = RetentionScope::Policy(policy);
        let mut go_on = || Instant::now() < until;
        self.prune(&lock, &scope, pruning, &mut go_on).map(Some)
    }

    /// This policy was applied to the store, by whatever process, so short a time ago.
    #[must_use]
    pub fn was_pruned_within(&self, time: Duration, policy: &RetentionPolicy, now_ns: i64) -> bool {
        // A time to come is of a clock that has been set back since.
        let recent = 0..nanos(time);
        self.pruned_ns(policy)
            .is_some_and(|at_ns| recent.contains(&now_ns.saturating_sub(at_ns)))
    }

    /// Removes locks that nobody holds of runs that have ended, and tables without a summary: of
    /// such runs, and of mergings, for no other process is at one now.
    fn sweep_writers(
        &self,
        pruning: &Pruning<'_>,
        removal: &mut Removal,
    ) -> Result<(), StoreError> {
        let mut orphans: Vec<(PathBuf, String)> = Vec::new();
        for folder in self.date_folders()? {
            let names = orphans_in(&folder)?;
            orphans.extend(names.into_iter().map(|name| (folder.clone(), name)));
        }
        let files = RunFiles::read(self)?;
        let locked = files
            .names
            .iter()
            .filter_map(|name| name.strip_suffix(LOCK));
        let written: BTreeSet<&str> = orphans
            .iter()
            .filter_map(|(_, name)| run_of(name))
            .collect();
        let mut ended = HashMap::new();
        for run_id in locked.chain(written) {
            // A record that cannot be read says nothing.
            let record = self.read_run(run_id).ok().flatten();
            let run = record
                .as_ref()
                .map(|record| StoredRun::of(record, Share::default()));
            let is_over = run.is_some_and(|run| {
                !self.is_written(&run, record.map(|r| r.status), &files, pruning)
            });
            if is_over {
                removal.leftovers += usize::from(remove_file(&self.run_path(run_id, LOCK))?);
            }
            ended.insert(run_id, is_over);
        }
        for (folder, name) in &orphans {
            let is_over = name.starts_with(MERGED)
                || run_of(name).is_some_and(|run| ended.get(run) == Some(&true));
            // Listed before its run had ended, it may have its summary by now.
            if is_over && !folder.join(format!("{name}.json")).exists() {
                removal.leftovers += 1;
                removal.removed_bytes += remove_segment(folder, name)?.bytes;
            }
        }
        Ok(())
    }
}

fn nanos(time: Duration) -> i64 {
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)
}
