//! Where instrumented code is kept: a folder of this user's alone, and not without bound.
//!
//! `folder()` → `~/.cache/breadcrumb-tracer/code`, made if it was not there; `tidy(folder)`. Limits:
//! [`MOST_BYTES`] in all, of which those files go first that were not read for the longest time.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use super::EXTENSION;

/// What the folder may hold.
const MOST_BYTES: u64 = 256 << 20;
/// What is left when it was too much.
const LEFT_BYTES: u64 = MOST_BYTES / 4 * 3;
/// A file that has been written for so long was left by a process that is no more.
const LEFT_BEHIND: Duration = Duration::from_secs(60 * 60);

/// Removes what processes left behind, and, of more than `most` bytes, the files that were not read for the
/// longest time.
pub fn tidy(folder: &Path) {
    tidy_to(folder, MOST_BYTES, LEFT_BYTES);
}

fn tidy_to(folder: &Path, most: u64, left: u64) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut files = Vec::new();
    for entry in entries.flatten() {
        let Ok(about) = entry.metadata() else {
            continue;
        };
        let read_at = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        let path = entry.path();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some(EXTENSION) => files.push((read_at, about.len(), path)),
            Some("tmp") if read_at.elapsed().is_ok_and(|since| since > LEFT_BEHIND) => {
                let _ = fs::remove_file(path);
            }
            _ => {}
        }
    }
    let mut bytes: u64 = files.iter().map(|(_, bytes, _)| bytes).sum();
    if bytes <= most {
        return;
    }
    files.sort();
    for (_, length, path) in files {
        if bytes <= left {
            return;
        }
        let _ = fs::remove_file(path);
        bytes = bytes.saturating_sub(length);
    }
}

/// The folder, if there is to be one and it is this user's alone.
pub fn folder() -> Option<&'static Path> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let found = FOLDER.get_or_init(|| {
        let folder = chosen(|name| std::env::var_os(name))?;
        make_own(&folder).then_some(folder)
    });
    found.as_deref()
}

/// The folder that the environment says: `BREADCRUMB_CACHE`, or one where the system's user has caches.
fn chosen(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let path = |name| variable(name).filter(|value: &OsString| !value.is_empty());
    if let Some(said) = path("BREADCRUMB_CACHE") {
        let is_off = said == "0" || said == "off";
        return (!is_off).then(|| std::path::absolute(said).ok())?;
    }
    let caches = path("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| path("HOME").map(|home| PathBuf::from(home).join(".cache")))
        .or_else(|| path("LOCALAPPDATA").map(PathBuf::from))?;
    caches
        .is_absolute()
        .then(|| caches.join("breadcrumb-tracer").join("code"))
}

/// Code is read from there: nobody else may write it.
#[cfg(unix)]
fn make_own(folder: &Path) -> bool {
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
    let made = fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder);
    // SAFETY: asks for the process's user, which cannot fail.
    let user = unsafe { libc::geteuid() };
    made.and_then(|()| fs::metadata(folder))
        .is_ok_and(|about| about.uid() == user && about.mode() & 0o022 == 0)
}

#[cfg(not(unix))]
fn make_own(folder: &Path) -> bool {
    fs::create_dir_all(folder).is_ok()
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn the_files_that_were_not_read_for_the_longest_time_go_first() {
        let folder = tempfile::tempdir().unwrap();
        let hours_ago = |hours: u64| SystemTime::now() - Duration::from_secs(hours * 3600);
        let add = |name: &str, hours: u64| {
            let path = folder.path().join(name);
            fs::write(&path, [0; 100]).unwrap();
            let file = File::options().write(true).open(path).unwrap();
            file.set_modified(hours_ago(hours)).unwrap();
        };
        for (name, hours) in [
            ("a.code", 3),
            ("b.code", 1),
            ("c.code", 2),
            ("d.1-1.tmp", 2),
        ] {
            add(name, hours);
        }
        add("e.1-2.tmp", 0);
        add("other", 9);
        let names = || {
            let entries = fs::read_dir(folder.path()).unwrap().flatten();
            let mut names: Vec<_> = entries
                .map(|entry| entry.file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        };
        tidy_to(folder.path(), 300, 200);
        assert_eq!(
            names(),
            ["a.code", "b.code", "c.code", "e.1-2.tmp", "other"]
        );
        tidy_to(folder.path(), 299, 250);
        assert_eq!(names(), ["b.code", "c.code", "e.1-2.tmp", "other"]);
    }

    #[test]
    fn the_environment_says_where() {
        let with = |all: &[(&str, &str)]| {
            let all: Vec<(String, OsString)> = all
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).into()))
                .collect();
            let found = chosen(|name| {
                let found = all.iter().find(|(known, _)| known == name);
                found.map(|(_, value)| value.clone())
            });
            found.map(|path| path.to_string_lossy().into_owned())
        };
        let home = ("HOME", "/home/ann");
        assert_eq!(
            with(&[home]).as_deref(),
            Some("/home/ann/.cache/breadcrumb-tracer/code")
        );
        assert_eq!(
            with(&[home, ("XDG_CACHE_HOME", "/c")]).as_deref(),
            Some("/c/breadcrumb-tracer/code")
        );
        assert_eq!(
            with(&[home, ("BREADCRUMB_CACHE", "/tmp/x")]).as_deref(),
            Some("/tmp/x")
        );
        for off in ["0", "off"] {
            assert_eq!(with(&[home, ("BREADCRUMB_CACHE", off)]), None);
        }
        assert_eq!(with(&[]), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_may_write_is_not_used() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("a/b");
        assert!(make_own(&own));
        assert_eq!(
            fs::metadata(&own).unwrap().permissions().mode() & 0o777,
            0o700
        );
        fs::set_permissions(&own, fs::Permissions::from_mode(0o777)).unwrap();
        assert!(!make_own(&own));
        fs::write(folder.path().join("file"), "").unwrap();
        assert!(!make_own(&folder.path().join("file")));
    }
}
