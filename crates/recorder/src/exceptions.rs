//! The exceptions of one thread, from the first sign of one to what became of it.
//!
//! ```text
//! THROW e in f   e is in flight, above f's caller ("height": running calls that it has not left)
//! UNWIND f       f ended by the newest one in flight that has left all above f; a new one if none
//! CATCH in g     caught: its value is known now, if it was not
//! RETURN g       all in flight above g were swallowed by code that is not traced
//! STACK in f     what f ended by, if that is not known and f has not been called again
//! ```
//! An asynchronous call that throws *rejects*: its exception waits to be caught by whoever awaits
//! it, which shows by the same value ([`FLAG_SAME`](breadcrumb_event::layout::FLAG_SAME)) or by
//! equal content. Limits: [`KEPT`] are remembered; a native error that is thrown where another
//! one was silently swallowed just before, in the same call, is taken for that one; passes and
//! rethrows after the row was written are not in its `calls`; of one with a row only what tells it again
//! is kept.

use std::collections::VecDeque;

use crate::codec::{Decoder, Encoder};
use crate::exception::{Exception, Stage, Thrown};
use crate::row_sink::RowSink;

/// Exceptions that are remembered, so that a rethrow of an old one is still the same.
const KEPT: usize = 256;
/// After this long without a word, what became of an exception is `unknown`.
const UNKNOWN_AFTER_NS: i64 = 5_000_000_000;

/// What a record says of its value.
#[derive(Clone, Debug)]
pub(crate) enum Said {
    /// Nothing.
    Nothing,
    /// The same as the last.
    Same,
    Value(Thrown),
}

/// The exceptions of a thread. See the module.
#[derive(Clone, Debug)]
pub(crate) struct Exceptions {
    thread: u32,
    wall_offset_ns: i64,
    kept: VecDeque<Exception>,
    /// Number of kept ones in flight; the usual 0 makes most questions cheap.
    in_flight: usize,
    parked: usize,
    /// The one that the last record spoke of.
    last: Option<i64>,
    /// The newest of which nothing is known but that it left calls of this function, the innermost one
    /// first; until that function is called again, when it may make other errors.
    unseen: Option<(i64, u32)>,
    next_id: i64,
    /// Rows written.
    pub(crate) rows: u64,
}

impl Exceptions {
    pub(crate) fn new(thread: u32, wall_offset_ns: i64) -> Self {
        Self {
            thread,
            wall_offset_ns,
            kept: VecDeque::new(),
            in_flight: 0,
            parked: 0,
            last: None,
            unseen: None,
            next_id: (i64::from(thread) << 40) | 1,
            rows: 0,
        }
    }

    #[inline]
    pub(crate) fn any_in_flight(&self) -> bool {
        self.in_flight > 0
    }

    /// A function is called.
    #[inline]
    pub(crate) fn entered(&mut self, function: u32) {
        if self.unseen.is_some_and(|(_, unseen)| unseen == function) {
            self.unseen = None;
        }
    }

    /// Some have no row yet.
    pub(crate) fn unwritten(&self) -> bool {
        self.kept
            .iter()
            .rev()
            .any(|exception| !exception.is_written())
    }

    fn position(&self, wanted: impl Fn(&Exception) -> bool) -> Option<usize> {
        self.kept.iter().rposition(wanted)
    }

    /// With the exceptions that its causes and errors were.
    fn linked(&self, mut thrown: Thrown) -> Thrown {
        for related in thrown.causes.iter_mut().chain(&mut thrown.errors) {
            let index = self.position_of_number(related.number);
            related.exception_id = index.map(|index| self.kept[index].id);
        }
        thrown
    }

    /// What the one at `index` is is known by now.
    fn learn(&mut self, index: usize, thrown: Thrown) {
        let thrown = self.linked(thrown);
        self.kept[index].learn(thrown);
    }

    /// The one of this object.
    fn position_of_number(&self, number: u32) -> Option<usize> {
        let is = |e: &Exception| {
            e.thrown
                .as_ref()
                .is_some_and(|thrown| thrown.number == number)
        };
        (number != 0).then(|| self.position(is)).flatten()
    }

    fn position_of_last(&self) -> Option<usize> {
        let last = self.last?;
        self.position(|exception| exception.id == last)
    }

    /// Index of a new one.
    fn begin<S: RowSink>(&mut self, thrown: Option<Thrown>, now_ns: i64, sink: &mut S) -> usize {
        if self.kept.len() >= KEPT
            && let Some(eldest) = self.kept.pop_front()
        {
            self.count_out(eldest.stage);
            if !eldest.is_written() {
                self.rows += 1;
                sink.exception(&eldest.row(self.thread, self.wall_offset_ns));
            }
        }
        let thrown = thrown.map(|thrown| self.linked(thrown));
        self.kept
            .push_back(Exception::new(self.next_id, thrown, now_ns));
        self.next_id += 1;
        self.kept.len() - 1
    }

    /// Lets the one at `index` be the one spoken of last, at this stage.
    pub(crate) fn set_stage(&mut self, index: usize, stage: Stage) {
        self.count_out(self.kept[index].stage);
        self.count_in(stage);
        self.kept[index].stage = stage;
        self.last = Some(self.kept[index].id);
    }

    fn count_in(&mut self, stage: Stage) {
        self.in_flight += usize::from(matches!(stage, Stage::InFlight(_)));
        self.parked += usize::from(matches!(stage, Stage::Parked(_)));
    }

    fn count_out(&mut self, stage: Stage) {
        self.in_flight -= usize::from(matches!(stage, Stage::InFlight(_)));
        self.parked -= usize::from(matches!(stage, Stage::Parked(_)));
    }

    /// The call above `height` running ones is suspended: what was about to pass through it waits
    /// with it, the rest is out of sight.
    pub(crate) fn park(&mut self, height: usize, call_id: i64) {
        if self.in_flight == 0 {
            return;
        }
        for exception in &mut self.kept {
            if exception.stage == Stage::InFlight(height + 1) {
                exception.stage = Stage::Parked(call_id);
                self.in_flight -= 1;
                self.parked += 1;
            }
        }
        self.swallow_above(height, None);
    }

    /// The call runs again, above `height` running ones.
    pub(crate) fn unpark(&mut self, height: usize, call_id: i64) {
        if self.parked == 0 {
            return;
        }
        for exception in &mut self.kept {
            if exception.stage == Stage::Parked(call_id) {
                exception.stage = Stage::InFlight(height + 1);
                self.parked -= 1;
                self.in_flight += 1;
            }
        }
    }

    /// The one at `index` has ended a call, and nobody said what it is.
    pub(crate) fn left_unseen(&mut self, index: usize) {
        let exception = &self.kept[index];
        if exception.thrown.is_none()
            && let Some((.., function)) = exception.origin
        {
            self.unseen = Some((exception.id, function));
        }
    }

    /// The stack of an error was formatted, whose innermost recorded function is this.
    pub(crate) fn formatted(&mut self, thrown: Thrown, function: Option<u32>) {
        let unseen = || {
            let (id, left) = self.unseen?;
            let is = |e: &Exception| e.id == id && e.thrown.is_none() && !e.is_written();
            (function == Some(left))
                .then(|| self.position(is))
                .flatten()
        };
        if let Some(index) = self.position_of_number(thrown.number).or_else(unseen) {
            self.learn(index, thrown);
        }
    }

    pub(crate) fn get_mut(&mut self, index: usize) -> &mut Exception {
        &mut self.kept[index]
    }

    /// All that are in flight above `height` running calls are out of sight, but for `but`.
    pub(crate) fn swallow_above(&mut self, height: usize, but: Option<usize>) {
        if self.in_flight == 0 {
            return;
        }
        for (index, exception) in self.kept.iter_mut().enumerate() {
            if Some(index) != but && matches!(exception.stage, Stage::InFlight(h) if h > height) {
                exception.stage = Stage::Left;
                self.in_flight -= 1;
            }
        }
    }

    /// Above how many running calls the one at `index` began to fly, as far as it is known; those
    /// above were entered since.
    pub(crate) fn height_of(&self, index: usize) -> Option<usize> {
        match self.kept[index].stage {
            Stage::InFlight(height) => Some(height),
            Stage::Rejected => Some(0),
            _ => None,
        }
    }

    /// The one that a `throw` statement throws.
    pub(crate) fn thrown<S: RowSink>(&mut self, said: Said, now_ns: i64, sink: &mut S) -> usize {
        match said {
            Said::Same => self
                .position_of_last()
                .unwrap_or_else(|| self.begin(None, now_ns, sink)),
            Said::Nothing => self.begin(None, now_ns, sink),
            Said::Value(thrown) => match self.position_of_number(thrown.number) {
                // Thrown again, after others.
                Some(index) => {
                    self.learn(index, thrown);
                    index
                }
                None => self.begin(Some(thrown), now_ns, sink),
            },
        }
    }

    /// The one that reaches the call with `below` running calls under it: ends it, or is caught
    /// in it; without `below` it is caught outside of calls. `awaited`: the call was suspended, so it comes out of a promise.
    pub(crate) fn reaching<S: RowSink>(
        &mut self,
        said: Said,
        below: impl Into<Option<usize>>,
        awaited: bool,
        now_ns: i64,
        sink: &mut S,
    ) -> usize {
        let below = below.into();
        let flies = |e: &Exception| match e.stage {
            Stage::InFlight(height) => below.is_none_or(|below| height > below),
            _ => false,
        };
        match said {
            Said::Same => {
                if let Some(index) = self.position_of_last() {
                    return index;
                }
                self.begin(None, now_ns, sink)
            }
            Said::Nothing if awaited => {
                let found = self.position(|e| e.stage == Stage::Rejected);
                found.unwrap_or_else(|| self.begin(None, now_ns, sink))
            }
            Said::Nothing => {
                let found = self.position(flies);
                found.unwrap_or_else(|| self.begin(None, now_ns, sink))
            }
            Said::Value(thrown) => {
                if let Some(index) = self.position_of_number(thrown.number) {
                    self.learn(index, thrown);
                    return index;
                }
                let same = |e: &Exception| e.thrown.as_ref().is_some_and(|known| known.is(&thrown));
                let resumed = |e: &Exception| matches!(e.stage, Stage::Rejected | Stage::Left);
                let found = if awaited {
                    self.position(|e| resumed(e) && same(e))
                } else {
                    self.position(|e| flies(e) && same(e))
                };
                let waits = |e: &Exception| awaited && e.stage == Stage::Rejected;
                let nameless = || self.position(|e| (waits(e) || flies(e)) && e.thrown.is_none());
                match found.or_else(nameless) {
                    Some(index) => {
                        self.learn(index, thrown);
                        index
                    }
                    None => self.begin(Some(thrown), now_ns, sink),
                }
            }
        }
    }

    /// Whether one is in flight in the calls above `below`.
    pub(crate) fn flies_above(&self, below: usize) -> bool {
        self.position(|e| matches!(e.stage, Stage::InFlight(h) if h > below))
            .is_some()
    }

    /// The one that the process is about to die of.
    pub(crate) fn uncaught<S: RowSink>(&mut self, said: Said, now_ns: i64, sink: &mut S) -> usize {
        let comes = |e: &Exception| matches!(e.stage, Stage::InFlight(_) | Stage::Rejected);
        let found = match &said {
            Said::Same => self.position_of_last(),
            Said::Nothing => self.position(comes),
            Said::Value(thrown) => {
                let same =
                    self.position(|e| e.thrown.as_ref().is_some_and(|known| known.is(thrown)));
                same.or_else(|| self.position(|e| comes(e) && e.thrown.is_none()))
            }
        };
        let thrown = match said {
            Said::Value(thrown) => Some(thrown),
            _ => None,
        };
        let Some(index) = found else {
            return self.begin(thrown, now_ns, sink);
        };
        if let Some(thrown) = thrown {
            self.learn(index, thrown);
        }
        index
    }

    /// Writes rows: of those whose end is known, and of all (`everything`: they are forgotten as
    /// far as rows go, their ids live on).
    pub(crate) fn settle<S: RowSink>(&mut self, everything: bool, now_ns: i64, sink: &mut S) {
        for exception in &mut self.kept {
            if exception.is_written() {
                continue;
            }
            let waits = !matches!(
                exception.stage,
                Stage::Left | Stage::Caught | Stage::Uncaught
            );
            let old = now_ns - exception.thrown_at_ns > UNKNOWN_AFTER_NS;
            if !waits || everything || old {
                sink.exception(&exception.row(self.thread, self.wall_offset_ns));
                exception.set_written();
                self.rows += 1;
            }
        }
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.i64(self.next_id).u64(self.rows);
        out.option(self.last, |out, last| {
            out.i64(last);
        });
        out.option(self.unseen, |out, (id, function)| {
            out.i64(id).u32(function);
        });
        out.u64(self.kept.len() as u64);
        for exception in &self.kept {
            exception.encode(out);
        }
    }

    pub(crate) fn decode(thread: u32, wall_offset_ns: i64, from: &mut Decoder<'_>) -> Option<Self> {
        let mut exceptions = Self::new(thread, wall_offset_ns);
        exceptions.next_id = from.i64()?;
        exceptions.rows = from.u64()?;
        exceptions.last = from.option(Decoder::i64)?;
        exceptions.unseen = from.option(|from| Some((from.i64()?, from.u32()?)))?;
        for _ in 0..from.count()? {
            let exception = Exception::decode(from)?;
            exceptions.count_in(exception.stage);
            exceptions.kept.push_back(exception);
        }
        Some(exceptions)
    }
}

#[cfg(test)]
mod tests {
    use breadcrumb_event::row::{CallRow, ExceptionRow, LinkRow};

    use super::*;
    use crate::frame::Frame;

    /// Ids of the rows.
    #[derive(Default)]
    struct Rows(Vec<i64>);

    impl RowSink for Rows {
        fn call(&mut self, _: &CallRow<'_>) {}

        fn link(&mut self, _: &LinkRow) {}

        fn exception(&mut self, row: &ExceptionRow<'_>) {
            self.0.push(row.exception_id);
        }
    }

    /// With all that an error can have.
    fn large(number: u32) -> Said {
        let long = || "x".repeat(2000);
        let related = crate::exception::Related {
            name: "Error".into(),
            message: long(),
            number: 0,
            exception_id: None,
        };
        Said::Value(Thrown {
            name: "Error".into(),
            message: if number == 0 { "no".into() } else { long() },
            stack: Some(long()),
            number,
            place: Some((long(), 1, 1)),
            causes: vec![related.clone()],
            errors: vec![related],
        })
    }

    fn bytes(exceptions: &Exceptions) -> usize {
        let mut out = Encoder::default();
        exceptions.encode(&mut out);
        out.bytes.len()
    }

    #[test]
    fn of_one_that_is_written_only_what_tells_it_again_is_kept() {
        for number in [0, 7] {
            let (mut exceptions, mut rows) = (Exceptions::new(0, 0), Rows::default());
            let throw = |exceptions: &mut Exceptions, rows: &mut Rows| {
                let below = 0;
                let index = exceptions.reaching(large(number), below, false, 0, rows);
                let frame = Frame::decode(&mut Decoder::new(&[0; 200])).expect("zeros are one");
                exceptions
                    .get_mut(index)
                    .ended(&frame, Some("[{}]".repeat(1000)));
                exceptions.set_stage(index, Stage::InFlight(1));
                index
            };
            let first = throw(&mut exceptions, &mut rows);
            exceptions.settle(true, 0, &mut rows);
            assert!(bytes(&exceptions) < 250, "{}", bytes(&exceptions));
            assert_eq!(throw(&mut exceptions, &mut rows), first);
            exceptions.settle(true, 0, &mut rows);
            assert_eq!(rows.0.len(), 1);
            assert!(bytes(&exceptions) < 250, "{}", bytes(&exceptions));
        }
    }
}
