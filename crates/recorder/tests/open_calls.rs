//! The list of a run's calls in flight.

mod support;

use breadcrumb_event::layout::{ENTER, RETURN};
use breadcrumb_recorder::{Recorder, RunStatus};
use support::{Place, Thread};

/// What a run's list of open calls says: segments, rest, and of each call its id and where it ends.
type OpenList = (u64, u64, Vec<(String, Option<u64>)>);

fn open_list(place: &Place, run_id: &str) -> Option<OpenList> {
    let path = place
        .folder
        .path()
        .join(format!("store/runs/{run_id}.open"));
    let text = std::fs::read(path).ok()?;
    let file: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let call = |row: &serde_json::Value| {
        let id = row["call_id"].as_str().unwrap().to_owned();
        (id, row["ends_in"].as_u64())
    };
    let calls = file["calls"].as_array().unwrap().iter().map(call);
    let number = |name: &str| file[name].as_u64().unwrap();
    Some((number("segments"), number("more"), calls.collect()))
}

#[test]
fn calls_in_flight_are_listed_until_their_rows_are_seen() {
    let place = Place::take();
    let mut options = place.options("open", place.store());
    // Nothing is published but by flush().
    options.flush_interval_ms = 3_600_000;
    let recorder = Recorder::start(options).unwrap();
    let mut thread = Thread::attach(&recorder);
    assert_eq!(open_list(&place, "open"), None);
    for call in 0..1500 {
        thread.record(&recorder, ENTER, 0, &[f64::from(call).to_bits()], 1);
        thread.writer.set_token(u32::try_from(call).unwrap() + 1);
    }
    recorder.flush(thread.index);
    let (segments, more, listed) = open_list(&place, "open").unwrap();
    assert_eq!((segments, more, listed.len()), (0, 500, 1000));
    assert!(listed.iter().all(|(_, ends_in)| ends_in.is_none()));
    assert_eq!((&*listed[0].0, &*listed[999].0), ("1", "1000"));

    // The last thousand calls return: 500 of them are listed, and end in the segment behind the first
    // one, which has the functions alone.
    for call in (500..1500).rev() {
        thread.record(&recorder, RETURN, call + 1, &[1.0f64.to_bits()], 1);
    }
    recorder.flush(thread.index);
    let (segments, more, listed) = open_list(&place, "open").unwrap();
    assert_eq!((segments, more, listed.len()), (1, 0, 1000));
    let ends = |at: usize| listed[at].1;
    assert_eq!(
        (ends(0), ends(499), ends(500), ends(999)),
        (None, None, Some(1), Some(1))
    );

    for call in (0..500).rev() {
        thread.record(&recorder, RETURN, call + 1, &[1.0f64.to_bits()], 1);
    }
    recorder.flush(thread.index);
    let (segments, _, listed) = open_list(&place, "open").unwrap();
    assert_eq!((segments, listed.len()), (2, 500));
    assert!(listed.iter().all(|(_, ends_in)| *ends_in == Some(2)));
    recorder.flush(thread.index);
    assert_eq!(open_list(&place, "open"), None);
    recorder.stop(RunStatus::Finished, Some(0), None);
}
