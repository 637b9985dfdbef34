//! Which traces are kept, against a list of what happened; and nothing is lost or doubled.

use std::collections::{BTreeMap, BTreeSet};

use breadcrumb_event::row::{
    Arguments, CallResult, CallRow, CallStatus, CaughtIn, ClockKind, Crossed, CrossedCall,
    ExceptionRow, LinkDirection, LinkRow, ParentKind, ThrownAt,
};
use proptest::prelude::*;

use super::encoded_rows::{pass_on, put_call, put_exception, put_link};
use super::{Bounds, Held, KeepOptions, LINGER_NS, RootRule};
use crate::codec::{Decoder, Encoder};
use crate::row_sink::RowSink;

pub(super) const MS: i64 = 1_000_000;

/// What came through, as text: a row's is all that it holds.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) calls: Vec<(i64, i64)>,
    rows: Vec<String>,
}

impl RowSink for Seen {
    fn call(&mut self, row: &CallRow<'_>) {
        self.calls.push((row.root_id, row.call_id));
        self.rows.push(format!("{row:?}"));
    }

    fn link(&mut self, row: &LinkRow) {
        self.rows.push(format!("{row:?}"));
    }

    fn exception(&mut self, row: &ExceptionRow<'_>) {
        self.rows.push(format!("{row:?}"));
    }
}

impl Seen {
    pub(super) fn roots(&self) -> Vec<i64> {
        let roots: BTreeSet<i64> = self.calls.iter().map(|(root, _)| *root).collect();
        roots.into_iter().collect()
    }
}

/// A call that began at `from` ms and ended at `to`.
fn row(root_id: i64, call_id: i64, (from, to): (i64, i64), status: CallStatus) -> CallRow<'static> {
    CallRow {
        thread_id: 0,
        root_id,
        call_id,
        parent_id: (call_id != root_id).then_some(root_id),
        parent_kind: match call_id == root_id {
            true => ParentKind::None,
            false => ParentKind::Call,
        },
        function: 7,
        started_at_ns: from * MS,
        duration_ns: (status != CallStatus::Open).then_some((to - from) * MS),
        self_ns: 1,
        wait_ns: 0,
        depth: u32::from(call_id != root_id),
        status,
        arguments: Arguments::Integers(&[1, -2]),
        result: CallResult::Integer(3),
        exception_id: None,
        clock: ClockKind::Coarse,
        lines: None,
        variables: None,
    }
}

pub(super) fn returned(root: i64, call: i64, times: (i64, i64)) -> CallRow<'static> {
    row(root, call, times, CallStatus::Returned)
}

pub(super) fn threw(root: i64, call: i64, times: (i64, i64)) -> CallRow<'static> {
    row(root, call, times, CallStatus::Threw)
}

/// An arrangement, with the wall clock as the recorder's.
pub(super) struct Bench {
    pub(super) held: Held,
    pub(super) seen: Seen,
}

impl Bench {
    pub(super) fn new(options: KeepOptions) -> Self {
        Self {
            held: Held::new(options, 0),
            seen: Seen::default(),
        }
    }

    pub(super) fn call(&mut self, row: &CallRow<'_>) {
        self.held.call(row, &mut self.seen);
    }

    /// Decides what is due at this time, ms.
    pub(super) fn at(&mut self, ms: i64) {
        self.held.set_now(ms * MS);
        self.held.settle(&mut self.seen);
    }

    pub(super) fn end(&mut self) -> Vec<i64> {
        self.held.finish(false, &mut self.seen);
        self.seen.roots()
    }

    pub(super) fn counted(&mut self) -> u64 {
        self.held.take_counted().iter().map(|(.., n)| n).sum()
    }
}

fn errors() -> KeepOptions {
    KeepOptions {
        errors: true,
        ..KeepOptions::default()
    }
}

#[test]
fn a_trace_with_an_error_is_kept_whole() {
    let mut bench = Bench::new(errors());
    bench.call(&returned(1, 2, (0, 1)));
    bench.call(&returned(10, 11, (0, 1)));
    bench.call(&threw(1, 3, (1, 2)));
    assert_eq!(bench.seen.calls, [(1, 2), (1, 3)]);
    bench.call(&returned(1, 1, (0, 9)));
    bench.call(&returned(10, 10, (0, 9)));
    // A callback of each.
    bench.call(&returned(1, 4, (20, 21)));
    bench.call(&returned(10, 12, (20, 21)));
    assert_eq!(bench.end(), [1]);
    assert_eq!(bench.seen.calls.len(), 4);
    assert_eq!(bench.counted(), 3);
    let tally = bench.held.tally;
    assert_eq!((tally.kept, tally.out, tally.calls_out), (1, 1, 3));
}

#[test]
fn a_trace_waits_for_its_callbacks_until_nothing_is_heard_of_it() {
    let mut bench = Bench::new(errors());
    bench.call(&returned(1, 1, (0, 1)));
    bench.at(900);
    bench.call(&returned(1, 2, (899, 900)));
    bench.at(1800);
    assert_eq!(bench.counted(), 0);
    bench.call(&threw(1, 3, (1799, 1800)));
    assert_eq!(bench.seen.calls, [(1, 1), (1, 2), (1, 3)]);
    // Another, of which nothing comes.
    bench.call(&returned(5, 5, (1800, 1801)));
    bench.at(1800 + LINGER_NS / MS);
    assert_eq!(bench.counted(), 1);
    // It happened before anybody counted it.
    assert_eq!(bench.held.take_counted_from_ns(), 1800 * MS);
    assert_eq!(bench.held.take_counted_from_ns(), i64::MAX);
    // An error in it much later is kept without what was counted.
    bench.call(&returned(5, 6, (9000, 9001)));
    bench.call(&threw(5, 7, (9001, 9002)));
    assert_eq!(bench.seen.calls[3..], [(5, 6), (5, 7)]);
    assert_eq!((bench.end().len(), bench.counted()), (2, 0));
}

#[test]
fn slow_ones_are_kept_also_where_only_callbacks_take_long() {
    let mut bench = Bench::new(KeepOptions {
        slow_ns: Some(100 * MS),
        ..KeepOptions::default()
    });
    bench.call(&returned(1, 1, (0, 99)));
    bench.call(&returned(2, 2, (0, 100)));
    bench.call(&returned(3, 3, (0, 1)));
    bench.call(&returned(3, 4, (150, 151)));
    bench.call(&row(5, 5, (0, 0), CallStatus::Open));
    bench.call(&row(6, 6, (350, 0), CallStatus::Open));
    bench.at(400);
    assert_eq!(bench.end(), [2, 3, 5]);
    assert_eq!(bench.counted(), 2);
}

#[test]
fn the_slowest_of_each_minute() {
    let mut bench = Bench::new(KeepOptions {
        slowest_per_minute: Some(2),
        ..KeepOptions::default()
    });
    for (root, duration) in [(1, 5), (2, 9), (3, 1), (4, 7)] {
        bench.call(&returned(root, root, (0, duration)));
    }
    bench.at(2000);
    assert!(bench.seen.calls.is_empty());
    assert_eq!(bench.counted(), 2);
    assert!(bench.held.waits());
    bench.at(60_000);
    assert_eq!(bench.seen.roots(), [2, 4]);
    // Nothing is decided by time alone any more, whatever is still going on.
    bench.call(&returned(9, 10, (60_000, 60_001)));
    bench.at(62_000);
    assert!(!bench.held.waits());
    bench.call(&returned(8, 8, (60_000, 60_001)));
    bench.at(64_000);
    assert_eq!(bench.end(), [2, 4, 8]);
}

#[test]
fn a_share_and_a_number_in_each_second() {
    let mut bench = Bench::new(KeepOptions {
        share: Some(0.25),
        ..KeepOptions::default()
    });
    for root in 1..=10_000 {
        bench.call(&returned(root, root, (root, root + 1)));
    }
    let kept = bench.end().len();
    assert!((2300..2700).contains(&kept), "{kept}");
    assert_eq!(bench.counted(), 10_000 - kept as u64);

    let mut bench = Bench::new(KeepOptions {
        per_second: Some(3),
        ..KeepOptions::default()
    });
    for root in 1..=100 {
        bench.call(&returned(root, root, (root * 50, root * 50)));
    }
    // 100 in 50 ms steps are 5 seconds, and the first instant of a sixth.
    assert_eq!(bench.end().len(), 5 * 3 + 1);
}

#[test]
fn a_root_that_is_chosen() {
    let mut bench = Bench::new(KeepOptions {
        chosen: Some(std::sync::Arc::new(|function| function == 9)),
        ..KeepOptions::default()
    });
    let chosen = |call: i64| CallRow {
        function: 9,
        ..returned(1, call, (0, 1))
    };
    bench.call(&chosen(2));
    assert!(
        bench.seen.calls.is_empty(),
        "below another root it says nothing"
    );
    bench.call(&returned(1, 1, (0, 1)));
    bench.call(&CallRow {
        root_id: 5,
        call_id: 5,
        parent_id: None,
        ..chosen(5)
    });
    assert_eq!(bench.end(), [5]);
}

#[test]
fn what_is_not_kept_can_be_dumped_for_a_time() {
    let mut bench = Bench::new(KeepOptions {
        last_ns: 30_000 * MS,
        ..KeepOptions::default()
    });
    bench.call(&returned(1, 1, (0, 1)));
    bench.at(20_000);
    bench.call(&returned(2, 2, (20_000, 20_001)));
    bench.call(&returned(3, 4, (20_000, 20_001)));
    bench.at(29_999);
    assert_eq!(bench.held.dump(15_000 * MS, &mut bench.seen), 2);
    assert_eq!(bench.seen.roots(), [2, 3]);
    // What comes of a trace that has been dumped is stored.
    bench.call(&returned(3, 5, (29_999, 30_000)));
    assert_eq!(bench.seen.calls.len(), 3);
    bench.at(31_000);
    assert_eq!(bench.counted(), 1, "the first is too old now");
    assert_eq!(bench.held.dump(0, &mut bench.seen), 0);
    assert_eq!((bench.end(), bench.counted()), (vec![2, 3], 0));
}

#[test]
fn a_crash_keeps_what_was_going_on_and_what_could_be_dumped() {
    let options = KeepOptions {
        errors: true,
        last_ns: 6_000 * MS,
        ..KeepOptions::default()
    };
    let mut bench = Bench::new(options);
    bench.call(&returned(1, 1, (0, 1)));
    bench.at(4_000);
    bench.call(&returned(3, 4, (4_000, 4_001)));
    bench.at(5_100);
    bench.call(&returned(5, 5, (5_100, 5_101)));
    let mut checkpoint = Encoder::default();
    bench.held.encode(&mut checkpoint);
    let mut held = Held::decode(0, &mut Decoder::new(&checkpoint.bytes)).unwrap();
    let mut seen = Seen::default();
    held.finish(true, &mut seen);
    assert_eq!(seen.roots(), [1, 3, 5]);
}

#[test]
fn memory_is_bounded_and_what_goes_is_counted() {
    let mut bench = Bench::new(KeepOptions {
        memory: 64 << 10,
        last_ns: i64::MAX / 2,
        ..KeepOptions::default()
    });
    // One trace that never ends, among many that do.
    for n in 0..20_000 {
        bench.call(&returned(1, 100_000 + n, (n, n + 1)));
        bench.call(&returned(10 + n, 10 + n, (n, n + 1)));
        bench.held.set_now(n * MS);
        assert!(bench.held.bytes() <= 64 << 10);
    }
    assert!(bench.held.tally.early > 0);
    let stored = bench.end().len();
    assert_eq!((stored, bench.counted()), (0, 40_000));
    assert_eq!(bench.held.tally.calls_out, 40_000);
    assert_eq!(bench.held.bytes(), 0);
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zé]{0,8}", Just("x".repeat(300))]
}

proptest! {
    #[test]
    fn rows_come_back_as_they_were(
        ids in prop::array::uniform6(any::<i32>()),
        texts in prop::array::uniform6(any_text()),
        some in prop::array::uniform8(any::<bool>()),
        integers in prop::collection::vec(any::<i64>(), 0..3),
    ) {
        let [a, b, c, d, e, f] = ids.map(i64::from);
        let (small, text) = (a.unsigned_abs() as u32, |n: usize| texts[n].as_str());
        let call = CallRow {
            thread_id: small,
            root_id: a,
            call_id: b,
            parent_id: some[0].then_some(c),
            parent_kind: match (some[0], some[1]) {
                (false, _) => ParentKind::None,
                (_, true) => ParentKind::Call,
                _ => ParentKind::Root,
            },
            function: small,
            started_at_ns: i64::MAX - small as i64,
            duration_ns: some[2].then_some(d),
            self_ns: e,
            wait_ns: f,
            depth: small,
            status: [CallStatus::Returned, CallStatus::Threw, CallStatus::Open][(small % 3) as usize],
            arguments: match small % 3 {
                0 => Arguments::None,
                1 => Arguments::Json(text(0)),
                _ => Arguments::Integers(&integers),
            },
            result: match small / 3 % 3 {
                0 => CallResult::None,
                1 => CallResult::Json(text(1)),
                _ => CallResult::Integer(d),
            },
            exception_id: some[3].then_some(f),
            clock: if some[4] { ClockKind::Exact } else { ClockKind::Coarse },
            lines: some[4].then_some(text(2)),
            variables: some[5].then_some(text(3)),
        };
        let crossed = [CrossedCall { call_id: b, function: small, locals: some[5].then(|| texts[5].clone()) }];
        let exception = ExceptionRow {
            exception_id: a,
            thread_id: small,
            call_id: some[0].then_some(b),
            root_id: some[1].then_some(c),
            function: some[2].then_some(small),
            name: text(0),
            message: text(1),
            stack: some[3].then(|| text(2)),
            thrown_at_ns: d,
            handled: ["caught", "uncaught", "unknown"][(small % 3) as usize],
            calls: small,
            thrown_at: some[4].then(|| ThrownAt { file: text(3), line: small, column: 1 }),
            caught: some[5].then_some(CaughtIn { call_id: e, function: small, line: small }),
            cause_id: some[6].then_some(f),
            causes: some[7].then(|| text(4)),
            errors: some[0].then(|| text(5)),
            crossed: match small % 3 {
                0 => Crossed::Json(None),
                1 => Crossed::Json(Some(text(4))),
                _ => Crossed::Calls(&crossed),
            },
        };
        let link = LinkRow {
            thread_id: small,
            root_id: a,
            call_id: b,
            at_ns: c,
            direction: LinkDirection::ALL[(small % 3) as usize],
            w3c_trace: u128::from(d.cast_unsigned()) << 64 | u128::from(e.cast_unsigned()),
            span: f.cast_unsigned(),
        };
        let mut bytes = Vec::new();
        put_call(&mut bytes, &call);
        put_exception(&mut bytes, &exception);
        put_link(&mut bytes, &link);
        put_call(&mut bytes, &call);
        let mut seen = Seen::default();
        pass_on(&bytes, &mut seen);
        let call = format!("{call:?}");
        prop_assert_eq!(seen.rows, [call.clone(), format!("{exception:?}"), format!("{link:?}"), call]);
    }

    /// Whatever the policy, in whatever order, across checkpoints: each call is stored or counted.
    #[test]
    fn nothing_is_lost_or_doubled(
        steps in prop::collection::vec((1..12i64, any::<bool>(), 0..8u8, 0..900i64), 1..200),
        policy in 0..128u8,
        memory in prop_oneof![Just(2000usize), Just(1 << 20)],
    ) {
        let is = |bit: u8| policy & (1 << bit) != 0;
        let mut bench = Bench::new(KeepOptions {
            errors: is(0),
            slow_ns: is(1).then_some(500 * MS),
            share: is(2).then_some(0.3),
            per_second: is(3).then_some(1),
            slowest_per_minute: is(4).then_some(2),
            last_ns: i64::from(is(5)) * 2000 * MS,
            when: Vec::from_iter(is(6).then_some(RootRule {
                calls: Bounds { min: Some(3), max: None },
                ..RootRule::default()
            })),
            memory,
            ..KeepOptions::default()
        });
        let (mut now, mut given) = (0, BTreeMap::new());
        let mut counted = 0;
        for (n, (root, ends, what, wait)) in (100i64..).zip(steps) {
            let root = root + now / 20_000 * 20;
            let call = if ends && !given.contains_key(&(root, root)) { root } else { n };
            let status = if what == 0 { CallStatus::Threw } else { CallStatus::Returned };
            bench.call(&row(root, call, (now - 5, now), status));
            given.insert((root, call), status);
            now += wait;
            bench.at(now);
            match what {
                1 => counted += bench.counted(),
                2 => {
                    counted += bench.counted();
                    let mut checkpoint = Encoder::default();
                    bench.held.encode(&mut checkpoint);
                    bench.held = Held::decode(0, &mut Decoder::new(&checkpoint.bytes)).unwrap();
                    bench.held.set_now(now * MS);
                }
                3 => drop(bench.held.dump(300 * MS, &mut bench.seen)),
                _ => {}
            }
        }
        bench.end();
        counted += bench.counted();
        let stored: BTreeSet<(i64, i64)> = bench.seen.calls.iter().copied().collect();
        prop_assert_eq!(stored.len(), bench.seen.calls.len(), "doubled");
        prop_assert_eq!(stored.len() as u64 + counted, given.len() as u64);
        prop_assert_eq!(bench.held.tally.calls_out, counted);
        prop_assert_eq!(bench.held.bytes(), 0);
        if is(0) {
            for (call, status) in &given {
                prop_assert!(*status != CallStatus::Threw || stored.contains(call));
            }
        }
    }
}
