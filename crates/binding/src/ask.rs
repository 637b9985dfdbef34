//! Questions to the session that runs, or ran last: counters, and what a memory store holds.

use breadcrumb_event::schema::HISTOGRAM_BASE;
use breadcrumb_recorder::{CallFilter, FunctionStats, Recorder, StoredCall};
use serde_json::{Value as Json, json};

use crate::coded_error::CodedError;
use crate::options::Question;
use crate::process;

/// Answers at most, where no limit is given.
const DEFAULT_LIMIT: usize = 1000;

fn recorder() -> Result<std::sync::Arc<Recorder>, CodedError> {
    process::recorder().ok_or_else(CodedError::not_configured)
}

/// Counters, as JSON.
pub fn counters() -> Result<String, CodedError> {
    Ok(json!(recorder()?.counters()).to_string())
}

/// What a memory store knows, as JSON.
pub fn ask(question: &str, options: &Question) -> Result<String, CodedError> {
    let recorder = recorder()?;
    if !process::records_into_memory() {
        return Err(CodedError::no_memory_store());
    }
    let limit = options.limit.unwrap_or(DEFAULT_LIMIT);
    let filter = CallFilter {
        function: options.function.clone(),
        ..CallFilter::default()
    };
    let answer = match question {
        "calls" => recorder
            .calls(&filter, limit)
            .into_iter()
            .map(call)
            .collect(),
        "traces" => traces(&recorder, limit),
        _ => stats(&recorder),
    };
    Ok(answer.to_string())
}

fn call(call: StoredCall) -> Json {
    let parsed =
        |text: Option<String>| text.and_then(|text| serde_json::from_str::<Json>(&text).ok());
    json!({
        "callId": call.call_id,
        "parentId": call.parent_id,
        "parentKind": call.parent_kind,
        "rootId": call.root_id,
        "threadId": call.thread_id,
        "function": call.function,
        "file": call.file,
        "line": call.line,
        "col": call.col,
        "parameters": call.parameters,
        "startedAtNs": call.started_at_ns.to_string(),
        "durationNs": call.duration_ns,
        "selfNs": call.self_ns,
        "waitNs": call.wait_ns,
        "depth": call.depth,
        "status": call.status,
        "arguments": parsed(call.arguments),
        "result": parsed(call.result),
        "exceptionId": call.exception_id,
        "clock": call.clock,
        "lines": lines(call.lines),
        "variables": variables(call.variables),
    })
}

/// As a store's calls have them.
fn variables(text: Option<String>) -> Json {
    let rows: Option<Vec<Json>> = text.and_then(|text| serde_json::from_str(&text).ok());
    let named = |row: Json| match row {
        Json::Array(mut items) if items.len() >= 3 => {
            let between = items.get(3).cloned();
            let mut item = json!({ "line": items[0], "name": items[1], "value": items[2].take() });
            if let Some(between) = between {
                item["leftOut"] = between;
            }
            item
        }
        left_out => json!({ "leftOut": left_out }),
    };
    rows.map_or(Json::Null, |rows| rows.into_iter().map(named).collect())
}

/// As a store's calls have them.
fn lines(text: Option<String>) -> Json {
    let rows: Option<Vec<Vec<u64>>> = text.and_then(|text| serde_json::from_str(&text).ok());
    let named = |row: Vec<u64>| match row[..] {
        [line, count, column] => json!({ "line": line, "count": count, "col": column }),
        [line, count] => json!({ "line": line, "count": count }),
        _ => Json::Null,
    };
    rows.map_or(Json::Null, |rows| rows.into_iter().map(named).collect())
}

fn traces(recorder: &Recorder, limit: usize) -> Json {
    let roots = CallFilter {
        roots: true,
        ..CallFilter::default()
    };
    let sizes = recorder
        .calls(&CallFilter::default(), usize::MAX)
        .into_iter()
        .fold(
            rustc_hash::FxHashMap::<i64, u64>::default(),
            |mut sizes, call| {
                *sizes.entry(call.root_id).or_default() += 1;
                sizes
            },
        );
    let roots = recorder.calls(&roots, limit).into_iter();
    roots
        .map(|root| {
            let calls = sizes.get(&root.root_id).copied().unwrap_or(1);
            json!({ "root": call(root), "calls": calls })
        })
        .collect()
}

fn stats(recorder: &Recorder) -> Json {
    let mut all = recorder.stats();
    all.retain(|function| function.calls + function.counted + function.dropped > 0);
    all.sort_by_key(|function| std::cmp::Reverse(function.self_ns));
    all.iter()
        .map(|function| {
            let finished = (function.calls - function.open).max(1) as f64;
            json!({
                "function": function.function,
                "file": function.file,
                "line": function.line,
                "col": function.col,
                "calls": function.calls,
                "counted": function.counted,
                "dropped": function.dropped,
                "errors": function.errors,
                "open": function.open,
                "totalNs": function.total_ns,
                "selfNs": function.self_ns,
                "waitNs": function.wait_ns,
                "meanNs": function.total_ns as f64 / finished,
                "p50Ns": quantile(function, 0.5),
                "p95Ns": quantile(function, 0.95),
                "p99Ns": quantile(function, 0.99),
                "maxNs": function.max_ns,
            })
        })
        .collect()
}

/// The duration below which this share of the calls lies, from the histogram's buckets: within 5 %.
fn quantile(function: &FunctionStats, share: f64) -> f64 {
    let total: u64 = function.histogram.values().sum();
    let rank = (total as f64 * share).ceil().max(1.0) as u64;
    let mut seen = 0;
    for (&bucket, &calls) in &function.histogram {
        seen += calls;
        if seen >= rank {
            let middle = HISTOGRAM_BASE.powf(f64::from(bucket) - 0.5);
            return if bucket == 0 {
                0.0
            } else {
                middle.min(function.max_ns as f64)
            };
        }
    }
    0.0
}
