//! `cargo run -p breadcrumb-instrument --example inferred_names -- 13 file.js` prints the functions of a
//! file with the names that V8 13 gives those that have none, as JSON.

use breadcrumb_instrument::{Engine, Input, SourceKind, Wanted, inferred_names};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let version = arguments.next().and_then(|text| text.parse().ok());
    let engine = Engine::of_version(version.expect("V8's major version"));
    for path in arguments {
        let source = std::fs::read_to_string(&path).expect("a readable file");
        let is_module = path.ends_with(".mjs");
        let input = Input {
            source: &source,
            kind: if is_module {
                SourceKind::Module
            } else {
                SourceKind::CommonJs
            },
            first_id: 0,
            file_stem: "file",
            names: None,
            wanted: Wanted::default(),
        };
        for it in inferred_names(&input, engine).expect("a file that parses") {
            let (start, end, named, inferred) = (it.start, it.end, it.named, it.inferred);
            println!("[{start},{end},\"{named:?}\",{inferred:?}]");
        }
    }
}
