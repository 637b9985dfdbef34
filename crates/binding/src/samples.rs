//! Stacks of a profile as V8 tells them → rows of the store, joined to the functions that are recorded.
//!
//! `{ kind: "cpu", fromNs: "…", toNs: "…", frames: [["total", "/app/src/cart.js", 3, 15]], stacks: [[[0], 7, 7000000]] }`
//! gives a row with the function `total` of `src/cart.js`.
//!
//! Limits: a function is known by its file, and where it starts.

use breadcrumb_event::function::FunctionEntry;
use breadcrumb_event::row::{SampleRow, SampledFunction};
use breadcrumb_recorder::Control;
use serde::Deserialize;
use serde_json::json;

use crate::{process, thread};

/// A part of a profile.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    kind: String,
    /// ns since 1970, as text: it is beyond 2^53.
    from_ns: String,
    to_ns: String,
    /// Functions: V8's name, the file, line and column from 1.
    frames: Vec<(String, Option<String>, u32, u32)>,
    /// Places in `frames`, the innermost first; how often, and what that weighs.
    stacks: Vec<(Vec<usize>, i64, i64)>,
}

/// A frame as rows have it.
struct Frame {
    json: serde_json::Value,
    function: Option<SampledFunction>,
}

/// Hands a part to the recorder.
pub fn push(part: &Part) {
    let frames: Vec<Frame> = part.frames.iter().map(frame).collect();
    let ns = |text: &str| text.parse().unwrap_or_default();
    thread::push_samples(|thread_id| {
        let rows = part.stacks.iter().map(|(places, samples, weight)| {
            let stack = || places.iter().filter_map(|&at| frames.get(at));
            let json: Vec<_> = stack().map(|frame| &frame.json).collect();
            SampleRow {
                thread_id,
                kind: part.kind.clone(),
                from_ns: ns(&part.from_ns),
                to_ns: ns(&part.to_ns),
                function: stack().find_map(|frame| frame.function.clone()),
                samples: *samples,
                weight: *weight,
                stack: json!(json).to_string(),
            }
        });
        rows.collect()
    });
}

fn frame((name, file, line, column): &(String, Option<String>, u32, u32)) -> Frame {
    let Some(path) = file else {
        let json = json!([name, null, null, null]);
        return Frame {
            json,
            function: None,
        };
    };
    match recorded(path, (*line, *column), name) {
        Some(FunctionEntry { file, function, .. }) => Frame {
            json: json!([function.name, &*file, function.line, function.column]),
            function: Some(SampledFunction {
                name: function.name,
                file: file.to_string(),
                line: function.line,
                column: function.column,
            }),
        },
        None => {
            let (line, column) =
                process::with_files(|files| files.original_place(path, *line, *column));
            Frame {
                json: json!([name, path, line, column]),
                function: None,
            }
        }
    }
}

/// The function of a place, if its calls are told by probes or breakpoints.
fn recorded(path: &str, (line, column): (u32, u32), name: &str) -> Option<FunctionEntry> {
    let found = process::with_files(|files| files.source_place(path, line, column));
    let (first, place) = found?;
    let functions = Control::get().ok()?.functions();
    functions.started_at(first, place, name)
}
