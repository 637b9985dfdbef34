//! Deep programs must not exhaust the stack of the thread that loads them.

use breadcrumb_instrument::{Input, Outcome, Reason, SourceKind, Wanted, instrument};

/// Less than a worker thread of Node has left when its JavaScript is at its limit.
const SMALL_STACK_BYTES: usize = 128 << 10;

/// What repeats, what stands in the middle, what closes it, and how often V8 can parse it.
const SHAPES: [(&str, &str, &str, usize); 20] = [
    ("[", "", "]", 2_004),
    ("(", "1", ")", 1_634),
    ("f(", "1", ")", 1_380),
    ("{", "", "}", 2_000),
    ("(function(){", "", "})", 437),
    ("(class{m(){", "", "}})", 400),
    ("`${", "1", "}`", 1_000),
    ("a=>", "1", "", 1_070),
    ("a?b:", "1", "", 2_587),
    ("if(a);else ", ";", "", 3_668),
    ("a=", "1", "", 5_175),
    ("!", "1", "", 12_422),
    ("a**", "1", "", 6_236),
    ("new ", "a", "", 5_669),
    ("a+", "1", "", 19_000),
    ("a&&", "1", "", 19_000),
    ("a.", "b", "", 19_000),
    ("a,", "b", "", 400_000),
    ("while(1)", ";", "", 2_500),
    ("a(),", "b", "", 400_000),
];

fn instrument_on_small_stack(source: String) -> Outcome {
    std::thread::Builder::new()
        .stack_size(SMALL_STACK_BYTES)
        .spawn(move || {
            instrument(&Input {
                source: &source,
                kind: SourceKind::CommonJs,
                first_id: 0,
                file_stem: "deep",
                names: None,
                wanted: Wanted::default(),
            })
        })
        .expect("a thread")
        .join()
        .expect("no overflow")
}

#[test]
fn what_v8_can_parse_is_instrumented_on_any_stack() {
    for (opening, middle, closing, times) in SHAPES {
        let source = opening.repeat(times) + middle + &closing.repeat(times);
        match instrument_on_small_stack(source) {
            Outcome::Instrumented(_) => {}
            Outcome::LeftAlone(why) => panic!("{times} times {opening}: {why:?}"),
        }
    }
}

#[test]
fn deeper_programs_are_left_alone() {
    for opening in ["[", "a+", "!", "a=", "a?b:"] {
        let closing = if opening == "[" { "]" } else { "" };
        let source = opening.repeat(50_000) + "1" + &closing.repeat(50_000);
        match instrument_on_small_stack(source) {
            Outcome::LeftAlone(why) => assert_eq!(why.reason, Reason::TooDeep, "{opening}"),
            Outcome::Instrumented(_) => panic!("{opening} is too deep"),
        }
    }
}
