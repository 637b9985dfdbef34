//! The folder in memory of a run: its rings, its owner's lock, its checkpoints.
//!
//! ```text
//! /dev/shm/breadcrumb-1000/            0700, checked
//!   <run>.sock                         where the run's process takes requests (crates/recorder)
//!   lock                               held while a run's folder is made or claimed
//!   <run>/owner                        flock of the process that records the run, or recovers it;
//!                                      in it, how the process ended
//!   <run>/recovery                     flock of the process that recovers it
//!   <run>/ring-0, ring-1, …            0600
//! ```
//! A lock falls with its process, whatever becomes of it; pids are never asked. Limits: Unix.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use breadcrumb_event::layout::RING_BYTES;

use crate::error::RingError;
use crate::last_word::LastWord;
use crate::space::Space;
use crate::{last_signal, last_word};

/// Name of the file that a recovery locks.
const RECOVERY: &str = "recovery";

/// The folder of this user's runs in a file system in memory, made if need be; `None` where there
/// is no such file system, or the folder is not ours alone.
#[must_use]
pub fn shm_root() -> Option<PathBuf> {
    let shm = Path::new("/dev/shm");
    is_in_memory(shm).then(|| own_folder_in(shm)).flatten()
}

/// The folder of this user's control channels, made if need be: that of the runs, else one among the
/// temporary files; `None` where it is not ours alone.
#[must_use]
pub fn control_root() -> Option<PathBuf> {
    shm_root().or_else(|| own_folder_in(&std::env::temp_dir()))
}

fn own_folder_in(parent: &Path) -> Option<PathBuf> {
    // SAFETY: the call has no preconditions and cannot fail.
    let user = unsafe { libc::geteuid() };
    let folder = parent.join(format!("breadcrumb-{user}"));
    make_private(&folder).ok().map(|()| folder)
}

#[cfg(target_os = "linux")]
fn is_in_memory(path: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt;
    let Ok(path) = std::ffi::CString::new(path.as_os_str().as_bytes()) else {
        return false;
    };
    // SAFETY: all-zero bytes are a valid statfs.
    let mut found: libc::statfs = unsafe { std::mem::zeroed() };
    // SAFETY: `path` ends in a zero byte and `found` is writable for the call.
    let failed = unsafe { libc::statfs(path.as_ptr(), &raw mut found) } != 0;
    !failed && found.f_type == libc::TMPFS_MAGIC
}

#[cfg(not(target_os = "linux"))]
fn is_in_memory(_: &Path) -> bool {
    false
}

/// Makes a folder of mode 0700, or checks the one that is there: others must neither own nor
/// write it, nor put a link in its place.
fn make_private(path: &Path) -> Result<(), RingError> {
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(RingError::io(path, error));
        }
        _ => {}
    }
    let found = fs::symlink_metadata(path).map_err(|e| RingError::io(path, e))?;
    // SAFETY: the call has no preconditions and cannot fail.
    let user = unsafe { libc::geteuid() };
    if !found.is_dir() || found.uid() != user || found.mode() & 0o077 != 0 {
        return Err(RingError::Unsafe {
            path: path.to_owned(),
        });
    }
    Ok(())
}

fn open_file(path: &Path, new: bool) -> Result<File, RingError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .create_new(new)
        .truncate(false)
        .mode(0o600)
        .custom_flags(libc::O_NOFOLLOW)
        .open(path)
        .map_err(|e| RingError::io(path, e))
}

/// Takes the exclusive lock of a file if it is free.
pub(crate) fn try_lock(file: &File, path: &Path) -> Result<(), RingError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(fs::TryLockError::WouldBlock) => Err(RingError::Owned {
            path: path.to_owned(),
        }),
        Err(fs::TryLockError::Error(error)) => Err(RingError::io(path, error)),
    }
}

fn is_locked(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| try_lock(&file, path).is_err())
}

/// A run's folder, owned. See the module.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
    owner: File,
    /// Of a recovery.
    _recovery: Option<File>,
}

impl RunFolder {
    /// Makes the folder of a new run in `root` and locks it.
    ///
    /// # Errors
    /// [`RingError::Unsafe`], [`RingError::Io`].
    pub fn create(root: &Path, run_id: &str) -> Result<Self, RingError> {
        make_private(root)?;
        let _root = lock_root(root)?;
        let path = root.join(run_id);
        DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .map_err(|e| RingError::io(&path, e))?;
        Self::own(path)
    }

    /// Takes over the folder of a run whose process is dead.
    ///
    /// # Errors
    /// [`RingError::Owned`] if it lives or is gone, [`RingError::Recovering`] if another process
    /// recovers it, [`RingError::Io`].
    pub fn claim(root: &Path, run_id: &str) -> Result<Self, RingError> {
        let _root = lock_root(root)?;
        let path = root.join(run_id);
        if !path.join("owner").is_file() {
            return Err(RingError::Foreign {
                path,
                reason: "it has no file `owner`".into(),
            });
        }
        let recovery = path.join(RECOVERY);
        let folder = match Self::own(path) {
            Err(RingError::Owned { .. }) if is_locked(&recovery) => {
                return Err(RingError::Recovering { path: recovery });
            }
            owned => owned?,
        };
        // Without it (no room) others do not wait for this recovery.
        let file = open_file(&recovery, false).ok();
        let folder = Self {
            _recovery: file.filter(|file| try_lock(file, &recovery).is_ok()),
            ..folder
        };
        for ring in folder.rings() {
            let file = File::open(&ring).map_err(|e| RingError::io(&ring, e))?;
            try_lock(&file, &ring)?;
        }
        Ok(folder)
    }

    /// Waits until the process that recovers a run has ended with it, or died.
    pub fn wait_for_recovery(root: &Path, run_id: &str) {
        // Where the file is gone, so is the run.
        if let Ok(file) = File::open(root.join(run_id).join(RECOVERY)) {
            let _ = file.lock();
        }
    }

    fn own(path: PathBuf) -> Result<Self, RingError> {
        let owner = path.join("owner");
        let file = open_file(&owner, false)?;
        try_lock(&file, &owner)?;
        let links = file.metadata().map_err(|e| RingError::io(&owner, e))?;
        if links.nlink() == 0 {
            return Err(RingError::Owned { path });
        }
        Ok(Self {
            path,
            owner: file,
            _recovery: None,
        })
    }

    /// Notes the signal that ends this process, from now on, as the run's last word.
    ///
    /// # Errors
    /// [`RingError::Memory`] where there is no room for it.
    pub fn watch_signals(&self, space: &dyn Space) -> Result<(), RingError> {
        last_signal::watch(&self.owner, space)
    }

    /// The run is over: signals are not noted any more.
    pub fn unwatch_signals(&self) {
        last_signal::unwatch();
    }

    /// Says how the process ends; `None` takes it back.
    pub fn say(&self, word: Option<LastWord>) {
        last_word::write(&self.owner, word);
    }

    /// How the process ended, as far as it could say.
    #[must_use]
    pub fn last_word(&self) -> Option<LastWord> {
        last_word::read(&self.owner)
    }

    /// Names of the runs in `root`, whoever owns them; none if it cannot be read.
    #[must_use]
    pub fn list(root: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(root)
            .into_iter()
            .flatten()
            .flatten()
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort();
        names
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Files of the run's rings, by thread.
    #[must_use]
    pub fn rings(&self) -> Vec<PathBuf> {
        let mut rings: Vec<(u32, PathBuf)> = fs::read_dir(&self.path)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                let thread = name.strip_prefix("ring-")?.parse().ok()?;
                Some((thread, entry.path()))
            })
            .collect();
        rings.sort();
        rings.into_iter().map(|(_, path)| path).collect()
    }

    /// Makes the file of a ring, at its full length but without space, and locks it.
    pub(crate) fn make_ring_file(&self, thread: u32) -> Result<(File, PathBuf), RingError> {
        let path = self.path.join(format!("ring-{thread}"));
        let file = open_file(&path, true)?;
        let made = try_lock(&file, &path).and_then(|()| {
            file.set_len(RING_BYTES.into())
                .map_err(|e| RingError::io(&path, e))
        });
        match made {
            Ok(()) => Ok((file, path)),
            Err(error) => {
                let _ = fs::remove_file(&path);
                Err(error)
            }
        }
    }

    /// Removes the folder and all in it.
    ///
    /// # Errors
    /// [`RingError::Io`].
    pub fn remove(self) -> Result<(), RingError> {
        fs::remove_dir_all(&self.path).map_err(|e| RingError::io(&self.path, e))
    }
}

/// Held while a folder is made or claimed, so that none is claimed before its maker has locked it.
fn lock_root(root: &Path) -> Result<File, RingError> {
    let path = root.join("lock");
    let file = open_file(&path, false)?;
    file.lock().map_err(|e| RingError::io(&path, e))?;
    Ok(file)
}
