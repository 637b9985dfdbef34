//! The recorder's thread: polls while there is something to read, sleeps when there is not.
//!
//! ```text
//! awake   poll, publish what is due, move the tick, wait 1 ms
//! drowsy  50 ms without a record: the tick says asleep; a few more polls, for a writer that looked
//!         at the tick just before
//! asleep  waits for `wake()`, or until rows are due
//! ```
//! Limits: a record written by a thread that was stopped by its scheduler between its look at the
//! tick and its store, for longer than the drowsy polls, waits for the next wake, flush or stop.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use breadcrumb_ring::clock::{monotonic_ns, thread_cpu_ns};

use crate::session::Session;
use crate::watch::Watch;

/// Between two polls: the tick's millisecond.
const POLL: Duration = Duration::from_millis(1);
/// Without a record for this long, the thread goes to sleep.
const IDLE_NS: i64 = 50_000_000;
/// Polls with the tick asleep before the thread sleeps itself.
const DROWSY_POLLS: u32 = 5;
/// A store that fails for this long makes full rings drop: a program is never hung.
const BROKEN_NS: i64 = 2_000_000_000;

/// Runs until the session stops.
pub(crate) fn run(session: &Arc<Session>) {
    let _over = Over(session);
    let mut heard_ns = monotonic_ns();
    let mut drowsy = 0;
    let mut watch = None;
    while !session.stopping.load(Ordering::Acquire) {
        let now_ns = monotonic_ns();
        watch = Watch::by_budget(watch, session, now_ns);
        let (read, due_ns) = turn(session, now_ns, watch.as_mut());
        if let Some(watch) = &mut watch {
            watch.turn(session, now_ns, read);
        }
        let poll = watch.as_ref().map_or(POLL, Watch::poll);
        session.cpu_ns.store(thread_cpu_ns(), Ordering::Relaxed);
        if read > 0 {
            heard_ns = now_ns;
        }
        let wait = if now_ns - heard_ns < IDLE_NS {
            drowsy = 0;
            session.move_tick();
            Some(poll)
        } else if drowsy < DROWSY_POLLS {
            // Also stored again, if a wake in between has moved it.
            session.sleep_tick();
            drowsy += 1;
            Some(2 * poll)
        } else {
            let due = due_ns.map(|due_ns| {
                let left = due_ns.saturating_sub(monotonic_ns());
                Duration::from_nanos(left.max(1_000_000).cast_unsigned())
            });
            let looks = watch.as_ref().and_then(Watch::sleep);
            due.into_iter().chain(looks).min()
        };
        if session.wait(wait) {
            heard_ns = monotonic_ns();
        }
    }
}

/// One look at the rings. Returns what was read, and when what is pending is due.
fn turn(session: &Session, now_ns: i64, watch: Option<&mut Watch>) -> (usize, Option<i64>) {
    let mut drain = session.drain.lock();
    let read = drain.poll(now_ns);
    let pressed = session.pressed.load(Ordering::Acquire);
    let mut freed = false;
    if drain.is_due(now_ns, pressed) {
        let before_ns = thread_cpu_ns();
        freed = drain.publish(now_ns);
        if let Some(watch) = watch {
            watch.published(thread_cpu_ns() - before_ns);
        }
        // Published by the clock when it began; the interval counts from there.
        if freed {
            session.pressed.store(false, Ordering::Release);
        }
    } else if pressed && !drain.pending() {
        session.pressed.store(false, Ordering::Release);
        freed = true;
    }
    if drain.failing_ns(now_ns) > BROKEN_NS && session.blocks.swap(false, Ordering::AcqRel) {
        "drop".clone_into(&mut drain.run.overflow);
        drain.note("overflowChanged", "block to drop: the store failed for 2 s");
        freed = true;
    }
    let due_ns = drain.has_news().then(|| drain.due_ns());
    let changed = freed || read > 0;
    if changed {
        *session.counters.lock() = drain.counters();
    }
    drop(drain);
    if changed {
        session.tell_freed();
    }
    (read, due_ns)
}

/// Says that the thread is over, also when it panics: nobody must wait for it.
struct Over<'a>(&'a Arc<Session>);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.over.store(true, Ordering::Release);
        self.0.tell_freed();
    }
}
