//! Rows in, a store on disk out: run records, and segments of Parquet files that DuckDB reads.
//!
//! ```no_run
//! use breadcrumb_event::function::FunctionEntry;
//! use breadcrumb_store::{SegmentBuilder, Store, StoreError};
//!
//! fn keep(functions: &Vec<FunctionEntry>) -> Result<(), StoreError> {
//!     let store = Store::create(".breadcrumb")?;
//!     let mut segment = SegmentBuilder::new("0198c0de-run", &store);
//!     // segment.push_call(&row); …
//!     let published = segment.publish(&store, 0, functions)?;
//!     assert_eq!(published.rows, 0);
//!     Ok(())
//! }
//! ```
//! Limits: writes, lists and removes; questions are asked of the files by `ts/query`. Values are
//! redacted before they come here.
#![forbid(unsafe_code)]

mod atomic_file;
mod call_columns;
mod call_group;
mod call_page;
mod calls;
mod check;
mod day;
mod delta;
mod error;
mod exceptions;
mod file_system;
mod fingerprint;
mod function_source;
mod function_sums;
mod held_exception;
mod id_index;
mod json_file;
mod merge;
mod migrate;
mod open_calls;
mod page;
mod redaction_key;
mod removal;
#[cfg(test)]
mod removal_tests;
mod resolved_functions;
mod retention;
mod retention_policy;
#[cfg(test)]
mod retention_tests;
mod run;
mod segment;
mod seq_ranges;
mod spill;
mod store;
mod stored_run;
mod summary;
mod table;
mod table_reader;
mod table_sum;
mod timestamp;
mod upkeep_lock;
mod writer_lock;

pub use check::{CheckReport, Finding, FindingKind, check_store, check_store_locked};
pub use error::StoreError;
pub use function_source::FunctionSource;
pub use function_sums::FunctionTiming;
pub use merge::{MergeLimits, MergeReport};
pub use migrate::{MigrateOptions, MigrateReport};
pub use open_calls::{OpenCall, OpenCalls};
pub use redaction_key::random_key;
pub use removal::Removal;
pub use retention::{KeptRun, PlannedRun, Pruning, RetentionPlan, RetentionScope};
pub use retention_policy::{Reason, RetentionPolicy};
pub use run::{
    ClockOffset, CorruptRun, FileLists, LeftAlone, RunCounters, RunRecord, RunStatus, Runs,
};
pub use segment::{Published, SegmentBuilder};
pub use seq_ranges::SeqRanges;
pub use store::{STORE_VERSION, Store};
pub use stored_run::WhyKept;
pub use summary::{RunPart, SegmentSummary, TableSummaries, TableSummary, name_hash};
pub use timestamp::iso_timestamp;
pub use upkeep_lock::UpkeepLock;
pub use writer_lock::WriterLock;
