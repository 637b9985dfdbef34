//! A session: its thread, its rings, its rows. See the crate for an example.

use std::sync::Arc;

use breadcrumb_ring::ThreadMemory;
use breadcrumb_store::{FileLists, RunStatus};

use crate::error::RecorderError;
use crate::memory_store::{CallFilter, FunctionStats, StoredCall, StoredException};
use crate::options::RecorderOptions;

/// What became of a request for a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acquired {
    /// A chunk is free now.
    Again,
    /// None is: the call is to be dropped.
    Full,
}

/// What a session has done so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counters {
    /// Calls with a row.
    pub recorded: u64,
    /// Calls counted only.
    pub counted: u64,
    /// Calls dropped because a ring was full.
    pub dropped: u64,
    /// Exceptions with a row.
    pub exceptions: u64,
    /// Bytes of published segments.
    pub bytes: u64,
    /// Published segments.
    pub segments: u64,
    /// Bytes reserved for chunks, over all rings.
    pub ring_bytes: u64,
    /// Those of them that are not free.
    pub ring_used_bytes: u64,
    /// Processor time of the recorder's thread.
    pub recorder_cpu_ns: u64,
    /// Values or parts of values that were redacted.
    pub redacted: u64,
    /// Calls stored as `open` because too many were suspended, or for too long.
    pub evicted_open: u64,
    /// Records about calls that are not known.
    pub unknown: u64,
    /// Records or chunks that made no sense.
    pub malformed: u64,
}

/// A session that records. See the module.
#[derive(Debug)]
pub struct Recorder {}

#[allow(clippy::unused_self, missing_docs, clippy::missing_errors_doc)]
impl Recorder {
    pub fn start(options: RecorderOptions) -> Result<Arc<Self>, RecorderError> {
        let _ = options;
        Ok(Arc::new(Self {}))
    }
    pub fn attach(&self, memory: &Arc<ThreadMemory>) -> Result<u32, RecorderError> {
        let _ = memory;
        Ok(0)
    }
    pub fn acquire(&self, thread: u32) -> Acquired {
        let _ = thread;
        Acquired::Full
    }
    pub fn wake(&self) {}
    pub fn flush(&self, thread: u32) {
        let _ = thread;
    }
    pub fn detach(&self, thread: u32) {
        let _ = thread;
    }
    pub fn stop(&self, status: RunStatus, exit_code: Option<i32>, signal: Option<String>) {
        let _ = (status, exit_code, signal);
    }
    pub fn is_stopped(&self) -> bool {
        false
    }
    pub fn crash_proof(&self) -> bool {
        false
    }
    pub fn set_files(&self, files: FileLists) {
        let _ = files;
    }
    pub fn counters(&self) -> Counters {
        Counters::default()
    }
    pub fn calls(&self, filter: &CallFilter, limit: usize) -> Vec<StoredCall> {
        let _ = (filter, limit);
        Vec::new()
    }
    pub fn exceptions(&self, limit: usize) -> Vec<StoredException> {
        let _ = limit;
        Vec::new()
    }
    pub fn stats(&self) -> Vec<FunctionStats> {
        Vec::new()
    }
}
