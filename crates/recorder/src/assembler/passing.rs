//! Exceptions on their way: which calls they leave, where they are caught.
//!
//! Each of these finds the exception that a record speaks of, moves the stack of calls, and says
//! what has become of the exception. Limits: those of [`crate::exceptions`].

use breadcrumb_event::decode::integer;
use breadcrumb_event::layout::FLAG_EMITTED;
use breadcrumb_event::row::{CallResult, CallStatus};

use super::{Assembler, Record};
use crate::call_stack::Place;
use crate::exception::Stage;
use crate::exceptions::Said;
use crate::frame::Frame;
use crate::row_sink::RowSink;
use crate::translator::Translator;

impl Assembler {
    pub(super) fn unwind<S: RowSink>(
        &mut self,
        record: Record<'_>,
        translator: &mut Translator,
        sink: &mut S,
    ) {
        let said = translator.said(record.flags, record.payload, record.values);
        let place = self.stack.find(record.high);
        let closed = match place {
            _ if !matches!(said, Said::Nothing) => None,
            Place::Suspended => self.take_closed_generator(record.high, translator),
            Place::Top => self.pop_closing_generator(translator),
            _ => None,
        };
        if let Some(frame) = closed {
            self.write(&frame, CallStatus::Returned, None, CallResult::None, sink);
            return;
        }
        let below = match place {
            Place::Unknown => {
                self.tally.unknown += 1;
                return;
            }
            Place::Top => self.stack.depth() - 1,
            Place::Running(index) => index,
            Place::Suspended => self.stack.depth(),
        };
        let awaited = place == Place::Suspended;
        let rejects = !matches!(said, Said::Nothing);
        let now_ns = self.now_ns;
        let by = self.exceptions.reaching(said, below, awaited, now_ns, sink);
        self.surface(record.high, Some(by), sink);
        if let Some(frame) = self.stack.pop() {
            self.end_by(&frame, by, sink);
        }
        self.exceptions.left_unseen(by);
        self.exceptions.swallow_above(below, Some(by));
        let stage = match (rejects, below) {
            (true, _) => Stage::Rejected,
            (false, below) => Stage::InFlight(below),
        };
        self.exceptions.set_stage(by, stage);
    }

    /// The variables of a scope of the call that ends next.
    pub(super) fn add_locals(&mut self, record: Record<'_>, translator: &mut Translator) {
        let scope = translator.locals(record.flags, record.payload, record.values);
        match &mut self.locals {
            Some((token, scopes)) if *token == record.high => {
                scopes.push(',');
                scopes.push_str(&scope);
            }
            locals => *locals = Some((record.high, scope)),
        }
    }

    /// A suspended generator that says it ends without a value was closed by `return()`.
    fn take_closed_generator(&mut self, token: u32, translator: &mut Translator) -> Option<Frame> {
        let mut frame = self.stack.take_suspended(token)?;
        if frame.doubtful || !translator.is_generator(frame.function) {
            let since = frame.since_ns;
            self.stack.suspend(frame, since);
            return None;
        }
        frame.resume(self.now_ns);
        Some(frame)
    }

    /// One whose `finally` runs because it is being closed ends likewise, if nothing was thrown in
    /// that `finally`.
    fn pop_closing_generator(&mut self, translator: &mut Translator) -> Option<Frame> {
        let top = self.stack.top_mut()?;
        let closes = top.closing && translator.is_generator(top.function);
        if !closes || self.exceptions.flies_above(self.stack.depth() - 1) {
            return None;
        }
        self.stack.pop()
    }

    pub(super) fn throw<S: RowSink>(
        &mut self,
        record: Record<'_>,
        translator: &mut Translator,
        sink: &mut S,
    ) {
        let said = translator.said(record.flags, record.payload, record.values);
        // Calls above it ended by something else, which its call survived.
        if record.high != 0 {
            self.surface(record.high, None, sink);
        }
        if let (Some(activity), Some(top)) = (&mut translator.activity, self.stack.top()) {
            activity.exception(top.function);
        }
        let by = self.exceptions.thrown(said, self.now_ns, sink);
        let height = self.stack.depth();
        self.exceptions.set_stage(by, Stage::InFlight(height));
    }

    pub(super) fn catch<S: RowSink>(
        &mut self,
        record: Record<'_>,
        translator: &mut Translator,
        sink: &mut S,
    ) {
        let said = translator.said(record.flags, record.payload, record.values);
        let place = match record.high {
            0 => Place::Unknown,
            token => self.stack.find(token),
        };
        let (below, awaited) = match place {
            // Somewhere in code without tokens: whatever flies is caught.
            Place::Unknown => (None, false),
            Place::Top => (Some(self.stack.depth() - 1), false),
            Place::Running(index) => (Some(index), false),
            Place::Suspended => (Some(self.stack.depth()), true),
        };
        let now_ns = self.now_ns;
        let by = self.exceptions.reaching(said, below, awaited, now_ns, sink);
        if record.high != 0 {
            self.surface(record.high, Some(by), sink);
        }
        if place != Place::Unknown
            && let Some(frame) = self.stack.top()
        {
            let clause = record.payload.words.last().copied().and_then(integer);
            let line = translator.line_of_catch(frame.function, clause);
            self.exceptions.get_mut(by).caught_in(frame, line);
        }
        if let Some(below) = below {
            self.exceptions.swallow_above(below, Some(by));
        }
        self.exceptions.set_stage(by, Stage::Caught);
    }

    pub(super) fn formatted(&mut self, record: Record<'_>, translator: &mut Translator) {
        let Said::Value(thrown) = translator.said(record.flags, record.payload, record.values)
        else {
            return;
        };
        let function = record.high.checked_sub(1);
        // What still runs may have made this error since.
        let function = function.filter(|function| !self.stack.runs(*function));
        self.exceptions.formatted(thrown, function);
    }

    pub(super) fn uncaught<S: RowSink>(
        &mut self,
        record: Record<'_>,
        translator: &mut Translator,
        sink: &mut S,
    ) {
        let said = translator.said(record.flags, record.payload, record.values);
        let by = self.exceptions.uncaught(said, self.now_ns, sink);
        // A program's own `process.emit` is called with it, and is still at that.
        let emitted = record.flags & FLAG_EMITTED != 0;
        let unknown = if emitted { 0 } else { usize::MAX };
        let height = self.exceptions.height_of(by).unwrap_or(unknown);
        for frame in self.stack.take_lowest(height).into_iter().rev() {
            self.end_by(&frame, by, sink);
        }
        self.exceptions.swallow_above(0, Some(by));
        self.exceptions.set_stage(by, Stage::Uncaught);
    }
}
