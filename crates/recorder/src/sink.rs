//! The two ends that rows can go to: segments of a store, or memory.
//!
//! `sink.publish(seq, &functions)?` makes what was pushed so far visible. Limits: none of its own.

use std::sync::Arc;

use breadcrumb_event::row::{CallRow, CountRow, ExceptionRow, LineRow, LinkRow, SampleRow};
use breadcrumb_store::{FunctionTiming, OpenCalls, Published, RunRecord, SegmentBuilder, Store};
use parking_lot::Mutex;

use crate::error::RecorderError;
use crate::function_table::FunctionSnapshot;
use crate::memory_store::MemoryStore;
use crate::options::SinkOptions;
use crate::row_sink::RowSink;

/// See the module.
pub(crate) enum Sink {
    Store {
        store: Store,
        segment: Box<SegmentBuilder>,
    },
    Memory(Arc<Mutex<MemoryStore>>),
}

impl Sink {
    pub(crate) fn new(options: &SinkOptions, run_id: &str) -> Result<Self, RecorderError> {
        Ok(match options {
            SinkOptions::Store(folder) => {
                let store = Store::create(folder)?;
                let segment = Box::new(SegmentBuilder::new(run_id, &store));
                Self::Store { store, segment }
            }
            SinkOptions::Memory { max_calls } => {
                Self::Memory(Arc::new(Mutex::new(MemoryStore::new(*max_calls))))
            }
        })
    }

    /// Another sink into the same store, without rows; `None` for a memory store.
    pub(crate) fn beside(&self, run_id: &str) -> Option<Self> {
        match self {
            Self::Store { store, .. } => Some(Self::Store {
                segment: Box::new(SegmentBuilder::new(run_id, store)),
                store: store.clone(),
            }),
            Self::Memory(_) => None,
        }
    }

    pub(crate) fn memory(&self) -> Option<Arc<Mutex<MemoryStore>>> {
        match self {
            Self::Store { .. } => None,
            Self::Memory(memory) => Some(Arc::clone(memory)),
        }
    }

    pub(crate) fn store(&self) -> Option<&Store> {
        match self {
            Self::Store { store, .. } => Some(store),
            Self::Memory(_) => None,
        }
    }

    /// Rows that are not published.
    pub(crate) fn rows(&self) -> u64 {
        match self {
            Self::Store { segment, .. } => segment.rows(),
            Self::Memory(_) => 0,
        }
    }

    /// How the calls in rows that are about to be published were timed.
    pub(crate) fn take_timings(&mut self) -> Vec<FunctionTiming> {
        match self {
            Self::Store { segment, .. } => segment.timings().collect(),
            Self::Memory(memory) => memory.lock().take_timings(),
        }
    }

    pub(crate) fn push_function(&mut self, function: u32) {
        if let Self::Store { segment, .. } = self {
            segment.push_function(function);
        }
    }

    pub(crate) fn push_count(&mut self, row: &CountRow) {
        match self {
            Self::Store { segment, .. } => segment.push_count(row),
            Self::Memory(memory) => memory.lock().push_count(row),
        }
    }

    /// A memory store keeps none.
    pub(crate) fn push_line(&mut self, row: &LineRow) {
        if let Self::Store { segment, .. } = self {
            segment.push_line(row);
        }
    }

    /// A memory store keeps none.
    pub(crate) fn push_sample(&mut self, row: SampleRow) {
        if let Self::Store { segment, .. } = self {
            segment.push_sample(row);
        }
    }

    pub(crate) fn publish(
        &mut self,
        seq: u64,
        functions: &FunctionSnapshot,
    ) -> Result<Published, RecorderError> {
        match self {
            Self::Store { store, segment } => {
                store.restore()?;
                Ok(segment.publish(store, seq, functions)?)
            }
            Self::Memory(_) => Ok(Published::default()),
        }
    }

    /// Tells readers of the store which calls have not ended.
    pub(crate) fn write_open_calls(
        &self,
        open: &OpenCalls<'_>,
        functions: &FunctionSnapshot,
    ) -> Result<(), RecorderError> {
        match self {
            Self::Store { store, segment } => {
                Ok(store.write_open_calls(segment.run_id(), open, functions)?)
            }
            Self::Memory(_) => Ok(()),
        }
    }

    /// Tells them of none.
    pub(crate) fn remove_open_calls(&self) -> Result<(), RecorderError> {
        if let Self::Store { store, segment } = self {
            store.remove_open_calls(segment.run_id())?;
        }
        Ok(())
    }

    pub(crate) fn write_run(&self, run: &RunRecord) -> Result<(), RecorderError> {
        match self {
            Self::Store { store, .. } => {
                store.restore()?;
                Ok(store.write_run(run)?)
            }
            Self::Memory(_) => Ok(()),
        }
    }
}

impl RowSink for Sink {
    #[inline]
    fn call(&mut self, row: &CallRow<'_>) {
        match self {
            Self::Store { segment, .. } => segment.push_call(row),
            Self::Memory(memory) => memory.lock().push_call(row),
        }
    }

    fn exception(&mut self, row: &ExceptionRow<'_>) {
        match self {
            Self::Store { segment, .. } => segment.push_exception(row),
            Self::Memory(memory) => memory.lock().push_exception(row),
        }
    }
    /// A memory store keeps none.
    fn link(&mut self, row: &LinkRow) {
        if let Self::Store { segment, .. } = self {
            segment.push_link(row);
        }
    }
}
