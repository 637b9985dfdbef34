//! `cargo run -p breadcrumb-instrument --example assignments -- file.js …` prints a line of JSON for each file: its
//! code with probes that tell of assignments, and its functions with their assignments. `LINES` and `LOCALS` in the
//! environment add those probes.

use breadcrumb_event::function::Function;
use breadcrumb_instrument::{Input, Outcome, SourceKind, Wanted, instrument};
use serde_json::{Value, json};

fn main() {
    let mut first_id = 0;
    for path in std::env::args().skip(1) {
        let source = std::fs::read_to_string(&path).expect("a readable file");
        let kinds = match path.rsplit('.').next() {
            Some("mjs") => vec![SourceKind::Module],
            Some("cjs") => vec![SourceKind::CommonJs],
            Some("mts") => vec![SourceKind::TypeScriptModule],
            Some("ts" | "cts") => vec![SourceKind::TypeScriptCommonJs],
            _ => vec![SourceKind::CommonJs, SourceKind::Module],
        };
        let done = kinds.into_iter().find_map(|kind| {
            let input = Input {
                source: &source,
                kind,
                first_id,
                file_stem: "file",
                names: None,
                wanted: Wanted {
                    variables: true,
                    lines: std::env::var_os("LINES").is_some(),
                    locals: std::env::var_os("LOCALS").is_some(),
                    ..Wanted::default()
                },
            };
            match instrument(&input) {
                Outcome::Instrumented(done) => Some(done),
                Outcome::LeftAlone(why) => {
                    eprintln!("{path}: {why:?}");
                    None
                }
            }
        });
        let Some(done) = done else { continue };
        let functions: Vec<Value> = (first_id..).zip(&done.functions).map(function).collect();
        first_id += done.functions.len() as u32;
        println!(
            "{}",
            json!({"file": path, "code": done.code, "functions": functions})
        );
    }
}

fn function((id, it): (u32, &Function)) -> Value {
    let assignments = it.assignments.iter();
    let assignments: Vec<Value> = assignments
        .map(|it| json!({ "name": it.name, "place": [it.line, it.column] }))
        .collect();
    json!({ "id": id, "name": it.name, "assignments": assignments })
}
