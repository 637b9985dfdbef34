//! Instrumenting a large file, all in. Isolates the crate: no file is read within the measurement.
//! `parse` is the baseline (the tree alone), `probes` the whole.
//!
//! `cargo bench -p breadcrumb-instrument`

use std::hint::black_box;
use std::path::Path;

use breadcrumb_instrument::{Input, Outcome, SourceKind, Wanted, instrument};
use criterion::{Criterion, criterion_group, criterion_main};
use oxc_allocator::Allocator;
use oxc_parser::Parser;
use oxc_span::SourceType;

/// TypeScript's compiler: 6 MB, 11 thousand functions.
const LARGE_FILE: &str = "../../node_modules/typescript/lib/_tsc.js";

fn large_file(criterion: &mut Criterion) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(LARGE_FILE);
    let source = std::fs::read_to_string(path).expect("`npm install` was run");
    let mut group = criterion.benchmark_group("_tsc.js");
    group.sample_size(10);
    group.bench_function("parse", |bencher| {
        bencher.iter(|| {
            let allocator = Allocator::default();
            black_box(
                Parser::new(&allocator, &source, SourceType::cjs())
                    .parse()
                    .panicked,
            )
        });
    });
    group.bench_function("probes", |bencher| {
        bencher.iter(|| {
            let outcome = instrument(&Input {
                source: black_box(&source),
                kind: SourceKind::CommonJs,
                first_id: 0,
                file_stem: "_tsc",
                names: None,
                wanted: Wanted::default(),
            });
            match outcome {
                Outcome::Instrumented(done) => done.functions.len(),
                Outcome::LeftAlone(why) => panic!("{why:?}"),
            }
        });
    });
    group.finish();
}

criterion_group!(benches, large_file);
criterion_main!(benches);
