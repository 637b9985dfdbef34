//! Encodings of the columns that readers add up: others in merged segments than in those of a process.

mod sample_store;

use std::fs::File;

use breadcrumb_event::row::{Arguments, CallResult, CallRow, CallStatus, ClockKind, ParentKind};
use breadcrumb_store::{MergeLimits, SegmentBuilder, Store};
use parquet::basic::Encoding;
use parquet::file::reader::{FileReader, SerializedFileReader};
use sample_store::{all, end, functions_of_calls, published};

/// Two pages.
const ROWS: i64 = 40_960;

/// Mostly no duration, as by the coarse clock, and much of self time.
fn call(n: i64) -> CallRow<'static> {
    CallRow {
        thread_id: 0,
        root_id: 1,
        call_id: n,
        parent_id: (n > 1).then_some(1),
        parent_kind: ParentKind::Call,
        function: 0,
        started_at_ns: 1_763_856_000_000_000_000 + n,
        duration_ns: (n % 3 > 0).then_some(if n % 20 == 1 { n * 7919 % 100_003 } else { 0 }),
        self_ns: n.wrapping_mul(6_364_136_223_846_793_005) >> 54 & 0xff,
        wait_ns: 0,
        depth: 1,
        status: CallStatus::Returned,
        arguments: Arguments::None,
        result: CallResult::None,
        exception_id: None,
        clock: ClockKind::Coarse,
        lines: None,
        variables: None,
    }
}

/// Of each segment: whether some pages of these columns are plain, and not packed differences.
fn plain(store: &Store) -> Vec<[bool; 2]> {
    let segments = published(store).into_iter().map(|(folder, summary)| {
        let file = File::open(folder.join(summary.tables.calls.unwrap().file)).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        let chunks = reader.metadata().row_group(0).columns();
        ["duration_ns", "self_ns"].map(|name| {
            let chunk = chunks.iter().find(|c| c.column_path().string() == name);
            chunk.unwrap().encodings().any(|e| e == Encoding::PLAIN)
        })
    });
    segments.collect()
}

#[test]
fn merging_stores_durations_plain_where_that_is_smaller() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    for seq in 0..2 {
        let mut segment = SegmentBuilder::new("run", &store);
        for n in 1..=ROWS {
            segment.push_call(&call(seq * ROWS + n));
        }
        let seq = seq.cast_unsigned();
        segment.publish(&store, seq, &functions_of_calls()).unwrap();
    }
    end(&store, "run");
    let before = all(&store);
    assert_eq!(plain(&store), [[false, false]; 2]);

    let lock = store.lock_upkeep().unwrap().unwrap();
    let limits = MergeLimits {
        least: 2,
        ..MergeLimits::default()
    };
    let report = store.merge(&lock, &limits, &mut || true).unwrap();
    assert_eq!((report.merged, report.into), (2, 1));
    assert!(report.bytes_after < report.bytes_before);
    assert_eq!(plain(&store), [[true, false]]);
    assert!(all(&store) == before);
}
