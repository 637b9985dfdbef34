//! What the examples share: the files of the command line, instrumented.

use breadcrumb_event::function::Function;
use breadcrumb_instrument::{Input, Outcome, SourceKind, Wanted, instrument};
use serde_json::{Value, json};

/// Prints a line of JSON for each file: its path, its code with the probes that are wanted, and its functions.
pub fn print_files(wanted: Wanted, function: impl Fn((u32, &Function)) -> Value) {
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
                wanted,
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
        let functions: Vec<Value> = (first_id..).zip(&done.functions).map(&function).collect();
        first_id += done.functions.len() as u32;
        println!(
            "{}",
            json!({"file": path, "code": done.code, "functions": functions})
        );
    }
}

/// Whether a variable of the environment is there.
pub fn has(name: &str) -> bool {
    std::env::var_os(name).is_some()
}
