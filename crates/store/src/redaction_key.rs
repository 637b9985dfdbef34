//! `redaction.key`: the key under which secrets are hashed, so that equal ones have equal marks in
//! this store, and in no other.
//!
//! Made by whoever asks first, with mode 0600, and never changed. Limits: where it is removed, a new
//! one is made, and older marks compare equal with none of the new.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use crate::atomic_file::{AtomicFile, sync_folder};
use crate::{Store, StoreError};

const FILE: &str = "redaction.key";
const BYTES: usize = 32;

/// A key of its own, for what has no store.
///
/// # Errors
/// [`StoreError::Io`] if the system has no random numbers.
pub fn random_key() -> Result<[u8; BYTES], StoreError> {
    random_for(Path::new("the system's random numbers"))
}

fn random_for(path: &Path) -> Result<[u8; BYTES], StoreError> {
    let mut key = [0; BYTES];
    getrandom::fill(&mut key).map_err(|error| StoreError::from_io(path, error.into()))?;
    Ok(key)
}

impl Store {
    /// The store's key, made if need be.
    ///
    /// # Errors
    /// [`StoreError::Unwritable`], [`StoreError::Full`], [`StoreError::Corrupt`] where the file is
    /// no key, [`StoreError::Io`].
    pub fn redaction_key(&self) -> Result<[u8; BYTES], StoreError> {
        let path = self.folder().join(FILE);
        if let Some(key) = read(&path)? {
            return Ok(key);
        }
        let mut file = AtomicFile::create(&path)?;
        file.write_all(&random_for(&path)?)
            .map_err(|error| StoreError::from_io(&path, error))?;
        // Of two that make one at a time the first one's counts, for both.
        file.commit_new()?;
        sync_folder(self.folder())?;
        read(&path)?.ok_or_else(|| StoreError::from_io(&path, ErrorKind::NotFound.into()))
    }
}

fn read(path: &Path) -> Result<Option<[u8; BYTES]>, StoreError> {
    match fs::read(path) {
        Ok(bytes) => match <[u8; BYTES]>::try_from(bytes) {
            Ok(key) => Ok(Some(key)),
            Err(bytes) => Err(StoreError::Corrupt {
                path: path.to_owned(),
                reason: format!(
                    "a key has {BYTES} bytes, this has {}: remove it to have a new one made",
                    bytes.len()
                ),
            }),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::from_io(path, error)),
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn all_who_ask_at_a_time_get_the_same_key() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(folder.path()).unwrap();
        let keys: Vec<[u8; BYTES]> = thread::scope(|scope| {
            let threads: Vec<_> = (0..16)
                .map(|_| scope.spawn(|| store.redaction_key().unwrap()))
                .collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
        let again = Store::open(folder.path()).unwrap().redaction_key().unwrap();
        assert_eq!(again, keys[0]);
        assert_ne!(keys[0], [0; BYTES]);
    }

    #[test]
    fn another_store_has_another_key() {
        let key = || {
            let folder = tempfile::tempdir().unwrap();
            let store = Store::create(folder.path()).unwrap();
            store.redaction_key().unwrap()
        };
        assert_ne!(key(), key());
    }

    #[test]
    #[cfg(unix)]
    fn only_its_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        Store::create(folder.path())
            .unwrap()
            .redaction_key()
            .unwrap();
        let mode = fs::metadata(folder.path().join(FILE))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_file_that_is_no_key_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(folder.path()).unwrap();
        fs::write(folder.path().join(FILE), b"short").unwrap();
        let error = store.redaction_key().unwrap_err().to_string();
        assert!(
            error.contains("redaction.key") && error.contains("32 bytes"),
            "{error}"
        );
    }
}
