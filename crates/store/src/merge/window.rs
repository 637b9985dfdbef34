//! Calls held back until there are enough of them to be sorted by trace.
//!
//! ```ignore
//! window.push(run, &row);
//! if window.is_full() { window.drain(|run, seq, row| builder.push_call(row)) }
//! ```
//! Within a window calls are in the order of run, trace and entry; windows follow each other as
//! their segments did, in time. Limits: memory, about 200 bytes a call and its text.

use std::ops::Range;

use breadcrumb_event::row::{Arguments, CallResult, CallRow};

/// Bytes of text in a window, about.
const TEXT_BYTES: usize = 8 << 20;

/// A call whose texts are in the window.
#[derive(Debug)]
struct HeldCall {
    run: usize,
    seq: Option<u32>,
    row: CallRow<'static>,
    integers: ([i64; 2], u8),
    arguments: Option<Range<usize>>,
    result: Option<Range<usize>>,
    lines: Option<Range<usize>>,
    variables: Option<Range<usize>>,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Window {
    rows: usize,
    calls: Vec<HeldCall>,
    text: String,
}

impl Window {
    /// An empty window for so many rows.
    pub(super) fn new(rows: usize) -> Self {
        Self {
            rows,
            calls: Vec::new(),
            text: String::new(),
        }
    }

    /// Takes a call of the run with this index, from its segment of this number.
    pub(super) fn push(&mut self, run: usize, seq: Option<u32>, row: &CallRow<'_>) {
        let mut held = HeldCall {
            run,
            seq,
            row: CallRow {
                arguments: Arguments::None,
                result: CallResult::None,
                lines: None,
                variables: None,
                ..*row
            },
            integers: ([0; 2], 0),
            arguments: None,
            result: None,
            lines: row.lines.map(|text| self.keep(text)),
            variables: row.variables.map(|text| self.keep(text)),
        };
        match row.arguments {
            Arguments::None => {}
            Arguments::Integers(values) => {
                held.row.arguments = Arguments::Integers(&[]);
                for (slot, value) in held.integers.0.iter_mut().zip(values) {
                    *slot = *value;
                    held.integers.1 += 1;
                }
            }
            Arguments::Json(text) => held.arguments = Some(self.keep(text)),
        }
        match row.result {
            CallResult::None => {}
            CallResult::Integer(value) => held.row.result = CallResult::Integer(value),
            CallResult::Json(text) => held.result = Some(self.keep(text)),
        }
        self.calls.push(held);
    }

    fn keep(&mut self, text: &str) -> Range<usize> {
        let start = self.text.len();
        self.text.push_str(text);
        start..self.text.len()
    }

    pub(super) fn is_full(&self) -> bool {
        self.calls.len() >= self.rows || self.text.len() >= TEXT_BYTES
    }

    /// Gives all calls away, sorted, with the index of their run and the number of their segment.
    pub(super) fn drain(&mut self, mut take: impl FnMut(usize, Option<u32>, &CallRow<'_>)) {
        self.calls
            .sort_unstable_by_key(|call| (call.run, call.row.root_id, call.row.call_id));
        for call in self.calls.drain(..) {
            let (values, count) = call.integers;
            let row = CallRow {
                arguments: match (&call.arguments, call.row.arguments) {
                    (Some(range), _) => Arguments::Json(&self.text[range.clone()]),
                    (None, Arguments::Integers(_)) => {
                        Arguments::Integers(&values[..usize::from(count)])
                    }
                    (None, other) => other,
                },
                result: match &call.result {
                    Some(range) => CallResult::Json(&self.text[range.clone()]),
                    None => call.row.result,
                },
                lines: call.lines.map(|range| &self.text[range]),
                variables: call.variables.map(|range| &self.text[range]),
                ..call.row
            };
            take(call.run, call.seq, &row);
        }
        self.text.clear();
    }
}
