//! Drains the rings, rebuilds calls and exceptions from their records, and feeds the store.
//!
//! ```no_run
//! use breadcrumb_recorder::{Control, Recorder, RecorderOptions, RunStatus, SinkOptions, ThreadRole};
//! use breadcrumb_ring::ThreadMemory;
//!
//! let first = Control::get()?.functions().with_next_id(|first_id| {
//!     (Vec::new(), first_id)                       // instrument, with ids from first_id upwards
//! })?;
//! let recorder = Recorder::start(RecorderOptions::new("0198…", SinkOptions::Memory { max_calls: 1000 }))?;
//! let memory = ThreadMemory::reserve()?;           // one for each JavaScript thread
//! let thread = recorder.attach(&memory, ThreadRole::Main)?; // at its first event
//! recorder.flush(thread);
//! recorder.stop(RunStatus::Finished, Some(0), None);
//! # Ok::<(), breadcrumb_recorder::RecorderError>(())
//! ```
//! Limits: one recorder at a time in a process; the only crate that starts threads.
#![forbid(unsafe_code)]

mod activity;
mod assembler;
#[cfg(test)]
mod assembler_properties;
#[cfg(test)]
mod assembler_tests;
mod call_lines;
mod call_stack;
mod call_variables;
mod capture;
mod capture_history;
mod checkpoint;
mod codec;
mod control;
mod control_channel;
mod cost_model;
mod counters;
mod drain;
mod error;
mod exact_clock;
mod exception;
mod exceptions;
mod frame;
mod function_table;
mod governor;
mod health;
mod keep;
mod keeper;
mod memory;
mod memory_questions;
mod memory_store;
mod open_calls;
mod options;
mod original_stacks;
mod quick_json;
mod recorder;
mod recovery;
mod redact;
mod redactions;
mod replacement;
mod row_sink;
mod run_start;
mod session;
mod signal_dumps;
mod sink;
mod translator;
mod watch;
mod ways;
mod worker;

pub use breadcrumb_store::{FileLists, RunRecord, RunStatus};
pub use capture::{Capture, Captured, Captures, Chooser};
pub use control::Control;
pub use control_channel::{CONTROL_VERSION, ControlOptions, Controlled, Refusal};
pub use cost_model::{CostModel, Stretch, Work};
pub use counters::Counters;
pub use error::RecorderError;
pub use exact_clock::Clock;
pub use function_table::{FunctionSnapshot, FunctionTable};
pub use governor::{Change, Governor, Look, Seen};
pub use health::{Health, State, Vitals};
pub use keep::{
    Bounds, KeepOptions, Operator, RootChooser, RootRule, ValueHead, ValueRule, ValueStep,
};
pub use keeper::awaits_recovery;
pub use memory_store::{CallFilter, FunctionStats, StoredCall, StoredException};
pub use options::{LateNs, Overflow, RecorderOptions, SinkOptions};
pub use original_stacks::{AsTheyAre, OriginalStacks};
pub use recorder::{Acquired, Recorder, ThreadRole};
pub use recovery::{Others, REPLACED, Recovered, recover, recover_run, waiting};
pub use redact::{KeepAll, Redact, redactor_for};
pub use redactions::Redactions;
