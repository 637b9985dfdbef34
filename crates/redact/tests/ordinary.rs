//! Ordinary values stay: of a sample of calls of the conformance programs (`ordinary.jsonl`, which
//! `__test__/redaction/main.ts --sample` writes) at most one value in 10,000 goes.

mod support;

use breadcrumb_redact::Redactor;

use support::calls::look;

const ALLOWED_IN: u64 = 10_000;

#[test]
fn hardly_an_ordinary_value_goes() {
    let redactor = Redactor::default();
    let (mut values, mut hits, mut list) = (0, 0, String::new());
    for line in include_str!("ordinary.jsonl").lines() {
        let (count, found) = look(&redactor, line);
        values += count;
        for hit in found {
            hits += hit.times;
            list += &format!("{} {} {} {}\n", hit.times, hit.rule, hit.place, hit.value);
        }
    }
    assert!(values > 40_000, "{values}");
    assert!(hits * ALLOWED_IN <= values, "{hits} of {values}:\n{list}");
}
