//! Which lines of a call have run, in the order in which they first did, and how often.
//!
//! ```text
//! blocks 0 ×1, 2 ×40, 3 ×1 → [[12,1],[13,40],[13,2,17],[15,1]]
//! ```
//! A line has its number and a count; a branch that begins within a line has its column behind.
//! Limits: a block's lines count as run when it was entered.

use std::sync::Arc;

use breadcrumb_event::function::Block;

use crate::codec::{Decoder, Encoder};
use crate::ways::Way;

/// A line, or a branch in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ran {
    block: u32,
    line: u32,
    /// 0: the line itself.
    column: u32,
    count: u64,
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CallLines {
    /// All that ran, where one record told it.
    way: Option<Arc<Way>>,
    ran: Vec<Ran>,
}

impl CallLines {
    /// The call has gone this way, and ran what `blocks` are its function's of.
    pub(crate) fn go(&mut self, way: &Arc<Way>, blocks: &[Block]) {
        if self.way.is_none() && self.ran.is_empty() {
            self.way = Some(Arc::clone(way));
            return;
        }
        for (block, count) in &way.ran {
            self.add(*block, *count, blocks);
        }
    }

    fn ran(&self) -> &[Ran] {
        self.way.as_ref().map_or(&self.ran, |way| &way.lines.ran)
    }

    /// A block of the call's function, one of `blocks`, has run so many more times.
    pub(crate) fn add(&mut self, block: u32, count: u64, blocks: &[Block]) {
        if let Some(way) = self.way.take() {
            self.ran.clone_from(&way.lines.ran);
        }
        let mut is_known = false;
        for ran in self.ran.iter_mut().filter(|ran| ran.block == block) {
            is_known = true;
            ran.count += count;
        }
        if is_known {
            return;
        }
        let Some(place) = blocks.get(block as usize) else {
            return;
        };
        let ran = |line, column| Ran {
            block,
            line,
            column,
            count,
        };
        if place.lines.is_empty() && place.line > 0 {
            self.ran.push(ran(place.line, place.column));
        }
        let lines = place.lines.iter().map(|(line, _)| ran(*line, 0));
        self.ran.extend(lines);
    }

    /// As the store has them; nothing where none are known. `scratch`: is overwritten.
    pub(crate) fn json<'a>(&'a self, scratch: &'a mut String) -> Option<&'a str> {
        if let Some(way) = &self.way {
            return Some(&way.json)
                .filter(|json| !json.is_empty())
                .map(String::as_str);
        }
        scratch.clear();
        self.write_json(scratch);
        (!scratch.is_empty()).then_some(scratch)
    }

    pub(crate) fn write_json(&self, out: &mut String) {
        let mut digits = itoa::Buffer::new();
        for (index, ran) in self.ran().iter().enumerate() {
            out.push(if index == 0 { '[' } else { ',' });
            out.push('[');
            out.push_str(digits.format(ran.line));
            out.push(',');
            out.push_str(digits.format(ran.count));
            if ran.column > 0 {
                out.push(',');
                out.push_str(digits.format(ran.column));
            }
            out.push(']');
        }
        if !self.ran().is_empty() {
            out.push(']');
        }
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.u64(self.ran().len() as u64);
        for ran in self.ran() {
            out.u32(ran.block).u32(ran.line).u32(ran.column);
            out.u64(ran.count);
        }
    }

    pub(crate) fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        let mut lines = Self::default();
        for _ in 0..from.count()? {
            lines.ran.push(Ran {
                block: from.u32()?,
                line: from.u32()?,
                column: from.u32()?,
                count: from.u64()?,
            });
        }
        Some(lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks() -> Vec<Block> {
        let block = |line, column, lines: &[(u32, u32)]| Block {
            line,
            column,
            end_line: line,
            end_column: column,
            lines: lines.to_vec(),
        };
        vec![
            block(1, 14, &[(2, 3), (3, 3)]),
            block(3, 20, &[(4, 5)]),
            block(4, 19, &[]),
        ]
    }

    #[test]
    fn lines_stand_in_the_order_in_which_they_first_ran() {
        let mut lines = CallLines::default();
        let mut json = String::new();
        lines.write_json(&mut json);
        assert_eq!(json, "");
        for (block, count) in [(0, 1), (1, 40), (2, 7), (1, 2), (9, 1)] {
            lines.add(block, count, &blocks());
        }
        lines.write_json(&mut json);
        assert_eq!(json, "[[2,1],[3,1],[4,42],[4,7,19]]");
        let mut out = Encoder::default();
        lines.encode(&mut out);
        let read = CallLines::decode(&mut Decoder::new(&out.bytes));
        assert_eq!(read, Some(lines));
    }
}
