//! `cargo run -p breadcrumb-instrument --example blocks -- file.js …` prints a line of JSON for each file: its code
//! with probes that tell of blocks, and its functions with their blocks.

mod support;

use breadcrumb_event::function::{Block, Function};
use breadcrumb_instrument::Wanted;
use serde_json::{Value, json};

use support::{has, print_files};

fn main() {
    let wanted = Wanted {
        lines: true,
        locals: has("LOCALS"),
        ..Wanted::default()
    };
    print_files(wanted, function);
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
