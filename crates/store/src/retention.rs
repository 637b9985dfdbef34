//! Which runs a store keeps: by age, bytes and number, errors longer, pinned ones for good.
//!
//! ```ignore
//! let pruning = Pruning { now_ns, awaits_recovery: &|run| shm.join(run).is_dir() };
//! let scope = RetentionScope::Policy(&RetentionPolicy::default());
//! let plan = store.plan_retention(&scope, &pruning)?;          // what would go, and why
//! let (plan, removal) = store.prune(&lock, &scope, &pruning, &mut || true)?;
//! ```
//! Planned from run records and summaries alone. Where a limit of bytes or runs is passed, those go
//! first that have used up most of their time, so that an error of 45 of its 90 days stands beside
//! another run of 15 of its 30. Limits: a run goes as a whole; of a segment with several runs' rows
//! each has the bytes of its share of the calls; files that wait for their readers do not count.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;

use serde::Serialize;

use crate::atomic_file::{list, remove_file};
use crate::merge::{Day, orphans_in};
use crate::removal::{Removal, run_of};
use crate::run::PIN;
use crate::segment::remove_segment;
use crate::timestamp::parse_timestamp;
use crate::upkeep_lock::UpkeepLock;
use crate::writer_lock::{LOCK, is_held};
use crate::{RunRecord, RunStatus, SegmentSummary, Store, StoreError};

/// A run that says it is running, without a lock file that could tell, counts as ended when nothing
/// was heard of it for so long.
const SILENCE: Duration = Duration::from_secs(24 * 3600);

const DAY: Duration = Duration::from_secs(24 * 3600);

/// What a store keeps; `None` is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetentionPolicy {
    /// Runs that ended longer ago go.
    pub max_age: Option<Duration>,
    /// The same for runs that ended badly: crashed, by a signal, or with an exit code other than 0.
    /// `None`: as the others.
    pub max_error_age: Option<Duration>,
    /// Bytes of all segments.
    pub max_bytes: Option<u64>,
    /// Number of runs.
    pub max_runs: Option<u64>,
}

impl Default for RetentionPolicy {
    /// 30 days, errors 90; 10 GB; any number of runs.
    fn default() -> Self {
        Self {
            max_age: Some(DAY * 30),
            max_error_age: Some(DAY * 90),
            max_bytes: Some(10_000_000_000),
            max_runs: None,
        }
    }
}

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

/// Why a run goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// It is too old.
    Age,
    /// There are too many runs.
    Runs,
    /// The store is too large.
    Bytes,
    /// It was named.
    Named,
}

/// Why a run stays whatever the policy says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum WhyKept {
    /// It is pinned.
    Pinned,
    /// Its process writes it, or it is to be recovered.
    Written,
    /// Its record is damaged, or of a newer version.
    Unreadable,
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

/// A run as it stands in the store.
#[derive(Clone, Debug, Default)]
pub(crate) struct StoredRun {
    pub(crate) run_id: String,
    pub(crate) command: Vec<String>,
    pub(crate) ended_ns: i64,
    pub(crate) failed: bool,
    pub(crate) kept: Option<WhyKept>,
    pub(crate) calls: u64,
    pub(crate) bytes: u64,
}

impl RetentionPolicy {
    /// How long a run may stay.
    fn time_of(&self, run: &StoredRun) -> Option<Duration> {
        let longer = self.max_error_age.filter(|_| run.failed);
        longer.or(self.max_age)
    }

    /// How much of its time a run has used up, to be compared with others.
    fn used_up(&self, run: &StoredRun, now_ns: i64) -> u128 {
        let age = age(run, now_ns).as_nanos();
        match (self.max_age, self.max_error_age) {
            (Some(usual), Some(of_errors)) => {
                // Their quotients, without a division.
                let other = if run.failed { usual } else { of_errors };
                age.saturating_mul(other.as_secs().max(1).into())
            }
            _ => age,
        }
    }

    /// The runs that go, by their place, with the reason.
    pub(crate) fn choose(&self, runs: &[StoredRun], now_ns: i64) -> Vec<(usize, Reason)> {
        let mut gone = Vec::new();
        let mut left = Vec::new();
        for (at, run) in runs
            .iter()
            .enumerate()
            .filter(|(_, run)| run.kept.is_none())
        {
            if self
                .time_of(run)
                .is_some_and(|time| age(run, now_ns) > time)
            {
                gone.push((at, Reason::Age));
            } else {
                left.push(at);
            }
        }
        left.sort_by_key(|at| (Reverse(self.used_up(&runs[*at], now_ns)), &runs[*at].run_id));
        let mut count = (runs.len() - gone.len()) as u64;
        let of_gone: u64 = gone.iter().map(|(at, _)| runs[*at].bytes).sum();
        let mut bytes = runs.iter().map(|run| run.bytes).sum::<u64>() - of_gone;
        for at in left {
            let reason = if self.max_runs.is_some_and(|most| count > most) {
                Reason::Runs
            } else if self.max_bytes.is_some_and(|most| bytes > most) && runs[at].bytes > 0 {
                Reason::Bytes
            } else {
                continue;
            };
            count -= 1;
            bytes -= runs[at].bytes;
            gone.push((at, reason));
        }
        gone
    }
}

fn age(run: &StoredRun, now_ns: i64) -> Duration {
    Duration::from_nanos(now_ns.saturating_sub(run.ended_ns).max(0).cast_unsigned())
}

/// What the segments say of a run.
#[derive(Clone, Copy, Debug, Default)]
struct Share {
    calls: u64,
    bytes: u64,
    last_ns: Option<i64>,
}

/// The names in `runs/`.
struct RunFiles {
    names: HashSet<String>,
}

impl RunFiles {
    fn read(store: &Store) -> Result<Self, StoreError> {
        let names = list(&store.runs_folder())?
            .iter()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        Ok(Self { names })
    }

    fn has(&self, run_id: &str, end: &str) -> bool {
        self.names.contains(&format!("{run_id}{end}"))
    }
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
        Ok((plan, removal))
    }

    /// The runs that there are, by id.
    fn stored_runs(
        &self,
        pruning: &Pruning<'_>,
        skipped: &mut Vec<String>,
    ) -> Result<Vec<StoredRun>, StoreError> {
        let records = self.read_runs()?;
        let mut shares = self.shares(skipped)?;
        let files = RunFiles::read(self)?;
        let unreadable = records.corrupt.iter().filter_map(|corrupt| {
            let id = corrupt.path.file_stem()?.to_str()?;
            Some(StoredRun {
                run_id: id.to_owned(),
                kept: Some(WhyKept::Unreadable),
                ..StoredRun::default()
            })
        });
        let mut runs: Vec<StoredRun> = unreadable.collect();
        for run in &mut runs {
            run.take(shares.remove(&run.run_id).unwrap_or_default());
        }
        for record in records.records {
            let share = shares.remove(&record.run_id).unwrap_or_default();
            let mut run = StoredRun::of(&record, share);
            run.kept = self.why_kept(&run, Some(record.status), &files, pruning);
            run.command = record.command;
            runs.push(run);
        }
        for (run_id, share) in shares {
            // It is being removed: not counted, and gone as soon as somebody goes on.
            if files.has(&run_id, crate::run::REMOVING) {
                continue;
            }
            let mut run = StoredRun {
                run_id,
                ended_ns: share.last_ns.unwrap_or_default(),
                ..StoredRun::default()
            };
            run.take(share);
            run.kept = self.why_kept(&run, None, &files, pruning);
            runs.push(run);
        }
        runs.sort_by(|a, b| a.run_id.cmp(&b.run_id));
        Ok(runs)
    }

    fn why_kept(
        &self,
        run: &StoredRun,
        status: Option<RunStatus>,
        files: &RunFiles,
        pruning: &Pruning<'_>,
    ) -> Option<WhyKept> {
        if files.has(&run.run_id, PIN) {
            return Some(WhyKept::Pinned);
        }
        self.is_written(run, status, files, pruning)
            .then_some(WhyKept::Written)
    }

    /// Whether more rows of a run may come.
    fn is_written(
        &self,
        run: &StoredRun,
        status: Option<RunStatus>,
        files: &RunFiles,
        pruning: &Pruning<'_>,
    ) -> bool {
        let ended = status.is_some_and(|status| status != RunStatus::Running);
        if files.has(&run.run_id, LOCK) {
            match is_held(&self.run_path(&run.run_id, LOCK)) {
                Some(true) => return true,
                Some(false) => return !ended && (pruning.awaits_recovery)(&run.run_id),
                None => return !ended,
            }
        }
        let silent = age(run, pruning.now_ns) > SILENCE;
        !ended && (!silent || (pruning.awaits_recovery)(&run.run_id))
    }

    /// What each run has in the segments that count.
    fn shares(&self, skipped: &mut Vec<String>) -> Result<BTreeMap<String, Share>, StoreError> {
        let mut shares = BTreeMap::new();
        for folder in self.date_folders()? {
            for source in &Day::read(&folder, skipped)?.sources {
                divide(&source.summary, &mut shares);
            }
        }
        Ok(shares)
    }

    /// Removes locks that nobody holds of runs that have ended, and tables without a summary of
    /// such runs.
    fn sweep_writers(
        &self,
        pruning: &Pruning<'_>,
        removal: &mut Removal,
    ) -> Result<(), StoreError> {
        let mut orphans: Vec<(std::path::PathBuf, String)> = Vec::new();
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
            let is_over = run_of(name).is_some_and(|run| ended.get(run) == Some(&true));
            // Listed before its run had ended, it may have its summary by now.
            if is_over && !folder.join(format!("{name}.json")).exists() {
                removal.leftovers += 1;
                removal.removed_bytes += remove_segment(folder, name)?.bytes;
            }
        }
        Ok(())
    }
}

impl StoredRun {
    fn of(record: &RunRecord, share: Share) -> Self {
        let ended = record.ended_at.as_deref().and_then(parse_timestamp);
        let heard = parse_timestamp(&record.started_at).max(share.last_ns);
        let mut run = Self {
            run_id: record.run_id.clone(),
            ended_ns: ended.or(heard).unwrap_or_default(),
            failed: record.status == RunStatus::Crashed
                || record.signal.is_some()
                || record.exit_code.is_some_and(|code| code != 0),
            ..Self::default()
        };
        run.take(share);
        run
    }

    fn take(&mut self, share: Share) {
        self.calls = share.calls;
        self.bytes = share.bytes;
    }
}

/// Gives each run its share of a segment's bytes; all shares together are all bytes.
fn divide(summary: &SegmentSummary, shares: &mut BTreeMap<String, Share>) {
    let bytes = summary.tables.bytes();
    let calls: u64 = summary.runs.iter().map(|part| part.calls).sum();
    let parts = summary.runs.len() as u64;
    let (mut calls_before, mut parts_before, mut given) = (0, 0, 0);
    for part in &summary.runs {
        calls_before += part.calls;
        parts_before += 1;
        let (before, all) = if calls > 0 {
            (calls_before, calls)
        } else {
            (parts_before, parts)
        };
        let until = u128::from(bytes) * u128::from(before) / u128::from(all);
        let until = u64::try_from(until).unwrap_or(bytes);
        let share = shares.entry(part.run_id.clone()).or_default();
        share.calls += part.calls;
        share.bytes += until - given;
        share.last_ns = share.last_ns.max(part.max_started_at_ns);
        given = until;
    }
}
