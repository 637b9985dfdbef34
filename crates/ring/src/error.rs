//! What can go wrong with rings and their files.

use std::io;
use std::path::{Path, PathBuf};

/// An error of a ring.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RingError {
    /// The operating system gave no address space or memory.
    #[error("no address space for a ring: {0}")]
    Memory(io::Error),
    /// A file or folder of the ring could not be made, read or locked.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// A folder that others can write, or that is not ours.
    #[error("{} is not a folder of this user alone (mode 0700)", path.display())]
    Unsafe {
        /// The folder.
        path: PathBuf,
    },
    /// Its owner lives.
    #[error("{} is in use", path.display())]
    Owned {
        /// The file or folder.
        path: PathBuf,
    },
    /// Another process recovers it.
    #[error("{} is being recovered", path.display())]
    Recovering {
        /// The folder.
        path: PathBuf,
    },
    /// Not a ring, or one of another version.
    #[error("{} is no ring of this version: {reason}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

impl RingError {
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}
