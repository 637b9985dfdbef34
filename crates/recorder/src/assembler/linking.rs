//! Callbacks: calls that begin where none runs, in a context that names the root of their trace.
//!
//! `ENTER f` (call 1) … `ENTER g` (call 4) `CONTEXT 3` → the parent and root of g is call 1.
//! Nothing is kept of contexts. Limits: a root that was none itself, a generator that was created in
//! a trace and runs outside of it, is seen through while it has not ended.

use breadcrumb_event::layout::TOKEN_MASK;

use super::{Assembler, CALL_BITS, Record};

impl Assembler {
    /// The last call to begin is a callback of the trace whose root began so many calls earlier.
    pub(super) fn link(&mut self, record: Record<'_>) {
        let Some(&bits) = record.payload.words.first() else {
            return;
        };
        let distance = f64::from_bits(bits) as i64;
        let call_id = self.next_call_id - 1;
        let named = call_id.saturating_sub(distance);
        // Before the thread's first call: a trace of an earlier recording.
        if named >= call_id || named <= i64::from(self.thread) << CALL_BITS {
            return;
        }
        let span = i64::from(TOKEN_MASK);
        let token = (i64::from(self.next_token) - 2 - distance).rem_euclid(span) + 1;
        let suspended = self.stack.suspended(token as u32);
        let root_id = suspended
            .filter(|frame| frame.call_id == named)
            .map_or(named, |frame| frame.root_id);
        if let Some(frame) = self.stack.rootless_mut(call_id) {
            frame.parent_id = root_id;
            frame.root_id = root_id;
            frame.depth = 1;
            frame.callback = true;
        }
    }
}
