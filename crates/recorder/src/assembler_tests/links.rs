//! Calls that are joined to spans elsewhere, told as scripts: `link out 0` is of the call that runs, `link out 3` of the root that
//! began three calls before the next one, `link out f` of f, which is suspended.

use super::*;

/// The links, and what made no sense.
fn links(script: &str) -> (String, u64) {
    let mut told = Script::default();
    script.split(';').for_each(|line| told.line(line));
    let mut assembler = Assembler::new(THREAD, 0);
    let header = ChunkHeader {
        order: 1,
        first_token: 1,
        clock_ns: 0,
    };
    let batch = batch(Some(header), &told.words);
    let mut rows = Rows::default();
    assembler.feed(&batch, &mut translator(), &mut rows);
    (rows.links, assembler.tally.unknown)
}

const IDS: &str = "00000001000000020000000300000004 0000000500000006";

#[test]
fn links_are_of_the_innermost_call_that_runs() {
    let (links, unknown) = links(
        "1 enter main; link in 0; 2 enter f; 3 link out 0; link otel 0; 4 return f 1; 5 link out 0",
    );
    let lines: Vec<&str> = links.lines().collect();
    let expected = [
        "#1 of #1 in at 1",
        "#2 of #1 out at 3",
        "#2 of #1 otel at 3",
        "#1 of #1 out at 5",
    ];
    let expected: Vec<String> = expected
        .iter()
        .map(|line| line.replace(" at ", &format!(" {IDS} at ")))
        .collect();
    assert_eq!(lines, expected);
    assert_eq!(unknown, 0);
}

#[test]
fn where_none_runs_they_are_of_the_root_that_they_name() {
    let (links, unknown) = links(
        "1 enter main; 2 suspend main; 3 enter f; 4 return f 1; 5 link out 2; 6 link out 9; 7 link out 0",
    );
    assert_eq!(links, format!("#1 of #1 out {IDS} at 5\n"));
    assert_eq!(unknown, 2);
}

#[test]
fn a_generator_that_named_itself_the_root_is_of_the_trace_that_it_was_made_in() {
    let (links, _) = links(
        "1 enter main; 2 generator f; 3 suspend main; 4 enter f; 5 context 1; 6 return f 1; 7 link out 2",
    );
    assert_eq!(links, format!("#1 of #1 out {IDS} at 7\n"));
}

#[test]
fn they_are_of_a_suspended_call_that_they_name() {
    let (links, unknown) = links(
        "1 enter main; 2 generator f; 3 link out f; 4 suspend main; 5 return f 1; 6 link out f",
    );
    assert_eq!(links, format!("#2 of #1 out {IDS} at 3\n"));
    assert_eq!(unknown, 1);
}
