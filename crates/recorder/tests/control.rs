//! What is captured, changed from inside and from outside.

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use breadcrumb_event::layout::{
    MODE_COUNT, MODE_EXACT, MODE_FRESH, MODE_OFF, MODE_TIME, MODE_VALUES,
};
use breadcrumb_recorder::{
    Capture, Captured, Clock, Control, ControlOptions, Controlled, Recorder, RecorderOptions,
    Refusal, RunStatus,
};
use serde_json::{Value as Json, json};
use support::{Place, function};

/// Only the function with this name.
fn only(name: &'static str, mode: u32) -> Capture {
    Capture {
        mode: mode as u8,
        chosen: Some(Arc::new(move |entry| entry.function.name == name)),
        include: vec![name.to_owned()],
    }
}

fn modes(ids: std::ops::Range<u32>) -> Vec<u8> {
    let modes = Control::get().unwrap().memory().modes();
    let ids = ids.start as usize..ids.end as usize;
    modes[ids]
        .iter()
        .map(|mode| mode.load(Ordering::Relaxed))
        .collect()
}

#[test]
fn modes_follow_what_is_captured_also_of_functions_to_come() {
    let _place = Place::take();
    let control = Control::get().unwrap();
    let captures = control.captures();
    let fresh = (MODE_VALUES | MODE_FRESH) as u8;
    let captured = captures.set(only("add", MODE_VALUES), None);
    assert_eq!(captured.functions, 1);
    assert_eq!(modes(0..2), [fresh, MODE_OFF as u8]);
    let first = control
        .functions()
        .register("src/b.js".into(), vec![function("mul"), function("add")])
        .unwrap();
    captures.welcome(first);
    assert_eq!(modes(first..first + 2), [MODE_OFF as u8, fresh]);
    let (now, count, left) = captures.current();
    assert_eq!((now.include, left), (vec!["add".to_owned()], None));
    assert_eq!(
        count,
        Captured {
            functions: 2,
            of: first + 2
        }
    );
    captures.set(Capture::all(MODE_COUNT as u8), None);
    assert_eq!(modes(0..2), [MODE_COUNT as u8; 2]);
    assert_eq!(
        captures.set(Capture::all(MODE_OFF as u8), None).functions,
        0
    );
}

#[test]
fn calls_are_timed_exactly_where_they_are_timed() {
    let _place = Place::take();
    let captures = Control::get().unwrap().captures();
    let exact = MODE_EXACT as u8;
    captures.set(Capture::all(MODE_TIME as u8), None);
    captures.time(Clock::Exact);
    assert_eq!(modes(0..2), [MODE_TIME as u8 | exact; 2]);
    captures.set(only("add", MODE_COUNT), None);
    assert_eq!(modes(0..2), [MODE_COUNT as u8, MODE_OFF as u8]);
    captures.set(only("add", MODE_VALUES), None);
    let fresh = (MODE_VALUES | MODE_FRESH) as u8;
    assert_eq!(modes(0..2), [fresh | exact, MODE_OFF as u8]);
    captures.time(Clock::Auto);
    assert_eq!(modes(0..2), [fresh, MODE_OFF as u8]);
    captures.set(Capture::all(MODE_OFF as u8), None);
}

/// A file's functions are in the table before they are welcomed: `set` may have seen them by then.
#[test]
fn a_file_is_counted_once_whoever_sees_it_first() {
    let _place = Place::take();
    let control = Control::get().unwrap();
    let captures = control.captures();
    let first = control
        .functions()
        .register("src/c.js".into(), vec![function("div")])
        .unwrap();
    captures.set(only("div", MODE_COUNT), None);
    captures.welcome(first);
    assert_eq!(captures.current().1.functions, 1);
    captures.set(Capture::all(MODE_OFF as u8), None);
}

#[test]
fn a_timed_capture_gives_way_to_the_lasting_one() {
    let _place = Place::take();
    let captures = Control::get().unwrap().captures();
    captures.set(Capture::all(MODE_COUNT as u8), None);
    captures.set(only("add", MODE_VALUES), Some(Duration::from_secs(3600)));
    let (_, captured, left) = captures.current();
    assert!(captured.functions < captured.of && left.is_some());
    // A second one takes the first one's place, not that of the lasting one.
    captures.set(only("sub", MODE_VALUES), Some(Duration::from_millis(10)));
    while captures.current().2.is_some() {
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(modes(0..2), [MODE_COUNT as u8; 2]);
    // What has no end ends a timed one.
    captures.set(only("add", MODE_VALUES), Some(Duration::from_secs(3600)));
    captures.set(Capture::all(MODE_OFF as u8), None);
    assert!(captures.current().2.is_none());
    assert_eq!(modes(0..2), [MODE_OFF as u8; 2]);
}

struct Echo;

impl Controlled for Echo {
    fn answer(&self, request: &Json) -> Result<Json, Refusal> {
        match request["do"].as_str() {
            Some("echo") => Ok(request["say"].clone()),
            Some("count") => {
                let captures = Control::get().unwrap().captures();
                captures.set(Capture::all(MODE_COUNT as u8), None);
                Ok(Json::Null)
            }
            _ => Err(Refusal {
                code: "BC_ERR_BAD_OPTION",
                message: "no".into(),
            }),
        }
    }
}

fn controlled(place: &Place) -> (RecorderOptions, PathBuf) {
    let root = place.folder.path().to_owned();
    let mut options = place.options("c1", place.store());
    options.control = Some(ControlOptions {
        root: root.clone(),
        controlled: Arc::new(Echo),
    });
    (options, root.join("c1.sock"))
}

fn ask(socket: &UnixStream, line: &str) -> Json {
    let mut out = socket;
    out.write_all(format!("{line}\n").as_bytes()).unwrap();
    let mut answer = String::new();
    BufReader::new(socket).read_line(&mut answer).unwrap();
    serde_json::from_str(&answer).unwrap()
}

#[test]
fn a_run_listens_from_its_start_to_its_end() {
    let place = Place::take();
    let (options, path) = controlled(&place);
    let recorder = Recorder::start(options).unwrap();
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let socket = UnixStream::connect(&path).unwrap();
    let answer = ask(&socket, r#"{"version":1,"do":"echo","say":[1]}"#);
    assert_eq!(answer, json!({ "version": 1, "ok": [1] }));
    let refused = ask(&socket, r#"{"version":1,"do":"jump"}"#);
    assert_eq!(refused["error"]["code"], "BC_ERR_BAD_OPTION");
    let newer = ask(&socket, r#"{"version":2,"do":"echo"}"#);
    assert_eq!(newer["error"]["code"], "BC_ERR_CONTROL_VERSION");
    let message = newer["error"]["message"].as_str().unwrap();
    assert!(message.contains("version 1") && message.contains("version 2"));
    let garbage = ask(&socket, "hello");
    assert_eq!(garbage["error"]["code"], "BC_ERR_BAD_OPTION");
    drop(socket);
    recorder.stop(RunStatus::Finished, Some(0), None);
    assert!(!path.exists());
    assert!(UnixStream::connect(&path).is_err());
}

#[test]
fn silence_and_floods_keep_nobody_from_being_heard() {
    let place = Place::take();
    let (options, path) = controlled(&place);
    let recorder = Recorder::start(options).unwrap();
    let silent = UnixStream::connect(&path).unwrap();
    let mut flood = UnixStream::connect(&path).unwrap();
    // More than a request may have: it is hung up on, while this is written or behind it.
    let _ = flood.write_all(&vec![b'x'; 1 << 20]);
    let mut rest = Vec::new();
    let _ = flood.read_to_end(&mut rest);
    assert!(rest.is_empty());
    let socket = UnixStream::connect(&path).unwrap();
    let answer = ask(&socket, r#"{"version":1,"do":"echo","say":true}"#);
    assert_eq!(answer["ok"], true);
    drop(silent);
    recorder.stop(RunStatus::Finished, Some(0), None);
}

#[test]
fn stopping_does_not_wait_for_whoever_is_connected() {
    let place = Place::take();
    let (options, path) = controlled(&place);
    let recorder = Recorder::start(options).unwrap();
    let socket = UnixStream::connect(&path).unwrap();
    assert_eq!(
        ask(&socket, r#"{"version":1,"do":"echo","say":1}"#)["ok"],
        1
    );
    recorder.stop(RunStatus::Finished, Some(0), None);
    assert!(!path.exists());
    drop(socket);
}

#[test]
fn nothing_is_captured_behind_a_runs_end() {
    let place = Place::take();
    let (options, path) = controlled(&place);
    let recorder = Recorder::start(options).unwrap();
    let socket = UnixStream::connect(&path).unwrap();
    ask(&socket, r#"{"version":1,"do":"count"}"#);
    assert_eq!(modes(0..2), [MODE_COUNT as u8; 2]);
    recorder.stop(RunStatus::Finished, Some(0), None);
    assert_eq!(modes(0..2), [MODE_OFF as u8; 2]);
}
