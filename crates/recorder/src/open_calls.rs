//! Which calls of a run have not ended, as its store tells it to readers: listed whenever a segment is
//! published, and without one when a flush interval has passed in which calls began.
//!
//! ```text
//! open.is_news(threads)                     began or ended some since the last listing?
//! open.list(threads, seq, &sink, functions) before segment `seq` is published
//! ```
//! A call that ends in the segment to come stays listed, with its number: a reader that does not see
//! that segment yet has the call as open, one that does has its row. Limits: the eldest
//! [`MAX_LISTED`] calls and [`MAX_LISTED_BYTES`] of their arguments; the number of the rest is told.

use breadcrumb_event::row::{CallResult, CallStatus};
use breadcrumb_store::{OpenCall, OpenCalls};
use rustc_hash::FxHashMap;

use crate::drain::ThreadState;
use crate::frame::{End, Frame};
use crate::function_table::FunctionSnapshot;
use crate::sink::Sink;

/// Calls listed: more than a person reads, and written in 2 ms.
pub(crate) const MAX_LISTED: usize = 1000;
/// Bytes of their arguments.
const MAX_LISTED_BYTES: usize = 256 << 10;

/// A call that is listed.
#[derive(Clone, Debug, PartialEq)]
struct Listed {
    thread: u32,
    frame: Frame,
    ends_in: Option<u64>,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct OpenList {
    listed: Vec<Listed>,
    /// Of each thread, as of the last listing.
    stamps: Vec<(i64, u64)>,
    /// There is a file.
    written: bool,
}

impl OpenList {
    /// Whether calls have begun or ended since the last listing.
    pub(crate) fn is_news(&self, threads: &[ThreadState]) -> bool {
        let stamps = threads.iter().map(|state| state.assembler.stamp());
        !stamps.eq(self.stamps.iter().copied())
    }

    /// Lists what is open, before segment `seq` is published.
    pub(crate) fn list(
        &mut self,
        threads: &[ThreadState],
        seq: u64,
        wall_offset_ns: i64,
        sink: &Sink,
        functions: &FunctionSnapshot,
    ) {
        self.stamps.clear();
        let stamps = threads.iter().map(|state| state.assembler.stamp());
        self.stamps.extend(stamps);
        let (mut now, more) = eldest(threads);
        let before = std::mem::take(&mut self.listed);
        let mut ended: FxHashMap<i64, &Listed> = before
            .iter()
            // Others have been published.
            .filter(|call| call.ends_in.is_none_or(|segment| segment >= seq))
            .map(|call| (call.frame.call_id, call))
            .collect();
        for frame in threads.iter().flat_map(|state| state.assembler.open()) {
            ended.remove(&frame.call_id);
        }
        now.extend(ended.into_values().map(|call| Listed {
            ends_in: Some(seq),
            ..call.clone()
        }));
        now.sort_unstable_by_key(|call| (call.frame.entered_ns, call.frame.call_id));
        self.listed = now;
        if self.listed.is_empty() {
            if std::mem::take(&mut self.written) {
                self.written = sink.remove_open_calls().is_err();
            }
            return;
        }
        if self.written && same(&before, &self.listed) {
            return;
        }
        let calls: Vec<OpenCall<'_>> = self
            .listed
            .iter()
            .map(|call| open_call(call, wall_offset_ns))
            .collect();
        let open = OpenCalls {
            segments: seq,
            more,
            calls: &calls,
        };
        self.written = sink.write_open_calls(&open, functions).is_ok();
        if !self.written {
            // An older list would show calls that have ended beside their rows.
            let _ = sink.remove_open_calls();
        }
    }

    /// Nothing is open any more.
    pub(crate) fn remove(&mut self, sink: &Sink) {
        let _ = sink.remove_open_calls();
        *self = Self::default();
    }
}

/// The same calls in the same places, whatever time has passed for them.
fn same(before: &[Listed], now: &[Listed]) -> bool {
    let key = |call: &Listed| {
        let Frame {
            call_id, root_id, ..
        } = call.frame;
        (call_id, root_id, call.ends_in)
    };
    before.iter().map(key).eq(now.iter().map(key))
}

/// The eldest open calls of all threads, and the number of the rest.
fn eldest(threads: &[ThreadState]) -> (Vec<Listed>, u64) {
    let mut frames: Vec<(u32, &Frame)> = threads
        .iter()
        .flat_map(|state| {
            let thread = state.ring.thread();
            state.assembler.open().map(move |frame| (thread, frame))
        })
        .collect();
    let open = frames.len();
    let age = |(_, frame): &(u32, &Frame)| (frame.entered_ns, frame.call_id);
    if open > MAX_LISTED {
        frames.select_nth_unstable_by_key(MAX_LISTED, age);
        frames.truncate(MAX_LISTED);
    }
    frames.sort_unstable_by_key(age);
    let mut bytes = 0;
    let listed: Vec<Listed> = frames
        .iter()
        .take_while(|(_, frame)| {
            bytes += frame.arguments.bytes();
            bytes <= MAX_LISTED_BYTES
        })
        .map(|&(thread, frame)| Listed {
            thread,
            frame: frame.clone(),
            ends_in: None,
        })
        .collect();
    let more = (open - listed.len()) as u64;
    (listed, more)
}

fn open_call(call: &Listed, wall_offset_ns: i64) -> OpenCall<'_> {
    let end = End {
        status: CallStatus::Open,
        now_ns: call.frame.entered_ns,
        result: CallResult::None,
        exception_id: None,
        lines: None,
        variables: None,
    };
    OpenCall {
        row: call.frame.row(call.thread, wall_offset_ns, end),
        ends_in: call.ends_in,
    }
}
