//! `cargo run -p breadcrumb-instrument --example blocks -- file.js …` prints a line of JSON for each file: its code
//! with probes that tell of blocks, and its functions with their blocks.

use breadcrumb_event::function::{Block, Function};
use breadcrumb_instrument::{Input, Outcome, SourceKind, Wanted, instrument};
use serde_json::{Value, json};

fn main() {
    let mut first_id = 0;
    for path in std::env::args().skip(1) {
        let source = std::fs::read_to_string(&path).expect("a readable file");
        let kinds = match path.rsplit('.').next() {
            Some("mjs") => vec![SourceKind::Module],
            Some("cjs") => vec![SourceKind::CommonJs],
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
                    lines: true,
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
    let blocks: Vec<Value> = it.blocks.iter().map(block).collect();
    json!({
        "id": id,
        "name": it.name,
        "start": it.start,
        "end": it.end,
        "isGenerator": it.is_generator,
        "blocks": blocks,
    })
}

fn block(it: &Block) -> Value {
    json!({
        "start": [it.line, it.column],
        "end": [it.end_line, it.end_column],
        "lines": it.lines,
    })
}
