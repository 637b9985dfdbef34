//! Calls that have no row: from the rings' counters, and from traces that are not stored, to sums.
//!
//! `drain.count(now)` at each publication; `count_row(…)` and `push_left_out(…)` for a recovery, too.
//! All calls of a row happened between its `from` and its `to`: a reader may say of a call that lasted
//! longer that they happened meanwhile. So intervals overlap, by the time that reading takes.
//! A row without any says that the function ran, and that nobody knows how often.
//! Limits: a function's counters wrap, and are read before they have twice.

use breadcrumb_event::row::CountRow;
use breadcrumb_ring::clock::monotonic_ns;

use super::Drain;
use super::lines::{Interval, Ran, push_gains};
use crate::counters::Counters;
use crate::keep::Held;
use crate::sink::Sink;

impl Drain {
    /// Makes rows of what the counters have gained.
    pub(super) fn count(&mut self) {
        self.translator.refresh();
        let offset_ns = self.wall_offset_ns;
        let wall_ns = || monotonic_ns() + offset_ns;
        let before_ns = wall_ns();
        let functions = self.translator.functions().len();
        for state in &mut self.threads {
            let counters = state.ring.counters(functions);
            let to_ns = wall_ns();
            if state.counted.len() < counters.len() {
                state.counted.resize(counters.len(), (0, 0));
            }
            let bases = state.counted.iter_mut().zip(counters);
            for (id, (base, new)) in (0u32..).zip(bases) {
                if *base == new {
                    continue;
                }
                let row = count_row(id, state.ring.thread(), *base, new);
                self.counters.counted += row.counted;
                self.counters.dropped += row.dropped;
                self.sink.push_count(&CountRow {
                    from_ns: self.counted_to_ns,
                    to_ns,
                    ..row
                });
                *base = new;
            }
        }
        self.count_lines(wall_ns());
        for (thread_id, function) in std::mem::take(&mut *self.ran.lock()) {
            self.sink.push_count(&CountRow {
                function,
                thread_id,
                from_ns: self.counted_to_ns,
                to_ns: wall_ns(),
                counted: 0,
                dropped: 0,
            });
        }
        for row in std::mem::take(&mut *self.samples.lock()) {
            self.sink.push_sample(row);
        }
        if let Some(keep) = &mut self.keep {
            push_left_out(keep, (self.counted_to_ns, wall_ns()), &mut self.sink);
        }
        self.counted_to_ns = before_ns;
    }

    fn count_lines(&mut self, to_ns: i64) {
        let functions = self.translator.functions();
        let blocks = functions.blocks();
        if blocks == 0 {
            return;
        }
        for state in &mut self.threads {
            let interval = Interval {
                thread_id: state.ring.thread(),
                from_ns: self.counted_to_ns,
                to_ns,
            };
            let ran = Ran {
                counted: &state.ring.blocks(blocks),
                base: &mut state.blocks,
                recorded: state.assembler.ways.take_sums(),
            };
            push_gains(functions, interval, ran, &mut self.sink);
        }
    }

    /// What was done so far. Counted and dropped calls: up to the last publication.
    pub(crate) fn counters(&self) -> Counters {
        let mut counters = self.counters.clone();
        for state in &self.threads {
            counters.add(&state.assembler, state.reader.malformed());
        }
        if let Some(keep) = &self.keep {
            counters.leave_out(keep.tally);
            counters.held_bytes = keep.bytes() as u64;
        }
        counters.add_redactions(&self.translator);
        counters
    }

    /// Calls dropped, up to the last publication.
    pub(crate) fn dropped(&self) -> u64 {
        self.counters.dropped
    }

    /// Makes rows of what was counted since the last publication, for a memory store.
    pub(crate) fn count_now(&mut self) {
        self.count();
    }

    /// As `counters()`, with what was counted since the last publication.
    pub(crate) fn counters_now(&mut self) -> Counters {
        self.translator.refresh();
        let mut counters = self.counters();
        for state in &self.threads {
            let new = state.ring.counters(self.translator.functions().len());
            let old = state.counted.iter().chain(std::iter::repeat(&(0, 0)));
            for (new, old) in new.into_iter().zip(old) {
                let row = count_row(0, 0, *old, new);
                counters.counted += row.counted;
                counters.dropped += row.dropped;
            }
        }
        counters
    }
}

/// The gain of a function's counters, which wrap.
pub(crate) fn count_row(
    function: u32,
    thread_id: u32,
    old: (u32, u32),
    new: (u32, u32),
) -> CountRow {
    CountRow {
        function,
        thread_id,
        from_ns: 0,
        to_ns: 0,
        counted: new.0.wrapping_sub(old.0).into(),
        dropped: new.1.wrapping_sub(old.1).into(),
    }
}

/// Makes rows of the calls of traces that are not stored. Those may have begun before the interval.
pub(crate) fn push_left_out(keep: &mut Held, (from_ns, to_ns): (i64, i64), sink: &mut Sink) {
    let from_ns = from_ns.min(keep.take_counted_from_ns());
    for (thread_id, function, counted) in keep.take_counted() {
        sink.push_count(&CountRow {
            function,
            thread_id,
            from_ns,
            to_ns,
            counted,
            dropped: 0,
        });
    }
}
