//! Who writes a run holds `runs/<run>.lock`, so that nobody removes the run meanwhile.
//!
//! ```ignore
//! let writes = store.lock_run(run_id);   // until it is dropped
//! ```
//! The lock is the kernel's: it goes with its process, and tells the same in another container,
//! where the process's id says nothing. Limits: where the file system has no locks the file alone
//! stands for it, until the run's record says that it ended.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use crate::atomic_file::private_options;
use crate::{Store, StoreError};

/// End of the name of the file.
pub(crate) const LOCK: &str = ".lock";

/// The sign that a run is being written, until it is dropped.
#[derive(Debug)]
pub struct WriterLock {
    _file: File,
    path: PathBuf,
}

impl Drop for WriterLock {
    fn drop(&mut self) {
        // Left behind, it is free, and goes with the next pass of retention.
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Store {
    /// Says that this process writes a run.
    ///
    /// # Errors
    /// [`StoreError::Unwritable`], [`StoreError::Full`], [`StoreError::Io`].
    pub fn lock_run(&self, run_id: &str) -> Result<WriterLock, StoreError> {
        let path = self.run_path(run_id, LOCK);
        let file = private_options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|e| StoreError::from_io(&path, e))?;
        // A file system without locks is no reason to record nothing.
        let _ = file.try_lock();
        Ok(WriterLock { _file: file, path })
    }
}

/// Whether somebody holds the file's lock; `None` where that cannot be told.
pub(crate) fn is_held(path: &Path) -> Option<bool> {
    let file = private_options().write(true).open(path);
    match file.map(|file| file.try_lock()) {
        Ok(Ok(())) => Some(false),
        Ok(Err(TryLockError::WouldBlock)) => Some(true),
        Ok(Err(TryLockError::Error(_))) => None,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Some(false),
        Err(_) => None,
    }
}
