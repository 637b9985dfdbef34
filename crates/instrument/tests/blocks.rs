//! Blocks: a snapshot of each form, and V8's own counts of them against ours, for every fixture.

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use breadcrumb_event::function::Function;
use breadcrumb_instrument::{Instrumented, Outcome};
use serde_json::Value;

#[test]
fn blocks_are_told_as_often_as_v8_counts_them() {
    insta::glob!("blocks/*", |path| {
        let source = std::fs::read_to_string(path).expect("a text");
        let Outcome::Instrumented(done) = support::instrument_with_lines(path, &source) else {
            panic!("{}: left alone", path.display());
        };
        insta::assert_snapshot!(format!("{}{}", support::show(&done), show_blocks(&done)));
        compare_blocks(path, &source, &done);
        support::keep(&done);
    });
}

/// Where stacks tell of probes for assignments: names that `function_names.rs` takes back, and columns of names that
/// are not defined.
const TOLD_OTHERWISE: [&str; 2] = ["names.js", "statement-places.mjs"];

#[test]
fn blocks_and_variables_go_together() {
    for folder in ["blocks", "fixtures"] {
        insta::glob!(&format!("{folder}/*"), |path| {
            if TOLD_OTHERWISE.iter().any(|name| path.ends_with(name)) {
                return;
            }
            let source = std::fs::read_to_string(path).expect("a text");
            if let Outcome::Instrumented(done) =
                support::instrument_with_all(path, &source, support::kind_of(path))
            {
                compare_blocks(path, &source, &done);
            }
        });
    }
}

#[test]
fn a_function_with_too_many_blocks_has_none() {
    // Beside the function's own.
    let most = u16::MAX as usize - 1;
    let many = |operands: usize| "a&&a;".repeat(operands);
    let nested = |ifs: usize| "if(a)".repeat(ifs) + "a";
    for (body, blocks) in [
        (many(most), most + 1),
        (many(most + 1), 0),
        (nested(250), 251),
        (nested(251), 0),
    ] {
        let source = format!("function f(a){{{body}}}");
        let Outcome::Instrumented(done) =
            support::instrument_with_lines(Path::new("file.cjs"), &source)
        else {
            panic!("left alone");
        };
        assert_eq!(done.functions[0].blocks.len(), blocks);
        assert_eq!(done.code.contains("$bc.n("), blocks > 0);
    }
}

fn show_blocks(done: &Instrumented) -> String {
    let mut text = "──────── blocks\n".to_owned();
    for (id, function) in done.functions.iter().enumerate() {
        for (number, block) in function.blocks.iter().enumerate() {
            let _ = write!(
                text,
                "{id}.{number} {}:{}-{}:{}",
                block.line, block.column, block.end_line, block.end_column
            );
            for (line, column) in &block.lines {
                let _ = write!(text, " {line}:{column}");
            }
            text.push('\n');
        }
    }
    text
}

/// Blocks that V8 counts though an exception came before them: from the `await` or `yield` on that it followed.
const NEVER_REACHED: [(&str, usize); 1] = [("messages.mjs", 3)];

/// Runs it, and compares the counts of its blocks with V8's.
fn compare_blocks(path: &Path, source: &str, done: &Instrumented) {
    let (counted, log) = support::compare(path, source, done);
    let starts = &done.splices.tables().line_starts;
    let offset = |line: u32, column: u32| u64::from(starts[line as usize - 1] + column - 1);
    let mut problems = String::new();
    for (id, function) in done.functions.iter().enumerate() {
        let ranges = ranges(function, &counted);
        for (number, block) in function.blocks.iter().enumerate() {
            let told = log["blocks"][id.to_string()][number.to_string()]
                .as_u64()
                .unwrap_or(0);
            // V8 counts the code before a generator's first `yield` by its calls.
            if function.is_generator && number == 0 {
                continue;
            }
            let lines = block.lines.iter().copied();
            let places = lines.chain([(block.line, block.column)]);
            let counted: BTreeSet<u64> = places
                .map(|(line, column)| count_at(offset(line, column), &ranges))
                .collect();
            if counted != BTreeSet::from([told]) {
                let _ = writeln!(
                    problems,
                    "{}: block {number} at {}:{}: told {told} times, counted {counted:?}",
                    function.name, block.line, block.column
                );
            }
        }
    }
    let known = NEVER_REACHED.iter().find(|(name, _)| path.ends_with(name));
    let known = known.map_or(0, |&(_, blocks)| blocks);
    assert_eq!(
        problems.lines().count(),
        known,
        "{}\n{problems}",
        path.display()
    );
}

/// V8's ranges in a function, each with its count: the whole of it first. None if it was not called.
fn ranges(function: &Function, counted: &Value) -> Vec<(u64, u64, u64)> {
    let read = |range: &Value| {
        let number = |key: &str| range[key].as_u64().expect("a number");
        (number("startOffset"), number("endOffset"), number("count"))
    };
    let whole = (function.start.into(), function.end.into());
    let functions = counted.as_array().expect("V8 counted").iter();
    functions
        .map(|function| function["ranges"].as_array().expect("ranges"))
        .map(|ranges| ranges.iter().map(read).collect::<Vec<_>>())
        .find(|ranges| (ranges[0].0, ranges[0].1) == whole)
        .unwrap_or_default()
}

/// The count of the innermost range there.
fn count_at(offset: u64, ranges: &[(u64, u64, u64)]) -> u64 {
    ranges
        .iter()
        .filter(|(start, end, _)| (*start..*end).contains(&offset))
        .min_by_key(|(start, end, _)| end - start)
        .map_or(0, |&(_, _, count)| count)
}
