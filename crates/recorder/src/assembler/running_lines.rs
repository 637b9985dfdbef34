//! Which blocks of calls run.
//!
//! `ENTER f` `LINES f 0×1 1×40` → the call has its lines, and the sums theirs. It may be told of a call that waits, or
//! that others run above. Limits: of one that is not known any more only the sums are.

use breadcrumb_event::decode::Payload;
use breadcrumb_event::layout::TOKEN_MASK;
use breadcrumb_ring::Stretch;

use super::{Assembler, Record};
use crate::translator::Translator;
use crate::ways::{function_of, ran};

impl Assembler {
    /// Blocks of a call have run. What is above it may go on.
    pub(super) fn add_lines(&mut self, record: Record<'_>, translator: &mut Translator) {
        let words = record.payload.words;
        let Some(function) = function_of(words) else {
            self.tally.malformed += 1;
            return;
        };
        if let Some(activity) = &mut translator.activity {
            activity.event(function, 0, words.len());
        }
        let blocks = translator.blocks(function);
        let Some(way) = self.ways.take(words, record.flags, blocks) else {
            let ran = ran(words, record.flags);
            return self.run_blocks(record.high, function, ran, translator);
        };
        let frame = self.stack.get_mut(record.high);
        if let Some(frame) = frame.filter(|frame| frame.function == function) {
            frame.lines.go(way, blocks);
        }
    }

    /// An assignment of a call was made.
    pub(super) fn add_variable(&mut self, record: Record<'_>, translator: &mut Translator) {
        let Some((head, words)) = record.payload.words.split_first() else {
            self.tally.malformed += 1;
            return;
        };
        let Some(frame) = self.stack.get_mut(record.high) else {
            self.tally.unknown += 1;
            return;
        };
        if let Some(activity) = &mut translator.activity {
            activity.event(frame.function, 1, words.len());
        }
        let payload = Payload {
            words,
            chunk: record.payload.chunk,
        };
        if let Some((assignment, value)) =
            translator.assigned(frame.function, *head as u32, payload)
        {
            frame.variables.add(assignment, (head >> 32) as u32, value);
        }
    }

    fn run_blocks(
        &mut self,
        token: u32,
        function: u32,
        ran: impl Iterator<Item = (u32, u64)>,
        translator: &mut Translator,
    ) {
        let mut frame = self.stack.get_mut(token);
        let blocks = translator.blocks(function);
        for (block, count) in ran {
            self.ways.add(function, block, count);
            if let Some(frame) = frame.as_mut().filter(|frame| frame.function == function) {
                frame.lines.add(block, count, blocks);
            }
        }
    }

    /// Takes what ran of a call and will not come into a record any more.
    pub(crate) fn add_stretch(&mut self, stretch: &Stretch, translator: &mut Translator) {
        let ran = stretch.ran.iter().copied();
        let token = stretch.token & TOKEN_MASK;
        self.run_blocks(token, stretch.function, ran, translator);
    }
}
