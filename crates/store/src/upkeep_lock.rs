//! One process at a time merges and prunes a store: it holds `upkeep.lock`.
//!
//! ```ignore
//! let Some(lock) = store.lock_upkeep()? else { return Ok(()) };
//! ```
//! The lock is the kernel's and goes with its process, however that ends: there is no lease to run
//! out, and none to be waited for. What stands in the file is for people. Limits: where the file
//! system has no locks (some network ones), nobody gets it and small segments stay.

use std::fs::{File, TryLockError};
use std::io::Write;

use crate::atomic_file::private_options;
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
    /// [`StoreError::Unwritable`], [`StoreError::Full`], [`StoreError::Io`].
    pub fn lock_upkeep(&self) -> Result<Option<UpkeepLock>, StoreError> {
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
