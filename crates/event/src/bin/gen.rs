//! Writes the generated files; with `--check`, tells which are stale and exits 1.
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let check = std::env::args().any(|argument| argument == "--check");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut stale = false;
    for (path, text) in breadcrumb_event::generate::files() {
        let target = root.join(path);
        if std::fs::read_to_string(&target).is_ok_and(|current| current == text) {
            continue;
        }
        if check {
            eprintln!("{path} is stale: run `npm run gen`");
            stale = true;
            continue;
        }
        let folder = target.parent().expect("a generated file is in a folder");
        if let Err(error) =
            std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&target, text))
        {
            eprintln!("cannot write {path}: {error}");
            return ExitCode::FAILURE;
        }
        eprintln!("wrote {path}");
    }
    if stale {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
