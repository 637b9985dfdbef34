//! Whether a folder is on a file system that several machines may write to at a time.
//!
//! `network_kind(&path)` → `Some("nfs4")`. There a lock may hold on one machine alone, so that two could
//! merge at once. Limits: told by the kernel's table of mounts, so on Linux only; what FUSE serves is
//! known by its subtype, if it gives one.

use std::path::{Path, PathBuf};

/// Kinds of file systems that are shared between machines, as the kernel names them.
const SHARED: [&str; 18] = [
    "9p",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "coda",
    "gfs2",
    "glusterfs",
    "gpfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "ocfs2",
    "orangefs",
    "smb2",
    "smb3",
    "smbfs",
];
/// FUSE's file systems of that kind.
const SHARED_FUSE: [&str; 9] = [
    "ceph",
    "gcsfuse",
    "glusterfs",
    "juicefs",
    "moosefs",
    "nfs",
    "rclone",
    "s3fs",
    "sshfs",
];

/// Where a path really is, or what is above it if it is not there yet.
pub(crate) fn real_above(path: &Path) -> std::io::Result<Option<PathBuf>> {
    let path = std::path::absolute(path)?;
    Ok(path.ancestors().find_map(|path| path.canonicalize().ok()))
}

/// The kind of the file system of `path`, if machines share it. A path that is not there yet is where
/// what is above it is.
pub(crate) fn network_kind(path: &Path) -> Option<String> {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    let real = real_above(path).ok()??;
    kind_in(&mounts, &real).filter(|kind| is_shared(kind))
}

fn is_shared(kind: &str) -> bool {
    let fuse = kind.strip_prefix("fuse.");
    SHARED.contains(&kind) || fuse.is_some_and(|kind| SHARED_FUSE.contains(&kind))
}

/// The kind of the file system that `path` is on: that of the last of the longest mount points above it.
fn kind_in(mounts: &str, path: &Path) -> Option<String> {
    let mut found: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        // 36 35 98:0 /root /mount/point options optional… - kind source options
        let (left, right) = line.split_once(" - ")?;
        let point = PathBuf::from(unescape(left.split(' ').nth(4)?));
        let depth = point.components().count();
        if path.starts_with(&point) && found.is_none_or(|(longest, _)| depth >= longest) {
            found = Some((depth, right.split(' ').next()?));
        }
    }
    found.map(|(_, kind)| kind.to_owned())
}

/// `\040` is a space: the kernel writes spaces, tabs, line feeds and backslashes so.
fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let code = rest.get(at + 1..at + 4);
        match code.and_then(|code| u8::from_str_radix(code, 8).ok()) {
            Some(byte) => out.push(char::from(byte)),
            None => out.push('\\'),
        }
        rest = rest.get(at + 4..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 22 0:44 / /home rw,relatime shared:20 - nfs4 server:/home rw,vers=4.2
41 40 0:45 / /home/me/local rw - tmpfs tmpfs rw
42 22 0:46 / /mnt/my\\040share rw master:2 - cifs //server/share rw
43 22 0:47 / /mnt/ssh rw - fuse.sshfs me@host: rw
44 22 0:48 / /mnt/disk rw - fuse.ntfs-3g /dev/sdb1 rw
45 22 0:49 / /mnt/disk rw - nfs server:/over rw
";

    #[test]
    fn the_innermost_mount_tells() {
        let kind = |path: &str| kind_in(MOUNTS, Path::new(path)).unwrap();
        assert_eq!(kind("/srv/store"), "ext4");
        assert_eq!(kind("/homes/store"), "ext4");
        assert_eq!(kind("/home/me/.breadcrumb"), "nfs4");
        assert_eq!(kind("/home/me/local/.breadcrumb"), "tmpfs");
        assert_eq!(kind("/mnt/my share/a"), "cifs");
        // Mounted over another.
        assert_eq!(kind("/mnt/disk/a"), "nfs");
    }

    #[test]
    fn what_machines_share_is_told_from_what_they_do_not() {
        for kind in [
            "nfs",
            "nfs4",
            "cifs",
            "smb3",
            "9p",
            "fuse.sshfs",
            "fuse.s3fs",
        ] {
            assert!(is_shared(kind), "{kind}");
        }
        for kind in [
            "ext4",
            "tmpfs",
            "overlay",
            "fuse.ntfs-3g",
            "fuseblk",
            "virtiofs",
        ] {
            assert!(!is_shared(kind), "{kind}");
        }
    }

    #[test]
    fn a_folder_that_is_not_there_yet_is_where_its_parent_is() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(network_kind(&folder.path().join("not/yet")), None);
    }
}
