//! A session with a budget: levels that the governor sets, counts that stay exact, a recording that health
//! turns off.

mod support;

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use breadcrumb_event::layout::{MODE_COUNT, MODE_MASK, MODE_OFF, MODE_VALUES};
use breadcrumb_recorder::{Capture, Control, Recorder, RunStatus, SinkOptions};
use serde_json::Value as Json;
use support::{Place, Thread};

/// More than any test takes.
const PATIENCE: Duration = Duration::from_secs(60);

fn level(function: usize) -> u32 {
    let modes = Control::get().unwrap().memory().modes();
    u32::from(modes[function].load(Ordering::Relaxed)) & MODE_MASK
}

fn capture(mode: u32) {
    let captures = Control::get().unwrap().captures();
    captures.set(Capture::all(mode as u8), None);
}

fn governor(recorder: &Recorder) -> Json {
    recorder.counters().governor.unwrap_or_default()
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let since = Instant::now();
    while !done() {
        assert!(since.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_hot_function_is_lowered_and_comes_back_when_the_budget_goes() {
    let place = Place::take();
    let mut options = place.options("governed", SinkOptions::Memory { max_calls: 10 });
    options.overhead = Some(0.01);
    let recorder = Recorder::start(options).unwrap();
    capture(MODE_VALUES);
    let mut thread = Thread::attach(&recorder);
    let mut taken = 0;
    // As its probes would: recorded as long as its level says so.
    wait_until("it is lowered", || {
        if level(0) != MODE_COUNT {
            taken += thread.calls(&recorder, taken, 10_000);
            // A ring that is full loses the ends of calls, too.
            recorder.flush(thread.index);
        }
        level(0) == MODE_COUNT
    });
    assert_eq!(level(1), MODE_VALUES);
    wait_until("it is told", || {
        governor(&recorder)["decided"]
            .as_u64()
            .is_some_and(|n| n > 0)
    });
    let report = governor(&recorder);
    assert_eq!(report["decisions"][0]["function"], "add");
    assert_eq!(report["decisions"][0]["from"], "values");
    let why = report["decisions"][0]["why"].as_str().unwrap();
    assert!(why.ends_with("the budget is 1.0 %"), "{why}");
    recorder.set_overhead(None);
    wait_until("it is lifted", || level(0) == MODE_VALUES);
    wait_until("there is no governor", || governor(&recorder) == Json::Null);
    recorder.flush(thread.index);
    let counters = recorder.counters();
    assert_eq!(counters.recorded, u64::from(taken));
    capture(MODE_OFF);
    recorder.stop(RunStatus::Finished, Some(0), None);
}

#[test]
fn red_turns_capture_off_and_the_record_says_why() {
    let place = Place::take();
    let mut options = place.options("red", place.store());
    options.overhead = Some(0.5);
    options.memory_limit = Some(1);
    let recorder = Recorder::start(options).unwrap();
    capture(MODE_VALUES);
    let mut thread = Thread::attach(&recorder);
    let taken = thread.calls(&recorder, 0, 10);
    wait_until("it is off", || level(0) == MODE_OFF);
    capture(MODE_VALUES);
    assert_eq!(level(0), MODE_OFF);
    wait_until("it is told", || governor(&recorder)["state"] == "red");
    let report = governor(&recorder);
    assert!(report["why"].as_str().unwrap().contains("of memory"));
    assert_eq!(report["health"][0]["to"], "red");
    recorder.stop(RunStatus::Finished, Some(0), None);
    assert_eq!(recorder.counters().recorded, u64::from(taken));
    let store = breadcrumb_store::Store::open(place.folder.path().join("store")).unwrap();
    let record = store.read_run("red").unwrap().unwrap();
    assert_eq!(record.counters.more["governor"]["state"], "red");
    // The next session captures again.
    let recorder = Recorder::start(place.options("next", place.store())).unwrap();
    capture(MODE_VALUES);
    assert_eq!(level(0), MODE_VALUES);
    capture(MODE_OFF);
    recorder.stop(RunStatus::Finished, Some(0), None);
}
