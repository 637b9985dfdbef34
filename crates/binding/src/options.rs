//! What crosses from TypeScript as JSON: `SessionOptions` of `ts/options/options.ts`, and how a
//! session or a child process ended.

use std::path::PathBuf;
use std::time::Duration;

use breadcrumb_event::layout::{
    LIMIT_BUDGET, LIMIT_DEPTH, LIMIT_EDGES, LIMIT_IDENTITY, LIMIT_ITEMS, LIMIT_KEYS,
    LIMIT_PROPAGATE, LIMIT_STRING, LIMIT_WORDS, LIMITS,
};
use breadcrumb_instrument::Leaves;
use breadcrumb_recorder::{Clock, KeepOptions};
use breadcrumb_redact::RedactorOptions;
use breadcrumb_store::RetentionPolicy;
use serde::Deserialize;

/// `SessionOptions`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionOptions {
    /// Project's root.
    pub root: PathBuf,
    /// Root of the main script's project.
    pub main_root: Option<PathBuf>,
    /// Patterns; none for the project's own files.
    pub include: Option<Vec<String>>,
    /// Patterns left out.
    pub exclude: Vec<String>,
    /// Every file.
    pub all: bool,
    /// Folder of this package's code.
    pub own_folder: PathBuf,
    /// Folder of the store, or `:memory:`.
    pub store: String,
    /// `block` or `drop`.
    pub overflow: String,
    /// Mode byte of functions to come.
    pub mode: u8,
    /// Calls that a memory store keeps.
    pub max_calls: usize,
    /// What the store keeps; none: everything.
    pub retention: Option<RetentionLimits>,
    /// Which traces are stored; none: all.
    pub keep: Option<KeepOptions>,
    /// Name of the signal that stores what is held; none: no signal does.
    #[serde(default)]
    pub dump_signal: Option<String>,
    /// How much of values is kept.
    pub values: ValueLimits,
    /// Variables that exceptions leave behind are recorded.
    #[serde(default)]
    pub locals: bool,
    /// Which lines of a call run is recorded.
    #[serde(default)]
    pub lines: bool,
    /// What assignments come to is recorded, and lines are.
    #[serde(default)]
    pub variables: bool,
    /// Requests go out with the ids of their trace.
    #[serde(default)]
    pub propagate: bool,
    /// Edges of the program that are recorded, by EDGE_*.
    #[serde(default)]
    pub edges: i32,
    /// The clock that calls are timed with: `auto`, `coarse` or `exact`.
    #[serde(default)]
    pub clock: Clock,
    /// What becomes of leaves.
    #[serde(default)]
    pub leaves: Leaves,
    /// What recording may cost, as a share of the process's own processor time; none: anything.
    #[serde(default)]
    pub overhead: Option<f64>,
    /// What is redacted; none: nothing.
    pub redact: Option<RedactorOptions>,
    /// This process.
    pub run: RunInfo,
}

/// `ValueLimits`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ValueLimits {
    /// Levels of objects in objects.
    pub depth: i32,
    /// Keys of an object, entries of a map.
    pub keys: i32,
    /// Items of an array, a set, a typed array.
    pub items: i32,
    /// UTF-16 units of a string.
    pub string: i32,
    /// Bytes of a call's values.
    pub bytes: i32,
    /// Properties looked into in a millisecond; 0: any number.
    pub budget: i32,
    /// Objects are told apart by numbers.
    pub identity: bool,
    /// Methods record what they are called on.
    pub this: bool,
}

impl SessionOptions {
    /// What writers must know, by LIMIT_*.
    #[must_use]
    pub fn by_limit(&self) -> [i32; LIMITS as usize] {
        let values = self.values;
        let mut limits = [0; LIMITS as usize];
        for (limit, value) in [
            (LIMIT_DEPTH, values.depth),
            (LIMIT_KEYS, values.keys),
            (LIMIT_ITEMS, values.items),
            (LIMIT_STRING, values.string),
            (LIMIT_WORDS, values.bytes / 8),
            (LIMIT_BUDGET, values.budget),
            (LIMIT_IDENTITY, i32::from(values.identity)),
            (LIMIT_PROPAGATE, i32::from(self.propagate)),
            (LIMIT_EDGES, self.edges),
        ] {
            limits[limit as usize] = value;
        }
        limits
    }

    /// As the redactor takes them.
    #[must_use]
    pub fn redactor_options(&self) -> RedactorOptions {
        let off = RedactorOptions {
            off: true,
            ..RedactorOptions::default()
        };
        self.redact.clone().unwrap_or(off)
    }
}

/// `RunInfo`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunInfo {
    /// Command line.
    pub command: Vec<String>,
    /// Working directory.
    pub cwd: String,
    /// Process id.
    pub pid: u32,
    /// Version of Node.js.
    pub node: String,
    /// `process.platform`.
    pub platform: String,
    /// `process.arch`.
    pub arch: String,
    /// Run that spawned this process.
    pub parent_run_id: Option<String>,
    /// The `breadcrumb run` that this process belongs to.
    pub launch_id: Option<String>,
}

/// How a child process ended.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ChildExit {
    /// Its exit code.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<String>,
    /// Its process id.
    pub pid: u32,
    /// The `breadcrumb run` that it belonged to.
    pub launch: String,
    /// Folder of the store.
    pub store: PathBuf,
}

/// What to tell of a memory store.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Question {
    /// Only calls of the function with this name.
    pub function: Option<String>,
    /// Answers at most.
    pub limit: Option<usize>,
}

/// `RetentionLimits`.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RetentionLimits {
    /// How long a run is kept, ms.
    pub max_age_ms: Option<u64>,
    /// The same for one that ended badly, ms.
    pub max_error_age_ms: Option<u64>,
    /// Bytes of the store.
    pub max_bytes: Option<u64>,
    /// Runs of the store.
    pub max_runs: Option<u64>,
}

impl From<RetentionLimits> for RetentionPolicy {
    fn from(limits: RetentionLimits) -> Self {
        Self {
            max_age: limits.max_age_ms.map(Duration::from_millis),
            max_error_age: limits.max_error_age_ms.map(Duration::from_millis),
            max_bytes: limits.max_bytes,
            max_runs: limits.max_runs,
        }
    }
}

/// What to remove from a store.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PruneRequest {
    /// Folder of the store.
    pub store: PathBuf,
    /// What it keeps.
    pub limits: RetentionLimits,
    /// Runs to remove, whatever the limits say; none: by the limits.
    pub runs: Vec<String>,
    /// Only tell.
    pub dry_run: bool,
}
