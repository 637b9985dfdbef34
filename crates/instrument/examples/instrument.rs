//! `cargo run -p breadcrumb-instrument --example instrument -- file.js` prints the file with probes.

use breadcrumb_instrument::{Input, Outcome, SourceKind, Wanted, instrument};

fn main() {
    for path in std::env::args().skip(1) {
        let source = std::fs::read_to_string(&path).expect("a readable file");
        let kind = match path.rsplit('.').next() {
            Some("mjs") => SourceKind::Module,
            Some("mts") => SourceKind::TypeScriptModule,
            Some("ts" | "cts") => SourceKind::TypeScriptCommonJs,
            _ => SourceKind::CommonJs,
        };
        let input = Input {
            source: &source,
            kind,
            first_id: 0,
            file_stem: "file",
            names: None,
            wanted: Wanted {
                locals: std::env::var_os("LOCALS").is_some(),
                ..Wanted::default()
            },
        };
        match instrument(&input) {
            Outcome::Instrumented(done) => {
                print!("{}", done.code);
                for function in &done.functions {
                    eprintln!("{function:?}");
                }
                for function in &done.left_alone {
                    eprintln!("{function:?}");
                }
            }
            Outcome::LeftAlone(why) => eprintln!("{path}: {why:?}"),
        }
    }
}
