//! How many bytes of text a second one core redacts: `cargo bench -p breadcrumb-redact --bench throughput`.
//!
//! ```text
//! recorded values          390 MB/s
//! ```
//! Texts of a sample of recorded calls, and of what programs hand around, cut as a recording cuts them. In
//! processor time, the best of five rounds, so that other programs of the machine do not count. Limits: Linux
//! tells processor time in steps of 4 ms; elsewhere it is time as it passes.

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use breadcrumb_redact::Redactor;
use serde_json::Value as Json;

const ROUNDS: u32 = 5;
const ROUND: Duration = Duration::from_millis(300);
/// Characters that are kept of a text (docs/values.md).
const KEPT: usize = 200;

fn main() {
    // As a test it only has to run.
    let once = !std::env::args().any(|word| word == "--bench");
    let logs = "2026-11-26T10:00:00.123Z INFO order 51 of 7 items for user 42 done in 17 ms\n";
    let page =
        r#"<li class="item" data-id="7"><a href="https://example.com/a?page=2">An item</a></li>"#;
    let secrets = "GET /a?token=abc123 Authorization: Bearer abc123def456 by ann@example.com\n";
    for (name, texts) in [
        ("recorded values", recorded()),
        ("source text", cut(include_str!("../src/shapes.rs"))),
        ("log lines", cut(&logs.repeat(500))),
        ("markup", cut(&page.repeat(500))),
        ("secrets everywhere", cut(&secrets.repeat(500))),
    ] {
        println!("{name:20} {:7.0} MB/s", megabytes_a_second(&texts, once));
    }
}

fn megabytes_a_second(texts: &[String], once: bool) -> f64 {
    let redactor = Redactor::default();
    let bytes: usize = texts.iter().map(String::len).sum();
    let mut hits = Vec::new();
    let mut pass = || {
        hits.clear();
        for text in texts {
            black_box(redactor.redact_text(black_box(text), &mut hits));
        }
    };
    let mut best = 0.0_f64;
    for _ in 0..if once { 1 } else { ROUNDS } {
        let before = processor_time();
        let mut passes = 0_u32;
        while !once && processor_time() - before < ROUND || passes == 0 {
            for _ in 0..16 {
                pass();
            }
            passes += 16;
        }
        let seconds = (processor_time() - before).as_secs_f64();
        best = best.max(f64::from(passes) * bytes as f64 / 1e6 / seconds.max(1e-3));
    }
    best
}

/// This thread's, where Linux tells it.
fn processor_time() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let ns = told.and_then(|text| text.split(' ').next()?.parse().ok());
    ns.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

fn recorded() -> Vec<String> {
    let mut out = Vec::new();
    for line in include_str!("../tests/ordinary.jsonl").lines() {
        let call: Json = serde_json::from_str(line).expect("a line is a call");
        for column in ["arguments", "result"] {
            let json = call[column].as_str().unwrap_or_default();
            texts(&serde_json::from_str(json).unwrap_or_default(), &mut out);
        }
    }
    out
}

/// The texts in a value's JSON.
fn texts(json: &Json, out: &mut Vec<String>) {
    match json {
        Json::String(text) => out.push(text.clone()),
        Json::Array(items) => items.iter().for_each(|item| texts(item, out)),
        Json::Object(fields) => fields.values().for_each(|field| texts(field, out)),
        _ => {}
    }
}

fn cut(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    chars
        .chunks(KEPT)
        .map(|part| part.iter().collect())
        .collect()
}
