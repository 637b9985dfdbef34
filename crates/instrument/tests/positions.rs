//! Positions map back, for any program made of these pieces.

use breadcrumb_instrument::{
    Input, Instrumented, Outcome, SourceKind, Wanted, first_probe, instrument,
};
use proptest::prelude::*;

/// Statements that hold every kind of insertion, with characters of one to four bytes.
const PIECES: [&str; 16] = [
    "function f(a, b) { return a + b }",
    "const g = x => x * 2;",
    "const é = async (变量) => await 变量;",
    "function* gen(a) { const b = yield a; yield* b }",
    "async function* ag() { for await (const 𝒳 of y) { if (𝒳) continue; break } }",
    "class C { #p = '😀'; get size() { return this.#p } static m() { try { throw 1 } catch (e) { return e } finally { } } }",
    "// a comment with é and 😀\n",
    "/* two\nlines */ var s = '\u{2028}';",
    "const nested = () => () => ({ a: [() => 1, function () { return 'ü' }] });",
    "if (a) throw new Error('x'); else f()\n",
    "\r\n",
    "const t = `${(() => `${x => x}`)()}😀`;",
    "function strict() { 'use strict'; return this }",
    "try { f() } catch { } finally { g() }",
    "export_ = function (a, { b, c: [d] }, ...e) { return\n }",
    "with (o) { (() => 1)() }",
];

fn program() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..12).prop_map(|pieces| {
        // Each piece in a block, so that names do not clash.
        let blocks = pieces.iter().map(|piece| format!("{{ {piece}\n}} "));
        blocks.collect()
    })
}

fn instrumented(source: &str) -> Instrumented {
    let input = Input {
        source,
        kind: SourceKind::CommonJs,
        first_id: 5,
        file_stem: "file",
        names: None,
        wanted: Wanted::default(),
    };
    match instrument(&input) {
        Outcome::Instrumented(done) => done,
        Outcome::LeftAlone(why) => panic!("{why:?}: {source}"),
    }
}

/// Line and column, from 1, of each UTF-16 unit, and of the end.
fn lines_and_columns(units: &[u16]) -> Vec<(u32, u32)> {
    let (mut line, mut column) = (1, 1);
    let mut all = Vec::with_capacity(units.len() + 1);
    for (at, &unit) in units.iter().enumerate() {
        all.push((line, column));
        column += 1;
        let ends = match unit {
            0x0a | 0x2028 | 0x2029 => true,
            0x0d => units.get(at + 1) != Some(&0x0a),
            _ => false,
        };
        if ends {
            (line, column) = (line + 1, 1);
        }
    }
    all.push((line, column));
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn positions_round_trip(source in program()) {
        let done = instrumented(&source);
        let before: Vec<u16> = source.encode_utf16().collect();
        let after: Vec<u16> = done.code.encode_utf16().collect();
        let places_before = lines_and_columns(&before);
        let places_after = lines_and_columns(&after);
        for (original, &unit) in before.iter().enumerate() {
            let moved = done.splices.instrumented_offset(original as u32);
            prop_assert_eq!(after[moved as usize], unit);
            prop_assert_eq!(done.splices.original_offset(moved), original as u32);
            let (line, column) = places_after[moved as usize];
            let place = (line, done.splices.original_column(line, column));
            prop_assert_eq!(place, places_before[original]);
        }
        let mut last = 0;
        for at in 0..=after.len() as u32 {
            let original = done.splices.original_offset(at);
            prop_assert!(original >= last, "positions go back");
            last = original;
        }
        prop_assert_eq!(last as usize, before.len());
    }

    #[test]
    fn probes_are_where_the_table_says(source in program()) {
        let done = instrumented(&source);
        let after: Vec<u16> = done.code.encode_utf16().collect();
        for (index, function) in done.functions.iter().enumerate() {
            let id = 5 + index as u32;
            let at = done.splices.function_probe_offset(id).expect("a function of the file");
            let text = String::from_utf16_lossy(&after[at as usize..(at as usize + 24).min(after.len())]);
            prop_assert_eq!(first_probe(&text), Some((0, id)), "{} {}", function.name, text);
            prop_assert!(function.start < function.end);
        }
        prop_assert_eq!(done.splices.function_probe_offset(4), None);
        prop_assert_eq!(done.splices.function_probe_offset(5 + done.functions.len() as u32), None);
    }

    #[test]
    fn positions_behind_another_text_map_back(source in program(), head in "[a😀 \n\r]{0,9}") {
        let head = format!("{head};");
        let done = instrumented(&source);
        let both = |code: &str| format!("{head}{code}").encode_utf16().collect::<Vec<u16>>();
        let places_before = lines_and_columns(&both(&source));
        let places_after = lines_and_columns(&both(&done.code));
        let length = head.encode_utf16().count();
        let splices = done.splices.clone().behind(&head);
        for (at, &(line, column)) in places_after.iter().enumerate() {
            let original = at.checked_sub(length).map_or(at, |at| {
                length + done.splices.original_offset(at as u32) as usize
            });
            prop_assert_eq!(splices.original_offset(at as u32), original as u32);
            let place = (line, splices.original_text_column(line, column));
            prop_assert_eq!(place, places_before[original]);
        }
        let apart = splices.unsplice(&done.code);
        prop_assert_eq!(apart, done.splices.unsplice(&done.code));
    }

    #[test]
    fn a_whole_text_comes_apart(source in program()) {
        let done = instrumented(&source);
        match first_probe(&done.code) {
            Some(_) => prop_assert_eq!(done.splices.unsplice(&done.code), Some(source)),
            None => prop_assert_eq!(done.splices.unsplice(&done.code), None),
        }
    }
}
