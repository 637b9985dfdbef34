//! A signal stores what is held of traces that are not: `kill -USR2 4711`, where the option says so.
//!
//! ```text
//! handler ──byte──► thread "breadcrumb-dump" ──► Session::dump
//! ```
//! It works while JavaScript is busy. Limits: a dump is of all that is held; signals that come during
//! one are one more.

use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

use breadcrumb_ring::DumpSignal;

use crate::session::Session;

/// See the module.
#[derive(Debug)]
pub(crate) struct SignalDumps {
    signal: Arc<DumpSignal>,
    thread: JoinHandle<()>,
}

impl SignalDumps {
    /// Dumps a session whenever the signal comes.
    pub(crate) fn start(signal: DumpSignal, session: &Arc<Session>) -> std::io::Result<Self> {
        let (signal, session) = (Arc::new(signal), Arc::clone(session));
        let watched = Arc::clone(&signal);
        let thread = Builder::new()
            .name("breadcrumb-dump".into())
            .spawn(move || {
                while watched.wait() {
                    // What the store does not take now it is given with the next rows.
                    let _ = session.dump(None, i64::MAX);
                }
            })?;
        Ok(Self { signal, thread })
    }

    /// The signal does nothing any more.
    pub(crate) fn stop(self) {
        self.signal.end();
        // A panic of the thread has lost nothing.
        let _ = self.thread.join();
    }
}
