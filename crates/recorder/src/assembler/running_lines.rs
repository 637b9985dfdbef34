//! Which blocks of calls run.
//!
//! `ENTER f` `LINES f 0×1 1×40` → the call has its lines, and the sums theirs. It may be told of a call that waits, or
//! that others run above. Limits: of one that is not known any more only the sums are.

use breadcrumb_event::layout::TOKEN_MASK;
use breadcrumb_ring::Stretch;

use super::{Assembler, Record};
use crate::translator::Translator;

impl Assembler {
    /// Blocks of a call have run. What is above it may go on.
    pub(super) fn add_lines(&mut self, record: Record<'_>, translator: &mut Translator) {
        let Some((&function, ran)) = record.payload.words.split_first() else {
            self.tally.malformed += 1;
            return;
        };
        let function = function as u32;
        if let Some(activity) = &mut translator.activity {
            activity.event(function, 0, ran.len());
        }
        let ran = ran.iter().map(|word| (*word as u32, word >> 32));
        self.run_blocks(record.high, function, ran, translator);
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
            self.blocks.add(function, block, count);
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
