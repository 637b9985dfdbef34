//! `cargo run -p breadcrumb-instrument --example assignments -- file.js …` prints a line of JSON for each file: its
//! code with probes that tell of assignments, and its functions with their assignments. `LINES` and `LOCALS` in the
//! environment add those probes.

mod support;

use breadcrumb_event::function::Function;
use breadcrumb_instrument::Wanted;
use serde_json::{Value, json};

use support::{has, print_files};

fn main() {
    let wanted = Wanted {
        variables: true,
        lines: has("LINES"),
        locals: has("LOCALS"),
        ..Wanted::default()
    };
    print_files(wanted, function);
}

fn function((id, it): (u32, &Function)) -> Value {
    let assignments = it.assignments.iter();
    let assignments: Vec<Value> = assignments
        .map(|it| json!({ "name": it.name, "place": [it.line, it.column] }))
        .collect();
    json!({ "id": id, "name": it.name, "assignments": assignments })
}
