//! Runs a program plain and with probes, and says where they differ.

#![allow(dead_code, reason = "each test takes what it needs")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use breadcrumb_instrument::{Input, Instrumented, Leaves, Outcome, SourceKind, Wanted, instrument};
use serde_json::{Value, json};

/// The kind of a fixture by its extension.
pub fn kind_of(path: &Path) -> SourceKind {
    match path.extension().and_then(|e| e.to_str()) {
        Some("mjs") => SourceKind::Module,
        Some("mts") => SourceKind::TypeScriptModule,
        Some("ts" | "cts") => SourceKind::TypeScriptCommonJs,
        _ => SourceKind::CommonJs,
    }
}

/// Instruments a text as the file it is from.
pub fn instrument_file(path: &Path, source: &str) -> Outcome {
    instrument_as(path, source, kind_of(path))
}

/// Instruments a text as the file it is from, with what methods are called on.
pub fn instrument_with_this(path: &Path, source: &str) -> Outcome {
    let wanted = Wanted {
        this: true,
        ..Wanted::default()
    };
    instrument_wanted(path, source, wanted)
}

/// Instruments a text as a file of this kind.
pub fn instrument_as(path: &Path, source: &str, kind: SourceKind) -> Outcome {
    instrument(&input(path, source, kind))
}

/// The same with variables.
pub fn instrument_with_locals(path: &Path, source: &str) -> Outcome {
    let wanted = Wanted {
        locals: true,
        ..Wanted::default()
    };
    instrument_wanted(path, source, wanted)
}

/// The same with probes that tell of blocks.
pub fn instrument_with_lines(path: &Path, source: &str) -> Outcome {
    let wanted = Wanted {
        lines: true,
        ..Wanted::default()
    };
    instrument_wanted(path, source, wanted)
}

/// The same with probes that tell of assignments.
pub fn instrument_with_variables(path: &Path, source: &str) -> Outcome {
    let wanted = Wanted {
        variables: true,
        ..Wanted::default()
    };
    instrument_wanted(path, source, wanted)
}

/// The same with everything that there is.
pub fn instrument_with_all(path: &Path, source: &str, kind: SourceKind) -> Outcome {
    instrument(&Input {
        wanted: Wanted {
            this: true,
            locals: true,
            lines: true,
            variables: true,
            leaves: Leaves::default(),
        },
        ..input(path, source, kind)
    })
}

/// The same, leaves apart.
pub fn instrument_with_leaves(path: &Path, source: &str, leaves: Leaves) -> Outcome {
    let wanted = Wanted {
        leaves,
        ..Wanted::default()
    };
    instrument_wanted(path, source, wanted)
}

fn instrument_wanted(path: &Path, source: &str, wanted: Wanted) -> Outcome {
    instrument(&Input {
        wanted,
        ..input(path, source, kind_of(path))
    })
}

fn input<'a>(path: &'a Path, source: &'a str, kind: SourceKind) -> Input<'a> {
    Input {
        source,
        kind,
        first_id: 0,
        file_stem: path.file_stem().and_then(|s| s.to_str()).unwrap_or("file"),
        names: None,
        wanted: Wanted::default(),
    }
}

/// Code, functions and those left alone, as a snapshot shows them.
pub fn show(done: &Instrumented) -> String {
    let mut text = done.code.clone();
    text.push_str("\n──────── functions\n");
    for (id, function) in done.functions.iter().enumerate() {
        let marks = format!(
            "{}{}",
            if function.is_async { "async " } else { "" },
            if function.is_generator {
                "generator "
            } else {
                ""
            }
        );
        let _ = writeln!(
            text,
            "{id} {} ({}) {marks}{} {}:{} [{}, {})",
            function.name,
            function.parameters.join(", "),
            function.kind.name(),
            function.line,
            function.column,
            function.start,
            function.end
        );
    }
    for function in &done.left_alone {
        let _ = writeln!(
            text,
            "left alone: {} {}:{}: {}",
            function.name, function.line, function.column, function.why
        );
    }
    text
}

/// The program that runs this kind of file: `NODE`, or the one on the path, or for TypeScript and
/// `using` the one that the repository pins.
fn node_for(kind: SourceKind, name: &str) -> PathBuf {
    if let Some(node) = std::env::var_os("NODE") {
        return node.into();
    }
    let pinned = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../node_modules/.bin/node");
    let is_typescript = matches!(
        kind,
        SourceKind::TypeScriptCommonJs | SourceKind::TypeScriptModule
    );
    if (is_typescript || name.starts_with("using")) && pinned.exists() {
        pinned
    } else {
        "node".into()
    }
}

struct Run {
    output: Output,
    log: Value,
}

fn run(folder: &Path, name: &str, preload: &str, kind: SourceKind) -> Run {
    let log = folder.join("log.json");
    let support = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support");
    let output = Command::new(node_for(kind, name))
        .arg("--require")
        .arg(support.join(preload))
        .arg(folder.join(name))
        .arg("an argument")
        .current_dir(folder)
        .env("BC_LOG", &log)
        .env("BC_FILE", name)
        .env("BC_TABLE", folder.join("table.json"))
        .env("NODE_NO_WARNINGS", "1")
        .env_remove("NODE_OPTIONS")
        .output()
        .expect("node runs");
    let log = std::fs::read_to_string(&log).map_or(Value::Null, |text| {
        serde_json::from_str(&text).unwrap_or(Value::Null)
    });
    Run { output, log }
}

/// Names of the variables that probes read, by function and scope.
fn scopes(done: &Instrumented) -> Vec<Vec<Vec<&str>>> {
    done.functions
        .iter()
        .map(|function| {
            let scopes = function.scopes.iter();
            scopes
                .map(|scope| {
                    scope
                        .variables
                        .iter()
                        .map(|one| one.name.as_str())
                        .collect()
                })
                .collect()
        })
        .collect()
}

/// What each function assigns to.
fn assignments(done: &Instrumented) -> Vec<Vec<&str>> {
    let functions = done.functions.iter();
    functions
        .map(|function| {
            let assignments = function.assignments.iter();
            assignments.map(|it| it.name.as_str()).collect()
        })
        .collect()
}

/// Ids of the functions that got no `try`.
fn without_try(done: &Instrumented) -> Vec<usize> {
    (0..done.functions.len())
        .filter(|id| {
            let probe = |letter: char| {
                (0..=8).find_map(|n| {
                    let text = format!("$bc.{letter}{n}({id}");
                    done.code.match_indices(&text).find_map(|(at, _)| {
                        let rest = &done.code[at + text.len()..];
                        rest.starts_with([',', ')'])
                            .then(|| &rest[rest.find(')').unwrap_or(0) + 1..])
                    })
                })
            };
            match (probe('e'), probe('g')) {
                (Some(rest), _) => !rest.starts_with(",$bcv"),
                (None, Some(rest)) => {
                    let body = rest.split_once("let $bcf").map_or("", |(_, body)| body);
                    !body.starts_with(",$bcv")
                }
                (None, None) => panic!("function {id} has no probe"),
            }
        })
        .collect()
}

/// Runs a source untouched and with probes; panics with what differs. Gives what V8 counted, and what the probes
/// told.
pub fn compare(path: &Path, source: &str, done: &Instrumented) -> (Value, Value) {
    let kind = kind_of(path);
    let folder = tempfile::tempdir().expect("a folder");
    let name = path.file_name().and_then(|n| n.to_str()).expect("a name");
    let file = folder.path().join(name);

    std::fs::write(&file, source).expect("written");
    let plain = run(folder.path(), name, "plain.cjs", kind);
    std::fs::write(&file, &done.code).expect("written");
    let names: Vec<_> = done.functions.iter().map(|f| &f.name).collect();
    let tables = done.splices.tables();
    let table = json!({
        "names": names,
        "withoutTry": without_try(done),
        "scopes": scopes(done),
        "assignments": assignments(done),
        "exits": source.contains("process.exit("),
        "lineStarts": tables.line_starts,
        "offsets": tables.offsets,
        "inserted": tables.inserted,
        "probes": tables.probes,
        "places": tables.places,
    });
    std::fs::write(folder.path().join("table.json"), table.to_string()).expect("written");
    let probed = run(folder.path(), name, "reference.cjs", kind);

    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let said = |run: &Run| {
        format!(
            "status: {:?}\nstdout:\n{}\nstderr:\n{}",
            run.output.status.code(),
            text(&run.output.stdout),
            text(&run.output.stderr)
        )
    };
    assert_eq!(said(&plain), said(&probed), "{}", path.display());
    assert_eq!(
        probed.log["violations"],
        json!([]),
        "{}: probes out of order",
        path.display()
    );
    compare_counts(path, source, done, &plain.log, &probed.log["enters"]);
    (plain.log, probed.log)
}

/// The same with probes that read variables.
pub fn compare_with_locals(path: &Path, source: &str) {
    let Outcome::Instrumented(done) = instrument_with_locals(path, source) else {
        panic!("{}: left alone with locals", path.display());
    };
    compare(path, source, &done);
}

/// Every function that V8 counted is known by its range, and was entered as often.
fn compare_counts(path: &Path, source: &str, done: &Instrumented, counted: &Value, enters: &Value) {
    let positions: BTreeMap<(u64, u64), usize> = done
        .functions
        .iter()
        .enumerate()
        .map(|(id, function)| ((function.start.into(), function.end.into()), id))
        .collect();
    let mut calls = vec![0; done.functions.len()];
    let mut problems = String::new();
    for function in counted.as_array().expect("V8 counted") {
        let name = function["functionName"].as_str().unwrap_or("");
        let range = &function["ranges"][0];
        let number = |key: &str| range[key].as_u64().unwrap_or(0);
        let (start, end, count) = (number("startOffset"), number("endOffset"), number("count"));
        let is_script = start == 0 && name.is_empty();
        let is_initializer = name.starts_with('<') && name.ends_with("_initializer>");
        if let Some(&id) = positions.get(&(start, end)) {
            calls[id] = count;
        } else if !is_script && !is_initializer && count > 0 && !is_left_alone(source, done, start)
        {
            let _ = writeln!(
                problems,
                "not known: {name} [{start}, {end}) called {count}"
            );
        }
    }
    for (id, function) in done.functions.iter().enumerate() {
        let entered = enters[id.to_string()].as_u64().unwrap_or(0);
        if entered != calls[id] {
            let _ = writeln!(
                problems,
                "{} [{}, {}): entered {entered} times, called {} times",
                function.name, function.start, function.end, calls[id]
            );
        }
    }
    assert!(problems.is_empty(), "{}\n{problems}", path.display());
}

fn is_left_alone(source: &str, done: &Instrumented, start: u64) -> bool {
    let before: Vec<u16> = source.encode_utf16().take(start as usize).collect();
    let before = String::from_utf16_lossy(&before);
    let line = before.matches('\n').count() as u32 + 1;
    let column = before
        .rsplit('\n')
        .next()
        .map_or(0, |l| l.encode_utf16().count()) as u32
        + 1;
    done.left_alone
        .iter()
        .any(|function| (function.line, function.column) == (line, column))
}

/// As bytes it is the same, and no part of them is taken for it.
pub fn keep(done: &Instrumented) {
    let bytes = done.to_bytes();
    let kept = Instrumented::from_bytes(&bytes).expect("what was written");
    assert_eq!(kept.code, done.code);
    assert_eq!(kept.functions, done.functions);
    assert_eq!(kept.splices, done.splices);
    assert_eq!(kept.left_alone, done.left_alone);
    assert_eq!(kept.kind, done.kind);
    assert!(Instrumented::from_bytes(&bytes[..bytes.len() / 2]).is_none());
}
