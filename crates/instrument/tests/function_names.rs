//! What V8 calls the functions of installed packages that have no name, against what is said here: of
//! the originals, of the texts with probes, and of the way back. With probes for blocks and assignments every
//! fifth file; all of them with `BREADCRUMB_PACKAGES=full`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use breadcrumb_instrument::{
    Engine, FunctionNames, Input, Instrumented, Named, NamedFunction, Outcome, Place, SourceKind,
    Wanted, inferred_names, instrument,
};

/// CommonJS, in all styles: bundles, classes, compiled and minified code.
const MODULES: [&str; 13] = [
    "eslint",
    "mathjs",
    "webpack",
    "rxjs",
    "immutable",
    "terser",
    "ejs",
    "pug",
    "ajv",
    "graphql",
    "koa",
    "mobx",
    "handlebars",
];
/// Binaries of Node in `node_modules`.
const NODES: [&str; 4] = ["node20", "node22", "node", "node26"];

/// What V8 says of a file's functions: start, end, name.
type Told = BTreeMap<PathBuf, Vec<(u32, u32, String)>>;

fn packages() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../node_modules");
    folder.canonicalize().expect("installed packages")
}

fn ask(node: &Path, list: &Path) -> (u32, Told) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/v8_names.cjs");
    let output = Command::new(node)
        .arg(script)
        .arg(list)
        .args(MODULES)
        .current_dir(packages().parent().expect("the package"))
        .output()
        .expect("Node runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {errors}", node.display());
    let text = String::from_utf8(output.stdout).expect("text");
    let mut lines = text.lines();
    let version = lines.next().and_then(|line| line.parse().ok());
    let mut told = Told::new();
    for line in lines {
        let (file, start, end, name): (PathBuf, u32, u32, String) =
            serde_json::from_str(line).expect("a function");
        told.entry(file).or_default().push((start, end, name));
    }
    (version.expect("a version"), told)
}

fn read(file: &Path) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    file.starts_with(packages()).then_some(text)
}

fn input(source: &str, wanted: Wanted) -> Input<'_> {
    Input {
        source,
        kind: SourceKind::CommonJs,
        first_id: 0,
        file_stem: "file",
        names: None,
        wanted,
    }
}

/// Compares and gives how many functions without a name there were.
fn compare(
    told: &[(u32, u32, String)],
    ours: &[NamedFunction],
    what: &Path,
    bad: &mut String,
) -> usize {
    let ours: BTreeMap<_, _> = ours.iter().map(|it| ((it.start, it.end), it)).collect();
    let mut nameless = 0;
    for (start, end, name) in told {
        let Some(it) = ours.get(&(*start, *end)) else {
            // What V8 makes of fields and the constructors that it adds.
            continue;
        };
        if it.named == Named::ByText {
            continue;
        }
        nameless += 1;
        if it.inferred != *name {
            let _ = writeln!(bad, "{}:{start} {name:?} {:?}", what.display(), it.inferred);
        }
    }
    nameless
}

/// Of so many files one is tried with all probes.
fn share() -> usize {
    let is_full = std::env::var("BREADCRUMB_PACKAGES").is_ok_and(|size| size == "full");
    if is_full { 1 } else { 5 }
}

#[test]
fn names_are_those_of_v8() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("function-names");
    std::fs::create_dir_all(&folder).expect("a folder");
    let (nothing, list) = (folder.join("nothing"), folder.join("list"));
    std::fs::write(&nothing, "").expect("a file");
    for name in NODES {
        let node = packages().join(name).join("bin/node");
        if node.exists() {
            check(&node, &folder, &nothing, &list);
        }
    }
}

fn check(node: &Path, folder: &Path, nothing: &Path, list: &Path) {
    let (version, plain) = ask(node, nothing);
    let engine = Engine::of_version(version);
    let mut bad = String::new();
    let mut sources = BTreeMap::new();
    let mut nameless = 0;
    for (file, told) in &plain {
        let Some(source) = read(file) else { continue };
        let Some(ours) = inferred_names(&input(&source, Wanted::default()), engine) else {
            continue;
        };
        nameless += compare(told, &ours, file, &mut bad);
        sources.insert(file.as_path(), source);
    }
    assert!(bad.is_empty(), "V8 {version}: {bad}");
    assert!(nameless > 1_000, "V8 {version}: {nameless} functions");
    println!("V8 {version}: {nameless} without a name");
    let all = Wanted {
        lines: true,
        variables: true,
        ..Wanted::default()
    };
    // With all of them there is more to read.
    for (wanted, tried) in [(Wanted::default(), 1), (all, share())] {
        let mut texts: BTreeMap<&Path, (&str, Instrumented)> = BTreeMap::new();
        let mut lines = String::new();
        for (index, (&file, source)) in sources.iter().enumerate().step_by(tried) {
            if let Outcome::Instrumented(done) = instrument(&input(source, wanted)) {
                let path = folder.join(format!("{index}.js"));
                std::fs::write(&path, &done.code).expect("a file");
                let _ = writeln!(lines, "{}\t{}", file.display(), path.display());
                texts.insert(file, (source, done));
            }
        }
        std::fs::write(list, lines).expect("a file");
        let (_, with_probes) = ask(node, list);
        compare_with_probes(engine, wanted, (&plain, &with_probes), &texts);
    }
}

/// The names with probes, and the way back from them.
fn compare_with_probes(
    engine: Engine,
    wanted: Wanted,
    (plain, with_probes): (&Told, &Told),
    texts: &BTreeMap<&Path, (&str, Instrumented)>,
) {
    let mut bad = String::new();
    let (mut differing, mut compared) = (0, 0);
    for (file, told) in with_probes {
        let Some((source, done)) = texts.get(file.as_path()) else {
            continue;
        };
        let source = &input(source, wanted);
        let ours = inferred_names(&input(&done.code, wanted), engine).expect("it parses");
        compare(told, &ours, file, &mut bad);
        let mut names = FunctionNames::of(source, engine);
        let originals: BTreeMap<_, _> = plain[file]
            .iter()
            .map(|(start, _, name)| (*start, name.as_str()))
            .collect();
        // A class may have two initializers, which both begin where it does.
        for (start, _, name) in told.iter().filter(|it| !it.2.ends_with("_initializer>")) {
            let place = Place {
                original: done.splices.original_offset(*start),
                with_probes: *start,
            };
            let Some(original) = originals.get(&place.original) else {
                continue;
            };
            compared += 1;
            differing += usize::from(name != original);
            let back = names.original(source, place, name);
            let back = back.unwrap_or(name);
            if back != *original {
                let _ = writeln!(
                    bad,
                    "{}:{start} {name:?} {back:?} {original:?}",
                    file.display()
                );
            }
        }
    }
    assert!(bad.is_empty(), "{wanted:?}, with probes: {bad}");
    assert!(
        differing > 10,
        "{wanted:?}: probes change nothing in {compared} functions"
    );
    println!("{wanted:?}: {differing} of {compared} differ with probes, 0 behind");
}
