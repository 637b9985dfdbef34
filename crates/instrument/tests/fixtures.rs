//! Every fixture: a snapshot of what becomes of it, and a comparison of two runs.

mod support;

use breadcrumb_instrument::Outcome;

#[test]
fn fixtures_run_the_same_with_probes() {
    insta::glob!("fixtures/*", |path| {
        let source = std::fs::read_to_string(path).expect("a text");
        match support::instrument_file(path, &source) {
            Outcome::Instrumented(done) => {
                insta::assert_snapshot!(support::show(&done));
                support::compare(path, &source, &done);
            }
            Outcome::LeftAlone(why) => insta::assert_debug_snapshot!(why),
        }
    });
}
