//! One process at a time merges and prunes a store: it holds `upkeep.lock`.
//!
//! ```ignore
//! let Some(lock) = store.lock_upkeep()? else { return Ok(()) };
//! ```
//! The lock is the kernel's and goes with its process, however that ends: there is no lease to run
//! out, and none to be waited for. The file says who has it, for people, and when which policy was last
//! applied. Limits: where the file system has no locks nobody gets it, nor on a network one: small
//! segments stay.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use crate::atomic_file::private_options;
use crate::file_system::network_kind;
use crate::timestamp::{iso_timestamp, parse_timestamp};
use crate::{RetentionPolicy, Store, StoreError};

/// What stands before the time in the file.
const PRUNED: &str = "pruned ";

/// The right to merge and prune, until it is dropped.
#[derive(Debug)]
pub struct UpkeepLock {
    file: File,
}

impl UpkeepLock {
    /// Keeps for all processes that this policy was applied then, ns since 1970.
    pub(crate) fn note_pruned(&self, at_ns: i64, policy: &RetentionPolicy) {
        self.write(Some(&format!("{PRUNED}{} {policy}", iso_timestamp(at_ns))));
    }

    /// What cannot be written is done again too early, at worst.
    fn write(&self, pruned: Option<&str>) {
        let mut file = &self.file;
        let mut text = format!("{}\n", std::process::id());
        text.extend(pruned.into_iter().flat_map(|line| [line, "\n"]));
        let written = file.seek(SeekFrom::Start(0));
        let written = written.and_then(|_| file.write_all(text.as_bytes()));
        let _ = written.and_then(|()| file.set_len(text.len() as u64));
    }
}

/// The line that [`UpkeepLock::note_pruned`] wrote.
fn pruned_line(text: &str) -> Option<&str> {
    text.lines().find(|line| line.starts_with(PRUNED))
}

impl Store {
    /// Takes the right to merge and prune; `None` if another process has it, or the file system
    /// has no locks.
    ///
    /// # Errors
    /// [`StoreError::Shared`] on a network file system, whose locks may hold on one machine alone;
    /// [`StoreError::Unwritable`], [`StoreError::Full`], [`StoreError::Io`].
    pub fn lock_upkeep(&self) -> Result<Option<UpkeepLock>, StoreError> {
        self.lock_upkeep_on(network_kind(self.folder()))
    }

    /// As [`Self::lock_upkeep`], for a store on this kind of network file system, if any.
    fn lock_upkeep_on(&self, network: Option<String>) -> Result<Option<UpkeepLock>, StoreError> {
        if let Some(kind) = network {
            let path = self.folder().to_owned();
            return Err(StoreError::Shared { path, kind });
        }
        let path = self.upkeep_path();
        let mut file = private_options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(|e| StoreError::from_io(&path, e))?;
        match file.try_lock() {
            Ok(()) => {
                let mut text = String::new();
                // Garbage is nobody's time.
                let _ = file.read_to_string(&mut text);
                let lock = UpkeepLock { file };
                lock.write(pruned_line(&text));
                Ok(Some(lock))
            }
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => Ok(None),
        }
    }

    /// When this policy was applied to the store, by whatever process, ns since 1970; `None` if another
    /// was since.
    pub(crate) fn pruned_ns(&self, policy: &RetentionPolicy) -> Option<i64> {
        let text = std::fs::read_to_string(self.upkeep_path()).ok()?;
        let (at, applied) = pruned_line(&text)?.strip_prefix(PRUNED)?.split_once(' ')?;
        parse_timestamp(at).filter(|_| applied == policy.to_string())
    }

    pub(crate) fn upkeep_path(&self) -> PathBuf {
        self.folder().join("upkeep.lock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_machines_share_a_store_nobody_merges_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(folder.path()).unwrap();
        assert!(store.lock_upkeep_on(None).unwrap().is_some());
        let refused = store.lock_upkeep_on(Some("nfs4".into())).unwrap_err();
        assert!(matches!(&refused, StoreError::Shared { kind, .. } if kind == "nfs4"));
        let text = refused.to_string();
        assert!(
            text.contains("(nfs4)") && text.contains("local disk"),
            "{text}"
        );
    }

    #[test]
    fn when_a_policy_was_applied_outlives_those_who_only_merge() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(folder.path()).unwrap();
        let policy = RetentionPolicy::default();
        assert_eq!(store.pruned_ns(&policy), None);
        let lock = store.lock_upkeep().unwrap().unwrap();
        assert_eq!(store.pruned_ns(&policy), None);
        lock.note_pruned(1_800_000_000_000_000_000, &policy);
        drop(lock);
        drop(store.lock_upkeep().unwrap().unwrap());
        assert_eq!(store.pruned_ns(&policy), Some(1_800_000_000_000_000_000));
        let other = RetentionPolicy {
            max_runs: Some(5),
            ..policy
        };
        assert_eq!(store.pruned_ns(&other), None);
        std::fs::write(store.upkeep_path(), [0xff, 0xfe]).unwrap();
        assert_eq!(store.pruned_ns(&policy), None);
        assert!(store.lock_upkeep().unwrap().is_some());
    }
}
