//! Names that a source map knows reach functions, classes, members and parameters.

use breadcrumb_instrument::{Input, OriginalNames, Outcome, SourceKind, Wanted, instrument};

/// Each one-letter identifier `x` was `x` and its line: `a` in line 1 was `a1`.
#[derive(Debug)]
struct Numbered(Vec<Vec<String>>);

impl Numbered {
    fn of(source: &str) -> Self {
        let lines = source.lines().enumerate().map(|(index, line)| {
            let names = line.chars().map(|c| format!("{c}{}", index + 1));
            names.collect()
        });
        Self(lines.collect())
    }
}

impl OriginalNames for Numbered {
    fn original_name(&self, line: u32, column: u32) -> Option<&str> {
        let name = &self.0[line as usize - 1][column as usize - 1];
        name.starts_with(|c: char| c.is_ascii_lowercase())
            .then_some(name.as_str())
    }
}

#[test]
fn names_are_those_of_the_original() {
    let source = "function a(b,{c:d},...e){}\nclass f{constructor(){}g(){}get h(){return()=>1}}\n\"\u{e9}\";const i={j:()=>1,\"K\":()=>2};k.l=function(){};";
    let names = Numbered::of(source);
    let outcome = instrument(&Input {
        source,
        kind: SourceKind::CommonJs,
        first_id: 0,
        file_stem: "file",
        names: Some(&names),
        wanted: Wanted::default(),
    });
    let Outcome::Instrumented(done) = outcome else {
        panic!("left alone");
    };
    let found: Vec<&str> = done.functions.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(
        found,
        [
            "a1",
            "new f2",
            "f2.g2",
            "get f2.h2",
            "<anonymous in get f2.h2>",
            "i3.j3",
            "i3.K",
            "k3.l3"
        ]
    );
    assert_eq!(done.functions[0].parameters, ["b1", "d1", "...e1"]);
    // The probes use the names of the text.
    assert!(done.code.contains("(0,b,d,e)"), "{}", done.code);
}
