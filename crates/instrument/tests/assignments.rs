//! Assignments: a snapshot of each form, and what is told of it where it runs as it does without probes.

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use breadcrumb_event::layout::MAX_FUNCTION_ASSIGNMENTS;
use breadcrumb_instrument::{Instrumented, Outcome};

/// Before what the function of the next line tells: `name=value`, without its blanks.
const EXPECTED: &str = "//=";

#[test]
fn assignments_are_told_with_their_values() {
    insta::glob!("assignments/*", |path| {
        let source = std::fs::read_to_string(path).expect("a text");
        let Outcome::Instrumented(done) = support::instrument_with_variables(path, &source) else {
            panic!("{}: left alone", path.display());
        };
        insta::assert_snapshot!(format!(
            "{}{}",
            support::show(&done),
            show_assignments(&done)
        ));
        compare_assignments(path, &source, &done);
        support::keep(&done);
        let Outcome::Instrumented(all) =
            support::instrument_with_all(path, &source, support::kind_of(path))
        else {
            panic!("{}: left alone with all", path.display());
        };
        compare_assignments(path, &source, &all);
    });
}

fn show_assignments(done: &Instrumented) -> String {
    let mut text = "──────── assignments\n".to_owned();
    for (id, function) in done.functions.iter().enumerate() {
        for (number, it) in function.assignments.iter().enumerate() {
            let _ = writeln!(text, "{id}.{number} {}:{} {}", it.line, it.column, it.name);
        }
    }
    text
}

/// Runs it, and compares what its functions tell with what stands above them.
fn compare_assignments(path: &Path, source: &str, done: &Instrumented) {
    let (_, log) = support::compare(path, source, done);
    let mut told: BTreeMap<usize, String> = BTreeMap::new();
    for one in log["assigned"].as_array().expect("what was told") {
        let text = |at: usize| one[at].as_str().expect("a text").split_whitespace();
        let id = one[0].as_u64().expect("an id") as usize;
        let target: String = text(1).collect();
        let value = text(2).collect::<Vec<_>>().join("_");
        let _ = write!(told.entry(id).or_default(), " {target}={value}");
    }
    let lines: Vec<&str> = source.lines().collect();
    let mut problems = String::new();
    let mut line_before = 0;
    for (id, function) in done.functions.iter().enumerate() {
        let is_first = function.line != line_before;
        line_before = function.line;
        let above = (function.line as usize)
            .checked_sub(2)
            .and_then(|above| lines[above].trim().strip_prefix(EXPECTED))
            .filter(|_| is_first);
        let told = told.get(&id).map_or("", String::as_str);
        if above.is_some_and(|expected| expected.trim_end() != told) {
            let _ = writeln!(problems, "{}:{}\n//={told}", function.name, function.line);
        }
    }
    assert!(problems.is_empty(), "{}\n{problems}", path.display());
}

#[test]
fn without_them_not_a_character_differs() {
    for folder in ["assignments", "fixtures"] {
        insta::glob!(&format!("{folder}/*"), |path| {
            let source = std::fs::read_to_string(path).expect("a text");
            if let Outcome::Instrumented(done) = support::instrument_file(path, &source) {
                assert!(!has_probe(&done.code), "{}", path.display());
                assert!(done.functions.iter().all(|it| it.assignments.is_empty()));
            }
        });
    }
}

fn has_probe(code: &str) -> bool {
    ["$bc.a(", "$bc.i(", "$bc.d(", "$bc.g("]
        .iter()
        .any(|probe| code.contains(probe))
}

#[test]
fn a_function_with_too_many_assignments_has_none() {
    const MOST: usize = MAX_FUNCTION_ASSIGNMENTS as usize;
    let many = |assignments: usize| "a=1;".repeat(assignments);
    let chain = |assignments: usize| "a=".repeat(assignments) + "1";
    let heads = |loops: usize| "for(a of a)".repeat(loops) + ";";
    for (body, assignments) in [
        (many(MOST), MOST),
        (many(MOST + 1), 0),
        (chain(250), 250),
        (chain(251), 0),
        (chain(5_000), 0),
        (heads(250), 250),
        (heads(251), 0),
    ] {
        let source = format!("function f(a){{{body}}}");
        let Outcome::Instrumented(done) =
            support::instrument_with_variables(Path::new("file.cjs"), &source)
        else {
            panic!("left alone");
        };
        assert_eq!(done.functions[0].assignments.len(), assignments);
        assert_eq!(has_probe(&done.code), assignments > 0);
    }
}

#[test]
fn a_long_target_is_cut() {
    let name = "a".repeat(60);
    for (target, shown) in [
        (name.clone(), name.clone()),
        (format!("{name}b"), format!("{}…", &name[..59])),
        (format!("ä.{name}"), format!("ä.{}…", &name[..57])),
    ] {
        let source = format!("function f(){{{target}=1}}");
        let Outcome::Instrumented(done) =
            support::instrument_with_variables(Path::new("file.cjs"), &source)
        else {
            panic!("left alone");
        };
        assert_eq!(done.functions[0].assignments[0].name, shown);
    }
}
