//! The thread that keeps a store in shape while a program writes to it: merges small segments.
//!
//! ```ignore
//! let keeper = Keeper::start(store);
//! keeper.stop();
//! ```
//! Of all processes that write a store the one that has its lock works, the others look again later.
//! It works one part in [`SHARE`] of the time. Limits: a process that ends sooner than [`FIRST`] does
//! nothing of this; `breadcrumb compact` does it at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use breadcrumb_store::{MergeLimits, Store};
use parking_lot::{Condvar, Mutex};

/// From the start of a session to the first look.
const FIRST: Duration = Duration::from_secs(5);
/// Between two looks.
const AGAIN: Duration = Duration::from_secs(10);
/// One part of the time in so many.
const SHARE: u32 = 5;
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

/// See the module.
#[derive(Debug)]
pub(crate) struct Keeper {
    signal: Arc<Signal>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Starts the thread. Without one, small segments stay.
    pub(crate) fn start(store: Store) -> Self {
        let signal = Arc::new(Signal::default());
        let shared = Arc::clone(&signal);
        let thread = Builder::new()
            .name("breadcrumb-keeper".into())
            .spawn(move || run(&store, &shared));
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

fn run(store: &Store, signal: &Signal) {
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
            let goes_on = signal.wait(worked * (SHARE - 1));
            since = Instant::now();
            goes_on
        };
        let _ = store.merge(&lock, &MergeLimits::default(), &mut go_on);
    }
}
