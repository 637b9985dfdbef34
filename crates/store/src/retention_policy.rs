//! What a policy keeps of some runs.
//!
//! ```ignore
//! let gone = RetentionPolicy::default().choose(&runs, now_ns);   // [(3, Reason::Age), …]
//! ```
//! Where a limit of bytes or runs is passed, those go first that have used up most of their time, so
//! that an error of 45 of its 90 days stands beside another run of 15 of its 30. Limits: a run goes
//! as a whole.

use std::cmp::Reverse;
use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::stored_run::StoredRun;

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

impl fmt::Display for RetentionPolicy {
    /// `age=2592000s,error-age=7776000s,bytes=10000000000,runs=off`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |limit: Option<u64>, unit: &str| {
            limit.map_or_else(|| "off".to_owned(), |limit| format!("{limit}{unit}"))
        };
        let seconds = |time: Option<Duration>| of(time.map(|time| time.as_secs()), "s");
        let (age, error_age) = (seconds(self.max_age), seconds(self.max_error_age));
        let (bytes, runs) = (of(self.max_bytes, ""), of(self.max_runs, ""));
        write!(
            f,
            "age={age},error-age={error_age},bytes={bytes},runs={runs}"
        )
    }
}

impl RetentionPolicy {
    /// How long a run may stay.
    fn time_of(&self, run: &StoredRun) -> Option<Duration> {
        let longer = self.max_error_age.filter(|_| run.failed);
        longer.or(self.max_age)
    }

    /// How much of its time a run has used up, to be compared with others.
    fn used_up(&self, run: &StoredRun, now_ns: i64) -> u128 {
        let age = run.age(now_ns).as_nanos();
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
            if self.time_of(run).is_some_and(|time| run.age(now_ns) > time) {
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
