//! What a session's memory store is asked. Without one there are no rows.
//!
//! `recorder.calls(&CallFilter::default(), 10)`, `recorder.stats()`. Limits: those of [`crate::memory_store`].

use crate::memory_store::{CallFilter, FunctionStats, StoredCall, StoredException};
use crate::recorder::Recorder;

impl Recorder {
    /// Calls in a memory store, newest first; none in another.
    #[must_use]
    pub fn calls(&self, filter: &CallFilter, limit: usize) -> Vec<StoredCall> {
        let functions = self.session.control.functions().snapshot();
        let memory = self.session.memory.as_ref();
        memory.map_or_else(Vec::new, |m| m.lock().calls(filter, limit, &functions))
    }

    /// Exceptions in a memory store, newest first.
    #[must_use]
    pub fn exceptions(&self, limit: usize) -> Vec<StoredException> {
        let functions = self.session.control.functions().snapshot();
        let memory = self.session.memory.as_ref();
        memory.map_or_else(Vec::new, |m| m.lock().exceptions(limit, &functions))
    }

    /// Sums by function in a memory store.
    #[must_use]
    pub fn stats(&self) -> Vec<FunctionStats> {
        let Some(memory) = &self.session.memory else {
            return Vec::new();
        };
        if !self.is_stopped()
            && let Some(mut drain) = self.session.drain.try_lock()
        {
            drain.count_now();
        }
        let functions = self.session.control.functions().snapshot();
        memory.lock().stats(&functions)
    }
}
