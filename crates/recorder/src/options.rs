//! How a session records.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use breadcrumb_redact::RedactorOptions;
use breadcrumb_ring::{Space, SystemSpace, shm_root};
use breadcrumb_store::{RetentionPolicy, RunRecord};

use crate::control_channel::ControlOptions;
use crate::exact_clock::Clock;
use crate::keep::KeepOptions;
use crate::original_stacks::{AsTheyAre, OriginalStacks};
use crate::redact::{KeepAll, Redact};

/// What happens when a ring is full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overflow {
    /// The program waits: nothing is lost.
    Block,
    /// The call is dropped, and counted.
    #[default]
    Drop,
}

impl Overflow {
    /// Its name in the run's record.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Drop => "drop",
        }
    }
}

/// How late the event loop is at this time of the monotonic clock, ns; `None`: not known.
pub type LateNs = fn(i64) -> Option<i64>;

/// Where rows go.
#[derive(Clone, Debug)]
pub enum SinkOptions {
    /// A store on disk, in this folder.
    Store(PathBuf),
    /// Memory: the newest finished calls.
    Memory {
        /// Calls that are kept.
        max_calls: usize,
    },
}

/// How a session records. See [`RecorderOptions::new`] for the defaults.
#[derive(Clone)]
pub struct RecorderOptions {
    /// The run: globally unique, and the name of a folder.
    pub run_id: String,
    /// Where rows go.
    pub sink: SinkOptions,
    /// What happens when a ring is full.
    pub overflow: Overflow,
    /// What the store keeps; `None`: everything.
    pub retention: Option<RetentionPolicy>,
    /// Which traces are stored; `None`: all.
    pub keep: Option<KeepOptions>,
    /// Name of the signal that stores what is held; `None`: none does.
    pub dump_signal: Option<String>,
    /// What recording may cost, as a share of the process's own processor time; `None`: anything.
    pub overhead: Option<f64>,
    /// The clock that calls are timed with.
    pub clock: Clock,
    /// Bytes of memory that the process may have; `None`: as the system says, if it does.
    pub memory_limit: Option<u64>,
    /// Tells how late the event loop is.
    pub late_ns: Option<LateNs>,
    /// Rows are published at least this often while there are any, ms.
    pub flush_interval_ms: u64,
    /// Bytes of chunks reserved over all rings.
    pub ring_cap_bytes: u64,
    /// Nothing is captured yet: the run has no record until something is.
    pub dormant: bool,
    /// What is known of the run: `run_id`, `overflow`, status, clocks and counters are filled in.
    pub run: RunRecord,
    /// Tells the original places of stacks.
    pub stacks: Arc<dyn OriginalStacks>,
    /// Takes secrets out.
    pub redact: Arc<dyn Redact>,
    /// What `redact` was made from: a recovery redacts by it, in another process.
    pub redactor_options: RedactorOptions,
    /// Folder of the rings' files, private and in memory; `None`: anonymous memory.
    pub shm_root: Option<PathBuf>,
    /// Where other processes of this user ask and change what is captured; `None`: nowhere.
    pub control: Option<ControlOptions>,
    /// Reserves space in the rings' files.
    pub space: Arc<dyn Space>,
}

impl RecorderOptions {
    /// The defaults: full rings drop, rows are published twice a second, 48 MiB of rings, nothing
    /// is redacted or removed.
    #[must_use]
    pub fn new(run_id: &str, sink: SinkOptions) -> Self {
        Self {
            run_id: run_id.to_owned(),
            sink,
            overflow: Overflow::Drop,
            retention: None,
            keep: None,
            dump_signal: None,
            overhead: None,
            clock: Clock::Auto,
            memory_limit: None,
            late_ns: None,
            flush_interval_ms: 500,
            ring_cap_bytes: 48 << 20,
            dormant: false,
            run: RunRecord::default(),
            stacks: Arc::new(AsTheyAre),
            redact: Arc::new(KeepAll),
            redactor_options: RedactorOptions::default(),
            shm_root: shm_root(),
            control: None,
            space: Arc::new(SystemSpace),
        }
    }
}

impl fmt::Debug for RecorderOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecorderOptions")
            .field("run_id", &self.run_id)
            .field("sink", &self.sink)
            .field("overflow", &self.overflow)
            .finish_non_exhaustive()
    }
}
