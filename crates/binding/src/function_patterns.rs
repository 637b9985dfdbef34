//! Which of the functions with probes are captured: file patterns as in `selection.rs`, each with the
//! name of a function behind a colon, if it is not for the whole file.
//!
//! `["src/**", "!src/gen/**", "src/cart.js:Cart.*", ":checkout", "npm:express:handle"]`; `*` in a name
//! stands for any text. Limits: names are those that the store has, case matters.

use std::path::{Path, PathBuf};

use breadcrumb_event::function::FunctionEntry;
use breadcrumb_recorder::FunctionSnapshot;

use crate::selection::{BadGlob, Patterns, package_of};

/// Names that are told where none is chosen, at most.
const NEAR: usize = 5;
/// How alike those are at least, 1 being equal.
const LIKE: f64 = 0.7;

/// Functions of some files, by name.
struct Rule {
    /// None: any file.
    files: Option<Patterns>,
    name: String,
}

/// See the module.
pub struct FunctionPatterns {
    root: PathBuf,
    files: Patterns,
    chosen: Vec<Rule>,
    left_out: Vec<Rule>,
}

impl FunctionPatterns {
    /// `root`: what paths are relative to.
    pub fn new(root: &Path, patterns: &[String]) -> Result<Self, BadGlob> {
        let mut files = Vec::new();
        let (mut chosen, mut left_out) = (Vec::new(), Vec::new());
        for pattern in patterns {
            let (file, name) = split(pattern);
            let Some(name) = name else {
                files.push(pattern.clone());
                continue;
            };
            if name.is_empty() {
                let reason = "there is no name behind its colon".to_owned();
                return Err(BadGlob(pattern.clone(), reason));
            }
            let (rules, file) = match file.strip_prefix('!') {
                Some(file) => (&mut left_out, file),
                None => (&mut chosen, file),
            };
            let patterns = (!file.is_empty()).then(|| Patterns::new(root, &[file.to_owned()]));
            rules.push(Rule {
                files: patterns.transpose()?,
                name: name.to_owned(),
            });
        }
        Ok(Self {
            files: Patterns::new(root, &files)?,
            root: root.to_owned(),
            chosen,
            left_out,
        })
    }

    /// Whether this function is meant.
    pub fn choose(&self, entry: &FunctionEntry) -> bool {
        let path = Path::new(&*entry.file);
        let name = &entry.function.name;
        let meant = |rule: &Rule| {
            let files = rule.files.as_ref();
            fits(&rule.name, name) && files.is_none_or(|files| self.has_file(files, path))
        };
        (self.has_file(&self.files, path) || self.chosen.iter().any(meant))
            && !self.left_out.iter().any(meant)
    }

    fn has_file(&self, patterns: &Patterns, path: &Path) -> bool {
        let relative = if path.is_absolute() {
            path.strip_prefix(&self.root).ok()
        } else {
            Some(path)
        };
        patterns.has_package(package_of(path).as_deref())
            || relative.is_some_and(|relative| patterns.means(relative))
    }

    /// Functions whose names are like those that the patterns ask for, or else files like theirs; the
    /// likest first.
    pub fn near(patterns: &[String], functions: &FunctionSnapshot) -> Vec<String> {
        let entries = || (0..functions.len()).filter_map(|id| functions.entry(id));
        let mut near: Vec<(f64, String)> = Vec::new();
        for pattern in patterns {
            let (file, name) = split(pattern);
            let wanted = name.unwrap_or(file).replace('*', "");
            for entry in entries() {
                let there = match name {
                    Some(_) => entry.function.name.as_str(),
                    None => &*entry.file,
                };
                let like = likeness(&wanted, there);
                if like >= LIKE {
                    let shown = match name {
                        Some(_) => format!("{}:{there}", entry.file),
                        None => there.to_owned(),
                    };
                    near.push((like, shown));
                }
            }
        }
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        near.dedup_by(|a, b| a.1 == b.1);
        near.truncate(NEAR);
        near.into_iter().map(|(_, shown)| shown).collect()
    }
}

/// How alike what is wanted and what is there are, from 0 to 1: whole, or by the last part of what is
/// there (of a method often only its own name is remembered, of a file that of the file).
fn likeness(wanted: &str, there: &str) -> f64 {
    let last = there.rsplit(['.', '#', '/', ' ']).next().unwrap_or(there);
    let whole = strsim::jaro_winkler(wanted, there);
    whole.max(strsim::jaro_winkler(wanted, last))
}

/// File and name of a pattern.
fn split(pattern: &str) -> (&str, Option<&str>) {
    let package = pattern
        .strip_prefix('!')
        .unwrap_or(pattern)
        .strip_prefix("npm:");
    let from = package.map_or(0, |package| pattern.len() - package.len());
    match pattern[from..].rfind(':') {
        Some(at) => (&pattern[..from + at], Some(&pattern[from + at + 1..])),
        None => (pattern, None),
    }
}

/// Whether a text is what a pattern says; `*` is any text.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use breadcrumb_event::function::{Backend, Function, FunctionKind};

    use super::*;

    fn entry(file: &str, name: &str) -> FunctionEntry {
        FunctionEntry {
            file: file.into(),
            function: Function {
                name: name.into(),
                kind: FunctionKind::Function,
                is_async: false,
                is_generator: false,
                is_leaf: false,
                backend: Backend::Probe,
                line: 1,
                column: 1,
                start: 0,
                end: 1,
                parameters: Vec::new(),
                scopes: Vec::new(),
                catches: Vec::new(),
                blocks: Vec::new(),
                assignments: Vec::new(),
            },
            generated: None,
        }
    }

    fn chooses(patterns: &[&str], file: &str, name: &str) -> bool {
        let patterns: Vec<String> = patterns.iter().map(|s| (*s).to_owned()).collect();
        let Ok(chosen) = FunctionPatterns::new(Path::new("/app"), &patterns) else {
            panic!("patterns are good")
        };
        chosen.choose(&entry(file, name))
    }

    #[test]
    fn files_and_functions_in_them() {
        let patterns = [
            "src/**",
            "!src/gen/**",
            "lib/a.js:Cart.*",
            "npm:express:handle",
        ];
        let chooses = |file, name| chooses(&patterns, file, name);
        assert!(chooses("src/x.js", "f") && !chooses("src/gen/x.js", "f"));
        assert!(chooses("lib/a.js", "Cart.add") && !chooses("lib/a.js", "total"));
        assert!(!chooses("lib/b.js", "Cart.add"));
        assert!(chooses("node_modules/express/lib/r.js", "handle"));
        assert!(!chooses("node_modules/express/lib/r.js", "use"));
        assert!(chooses("/opt/node_modules/express/r.js", "handle"));
        assert!(!chooses("node_modules/q/src/x.js", "f"));
    }

    #[test]
    fn names_in_any_file_and_names_left_out() {
        assert!(chooses(&[":total"], "/elsewhere/a.js", "total"));
        assert!(!chooses(&[":total"], "a.js", "Cart.total"));
        assert!(chooses(&[":*total"], "a.js", "Cart.total"));
        assert!(!chooses(&["src/**", "!:get *"], "src/a.js", "get size"));
        assert!(chooses(
            &["src/**", "!src/b.js:get *"],
            "src/a.js",
            "get size"
        ));
        let empty = FunctionPatterns::new(Path::new("/app"), &["src/a.js:".to_owned()]);
        assert!(empty.is_err());
    }

    #[test]
    fn a_star_is_any_text() {
        assert!(fits("a*c*", "abc") && fits("*", "") && fits("*b*", "abc") && fits("a", "a"));
        assert!(!fits("a", "ab") && !fits("a*a", "a") && !fits("*bc", "bcd"));
    }

    #[test]
    fn what_is_near() {
        let functions = FunctionSnapshot::from_entries(vec![
            entry("src/cart.js", "Cart.checkout"),
            entry("src/pay.js", "charge"),
        ]);
        let near = |pattern: &str| FunctionPatterns::near(&[pattern.to_owned()], &functions);
        assert_eq!(near(":chekout"), ["src/cart.js:Cart.checkout"]);
        assert_eq!(near("src/crat.js")[0], "src/cart.js");
        assert!(near(":zzz").is_empty());
    }
}
