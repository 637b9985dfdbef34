//! Whose a temporary file is: a living writer holds a lock on its own.
//!
//! `owner_of(&path)` → `Owner::Dead` for a leftover. Limits: where a file system has no locks,
//! nobody is known to live.

use std::fs::{OpenOptions, TryLockError};
use std::path::Path;

/// Whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Alive,
    Dead,
}

/// Whose the file is that its owner holds locked.
pub(super) fn owner_of(path: &Path) -> Owner {
    let lock = OpenOptions::new()
        .write(true)
        .open(path)
        .map(|file| file.try_lock());
    match lock {
        Ok(Err(TryLockError::WouldBlock)) => Owner::Alive,
        _ => Owner::Dead,
    }
}
