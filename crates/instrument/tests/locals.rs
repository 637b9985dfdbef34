//! Which variables the probes read where an exception leaves a function.

mod support;

use std::path::Path;

use breadcrumb_instrument::Outcome;

#[test]
fn a_function_may_have_any_number_of_blocks() {
    let blocks = u16::MAX as usize + 2;
    let source = format!("function f(){{{}}}", "{let a}".repeat(blocks));
    let Outcome::Instrumented(done) =
        support::instrument_with_locals(Path::new("file.cjs"), &source)
    else {
        panic!("left alone");
    };
    assert_eq!(done.functions[0].scopes.len(), blocks + 1);
    assert!(done.code.contains(&format!("$bc.l(0,{blocks},")));
}
