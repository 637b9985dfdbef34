//! Where breakpoints tell of calls of a text that has no probes.

use breadcrumb_instrument::{Input, Inspected, Outcome, Reading, SourceKind, Wanted, instrument};

fn input(source: &str) -> Input<'_> {
    Input {
        source,
        kind: SourceKind::CommonJs,
        first_id: 7,
        file_stem: "cart",
        names: None,
        wanted: Wanted::default(),
    }
}

fn read(source: &str) -> Reading {
    breadcrumb_instrument::read(&input(source)).unwrap_or_else(|why| panic!("{source}: {why:?}"))
}

/// The first function of a text of one line.
fn first(source: &str) -> Inspected {
    read(source).inspected.remove(0)
}

/// The texts in which a function's first break is looked for, in order; `*` behind those that are run again and
/// again.
fn entries(source: &str) -> Vec<String> {
    let said = first(source).entries.into_iter().map(|entry| {
        let text = &source[entry.from[1] as usize..entry.to[1] as usize];
        format!("{text}{}", if entry.repeats { "*" } else { "" })
    });
    said.collect()
}

/// The texts that begin where V8 does not show how a function returns.
fn hidden(source: &str) -> Vec<&str> {
    let places = first(source).hidden;
    places.iter().map(|at| &source[at[1] as usize..]).collect()
}

#[test]
fn code_begins_with_the_first_statement_that_has_some() {
    for (source, expected) in [
        ("function f(a = b()) { return a }", &["return a"][..]),
        (
            "function f() { 'use strict'; var a; ; function g() {} h() }",
            &["h()"],
        ),
        ("() => a.b", &["a.b"]),
        ("function f() { let a, { b } = c; d }", &["c", "{ b } = c"]),
        ("function f() { if (a) b() }", &["if (a"]),
        ("function f() { switch (a) { case b: } }", &["switch (a"]),
        ("function f() { a: { try { b() } catch {} } }", &["b()"]),
        ("function f() { try {} finally { b() } }", &["b()"]),
        ("function f() { for (const a of b) c() }", &["b"]),
        (
            "function f() { for (let i = 0; i < 1; i++) c() }",
            &["0", "i = 0"],
        ),
        ("function f() { while (a) b() }", &["a*", "b()*"]),
        ("function f() { do b(); while (a) }", &["b();*", "a*"]),
        ("function f() { for (;;) b() }", &["b()*"]),
        ("function f() { class A {} b() }", &["class A {}", "b()"]),
        ("function f() {}", &[]),
    ] {
        assert_eq!(entries(source), expected, "{source}");
    }
}

#[test]
fn what_runs_something_before_a_return_leaves_hides_it() {
    let none: &[&str] = &[];
    for (source, expected) in [
        ("function f() { try { return 1 } catch { return 2 } }", none),
        ("function f() { try {} finally { return 2 } }", none),
        (
            "function f() { try { return 1 } finally {} }",
            &["return 1 } finally {} }"],
        ),
        (
            "function f() { try {} catch { return 1 } finally {} }",
            &["return 1 } finally {} }"],
        ),
        ("function f() { for (const a of b) return }", &["return }"]),
        (
            "function f() { for (const a of b) (() => { return 1 })() }",
            none,
        ),
        ("function f() { using a = b; return }", &["return }"]),
        // Its place is that of the function's own end.
        ("function f(a) { if (a) return 1}", &["if (a) return 1}"]),
        ("function f(a) { if (a) return 1;}", &["if (a) return 1;}"]),
        ("function f(a) { if (a) return 1; }", none),
        ("function f(a) { return 1}", none),
        // Two functions return at one place.
        ("function f() { return (a) => a }", &["return (a) => a }"]),
        ("function f() { return (a) => a; }", none),
        ("(a) => (b) => c", &["(b) => c"]),
        ("(a) => ((b) => c)", none),
    ] {
        assert_eq!(hidden(source), expected, "{source}");
    }
    let reading = read("function f(a) { if (a)return 1;b();return}");
    assert_eq!(reading.inspected[0].returns, [[0, 31], [0, 41]]);
    let reading = read("f = (a) => (b) => c");
    assert_eq!(reading.inspected[0].shared_ends, [[0, 19]]);
    assert_eq!(reading.inspected[1].shared_ends, [[0, 19]]);
    assert_eq!(reading.inspected[1].hidden, [[0, 18]]);
}

#[test]
fn only_what_returns_something_has_a_result() {
    assert!(first("() => 1").has_result);
    assert!(first("function f() { if (a) return 1 }").has_result);
    assert!(!first("function f() { if (a) return; g(() => 1) }").has_result);
}

#[test]
fn functions_are_those_that_get_probes() {
    let source =
        "class C { m({ a, b: [c] }, ...d) {} get x() { return () => 1 } }\nasync function f() {}";
    let Outcome::Instrumented(instrumented) = instrument(&input(source)) else {
        panic!("it parses");
    };
    let reading = read(source);
    assert_eq!(reading.functions, instrumented.functions);
    assert_eq!(reading.inspected.len(), 4);
    assert_eq!(reading.inspected[0].parameters, ["a", "c", "d"]);
    assert_eq!(reading.inspected[3].range, [[1, 0], [1, 21]]);
    assert!(reading.inspected[3].is_async);
}

#[test]
fn what_breakpoints_cannot_tell_of_is_left_alone_by_itself() {
    let source = "function* g() { return () => 1 }\nfunction f(a) { { let a = b(() => 2); } }";
    let reading = read(source);
    let alone: Vec<_> = reading
        .left_alone
        .iter()
        .map(|f| (&*f.name, &*f.why))
        .collect();
    let generator = "its calls are told by probes alone: it is a generator";
    let hidden = "a block hides a parameter where its code begins";
    assert_eq!(alone, [("g", generator), ("f", hidden)]);
    let names: Vec<_> = reading.functions.iter().map(|f| &*f.name).collect();
    assert_eq!(names, ["<anonymous in g>", "<anonymous in f>"]);
}

#[test]
fn what_is_caught_and_what_can_be_read_has_its_place() {
    let source = "function f(a) { try { b() } catch (e) { try { c() } finally { d() } } for (const x of a) { g(() => x) } }";
    let input = Input {
        wanted: Wanted {
            locals: true,
            ..Wanted::default()
        },
        ..input(source)
    };
    let Ok(reading) = breadcrumb_instrument::read(&input) else {
        panic!("it parses");
    };
    let Outcome::Instrumented(instrumented) = instrument(&input) else {
        panic!("it parses");
    };
    assert_eq!(reading.functions, instrumented.functions);
    let text = |[from, to]: [[u32; 2]; 2]| &source[from[1] as usize..to[1] as usize];
    let f = &reading.inspected[0];
    let guarded: Vec<_> = f.guarded.iter().map(|range| text(*range)).collect();
    assert_eq!(guarded, ["{ b() }"]);
    let scopes: Vec<_> = f
        .scopes
        .iter()
        .map(|scope| (text(scope.range), scope.names.join(" ")))
        .collect();
    let handler = "e) { try { c() } finally { d() } }";
    assert_eq!(scopes[0], (source, "a".to_owned()));
    assert_eq!(scopes[1], (handler, "e".to_owned()));
    assert_eq!(scopes[2], ("x of a) { g(() => x) }", "x".to_owned()));
    assert_eq!(reading.inspected[1].scopes[0].names, ["x"]);
    assert!(read(source).inspected[0].scopes.is_empty());
}

#[test]
fn texts_that_get_no_probes_are_not_read() {
    for source in ["function (", "let $bc = 1"] {
        assert!(breadcrumb_instrument::read(&input(source)).is_err());
    }
}

#[test]
fn constructors_that_call_super_and_their_arrow_functions_are_left_alone() {
    let reading = read(
        "class A extends B { constructor(x = () => 1) { const f = () => super(); f(); function g() { () => 2 } } \
         m() { () => 3 } y = () => 4 } class C { constructor() { () => 5 } } (class extends C {})",
    );
    let names = |functions: &[breadcrumb_event::function::Function]| {
        functions.iter().map(|f| f.name.clone()).collect::<Vec<_>>()
    };
    let told = names(&reading.functions);
    assert_eq!(told.len(), 7, "{told:?}");
    assert_eq!(reading.left_alone.len(), 3);
    assert!(reading.left_alone.iter().all(|f| f.why.contains("super()")));
}

#[test]
fn what_can_wait_is_told_from_what_is_only_asynchronous() {
    let waits = |source: &str| first(source).waits;
    assert!(waits("async function f() { if (a) { await b } }"));
    assert!(waits("async () => await b"));
    assert!(waits("async function f() { for await (const a of b) c() }"));
    assert!(waits("async function f() { await using a = b }"));
    assert!(!waits("async function f() { return b }"));
    assert!(!waits("async function f() { return async () => await b }"));
    assert!(!waits("function f() { for (const a of b) c() }"));
}
