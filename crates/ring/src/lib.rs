//! Memory and files of the rings: one JavaScript thread writes a ring, one Rust reader reads it.
//!
//! ```no_run
//! use breadcrumb_ring::{ChunkBudget, Reader, Ring, RingOptions, Take, ThreadMemory};
//!
//! let memory = ThreadMemory::reserve()?;          // JavaScript's views: memory.base()
//! let budget = ChunkBudget::new(48 << 20);
//! let ring = Ring::attach(&memory, RingOptions::anonymous(0, &budget))?;
//! let mut reader = Reader::new(1);
//! reader.look(&ring.cells());
//! while let Some(batch) = reader.next(&ring.cells(), Take::Settled) {
//!     let _ = (batch.header, batch.records());    // whole ones only
//! }
//! reader.free_consumed(&ring.cells());
//! # Ok::<(), breadcrumb_ring::RingError>(())
//! ```
//! The bytes are `breadcrumb_event::layout`'s. Limits: Unix; what records mean is the recorder's
//! affair; the only crate with `unsafe`, besides the binding.

pub mod chunk;
pub mod primitive;

#[cfg(not(loom))]
mod budget;
#[cfg(not(loom))]
pub mod clock;
#[cfg(not(loom))]
mod control_memory;
#[cfg(not(loom))]
mod crashed_ring;
#[cfg(not(loom))]
mod dump_signal;
#[cfg(not(loom))]
mod error;
#[cfg(not(loom))]
pub mod free_memory;
#[cfg(not(loom))]
mod last_signal;
#[cfg(not(loom))]
mod last_word;
#[cfg(not(loom))]
mod map;
#[cfg(not(loom))]
mod reader;
#[cfg(not(loom))]
mod ring;
#[cfg(not(loom))]
mod run_folder;
#[cfg(not(loom))]
mod space;
#[cfg(not(loom))]
mod stretch;
#[cfg(not(loom))]
mod thread_memory;
#[cfg(not(loom))]
mod writer;

#[cfg(not(loom))]
pub use {
    budget::{ChunkBudget, FIRST_CHUNKS, LEAST_CHUNKS},
    control_memory::ControlMemory,
    crashed_ring::CrashedRing,
    dump_signal::DumpSignal,
    error::RingError,
    last_word::LastWord,
    reader::{Batch, Cells, Position, Reader, Take},
    ring::{Ring, RingOptions},
    run_folder::{RunFolder, control_root, shm_root},
    space::{Space, SystemSpace},
    stretch::Stretch,
    thread_memory::ThreadMemory,
    writer::Writer,
};
