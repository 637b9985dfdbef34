//! The atomics of the chunk protocol: `std`'s, or `loom`'s under `--cfg loom`, so that one text of
//! the protocol is run and model-checked. Limits: only [`crate::chunk`] is model-checked.

#[cfg(not(loom))]
pub use std::sync::atomic::{AtomicI32, AtomicU32, AtomicU64, Ordering};

#[cfg(loom)]
pub use loom::sync::atomic::{AtomicI32, AtomicU32, AtomicU64, Ordering};
