//! What calls belong to that no probe can see: the trace of a callback, and spans elsewhere.
//!
//! `ENTER f` (call 1) … `ENTER g` (call 4) `CONTEXT 3` → the parent and root of g is call 1.
//! `LINK 0 in …` → g serves the request of that span.
//! Nothing is kept of contexts. Limits: a root that was none itself, a generator that was created in
//! a trace and runs outside of it, is seen through while it has not ended.

use breadcrumb_event::layout::{FLAG_LINK_OTEL, FLAG_LINK_OUT, TOKEN_MASK};
use breadcrumb_event::row::{LinkDirection, LinkRow};

use super::{Assembler, CALL_BITS, Record};
use crate::frame::Frame;
use crate::row_sink::RowSink;

impl Assembler {
    /// The last call to begin is a callback of the trace whose root began so many calls earlier.
    pub(super) fn attach(&mut self, record: Record<'_>) {
        let Some(&bits) = record.payload.words.first() else {
            return;
        };
        let call_id = self.next_call_id - 1;
        let Some(root_id) = self.root_before((f64::from_bits(bits) as i64).saturating_add(1))
        else {
            return;
        };
        if root_id == call_id {
            return;
        }
        if let Some(frame) = self.stack.rootless_mut(call_id) {
            frame.parent_id = root_id;
            frame.root_id = root_id;
            frame.depth = 1;
            frame.callback = true;
        }
    }

    /// A call is joined to a span elsewhere.
    pub(super) fn link<S: RowSink>(&mut self, record: Record<'_>, sink: &mut S) {
        let &[distance, high, low, span] = record.payload.words else {
            self.tally.malformed += 1;
            return;
        };
        let call_of = |frame: &Frame| (frame.call_id, frame.root_id);
        let call = match (record.high, f64::from_bits(distance) as i64) {
            (0, 0) => self.stack.top().map(call_of),
            (0, distance) => self.root_before(distance).map(|root| (root, root)),
            (token, _) => self.stack.suspended(token).map(call_of),
        };
        let Some((call_id, root_id)) = call else {
            self.tally.unknown += 1;
            return;
        };
        // Each word holds two of 4 bytes, the first one low.
        let [high, low, span] = [high, low, span].map(|word: u64| word.rotate_left(32));
        sink.link(&LinkRow {
            thread_id: self.thread,
            root_id,
            call_id,
            at_ns: self.now_ns.saturating_add(self.wall_offset_ns),
            direction: match record.flags {
                FLAG_LINK_OUT => LinkDirection::Out,
                FLAG_LINK_OTEL => LinkDirection::Otel,
                _ => LinkDirection::In,
            },
            w3c_trace: u128::from(high) << 64 | u128::from(low),
            span,
        });
    }

    /// The root that began so many calls before the next one; none before the thread's first call: it is of a
    /// trace of an earlier recording.
    fn root_before(&self, distance: i64) -> Option<i64> {
        let named = self.next_call_id.saturating_sub(distance);
        if named >= self.next_call_id || named <= i64::from(self.thread) << CALL_BITS {
            return None;
        }
        let span = i64::from(TOKEN_MASK);
        let token = (i64::from(self.next_token) - 1 - distance).rem_euclid(span) + 1;
        let suspended = self.stack.suspended(token as u32);
        let root_id = suspended
            .filter(|frame| frame.call_id == named)
            .map_or(named, |frame| frame.root_id);
        Some(root_id)
    }
}
