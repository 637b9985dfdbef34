//! How often lines ran: from what records of calls say and what the rings count of others, to sums.
//!
//! `push_gains(…)` at each publication and at a recovery; `note_functions(…)` once of each function, so that a line that
//! never ran has a row, too. Limits: a block's count wraps, and is read before it has twice.

use breadcrumb_event::function::Block;
use breadcrumb_event::row::LineRow;

use crate::function_table::FunctionSnapshot;
use crate::sink::Sink;

/// Whose rows these are, and of when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Interval {
    pub(crate) thread_id: u32,
    pub(crate) from_ns: i64,
    pub(crate) to_ns: i64,
}

/// What a thread has counted and told.
pub(crate) struct Ran<'a> {
    /// Counts of all blocks in the rings, and what of them is in rows.
    pub(crate) counted: &'a [u32],
    pub(crate) base: &'a mut Vec<u32>,
    /// In recorded calls, by function and block, in this order.
    pub(crate) recorded: Vec<((u32, u32), u64)>,
}

/// Makes rows of what has been gained.
pub(crate) fn push_gains(
    functions: &FunctionSnapshot,
    interval: Interval,
    ran: Ran<'_>,
    sink: &mut Sink,
) {
    let Ran {
        counted,
        base,
        recorded,
    } = ran;
    if base.len() < counted.len() {
        base.resize(counted.len(), 0);
    }
    if recorded.is_empty() && base == counted {
        return;
    }
    let mut recorded = recorded.into_iter().peekable();
    for (id, first, function) in functions.with_blocks() {
        for (number, block) in (0u32..).zip(&function.blocks) {
            while recorded.next_if(|(key, _)| *key < (id, number)).is_some() {}
            let told = recorded.next_if(|(key, _)| *key == (id, number));
            let mut gained = told.map_or(0, |(_, count)| count);
            let at = (first + number) as usize;
            if let (Some(base), Some(&now)) = (base.get_mut(at), counted.get(at)) {
                gained += u64::from(now.wrapping_sub(*base));
                *base = now;
            }
            if gained > 0 {
                push_block(id, block, interval, gained, sink);
            }
        }
    }
}

/// Makes rows of the functions from `first` on, and of their lines, which are there to run.
pub(crate) fn note_functions(
    functions: &FunctionSnapshot,
    first: u32,
    interval: Interval,
    sink: &mut Sink,
) {
    for id in first..functions.len() {
        sink.push_function(id);
        let blocks = functions.entry(id).map(|entry| &entry.function.blocks);
        for block in blocks.into_iter().flatten() {
            push_block(id, block, interval, 0, sink);
        }
    }
}

fn push_block(function: u32, block: &Block, interval: Interval, count: u64, sink: &mut Sink) {
    let mut push = |(line, column), is_branch| {
        sink.push_line(&LineRow {
            function,
            thread_id: interval.thread_id,
            line,
            column,
            is_branch,
            from_ns: interval.from_ns,
            to_ns: interval.to_ns,
            count,
        });
    };
    if block.lines.is_empty() && block.line > 0 {
        push((block.line, block.column), true);
    }
    for place in &block.lines {
        push(*place, false);
    }
}
