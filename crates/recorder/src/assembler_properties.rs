//! Random programs, acted out by a small machine that writes the records of what it does and
//! keeps its own books: the assembler's rows must say the same.
//!
//! The machine has calls with and without `try`, asynchronous ones that suspend and are resumed
//! from anywhere, throws that pass any number of calls before one catches them or none does, and
//! a clock that moves now and then. A call without `try` says nothing when an exception leaves it.

use std::collections::BTreeMap;

use breadcrumb_event::layout::{
    CATCH, CLOCK, ENTER, FLAG_SAME, RESUME, RETURN, SUSPEND, THROW, UNCAUGHT, UNWIND,
};
use breadcrumb_event::row::{CallRow, CallStatus, ExceptionRow, LinkRow};
use breadcrumb_ring::Batch;
use breadcrumb_ring::chunk::ChunkHeader;
use proptest::prelude::*;

use crate::assembler::Assembler;
use crate::assembler_tests::{record, text, translator};
use crate::row_sink::RowSink;

/// A call as the books, and as the rows, have it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Book {
    parent: Option<i64>,
    root: i64,
    depth: u32,
    started: i64,
    duration: Option<i64>,
    own: i64,
    waited: i64,
    status: &'static str,
    exception: Option<i64>,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Books {
    calls: BTreeMap<i64, Book>,
    /// Message, calls ended, what became of it.
    exceptions: BTreeMap<i64, (String, u32, &'static str)>,
}

impl RowSink for Books {
    fn call(&mut self, row: &CallRow<'_>) {
        let book = Book {
            parent: row.parent_id,
            root: row.root_id,
            depth: row.depth,
            started: row.started_at_ns,
            duration: row.duration_ns,
            own: row.self_ns,
            waited: row.wait_ns,
            status: row.status.name(),
            exception: row.exception_id,
        };
        assert!(
            self.calls.insert(row.call_id, book).is_none(),
            "a row twice"
        );
    }

    fn link(&mut self, _: &LinkRow) {}

    fn exception(&mut self, row: &ExceptionRow<'_>) {
        let book = (row.message.to_owned(), row.calls, row.handled);
        assert!(
            self.exceptions.insert(row.exception_id, book).is_none(),
            "a row twice"
        );
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Enter {
        tries: bool,
    },
    Return,
    Suspend,
    Resume(usize),
    /// Thrown on top; caught after it has passed so many calls.
    Throw(usize),
    Time(u16),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => any::<bool>().prop_map(|tries| Step::Enter { tries }),
        3 => Just(Step::Return),
        1 => Just(Step::Suspend),
        2 => any::<usize>().prop_map(Step::Resume),
        1 => (0usize..6).prop_map(Step::Throw),
        3 => any::<u16>().prop_map(Step::Time),
    ]
}

#[derive(Default)]
struct Machine {
    now: i64,
    running: Vec<(i64, bool)>,
    suspended: Vec<(i64, bool, i64)>,
    books: Books,
    records: Vec<u64>,
}

impl Machine {
    fn say(&mut self, kind: u32, token: i64) {
        self.records.extend(record(kind, 0, token as u32, 0, &[]));
    }

    fn end(&mut self, call: i64, status: CallStatus, exception: Option<i64>) {
        let now = self.now;
        let book = self.books.calls.get_mut(&call).unwrap();
        book.status = status.name();
        book.duration = Some(now - book.started);
        book.exception = exception;
    }

    fn act(&mut self, step: Step) {
        match step {
            Step::Time(ns) => {
                self.now += i64::from(ns);
                if let Some((top, _)) = self.running.last() {
                    self.books.calls.get_mut(top).unwrap().own += i64::from(ns);
                }
                let now = self.now.cast_unsigned();
                self.records.extend(record(CLOCK, 0, 0, 0, &[now]));
            }
            Step::Enter { tries } => {
                let id = self.books.calls.len() as i64 + 1;
                let parent = self.running.last().map(|top| top.0);
                let above = parent.map(|id| self.books.calls[&id].clone());
                let book = Book {
                    parent,
                    root: above.as_ref().map_or(id, |above| above.root),
                    depth: above.map_or(0, |above| above.depth + 1),
                    started: self.now,
                    status: "open",
                    ..Book::default()
                };
                self.books.calls.insert(id, book);
                self.running.push((id, tries));
                self.records.extend(record(ENTER, 0, 1, 0, &[]));
            }
            Step::Return => {
                if let Some((id, _)) = self.running.pop() {
                    self.say(RETURN, id);
                    self.end(id, CallStatus::Returned, None);
                }
            }
            // A call without `try` may be followed by silence only; one that awaits has one.
            Step::Suspend => {
                if let Some((id, tries)) = self.running.pop() {
                    self.say(SUSPEND, id);
                    self.suspended.push((id, tries, self.now));
                }
            }
            Step::Resume(which) => {
                if !self.suspended.is_empty() {
                    let (id, tries, since) = self.suspended.remove(which % self.suspended.len());
                    self.books.calls.get_mut(&id).unwrap().waited += self.now - since;
                    self.running.push((id, tries));
                    self.say(RESUME, id);
                }
            }
            Step::Throw(passes) => self.throw(passes),
        }
    }

    fn throw(&mut self, passes: usize) {
        let Some((top, _)) = self.running.last().copied() else {
            return;
        };
        let id = self.books.exceptions.len() as i64 + 1;
        let message = format!("\"e{id}\"");
        let mut value = Vec::new();
        text(&format!("e{id}"), &mut value);
        self.records.extend(record(THROW, 0, top as u32, 1, &value));
        let mut ended = 0;
        while ended < passes
            && let Some((call, tries)) = self.running.pop()
        {
            if tries {
                self.say(UNWIND, call);
            }
            self.end(call, CallStatus::Threw, Some(id));
            ended += 1;
        }
        let handled = if let Some((call, _)) = self.running.last().copied() {
            self.records
                .extend(record(CATCH, FLAG_SAME, call as u32, 0, &[0]));
            "caught"
        } else {
            self.records.extend(record(UNCAUGHT, FLAG_SAME, 0, 0, &[]));
            "uncaught"
        };
        let book = (message, u32::try_from(ended).unwrap(), handled);
        self.books.exceptions.insert(id, book);
    }

    /// What runs to the end of the program stays open.
    fn close_books(mut self) -> (Books, Vec<u64>) {
        for book in self.books.calls.values_mut() {
            if book.duration.is_none() {
                book.status = "open";
            }
        }
        (self.books, self.records)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn rows_are_what_happened(steps in prop::collection::vec(step(), 0..200)) {
        let mut machine = Machine::default();
        steps.into_iter().for_each(|step| machine.act(step));
        let (books, records) = machine.close_books();
        let (mut assembler, mut rows) = (Assembler::new(0, 0), Books::default());
        let header = ChunkHeader { order: 1, first_token: 1, clock_ns: 0 };
        let header = Some(header);
        assembler.feed(&Batch { header, chunk: &records, from: 0 }, &mut translator(), &mut rows);
        assembler.finish(&mut rows);
        prop_assert_eq!(assembler.tally.unknown, 0);
        prop_assert_eq!(rows, books);
    }

    #[test]
    fn garbage_makes_no_trouble(
        words in prop::collection::vec(prop_oneof![
            (0u64..16, 0u64..16, 1u64..4, 0u64..3, 0u64..12).prop_map(
                |(kind, flags, words, values, high)|
                    kind | flags << 4 | words << 8 | values << 24 | high << 32
            ),
            any::<u64>(),
        ], 0..300),
        first_token in any::<u32>(),
        clock_ns in any::<i64>(),
    ) {
        let (mut assembler, mut rows) = (Assembler::new(0, 1 << 60), Books::default());
        let mut translator = translator();
        assembler.set_horizon(1 << 60);
        let header = ChunkHeader { order: 1, first_token, clock_ns };
        let header = Some(header);
        for chunk in words.chunks(50) {
            assembler.feed(&Batch { header, chunk, from: 0 }, &mut translator, &mut rows);
            assembler.settle(false, 0, &mut rows);
        }
        assembler.finish(&mut rows);
    }
}
