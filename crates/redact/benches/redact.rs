//! What redaction costs a call. Isolates the redactor: values are ready, nothing is encoded.
//!
//! `off` is the redactor switched off (the floor: the call itself); `baseline` is one number; the others are what captured values usually are.

use std::hint::black_box;

use breadcrumb_event::value::{Class, Value};
use breadcrumb_redact::{Redactor, RedactorOptions};
use criterion::{Criterion, criterion_group, criterion_main};

fn user() -> Value {
    let entries = vec![
        ("id".into(), Value::Number(7.0)),
        ("name".into(), Value::text("Ann Example")),
        ("email".into(), Value::text("ann@example.com")),
        ("createdAt".into(), Value::Date(1_763_856_000_000.0)),
        ("roles".into(), Value::text("admin")),
    ];
    Value::Object {
        class: Class::Plain,
        length: 5,
        entries,
    }
}

fn bench(criterion: &mut Criterion) {
    let options = RedactorOptions {
        off: true,
        ..RedactorOptions::default()
    };
    let off = Redactor::new(&options, None).expect("the options are good");
    let redactor = Redactor::default();
    let mut hits = Vec::new();
    let mut group = criterion.benchmark_group("redact");
    let mut number = Value::Number(42.0);
    group.bench_function("off", |b| {
        b.iter(|| off.redact_value(black_box(&mut number), &mut hits))
    });
    group.bench_function("baseline: a number", |b| {
        b.iter(|| redactor.redact_value(black_box(&mut number), &mut hits));
    });
    let long = "the quick brown fox jumps over the lazy dog ".repeat(23);
    for (name, mut value) in [
        ("text of 12 bytes", Value::text("Ann Example!")),
        (
            "text of 40 bytes",
            Value::text("SELECT id, name FROM carts WHERE id = $1"),
        ),
        ("text of 1000 bytes", Value::text(&long)),
        ("object of five entries", user()),
    ] {
        group.bench_function(name, |b| {
            b.iter(|| redactor.redact_value(black_box(&mut value), &mut hits));
        });
    }
    let names = ["a".to_owned(), "b".to_owned()];
    let mut arguments = [Value::Number(1.0), Value::Number(2.0)];
    group.bench_function("two numbers as arguments", |b| {
        b.iter(|| redactor.redact_arguments(&names, black_box(&mut arguments), &mut hits));
    });
    let secret = "connect to postgres://app:hunter2@db:5432/shop now";
    group.bench_function("text with a secret", |b| {
        b.iter(|| {
            hits.clear();
            redactor.redact_text(black_box(secret), &mut hits).len()
        });
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
