//! What a `sources` entry of a map means: a path, or a name that no path can be made of.
//!
//! `../src/a.ts` in a map of `/app/dist` → `/app/src/a.ts`; `webpack://shop/./src/a.ts` →
//! `src/a.ts`, relative to a folder that the map does not name.
//! Limits: paths are compared as text; symbolic links are not followed.

use crate::data_url::percent_decode;

/// Where a source is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// At this absolute path, with `/`.
    Path(String),
    /// Under a folder that is not known: `path` relative to it, `name` as the map says it.
    Relative {
        /// Without `.` and `..`.
        path: String,
        /// As in the map.
        name: String,
    },
    /// At no path that we can know.
    Name(String),
}

/// Schemes of bundlers that put a path relative to the project behind a namespace.
const BUNDLERS: &[&str] = &[
    "webpack:",
    "webpack-internal:",
    "turbopack:",
    "vite:",
    "ng:",
];

/// Where the source `name` of a map is that stands in `folder`, an absolute path.
#[must_use]
pub fn locate(folder: &str, source_root: Option<&str>, name: &str) -> Location {
    let full = match source_root {
        Some(root) if !root.is_empty() && !is_absolute(name) => {
            format!("{}/{name}", root.trim_end_matches('/'))
        }
        _ => name.to_owned(),
    };
    if let Some(path) = full.strip_prefix("file://") {
        // `file://host/path` of another host is none of ours, and has no drive letter.
        let path = path.strip_prefix("localhost").unwrap_or(path);
        return Location::Path(normalize("", &decoded(without_drive_slash(path))));
    }
    if let Some(scheme) = BUNDLERS.iter().find(|scheme| full.starts_with(**scheme)) {
        return bundled(&full[scheme.len()..], name);
    }
    if has_scheme(&full) || full.is_empty() {
        return Location::Name(full);
    }
    Location::Path(normalize(folder, &decoded(without_query(&full))))
}

/// `//shop/./src/a.ts?1a2b` → `src/a.ts`.
fn bundled(rest: &str, name: &str) -> Location {
    let rest = rest.trim_start_matches("///").to_owned();
    let path = match rest.strip_prefix("//") {
        Some(behind) => behind.split_once('/').map_or("", |(_, path)| path),
        None => rest.as_str(),
    };
    let path = decoded(without_query(path));
    if path.is_empty() || path.contains(' ') && path.starts_with("external ") {
        return Location::Name(name.to_owned());
    }
    if path.starts_with('/') {
        return Location::Path(normalize("", &path));
    }
    let path = normalize("", &path);
    Location::Relative {
        path: path.trim_start_matches('/').to_owned(),
        name: name.to_owned(),
    }
}

fn decoded(text: &str) -> String {
    String::from_utf8(percent_decode(text)).unwrap_or_else(|_| text.to_owned())
}

fn without_query(text: &str) -> &str {
    text.split_once('?').map_or(text, |(path, _)| path)
}

/// `/C:/a` → `C:/a`.
fn without_drive_slash(path: &str) -> &str {
    match path.as_bytes() {
        [b'/', drive, b':', ..] if drive.is_ascii_alphabetic() => &path[1..],
        _ => path,
    }
}

fn is_absolute(name: &str) -> bool {
    name.starts_with('/') || has_scheme(name) || has_drive(name)
}

fn has_drive(name: &str) -> bool {
    matches!(name.as_bytes(), [drive, b':', b'/' | b'\\', ..] if drive.is_ascii_alphabetic())
}

fn has_scheme(name: &str) -> bool {
    name.split_once(':').is_some_and(|(scheme, _)| {
        // One letter is a drive of Windows.
        scheme.len() > 1
            && scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    })
}

/// `path` seen from `folder`, without `.` and `..`.
fn normalize(folder: &str, path: &str) -> String {
    let path = path.replace('\\', "/");
    let whole = if path.starts_with('/') || has_drive(&path) {
        path
    } else {
        format!("{}/{path}", folder.replace('\\', "/"))
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if has_drive(&whole) {
        joined
    } else {
        format!("/{joined}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Location {
        Location::Path(text.to_owned())
    }

    fn relative(path: &str, name: &str) -> Location {
        Location::Relative {
            path: path.to_owned(),
            name: name.to_owned(),
        }
    }

    #[test]
    fn paths_and_roots() {
        let at = |root, name| locate("/app/dist", root, name);
        assert_eq!(at(None, "../src/a.ts"), path("/app/src/a.ts"));
        assert_eq!(at(Some("../src"), "a.ts"), path("/app/src/a.ts"));
        assert_eq!(at(Some("/r/"), "x/../a.ts"), path("/r/a.ts"));
        assert_eq!(at(Some("../src"), "/abs/a.ts"), path("/abs/a.ts"));
        assert_eq!(at(None, "file:///a%20b/c.ts"), path("/a b/c.ts"));
        assert_eq!(at(Some("file:///r"), "c.ts"), path("/r/c.ts"));
        assert_eq!(at(None, "file:///C:/x/c.ts"), path("C:/x/c.ts"));
        assert_eq!(at(None, "C:\\x\\..\\c.ts"), path("C:/c.ts"));
        assert_eq!(at(None, "a%20b.ts"), path("/app/dist/a b.ts"));
    }

    #[test]
    fn names_of_bundlers() {
        let at = |name| locate("/app/dist", None, name);
        let name = "webpack://shop/./src/a.ts";
        assert_eq!(at(name), relative("src/a.ts", name));
        let name = "webpack:///./src/a.vue?1a2b";
        assert_eq!(at(name), relative("src/a.vue", name));
        let name = "webpack:///src/a.ts";
        assert_eq!(at(name), relative("src/a.ts", name));
        let name = "webpack://shop/external commonjs \"fs\"";
        assert_eq!(at(name), Location::Name(name.to_owned()));
        let name = "https://example.com/a.ts";
        assert_eq!(at(name), Location::Name(name.to_owned()));
    }
}
