//! The thread that keeps a store in shape while a program writes to it: merges small segments, and
//! removes the runs that the store is not to keep.
//!
//! ```ignore
//! let keeper = Keeper::start(store, Retention { policy, shm_root }, parts);
//! keeper.stop();
//! ```
//! Of all processes that write a store the one that has its lock works, the others look again later.
//! It works one part in [`SHARE`] of the time, or what the governor leaves it. A process that ends sooner
//! than [`FIRST`] does a little of both at its end ([`Store::merge_some`], [`Store::prune_some`]). Limits:
//! what takes longer than [`LAST_PRUNING`] then waits; `breadcrumb compact` and `breadcrumb prune` do it at
//! once.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use breadcrumb_ring::clock::wall_ns;
use breadcrumb_ring::free_memory;
use breadcrumb_store::{
    MergeLimits, Pruning, RetentionPolicy, RetentionScope, Store, StoreError, UpkeepLock,
};
use parking_lot::{Condvar, Mutex};

/// From the start of a session to the first look.
const FIRST: Duration = Duration::from_secs(5);
/// Between two looks.
const AGAIN: Duration = Duration::from_secs(10);
/// Between two passes of retention, of all processes, at least.
const RETENTION_EVERY: Duration = Duration::from_secs(60);
/// One part of the time in so many, where nobody says.
const SHARE: u32 = 5;
/// At the end, so long is given to retention, by one program an hour.
const LAST_PRUNING: Duration = Duration::from_millis(200);
/// An end waits so long for the thread to notice it.
const PATIENCE: Duration = Duration::from_millis(500);

#[derive(Debug, Default)]
struct Signal {
    stopped: AtomicBool,
    lock: Mutex<()>,
    told: Condvar,
}

impl Signal {
    /// Waits; `false` if it was told to end.
    fn wait(&self, time: Duration) -> bool {
        let until = Instant::now() + time;
        let mut guard = self.lock.lock();
        while !self.stopped.load(Ordering::Acquire) {
            if self.told.wait_until(&mut guard, until).timed_out() {
                break;
            }
        }
        !self.stopped.load(Ordering::Acquire)
    }
}

/// Which runs are kept.
#[derive(Clone, Debug)]
pub(crate) struct Retention {
    pub(crate) policy: RetentionPolicy,
    /// Folder of the rings' files.
    pub(crate) shm_root: Option<PathBuf>,
}

impl Retention {
    fn apply(
        &self,
        store: &Store,
        lock: &UpkeepLock,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<(), StoreError> {
        let scope = RetentionScope::Policy(&self.policy);
        self.with_pruning(|pruning| store.prune(lock, &scope, pruning, go_on))?;
        Ok(())
    }

    /// What a program does of it that ends.
    pub(crate) fn apply_last(&self, store: &Store) -> Result<(), StoreError> {
        let until = Instant::now() + LAST_PRUNING;
        self.with_pruning(|pruning| store.prune_some(&self.policy, pruning, until))?;
        Ok(())
    }

    fn with_pruning<T>(&self, act: impl FnOnce(&Pruning<'_>) -> T) -> T {
        act(&Pruning {
            now_ns: wall_ns(),
            awaits_recovery: &|run| awaits_recovery(self.shm_root.as_deref(), run),
        })
    }
}

/// Whether a run has rings in memory that are not in its store yet.
#[must_use]
pub fn awaits_recovery(shm_root: Option<&Path>, run_id: &str) -> bool {
    shm_root.is_some_and(|root| root.join(run_id).is_dir())
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Keeper {
    signal: Arc<Signal>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Starts the thread. Without one, small segments stay.
    /// It works one part of the time in so many as `parts` says.
    pub(crate) fn start(store: Store, retention: Option<Retention>, parts: Arc<AtomicU32>) -> Self {
        let signal = Arc::new(Signal::default());
        let shared = Arc::clone(&signal);
        let thread = Builder::new()
            .name("breadcrumb-keeper".into())
            .spawn(move || run(&store, retention.as_ref(), &shared, &parts));
        Self {
            signal,
            thread: thread.ok(),
        }
    }

    /// Ends it. What it has begun is given up; what it cannot give up goes on for a moment.
    pub(crate) fn stop(mut self) {
        {
            let _guard = self.signal.lock.lock();
            self.signal.stopped.store(true, Ordering::Release);
        }
        self.signal.told.notify_all();
        let Some(thread) = self.thread.take() else {
            return;
        };
        let until = Instant::now() + PATIENCE;
        while !thread.is_finished() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(1));
        }
        if thread.is_finished() {
            // A panic of the thread has changed nothing that a reader sees.
            let _ = thread.join();
        }
    }
}

fn run(store: &Store, retention: Option<&Retention>, signal: &Signal, parts: &AtomicU32) {
    let mut wait = FIRST;
    while signal.wait(wait) {
        wait = AGAIN;
        // The store may be gone, full, or read-only: another look, later.
        let Ok(Some(lock)) = store.lock_upkeep() else {
            continue;
        };
        let mut since = Instant::now();
        let mut go_on = || {
            let worked = since.elapsed();
            let parts = match parts.load(Ordering::Relaxed) {
                0 => SHARE,
                parts => parts,
            };
            let goes_on = signal.wait(worked * (parts - 1));
            since = Instant::now();
            goes_on
        };
        let merged = store.merge(&lock, &MergeLimits::default(), &mut go_on);
        if merged.is_ok_and(|report| report.merged > 0) {
            free_memory::give_back();
        }
        let is_due = |retention: &&Retention| {
            !store.was_pruned_within(RETENTION_EVERY, &retention.policy, wall_ns())
        };
        if let Some(retention) = retention.filter(is_due) {
            let _ = retention.apply(store, &lock, &mut go_on);
        }
    }
}
