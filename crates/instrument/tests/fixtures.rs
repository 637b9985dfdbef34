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
                support::compare_with_locals(path, &source);
                support::keep(&done);
            }
            Outcome::LeftAlone(why) => insta::assert_debug_snapshot!(why),
        }
    });
}

#[test]
fn fixtures_run_the_same_with_what_methods_are_called_on() {
    insta::glob!("fixtures/*", |path| {
        let source = std::fs::read_to_string(path).expect("a text");
        if let Outcome::Instrumented(done) = support::instrument_with_this(path, &source) {
            support::compare(path, &source, &done);
        }
    });
}

#[test]
fn a_method_hands_over_what_it_is_called_on() {
    let source = "class A{m(a){}get g(){return 1}set s(v){}static t(){}*n(){}constructor(){}}\n({o(){}});function f(){}(()=>1)";
    let path = std::path::Path::new("file.cjs");
    let Outcome::Instrumented(done) = support::instrument_with_this(path, source) else {
        panic!("left alone");
    };
    let parameters: Vec<String> = done
        .functions
        .iter()
        .map(|function| format!("{}({})", function.name, function.parameters.join(",")))
        .filter(|shown| shown.contains("this"))
        .collect();
    assert_eq!(
        parameters,
        [
            "A.m(this,a)",
            "get A.g(this)",
            "set A.s(this,v)",
            "A.t(this)",
            "A.n(this)",
            "o(this)"
        ]
    );
    assert!(done.code.contains("$bc.e2(0,this,a)"), "{}", done.code);
}
