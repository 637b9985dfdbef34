//! The runs of a store as they stand: when they ended, what they take, why they must stay.
//!
//! ```ignore
//! let runs = store.stored_runs(&pruning, &mut skipped)?;   // by id; skipped: what could not be read
//! ```
//! Told by run records and summaries alone. Limits: of a segment with several runs' rows each has the
//! bytes of its share of the calls; files that wait for their readers do not count.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use serde::Serialize;

use crate::atomic_file::list;
use crate::day::Day;
use crate::retention::Pruning;
use crate::run::PIN;
use crate::timestamp::parse_timestamp;
use crate::writer_lock::{LOCK, is_held};
use crate::{RunRecord, RunStatus, SegmentSummary, Store, StoreError};

/// A run that says it is running, without a lock file that could tell, counts as ended when nothing
/// was heard of it for so long.
const SILENCE: Duration = Duration::from_secs(24 * 3600);

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

/// What the segments say of a run.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Share {
    calls: u64,
    bytes: u64,
    last_ns: Option<i64>,
}

/// The names in `runs/`.
pub(crate) struct RunFiles {
    pub(crate) names: HashSet<String>,
}

impl RunFiles {
    pub(crate) fn read(store: &Store) -> Result<Self, StoreError> {
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

impl StoredRun {
    pub(crate) fn of(record: &RunRecord, share: Share) -> Self {
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

    /// Time since it ended.
    pub(crate) fn age(&self, now_ns: i64) -> Duration {
        Duration::from_nanos(now_ns.saturating_sub(self.ended_ns).max(0).cast_unsigned())
    }

    fn take(&mut self, share: Share) {
        self.calls = share.calls;
        self.bytes = share.bytes;
    }
}

impl Store {
    /// The runs that there are, by id.
    pub(crate) fn stored_runs(
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
    pub(crate) fn is_written(
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
        let silent = run.age(pruning.now_ns) > SILENCE;
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
