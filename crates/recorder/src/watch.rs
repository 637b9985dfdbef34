//! The governor and health at work: what is seen of the rings and the clocks goes in, mode bytes and a report come out.
//!
//! ```text
//! every 200 ms, every 10 ms while far over the budget, every 500 ms while the recorder sleeps and
//! something is lowered:  counters and clocks → Governor → Captures::cap, pace of the recorder, report
//! each look             memory, lateness → Health → Captures::hold while it is red, report
//! ```
//! Runs in the recorder's thread. Limits: the last [`KEPT`] decisions are told one by one, the others by
//! their number.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::time::Duration;

use breadcrumb_event::layout::{MODE_COUNT, MODE_MASK, MODE_TIME, MODE_VALUES};
use breadcrumb_ring::clock::{process_cpu_ns, thread_cpu_ns};
use breadcrumb_store::iso_timestamp;
use rustc_hash::FxHashMap;
use serde_json::{Value as Json, json};

use crate::activity::Activity;
use crate::capture::mode_name;
use crate::cost_model::{CostModel, Work};
use crate::drain::Drain;
use crate::governor::{Change, Governor, Look, Seen};
use crate::health::{Health, State, Vitals};
use crate::memory::{memory_bytes, memory_limit};
use crate::options::LateNs;
use crate::session::Session;

/// Between two looks, ns.
const LOOK_NS: i64 = 200_000_000;
/// Between two looks while recording costs far more than it may, at least.
const SOON_NS: i64 = 10_000_000;
/// Between two looks while the recorder sleeps.
const ASLEEP_NS: i64 = 500_000_000;
/// What a word of a ring costs about, ns, and how far over the budget is far.
const WORD_NS: f64 = 12.0;
const FAR: f64 = 2.5;
/// Decisions, and changes of health, that are told one by one.
const KEPT: usize = 50;
const KEPT_HEALTH: usize = 20;
/// What of the budget the store's upkeep may take, and one part of the time in so many at least.
const UPKEEP_SHARE: f64 = 0.1;
const LEAST_PARTS: f64 = 5.0;

/// See the module.
pub(crate) struct Watch {
    governor: Governor,
    looked_ns: i64,
    process_ns: i64,
    thread_ns: i64,
    work: Work,
    /// Words read since the last look.
    words: usize,
    /// Until the next look that comes sooner than usual.
    soon_ns: i64,
    /// Counted and dropped calls, as of the last look, by thread and function.
    bases: FxHashMap<u32, Vec<u32>>,
    decisions: VecDeque<Json>,
    decided: u64,
    health: Health,
    memory_limit: Option<u64>,
    late_ns: Option<LateNs>,
    /// Calls dropped, as of the last publication that was seen.
    dropped: u64,
    /// Changes of health.
    history: VecDeque<Json>,
    /// How often rows are published without a budget.
    interval_ns: i64,
}

impl Watch {
    fn new(overhead: f64, session: &Session, now_ns: i64) -> Self {
        let mut drain = session.drain.lock();
        drain.translator.activity = Some(Activity::default());
        Self {
            governor: Governor::new(overhead, CostModel::measure()),
            looked_ns: now_ns,
            process_ns: process_cpu_ns(),
            thread_ns: thread_cpu_ns(),
            work: Work::default(),
            words: 0,
            soon_ns: SOON_NS,
            bases: FxHashMap::default(),
            decisions: VecDeque::new(),
            decided: 0,
            health: Health::default(),
            memory_limit: session.memory_limit.or_else(memory_limit),
            late_ns: session.late_ns,
            dropped: 0,
            history: VecDeque::new(),
            interval_ns: drain.interval_ns,
        }
    }

    /// The watch that the session is to have now: made, kept, or ended, as its budget says.
    pub(crate) fn by_budget(watch: Option<Self>, session: &Session, now_ns: i64) -> Option<Self> {
        let overhead = session.overhead();
        match (watch, overhead) {
            (Some(mut watch), Some(overhead)) => {
                if (watch.governor.overhead() - overhead).abs() > f64::EPSILON {
                    watch.governor.set_overhead(overhead);
                }
                Some(watch)
            }
            (None, Some(overhead)) => Some(Self::new(overhead, session, now_ns)),
            (Some(watch), None) => {
                let mut drain = session.drain.lock();
                drain.translator.activity = None;
                drain.interval_ns = watch.interval_ns;
                session.upkeep_parts.store(0, Ordering::Relaxed);
                session.control.captures().release();
                *session.governed.lock() = None;
                None
            }
            (None, None) => None,
        }
    }

    /// Between two polls while there is something to read.
    pub(crate) fn poll(&self) -> Duration {
        Duration::from_millis(u64::from(self.governor.stretch().poll))
    }

    /// How long the recorder may sleep.
    pub(crate) fn sleep(&self) -> Option<Duration> {
        let waits = self.governor.lowered() != (0, 0) || self.health.state() == State::Red;
        waits.then(|| Duration::from_nanos(ASLEEP_NS.cast_unsigned()))
    }

    /// A publication took so much processor time.
    pub(crate) fn published(&mut self, cpu_ns: i64) {
        self.work.publications += 1.0;
        self.work.publish_ns += cpu_ns as f64;
    }

    /// The rings were looked at, `words` were read.
    pub(crate) fn turn(&mut self, session: &Session, now_ns: i64, words: usize) {
        self.work.polls += 1.0;
        self.words += words;
        let elapsed = now_ns - self.looked_ns;
        let spent = self.words as f64 * WORD_NS * 1e9 / elapsed.max(1) as f64;
        let is_far = elapsed >= self.soon_ns && spent > FAR * self.governor.allowed_ns();
        if !is_far && elapsed < LOOK_NS {
            return;
        }
        let changed = self.look(session, now_ns);
        // A look that changes nothing is not asked for again so soon.
        self.soon_ns = if is_far && !changed {
            (2 * self.soon_ns).min(LOOK_NS)
        } else {
            SOON_NS
        };
    }

    /// Looks, and changes what is to be changed.
    fn look(&mut self, session: &Session, now_ns: i64) -> bool {
        let mut drain = session.drain.lock();
        let (seen, events) = self.see(session, &mut drain);
        let (process_ns, thread_ns) = (process_cpu_ns(), thread_cpu_ns());
        let work = std::mem::take(&mut self.work);
        let look = Look {
            now_ns,
            elapsed_ns: (now_ns - self.looked_ns) as f64,
            process_cpu_ns: (process_ns - self.process_ns) as f64,
            work: Work {
                cpu_ns: (thread_ns - self.thread_ns) as f64,
                events: events as f64,
                ..work
            },
        };
        (self.looked_ns, self.process_ns, self.thread_ns) = (now_ns, process_ns, thread_ns);
        self.words = 0;
        let changes = self.governor.look(&look, &seen);
        let stretch = i64::from(self.governor.stretch().publish);
        drain.interval_ns = self.interval_ns.saturating_mul(stretch);
        let parts = 1e9 / (UPKEEP_SHARE * self.governor.allowed_ns());
        session
            .upkeep_parts
            .store(parts.clamp(LEAST_PARTS, 1e6) as u32, Ordering::Relaxed);
        let caps: Vec<(u32, u8)> = changes
            .iter()
            .map(|change| (change.function, change.to))
            .collect();
        session.control.captures().cap(&caps);
        for change in &changes {
            self.keep(change, &drain, now_ns);
        }
        let has_changed = self.check_health(session, &drain, now_ns);
        let report = self.report();
        if !changes.is_empty() || has_changed {
            drain
                .run
                .counters
                .more
                .insert("governor".to_owned(), report.clone());
        }
        drop(drain);
        *session.governed.lock() = Some(report);
        let ended_ns = thread_cpu_ns();
        self.work.governor_ns = (ended_ns - self.thread_ns) as f64;
        self.thread_ns = ended_ns;
        !changes.is_empty()
    }

    /// Turns capture off where health is red, and on again. True if health has changed.
    fn check_health(&mut self, session: &Session, drain: &Drain, now_ns: i64) -> bool {
        let dropped = drain.dropped();
        let vitals = Vitals {
            now_ns,
            memory_bytes: memory_bytes(),
            memory_limit: self.memory_limit,
            late_ns: self.late_ns.and_then(|late_ns| late_ns(now_ns)),
            of_budget: self.governor.estimated() / self.governor.overhead(),
            at_floor: self.governor.is_at_floor(),
            failing_ns: drain.failing_ns(now_ns),
            drops: dropped > std::mem::replace(&mut self.dropped, dropped),
        };
        let Some(before) = self.health.look(&vitals) else {
            return false;
        };
        let state = self.health.state();
        session.control.captures().hold(state == State::Red);
        let change = json!({
            "at": iso_timestamp(now_ns + drain.wall_offset_ns),
            "from": before,
            "to": state,
            "why": self.health.why(),
        });
        keep_last(&mut self.history, KEPT_HEALTH, change);
        true
    }

    fn see(&mut self, session: &Session, drain: &mut Drain) -> (Vec<Seen>, u64) {
        drain.translator.refresh();
        let functions = drain.translator.functions().len();
        let activity = drain.translator.activity.as_mut();
        let (mut seen, events) = activity.map(Activity::take).unwrap_or_default();
        seen.resize(functions as usize, Seen::default());
        let mut bases = std::mem::take(&mut self.bases);
        for state in &drain.threads {
            let thread = state.ring.thread();
            let mut old = bases.remove(&thread).unwrap_or_default();
            let sums = state.ring.counters(functions);
            old.resize(sums.len().max(old.len()), 0);
            for ((seen, (counted, dropped)), old) in seen.iter_mut().zip(sums).zip(&mut old) {
                let sum = counted.wrapping_add(dropped);
                seen.counted = seen.counted.saturating_add(sum.wrapping_sub(*old));
                *old = sum;
            }
            self.bases.insert(thread, old);
        }
        let modes = session.control.memory().modes();
        for (seen, mode) in seen.iter_mut().zip(modes) {
            seen.level = mode.load(Ordering::Relaxed) & MODE_MASK as u8;
        }
        (seen, events)
    }

    fn keep(&mut self, change: &Change, drain: &Drain, now_ns: i64) {
        self.decided += 1;
        let entry = drain.translator.functions().entry(change.function);
        let (name, file, line) = entry.map_or(("?", "?", 0), |entry| {
            (&*entry.function.name, &*entry.file, entry.function.line)
        });
        let decision = json!({
            "at": iso_timestamp(now_ns + drain.wall_offset_ns),
            "function": name,
            "file": file,
            "line": line,
            "from": mode_name(change.from),
            "to": mode_name(change.to),
            "callsPerSecond": change.calls.round(),
            "share": rounded(change.share),
            "estimated": rounded(change.estimated),
            "why": self.why(change),
        });
        keep_last(&mut self.decisions, KEPT, decision);
    }

    fn why(&self, change: &Change) -> String {
        let budget = percent(self.governor.overhead());
        let (calls, share, all) = (
            change.calls,
            percent(change.share),
            percent(change.estimated),
        );
        let is_lowered = change.to < change.from;
        if is_lowered && change.awake > change.share {
            let awake = percent(change.awake);
            format!(
                "the recorder's looks and publications cost {awake} of the process's own time, with {calls:.0} calls a second of it to record, recording in all {all}; the budget is {budget}"
            )
        } else if is_lowered {
            format!(
                "{calls:.0} calls a second cost {share} of the process's own time, recording in all {all}; the budget is {budget}"
            )
        } else {
            format!(
                "{calls:.0} calls a second cost {share} of the process's own time then, recording in all {all} until now; the budget is {budget}"
            )
        }
    }

    fn report(&self) -> Json {
        let at = |level| self.governor.at_level(level);
        let (counted, timed) = self.governor.lowered();
        json!({
            "overhead": self.governor.overhead(),
            "estimated": rounded(self.governor.estimated()),
            "state": self.health.state(),
            "why": self.health.why(),
            "health": self.history,
            "steppedDown": counted + timed,
            "functions": {
                "values": at(MODE_VALUES),
                "time": at(MODE_TIME),
                "count": at(MODE_COUNT),
            },
            "costs": self.governor.model,
            "stretch": self.governor.stretch(),
            "decided": self.decided,
            "decisions": self.decisions,
        })
    }
}

/// The last of so many.
fn keep_last(kept: &mut VecDeque<Json>, most: usize, new: Json) {
    if kept.len() == most {
        kept.pop_front();
    }
    kept.push_back(new);
}

/// To a hundredth of a per cent.
fn rounded(share: f64) -> f64 {
    (share * 1e4).round() / 1e4
}

fn percent(share: f64) -> String {
    let digits = usize::from(share < 0.1);
    format!("{:.digits$} %", share * 100.0)
}
