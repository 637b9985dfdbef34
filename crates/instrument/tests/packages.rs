//! Real code: files of the installed packages are instrumented, parsed again, mapped and
//! taken apart again; and a compiler that was instrumented must compile the same.
//!
//! Every fourth file, of which V8 compiles every tenth; all of them with `BREADCRUMB_PACKAGES=full`.

mod support;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use breadcrumb_instrument::{Instrumented, Outcome, Reason, SourceKind};
use oxc_allocator::Allocator;
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::SemanticBuilder;
use oxc_span::SourceType;

fn packages() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../node_modules")
}

fn find_scripts(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => find_scripts(&path, found),
            Ok(kind) if kind.is_file() => {
                let extension = path.extension().and_then(|e| e.to_str());
                if matches!(extension, Some("js" | "cjs" | "mjs")) {
                    found.push(path);
                }
            }
            _ => {}
        }
    }
}

/// As CommonJS, or else as a module.
fn instrument_either(path: &Path, source: &str) -> (SourceKind, Outcome) {
    let kinds: &[SourceKind] = match path.extension().and_then(|e| e.to_str()) {
        Some("mjs") => &[SourceKind::Module],
        Some("cjs") => &[SourceKind::CommonJs],
        _ => &[SourceKind::CommonJs, SourceKind::Module],
    };
    let mut last = None;
    for &kind in kinds {
        let outcome = support::instrument_as(path, source, kind);
        let is_syntax = matches!(&outcome, Outcome::LeftAlone(d) if d.reason == Reason::Syntax);
        last = Some((kind, outcome));
        if !is_syntax {
            break;
        }
    }
    last.expect("one kind at least")
}

fn first_error(code: &str, kind: SourceKind) -> Option<String> {
    let allocator = Allocator::default();
    let source_type = match kind {
        SourceKind::Module => SourceType::mjs(),
        _ => SourceType::cjs(),
    };
    let options = ParseOptions {
        allow_return_outside_function: kind == SourceKind::CommonJs,
        ..ParseOptions::default()
    };
    let parsed = Parser::new(&allocator, code, source_type)
        .with_options(options)
        .parse();
    if let Some(error) = parsed.diagnostics.errors().next() {
        return Some(format!("{error:?}"));
    }
    let checked = SemanticBuilder::new_compiler().build(&parsed.program);
    let error = checked.diagnostics.errors().next();
    error.map(|error| format!("{error:?}"))
}

/// The text of each function can be had back from the instrumented one.
fn check_unsplicing(path: &Path, source: &str, done: &Instrumented) {
    let original: Vec<u16> = source.encode_utf16().collect();
    let instrumented: Vec<u16> = done.code.encode_utf16().collect();
    for function in done.functions.iter().step_by(7) {
        let start = done.splices.instrumented_offset(function.start) as usize;
        let end = done.splices.instrumented_offset(function.end - 1) as usize + 1;
        let original = &original[function.start as usize..function.end as usize];
        let text = String::from_utf16_lossy(&instrumented[start..end]);
        // A concise body ends with an insertion that belongs to the function; where that ends,
        // the fixtures tell.
        if text.ends_with('}') && text.matches('{').count() != text.matches('}').count()
            || !text.ends_with('}')
        {
            continue;
        }
        assert_eq!(
            done.splices.unsplice(&text).as_deref(),
            Some(String::from_utf16_lossy(original).as_str()),
            "{}: {}",
            path.display(),
            function.name
        );
    }
}

/// Of so many files one is tried, and of so many that are tried V8 compiles one, plain and with probes.
fn shares() -> (usize, usize) {
    let is_full = std::env::var("BREADCRUMB_PACKAGES").is_ok_and(|size| size == "full");
    if is_full { (1, 1) } else { (4, 10) }
}

#[test]
fn installed_packages_parse_with_probes() {
    let (tried, compiled) = shares();
    let mut paths = Vec::new();
    find_scripts(&packages(), &mut paths);
    paths.sort();
    let paths: Vec<_> = paths.into_iter().step_by(tried).collect();
    assert!(!paths.is_empty(), "`npm install` was run");
    let folder = tempfile::tempdir().expect("a folder");
    let mut list = String::new();
    let (mut functions, mut left_alone) = (0, Vec::new());
    for (index, path) in paths.iter().enumerate() {
        let Ok(source) = std::fs::read_to_string(path) else {
            continue;
        };
        let (kind, outcome) = instrument_either(path, &source);
        match outcome {
            Outcome::LeftAlone(why) => left_alone.push(format!("{}: {why:?}", path.display())),
            Outcome::Instrumented(done) => {
                functions += done.functions.len();
                let error = first_error(&done.code, kind);
                assert_eq!(error, None, "{}", path.display());
                let lines = |text: &str| text.lines().count();
                assert_eq!(lines(&done.code), lines(&source), "{}", path.display());
                check_unsplicing(path, &source, &done);
                if index % compiled == 0 {
                    let Outcome::Instrumented(all) =
                        support::instrument_with_all(path, &source, kind)
                    else {
                        panic!("{}: left alone with all", path.display());
                    };
                    check_unsplicing(path, &source, &all);
                    let kind = if kind == SourceKind::Module {
                        "module"
                    } else {
                        "script"
                    };
                    for (name, code) in [("plain", &done.code), ("all", &all.code)] {
                        let file = folder.path().join(format!("{index}-{name}.js"));
                        std::fs::write(&file, code).expect("written");
                        let _ = writeln!(list, "{kind}\t{}\t{}", path.display(), file.display());
                    }
                }
            }
        }
    }
    println!(
        "{}\n{} files, {functions} functions",
        left_alone.join("\n"),
        paths.len()
    );
    assert!(
        left_alone.len() * 100 < paths.len(),
        "{}",
        left_alone.join("\n")
    );
    compile_with_v8(folder.path(), &list);
}

fn compile_with_v8(folder: &Path, list: &str) {
    let file = folder.join("list");
    std::fs::write(&file, list).expect("written");
    let support = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support");
    let output = Command::new(std::env::var_os("NODE").unwrap_or_else(|| "node".into()))
        .args(["--experimental-vm-modules", "--no-warnings"])
        .arg(support.join("check.cjs"))
        .arg(file)
        .output()
        .expect("node runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.is_empty(), "{said}");
}

/// What a program that uses most of the compiler looks like.
const PROGRAM: &str = r#"
declare global {
interface Array<T> { length: number; map<U>(f: (value: T) => U): U[]; [n: number]: T }
interface String { length: number; trim(): string } interface Number { toFixed(): string } interface Boolean { valueOf(): boolean } interface Object {}
interface Function {} interface CallableFunction {} interface NewableFunction {}
interface RegExp {} interface IArguments {} interface Promise<T> { then(): T }
interface PromiseConstructor { new <T>(): Promise<T> } var Promise: PromiseConstructor; }
type Keys<T> = { [K in keyof T as `get${string & K}`]: T[K] extends infer U ? () => U : never };
abstract class Base<T extends { id: number }> { #secret = 1; constructor(protected items: T[]) {} abstract run(): Promise<void>; get first(): T { return this.items[0]; } }
class Derived extends Base<{ id: number; name: string }> { async run() { for (const { id, name = 'x', ...rest } of this.items) { const keys: Keys<typeof rest> = {} as any; keys; id; name; } } }
enum Color { Red, Green = Red + 2 } namespace Space { export const value = Color.Green; }
function wrong(a: number): string { return a; }
const unused = new Derived([{ id: 1, name: 2 }]);
export const generic = <T,>(value: T) => ({ value, list: [value].map((v) => [v]) });
"#;

/// Runs the compiler at this path; its output and what it wrote.
fn compile(folder: &Path) -> (String, Option<i32>, String) {
    let support = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support");
    let output = Command::new(std::env::var_os("NODE").unwrap_or_else(|| "node".into()))
        .arg("--require")
        .arg(support.join("counting.cjs"))
        .arg("lib/_tsc.js")
        .args([
            "--noLib", "--target", "es2017", "--module", "commonjs", "--strict",
        ])
        .args([
            "--declaration",
            "--sourceMap",
            "--outDir",
            "out",
            "program.ts",
        ])
        .current_dir(folder)
        .env("BC_LOG", folder.join("log.json"))
        .stdin(Stdio::null())
        .output()
        .expect("node runs");
    let written = ["program.js", "program.d.ts", "program.js.map"]
        .map(|name| std::fs::read_to_string(folder.join("out").join(name)).unwrap_or_default());
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    (said, output.status.code(), written.concat())
}

#[test]
fn an_instrumented_compiler_compiles_the_same() {
    let compiler = packages().join("typescript/lib/_tsc.js");
    let source = std::fs::read_to_string(&compiler).expect("`npm install` was run");
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("lib")).expect("made");
    std::fs::write(folder.path().join("program.ts"), PROGRAM).expect("written");
    let script = folder.path().join("lib/_tsc.js");

    std::fs::write(&script, &source).expect("written");
    let plain = compile(folder.path());
    let Outcome::Instrumented(done) = support::instrument_file(&compiler, &source) else {
        panic!("the compiler is instrumented");
    };
    std::fs::remove_dir_all(folder.path().join("out")).expect("the plain run wrote");
    std::fs::write(&script, &done.code).expect("written");
    let probed = compile(folder.path());

    assert!(plain.0.contains("error TS2322"), "{}", plain.0);
    assert!(plain.2.contains("sourceMappingURL"), "{}", plain.2);
    assert_eq!(plain, probed);
    let log = std::fs::read_to_string(folder.path().join("log.json")).expect("counted");
    let log: serde_json::Value = serde_json::from_str(&log).expect("counted");
    let enters = log["enters"].as_u64().unwrap_or(0);
    let open = enters - log["exits"].as_u64().unwrap_or(0);
    assert!(enters > 100_000, "{enters} calls");
    // The calls around `process.exit` stay open.
    assert!(open < 20, "{open} calls of {enters} have no exit");
    println!("{enters} calls, {open} open at the exit");
}

#[test]
fn tables_of_a_large_file_are_small() {
    const MOST_BYTES: usize = 3 << 20;
    let compiler = packages().join("typescript/lib/_tsc.js");
    let source = std::fs::read_to_string(&compiler).expect("`npm install` was run");
    let Outcome::Instrumented(done) = support::instrument_file(&compiler, &source) else {
        panic!("the compiler is instrumented");
    };
    let tables = done.splices.tables();
    let words = tables.line_starts.len()
        + tables.offsets.len()
        + tables.inserted.len()
        + tables.probes.len();
    println!("{} bytes of tables", words * size_of::<u32>());
    assert!(words * size_of::<u32>() < MOST_BYTES);
}
