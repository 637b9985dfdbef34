//! One process at a time merges and prunes a store: it holds `upkeep.lock`.
//!
//! ```ignore
//! let Some(lock) = store.lock_upkeep()? else { return Ok(()) };
//! ```
//! The lock is the kernel's and goes with its process, however that ends: there is no lease to run
//! out, and none to be waited for. What stands in the file is for people. Limits: where the file
//! system has no locks nobody gets it, nor on a network one: small segments stay.

use std::fs::{File, TryLockError};
use std::io::Write;

use crate::atomic_file::private_options;
use crate::file_system::network_kind;
use crate::{Store, StoreError};

/// The right to merge and prune, until it is dropped.
#[derive(Debug)]
pub struct UpkeepLock {
    _file: File,
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
        let path = self.folder().join("upkeep.lock");
        let mut file = private_options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|e| StoreError::from_io(&path, e))?;
        match file.try_lock() {
            Ok(()) => {
                let _ = file.set_len(0);
                let _ = writeln!(file, "{}", std::process::id());
                Ok(Some(UpkeepLock { _file: file }))
            }
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => Ok(None),
        }
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
}
