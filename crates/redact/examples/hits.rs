//! What the redactor takes out of recorded calls: `cargo run --example hits -- calls.jsonl`.
//!
//! Reads files of `__test__/redaction/main.ts`, recorded with `--redact off`; prints the number of values,
//! the hits of each rule, and where they were, the most first, with one of the values each.
//! Prints secrets, if there are any: for programs that have none.

#[path = "../tests/support/calls.rs"]
mod calls;
#[path = "../tests/support/json.rs"]
#[allow(dead_code)]
mod json;

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};

use breadcrumb_redact::Redactor;

const WIDTH: usize = 160;

fn main() {
    let redactor = Redactor::default();
    let mut values = 0_u64;
    let mut rules: HashMap<String, u64> = HashMap::new();
    let mut places: HashMap<(String, String), (u64, String)> = HashMap::new();
    let files = std::env::args().skip(1);
    let files = files.map(|path| File::open(path).expect("the file is there"));
    for line in files.flat_map(|file| BufReader::new(file).lines()) {
        let line = line.expect("the file can be read");
        let (count, hits) = calls::look(&redactor, &line);
        values += count;
        for hit in hits {
            *rules.entry(hit.rule.clone()).or_default() += hit.times;
            let place = places.entry((hit.rule, hit.place)).or_default();
            place.0 += hit.times;
            place.1 = hit.value;
        }
    }
    println!("{values} values, {} hits", rules.values().sum::<u64>());
    let mut rules: Vec<_> = rules.into_iter().collect();
    rules.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for (rule, count) in rules {
        println!("{count:>9}  {rule}");
    }
    let mut places: Vec<_> = places.into_iter().collect();
    places.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    for ((rule, place), (count, value)) in places {
        let value: String = value.chars().take(WIDTH).collect();
        println!("{count:>9}  {rule}  {place}  {value}");
    }
}
