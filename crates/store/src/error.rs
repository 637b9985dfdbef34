//! What can go wrong with a store, with what a user needs to mend it.
//!
//! `StoreError::from_io(path, source)` sorts an I/O error: no space, no permission, or the rest.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// An error of a store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The folder is no store: it has no `store.json`.
    #[error("{} is not a Breadcrumb store: it has no store.json", path.display())]
    Missing {
        /// The folder.
        path: PathBuf,
    },
    /// No permission to write, or a read-only file system.
    #[error("cannot write to {}: {source}", path.display())]
    Unwritable {
        /// What could not be written.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// No space left, or a quota is used up.
    #[error("no space left for {}: {source}", path.display())]
    Full {
        /// What could not be written.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// The store was written by a newer version.
    #[error(
        "{} has format version {found}, but this version of Breadcrumb knows {known} at most",
        path.display()
    )]
    Version {
        /// The store's folder.
        path: PathBuf,
        /// The version it says.
        found: u32,
        /// The newest version known here.
        known: u32,
    },
    /// A file of the store does not hold what it should.
    #[error("{} is damaged: {reason}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A folder that is none for the backup of this store.
    #[error("cannot keep a backup in {}: {reason}", path.display())]
    Backup {
        /// The folder.
        path: PathBuf,
        /// Why not.
        reason: &'static str,
    },
    /// The store is where several machines may write, and each could merge or prune it.
    #[error(
        "{} is on a file system that machines share ({kind}), where its upkeep could be done twice at once: move the store to a local disk first",
        path.display()
    )]
    Shared {
        /// The store's folder.
        path: PathBuf,
        /// What the kernel calls the file system.
        kind: String,
    },
    /// Any other failure of the operating system.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// The rows could not be encoded: a defect of this crate or of `parquet`, never of the disk.
    #[error("cannot encode {}: {reason}", path.display())]
    Encode {
        /// The file that would have been written.
        path: PathBuf,
        /// What the encoder said.
        reason: String,
    },
}

impl StoreError {
    /// The error for an I/O error at `path`.
    #[must_use]
    pub fn from_io(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                Self::Unwritable { path, source }
            }
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                Self::Full { path, source }
            }
            _ => Self::Io { path, source },
        }
    }

    /// The error for an error of `parquet` while it wrote `path`.
    pub(crate) fn from_parquet(path: &Path, error: parquet::errors::ParquetError) -> Self {
        match error {
            parquet::errors::ParquetError::External(source) => {
                match source.downcast::<io::Error>() {
                    Ok(source) => Self::from_io(path, *source),
                    Err(source) => Self::Encode {
                        path: path.to_owned(),
                        reason: source.to_string(),
                    },
                }
            }
            error => Self::Encode {
                path: path.to_owned(),
                reason: error.to_string(),
            },
        }
    }
}
