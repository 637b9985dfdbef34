//! Which functions are leaves, and what becomes of them.

mod support;

use std::path::Path;

use breadcrumb_instrument::{Instrumented, Leaves, Outcome};

fn instrumented(source: &str, leaves: Leaves) -> Instrumented {
    match support::instrument_with_leaves(Path::new("cart.mjs"), source, leaves) {
        Outcome::Instrumented(done) => done,
        Outcome::LeftAlone(why) => panic!("{source}: {why:?}"),
    }
}

const ANY: u32 = u32::MAX;

/// Whether the function that begins a text is a leaf.
fn is_leaf(source: &str) -> bool {
    instrumented(source, Leaves::Count { longest: ANY }).functions[0].is_leaf
}

#[test]
fn what_calls_nothing_is_a_leaf() {
    for leaf in [
        "(a, b) => a.at - b.at",
        "(function () {})",
        "function f({ a = 1, ...rest }, [b]) { if (a) return b; else return { a, [b]: rest.x?.y } }",
        "({ get size() { return this.items.length } })",
        "class C { constructor(a) { this.a = a } }",
        "function f(a) { switch (a) { case 1: { let b = a++; return `${b}` } } }",
        "function f(a) { lb: { if (a) break lb } return a, typeof a, delete a.b, a ?? 1 }",
    ] {
        assert!(is_leaf(leaf), "{leaf}");
    }
    for other in [
        "() => f()",
        "(a) => a?.b()",
        "(a = g()) => a",
        "({ [g()]: a }) => a",
        "() => new Date",
        "(a) => tag`${a}`",
        "() => import('a')",
        "() => () => 1",
        "() => class {}",
        "() => ({ m() {} })",
        "(a) => [...a]",
        "async () => 1",
        "function* f() {}",
        "function f() { throw 1 }",
        "function f() { try { a.b } catch {} }",
        "function f() { for (;;) {} }",
        "function f() { for (const a in b) c = a }",
        "function f() { for (const a of b) c = a }",
        "function f() { while (a) a-- }",
        "function f() { do { a-- } while (a) }",
        "function f() { if (a) { b = { c: d => e } } }",
        "class C extends D { constructor() { super() } }",
    ] {
        assert!(!is_leaf(other), "{other}");
    }
}

const CART: &str = "export class Cart {
  constructor() { this.items = [] }
  get size() { return this.items.length }
  add(item) { this.items.push(item); return this.size }
}
export const price = (item) => item.price * item.count;
";

fn names(done: &Instrumented) -> Vec<&str> {
    let functions = done.functions.iter();
    functions.map(|function| &*function.name).collect()
}

#[test]
fn leaves_are_as_all_functions_unless_told() {
    let done = instrumented(CART, Leaves::Record);
    assert_eq!(
        names(&done),
        ["new Cart", "get Cart.size", "Cart.add", "price"]
    );
    assert!(done.functions.iter().all(|function| !function.is_leaf));
}

#[test]
fn those_that_are_counted_have_probes() {
    let plain = instrumented(CART, Leaves::Record);
    let done = instrumented(CART, Leaves::Count { longest: ANY });
    assert_eq!(done.code, plain.code);
    let leaves: Vec<_> = done.functions.iter().map(|f| f.is_leaf).collect();
    assert_eq!(leaves, [true, true, false, true]);
    assert!(done.left_alone.is_empty());
}

#[test]
fn those_that_are_skipped_have_none_and_are_listed() {
    let done = instrumented(CART, Leaves::Skip { longest: ANY });
    assert_eq!(names(&done), ["Cart.add"]);
    let listed: Vec<_> = done
        .left_alone
        .iter()
        .map(|function| (&*function.name, function.line, &*function.why))
        .collect();
    let why = "it is a leaf";
    assert_eq!(
        listed,
        [
            ("new Cart", 2, why),
            ("get Cart.size", 3, why),
            ("price", 6, why)
        ]
    );
    let lines: Vec<_> = done.code.lines().collect();
    let original: Vec<_> = CART.lines().collect();
    for line in [0, 1, 2, 5] {
        assert_eq!(lines[line], original[line]);
    }
    assert_ne!(lines[3], original[3]);
}

#[test]
fn long_ones_are_as_all_functions() {
    // The constructor and `price` have 33 characters each.
    let done = |longest| instrumented(CART, Leaves::Skip { longest });
    assert_eq!(done(32).functions.len(), 4);
    assert_eq!(names(&done(33)), ["get Cart.size", "Cart.add"]);
}
