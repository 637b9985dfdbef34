//! Which files are instrumented: patterns in gitignore's style over paths relative to the
//! project's root, and packages by name.
//!
//! `["src/**", "!src/gen/**", "npm:express"]` → `<root>/src/a.js` and every file of the package
//! `express`, wherever it is installed.
//! Limits: a path pattern reaches into `node_modules` only if it names it.

use std::path::{Component, Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// A pattern that is none: the pattern and what is wrong with it.
#[derive(Debug)]
pub struct BadGlob(pub String, pub String);

/// Patterns of one list, `include` or `exclude`.
pub struct Patterns {
    paths: Option<Gitignore>,
    packages: Vec<String>,
    names_node_modules: bool,
}

impl Patterns {
    /// `root`: what paths are relative to.
    pub fn new(root: &Path, patterns: &[String]) -> Result<Self, BadGlob> {
        let mut builder = GitignoreBuilder::new(root);
        builder.allow_unclosed_class(false);
        let mut packages = Vec::new();
        let mut has_paths = false;
        for pattern in patterns {
            if let Some(package) = pattern.strip_prefix("npm:") {
                packages.push(package.to_owned());
                continue;
            }
            let line = pattern.strip_prefix("./").unwrap_or(pattern);
            builder
                .add_line(None, line)
                .map_err(|error| BadGlob(pattern.clone(), error.to_string()))?;
            has_paths = true;
        }
        let bad = |error: ignore::Error| BadGlob(patterns.join(", "), error.to_string());
        let paths = has_paths
            .then(|| builder.build())
            .transpose()
            .map_err(bad)?;
        let names_node_modules = patterns
            .iter()
            .any(|pattern| pattern.contains("node_modules"));
        Ok(Self {
            paths,
            packages,
            names_node_modules,
        })
    }

    /// Whether a package is meant by name.
    pub fn has_package(&self, package: Option<&str>) -> bool {
        package.is_some_and(|name| {
            self.packages
                .iter()
                .any(|known| known == "*" || known == name)
        })
    }

    /// Whether a path, relative to the root, is meant; in `node_modules` only if that is named.
    pub fn means(&self, relative: &Path) -> bool {
        self.reaches(relative) && self.has_path(relative)
    }

    fn reaches(&self, relative: &Path) -> bool {
        self.names_node_modules || is_own(relative)
    }

    fn has_path(&self, relative: &Path) -> bool {
        self.paths.as_ref().is_some_and(|patterns| {
            patterns
                .matched_path_or_any_parents(relative, false)
                .is_ignore()
        })
    }
}

/// The files that a session instruments.
pub struct Selection {
    roots: Vec<PathBuf>,
    own_folder: PathBuf,
    include: Option<Patterns>,
    exclude: Patterns,
    all: bool,
}

impl Selection {
    /// `roots`: the project's root, and that of the main script. `include`: none for the project's
    /// own files. `own_folder`: never instrumented.
    pub fn new(
        roots: Vec<PathBuf>,
        own_folder: PathBuf,
        include: Option<&[String]>,
        exclude: &[String],
        all: bool,
    ) -> Result<Self, BadGlob> {
        let root = roots.first().cloned().unwrap_or_default();
        Ok(Self {
            include: include
                .map(|patterns| Patterns::new(&root, patterns))
                .transpose()?,
            exclude: Patterns::new(&root, exclude)?,
            roots,
            own_folder,
            all,
        })
    }

    /// Whether this file, by its absolute path, is instrumented.
    pub fn selects(&self, path: &Path) -> bool {
        if path.starts_with(&self.own_folder) || !path.is_absolute() {
            return false;
        }
        let package = package_of(path);
        if self.exclude.has_package(package.as_deref()) {
            return false;
        }
        let mut relatives = self
            .roots
            .iter()
            .filter_map(|root| path.strip_prefix(root).ok());
        let first = relatives.next();
        if first.is_some_and(|relative| self.exclude.has_path(relative)) {
            return false;
        }
        let Some(include) = &self.include else {
            return self.all || first.into_iter().chain(relatives).any(is_own);
        };
        self.all
            || include.has_package(package.as_deref())
            || first
                .into_iter()
                .chain(relatives)
                .any(|relative| include.means(relative))
    }

    /// Whether this file, which is not selected by its path, may be by the sources of its map.
    pub fn may_select_by_map(&self, path: &Path) -> bool {
        let Some(include) = &self.include else {
            return false;
        };
        include.paths.is_some()
            && path.is_absolute()
            && !path.starts_with(&self.own_folder)
            && !self.exclude.has_package(package_of(path).as_deref())
            && !self.excludes(path)
            && self
                .relatives(path)
                .any(|relative| include.reaches(relative))
    }

    /// Whether a source of a map is meant by `include`.
    pub fn selects_original(&self, path: &Path) -> bool {
        let Some(include) = &self.include else {
            return false;
        };
        !self.excludes(path) && self.relatives(path).any(|relative| include.means(relative))
    }

    /// Whether a path is excluded by a pattern.
    pub fn excludes(&self, path: &Path) -> bool {
        let root = self.roots.first();
        let relative = root.and_then(|root| path.strip_prefix(root).ok());
        relative.is_some_and(|relative| self.exclude.has_path(relative))
    }

    /// There are patterns that exclude paths.
    pub fn has_excludes(&self) -> bool {
        self.exclude.paths.is_some()
    }

    fn relatives<'p>(&self, path: &'p Path) -> impl Iterator<Item = &'p Path> {
        self.roots
            .iter()
            .filter_map(move |root| path.strip_prefix(root).ok())
    }

    /// The project's root.
    pub fn root(&self) -> Option<&Path> {
        self.roots.first().map(AsRef::as_ref)
    }

    /// The path as users see it: relative to the project's root where it is under it.
    pub fn shown(&self, path: &Path) -> String {
        let root = self
            .roots
            .first()
            .and_then(|root| path.strip_prefix(root).ok());
        let shown = root.unwrap_or(path).to_string_lossy();
        if cfg!(windows) {
            shown.replace('\\', "/")
        } else {
            shown.into_owned()
        }
    }
}

/// Not in `node_modules`, seen from the root.
fn is_own(relative: &Path) -> bool {
    !relative
        .components()
        .any(|part| part.as_os_str() == "node_modules")
}

/// The package that a file belongs to: the name behind the last `node_modules` in its path.
pub fn package_of(path: &Path) -> Option<String> {
    let parts: Vec<Component> = path.components().collect();
    let at = parts
        .iter()
        .rposition(|part| part.as_os_str() == "node_modules")?;
    let name = parts.get(at + 1)?.as_os_str().to_str()?;
    if !name.starts_with('@') {
        return Some(name.to_owned());
    }
    let rest = parts.get(at + 2)?.as_os_str().to_str()?;
    Some(format!("{name}/{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(include: Option<&[&str]>, exclude: &[&str]) -> Selection {
        let own = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        Selection::new(
            vec!["/app".into(), "/other".into()],
            "/app/node_modules/breadcrumb-tracer/dist".into(),
            include.map(own).as_deref(),
            &own(exclude),
            false,
        )
        .expect("patterns are good")
    }

    #[test]
    fn the_default_is_the_projects_own_files() {
        let s = selection(None, &["test/"]);
        assert!(s.selects(Path::new("/app/src/a.js")));
        assert!(s.selects(Path::new("/other/main.js")));
        assert!(!s.selects(Path::new("/app/node_modules/x/a.js")));
        assert!(!s.selects(Path::new("/app/test/a.js")));
        assert!(!s.selects(Path::new("/elsewhere/a.js")));
    }

    #[test]
    fn patterns_and_packages() {
        let s = selection(
            Some(&["src/**", "!src/gen/**", "npm:express", "npm:@a/b"]),
            &[],
        );
        assert!(s.selects(Path::new("/app/src/a/b.js")));
        assert!(!s.selects(Path::new("/app/src/gen/b.js")));
        assert!(!s.selects(Path::new("/app/lib/b.js")));
        assert!(s.selects(Path::new("/app/node_modules/express/lib/x.js")));
        assert!(s.selects(Path::new(
            "/app/node_modules/.pnpm/e/node_modules/express/x.js"
        )));
        assert!(s.selects(Path::new("/app/node_modules/@a/b/x.js")));
        assert!(!s.selects(Path::new("/app/node_modules/@a/c/src/x.js")));
        assert!(selection(Some(&["npm:*"]), &[]).selects(Path::new("/app/node_modules/q/x.js")));
        assert!(!selection(Some(&["**/*.js"]), &[]).selects(Path::new("/app/node_modules/q/x.js")));
    }

    #[test]
    fn built_files_are_meant_by_their_sources() {
        let s = selection(Some(&["src/**", "npm:express"]), &["src/gen/", "out/"]);
        let may = |path| s.may_select_by_map(Path::new(path));
        assert!(may("/app/dist/a.js") && may("/other/a.js"));
        assert!(!may("/app/out/a.js"), "excluded");
        assert!(!may("/app/node_modules/x/a.js") && !may("/elsewhere/a.js"));
        assert!(!selection(None, &[]).may_select_by_map(Path::new("/app/dist/a.js")));
        let npm = selection(Some(&["npm:express"]), &[]);
        assert!(!npm.may_select_by_map(Path::new("/app/dist/a.js")));
        let meant = |path| s.selects_original(Path::new(path));
        assert!(meant("/app/src/a.ts"));
        assert!(!meant("/app/src/gen/a.ts") && !meant("/app/lib/a.ts"));
        assert!(!meant("/app/node_modules/x/src/a.ts") && !meant("webpack://app/src/a.ts"));
        assert!(s.excludes(Path::new("/app/src/gen/a.ts")) && s.has_excludes());
    }

    #[test]
    fn a_bad_glob_is_named() {
        let bad = Selection::new(
            vec!["/a".into()],
            "/b".into(),
            Some(&["src/[".into()]),
            &[],
            false,
        );
        assert_eq!(bad.err().map(|e| e.0), Some("src/[".into()));
    }
}
