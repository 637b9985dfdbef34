//! What memory the process has, and may have: `memory_bytes()`, `memory_limit()`.
//!
//! Limits: Linux; elsewhere 0 and none.

use std::fs::read_to_string;
use std::path::{Path, PathBuf};

/// Pages are of this size on the machines that we build for, or larger: then this is too little.
const PAGE_BYTES: u64 = 4096;
/// A limit from here on is none (the first version of control groups says so).
const NO_LIMIT: u64 = 1 << 60;

/// Resident memory of the process, 0 where it is not known.
pub(crate) fn memory_bytes() -> u64 {
    let text = read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text.split_ascii_whitespace().nth(1);
    pages
        .and_then(|pages| pages.parse::<u64>().ok())
        .unwrap_or(0)
        * PAGE_BYTES
}

/// The least that the process's control group, or one above it, permits.
pub(crate) fn memory_limit() -> Option<u64> {
    let groups = read_to_string("/proc/self/cgroup").unwrap_or_default();
    let limits = groups.lines().filter_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (controllers, path) = (parts.next()?, parts.next()?);
        let (root, file) = if controllers.is_empty() {
            ("/sys/fs/cgroup", "memory.max")
        } else if controllers.split(',').any(|name| name == "memory") {
            ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
        } else {
            return None;
        };
        least_limit(Path::new(root), path, file)
    });
    limits.min()
}

/// The least limit from the group at `path` upwards.
fn least_limit(root: &Path, path: &str, file: &str) -> Option<u64> {
    let group: PathBuf = root.join(path.trim_start_matches('/'));
    let folders = group
        .ancestors()
        .take_while(|folder| folder.starts_with(root));
    let limits = folders.filter_map(|folder| {
        let text = read_to_string(folder.join(file)).ok()?;
        text.trim().parse::<u64>().ok()
    });
    limits.filter(|limit| *limit < NO_LIMIT).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_limit_of_a_group_and_those_above_it_holds() {
        let root = tempfile::tempdir().unwrap();
        let inner = root.path().join("a/b");
        std::fs::create_dir_all(&inner).unwrap();
        let limit = |folder: &str, text: &str| {
            std::fs::write(root.path().join(folder).join("memory.max"), text).unwrap();
        };
        assert_eq!(least_limit(root.path(), "/a/b", "memory.max"), None);
        limit("a/b", "max\n");
        assert_eq!(least_limit(root.path(), "/a/b", "memory.max"), None);
        limit("a", "1000\n");
        limit("a/b", "2000\n");
        assert_eq!(least_limit(root.path(), "/a/b", "memory.max"), Some(1000));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_has_memory() {
        assert!(memory_bytes() > 1 << 20);
    }
}
