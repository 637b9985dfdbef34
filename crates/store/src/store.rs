//! The folder: `store.json`, `segments/date=YYYY-MM-DD/`, `runs/`.
//!
//! `Store::create(".breadcrumb")` makes or opens it; `Store::open` only opens. Many processes may
//! write one store at a time: they share no file. Limits: no lock on the store as a whole.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::StoreError;
use crate::atomic_file::{AtomicFile, sync_folder, write_atomically};
use crate::file_system::network_kind;
use crate::json_file::{check_version, corrupt, json_text, read_json};

/// Version of the store's layout and tables; what `store.json` says.
pub const STORE_VERSION: u32 = breadcrumb_event::schema::SCHEMA_VERSION;

/// `store.json`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    schema_version: u32,
    id: String,
}

/// A store, open.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
    id: String,
}

impl Store {
    /// Opens the store in `folder`, making it (mode 0700) where there is none.
    ///
    /// # Errors
    /// [`StoreError::Unwritable`], [`StoreError::Full`], [`StoreError::Version`] for a newer
    /// store, [`StoreError::Corrupt`], [`StoreError::Io`].
    pub fn create(folder: impl AsRef<Path>) -> Result<Self, StoreError> {
        make_store(folder.as_ref(), &uuid::Uuid::now_v7().to_string())?;
        Self::open(folder)
    }

    /// Makes the store again, with its id, if it was removed while it was open.
    ///
    /// # Errors
    /// [`StoreError::Unwritable`], [`StoreError::Full`], [`StoreError::Io`].
    pub fn restore(&self) -> Result<(), StoreError> {
        if self.folder.join("store.json").exists() {
            return Ok(());
        }
        make_store(&self.folder, &self.id)
    }

    /// Opens the store in `folder`.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is none, [`StoreError::Version`] for a newer store,
    /// [`StoreError::Corrupt`], [`StoreError::Io`].
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, StoreError> {
        let folder = folder.as_ref();
        let path = folder.join("store.json");
        let missing = |kind| matches!(kind, ErrorKind::NotFound | ErrorKind::NotADirectory);
        let value = read_json(&path).map_err(|error| match error {
            StoreError::Io { source, .. } if missing(source.kind()) => StoreError::Missing {
                path: folder.to_owned(),
            },
            error => error,
        })?;
        // The version first: a newer manifest may look otherwise.
        check_version(folder, &value)?;
        let manifest: Manifest = serde_json::from_value(value).map_err(|e| corrupt(&path, &e))?;
        Ok(Self {
            folder: folder.to_owned(),
            id: manifest.id,
        })
    }

    /// The store in `folder`, whatever its `store.json` says: for looking it over.
    pub(crate) fn unchecked(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            id: String::new(),
        }
    }

    /// The store's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The store's id, unique in the world.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The kind of the file system that it is on, if machines share it.
    #[must_use]
    pub fn network_kind(&self) -> Option<String> {
        network_kind(&self.folder)
    }

    pub(crate) fn segments_folder(&self) -> PathBuf {
        self.folder.join("segments")
    }

    pub(crate) fn runs_folder(&self) -> PathBuf {
        self.folder.join("runs")
    }

    /// The folder of a day's segments, made if need be.
    pub(crate) fn date_folder(&self, date: &str) -> Result<PathBuf, StoreError> {
        let folder = self.segments_folder().join(format!("date={date}"));
        if !folder.is_dir() {
            make_folder(&folder)?;
            sync_folder(&self.segments_folder())?;
        }
        Ok(folder)
    }
}

/// Makes a folder and those above it, itself with mode 0700.
pub(crate) fn make_folder(folder: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        if let Some(parent) = folder.parent().filter(|p| !p.as_os_str().is_empty()) {
            fs::create_dir_all(parent).map_err(|e| StoreError::from_io(parent, e))?;
        }
        builder.mode(0o700);
    }
    builder
        .create(folder)
        .map_err(|e| StoreError::from_io(folder, e))
}

/// Makes what is missing of an empty store.
fn make_store(folder: &Path, id: &str) -> Result<(), StoreError> {
    make_folder(folder)?;
    make_folder(&folder.join("segments"))?;
    make_folder(&folder.join("runs"))?;
    let ignore = folder.join(".gitignore");
    if !ignore.exists() {
        write_atomically(&ignore, b"*\n")?;
    }
    if !folder.join("store.json").exists() {
        write_manifest(folder, id)?;
    }
    Ok(())
}

/// Puts `store.json` in place. Of two processes that do so at a time, one's id wins and both
/// then read it.
fn write_manifest(folder: &Path, id: &str) -> Result<(), StoreError> {
    let manifest = Manifest {
        schema_version: STORE_VERSION,
        id: id.to_owned(),
    };
    let path = folder.join("store.json");
    let text = json_text(&path, &manifest)?;
    let mut file = AtomicFile::create(&path)?;
    std::io::Write::write_all(&mut file, &text).map_err(|e| StoreError::from_io(&path, e))?;
    file.commit_new()?;
    sync_folder(folder)
}
