//! A file that appears whole or not at all: written under a temporary name, fsynced, renamed.
//!
//! ```ignore
//! let mut file = AtomicFile::create(&folder.join("run.json"))?;
//! file.write_all(b"{}")?;
//! file.commit()?; // dropped without it, the temporary file goes
//! ```
//! The writer holds an exclusive lock on the temporary file, which the kernel releases when it
//! dies: so whoever can take the lock knows that the file is a leftover, whatever pid namespace or
//! host wrote it. Limits: on file systems without locks leftovers go by age alone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use crate::StoreError;

/// End of a temporary file's name.
pub(crate) const SUFFIX: &str = ".tmp";

/// A leftover must be older: between creation and lock a live file looks like one.
const LEFTOVER_AGE: Duration = Duration::from_secs(60);

/// A file that is not in place yet.
#[derive(Debug)]
pub(crate) struct AtomicFile {
    file: File,
    temporary: PathBuf,
    target: PathBuf,
    sum: crc32fast::Hasher,
    bytes: u64,
    committed: bool,
}

impl AtomicFile {
    /// Begins a file that will be `target`, in `target`'s folder.
    pub(crate) fn create(target: &Path) -> Result<Self, StoreError> {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        // The pid alone is not unique (containers share stores), so clock and counter go in too.
        let clock = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |d| d.subsec_nanos());
        let counter = COUNTER.fetch_add(1, Ordering::Relaxed);
        let pid = std::process::id();
        changing();
        let temporary = target.with_file_name(format!("{name}.{pid}-{clock:x}-{counter}{SUFFIX}"));
        let file = private_options()
            .write(true)
            .create_new(true)
            .open(&temporary)
            .map_err(|e| StoreError::from_io(&temporary, e))?;
        // A file system without locks is no reason to record nothing.
        let _ = file.try_lock();
        Ok(Self {
            file,
            temporary,
            target: target.to_owned(),
            sum: crc32fast::Hasher::new(),
            bytes: 0,
            committed: false,
        })
    }

    /// Bytes written so far, and their CRC-32.
    pub(crate) fn written(&self) -> (u64, u32) {
        (self.bytes, self.sum.clone().finalize())
    }

    /// Where the file will be.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// Makes the content durable and puts the file in place, over an older one. The folder's
    /// entry is durable only after [`sync_folder`].
    pub(crate) fn commit(self) -> Result<(), StoreError> {
        self.sync()?;
        self.commit_loosely()
    }

    /// As [`Self::commit`], but after a power failure the file may be empty, or the older one.
    pub(crate) fn commit_loosely(mut self) -> Result<(), StoreError> {
        changing();
        fs::rename(&self.temporary, &self.target)
            .map_err(|e| StoreError::from_io(&self.target, e))?;
        self.committed = true;
        Ok(())
    }

    /// As [`Self::commit`], but leaves a file alone that is there already.
    pub(crate) fn commit_new(self) -> Result<(), StoreError> {
        self.sync()?;
        match fs::hard_link(&self.temporary, &self.target) {
            // The temporary name goes when `self` does.
            Ok(()) => Ok(()),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            // File systems without links (exFAT): the last one wins.
            Err(_) => self.commit_loosely(),
        }
    }

    fn sync(&self) -> Result<(), StoreError> {
        self.file
            .sync_all()
            .map_err(|e| StoreError::from_io(&self.target, e))
    }
}

impl Write for AtomicFile {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let written = self.file.write(buf)?;
        self.sum.update(&buf[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if !self.committed {
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// Told before each change of a folder.
pub(crate) fn changing() {
    #[cfg(test)]
    death::step();
}

/// Writes `content` as `target`, durably, with its folder's entry.
pub(crate) fn write_atomically(target: &Path, content: &[u8]) -> Result<(), StoreError> {
    let mut file = AtomicFile::create(target)?;
    file.write_all(content)
        .map_err(|e| StoreError::from_io(target, e))?;
    file.commit()?;
    sync_folder(target.parent().unwrap_or(Path::new(".")))
}

/// Makes renames and removals in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    if cfg!(windows) {
        // Folders cannot be opened there, and NTFS journals its names.
        return Ok(());
    }
    File::open(folder)
        .and_then(|f| f.sync_all())
        .map_err(|e| StoreError::from_io(folder, e))
}

/// Removes a file; whether it was there.
pub(crate) fn remove_file(path: &Path) -> Result<bool, StoreError> {
    changing();
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(StoreError::from_io(path, e)),
    }
}

/// Options for a file that only its owner may read.
pub(crate) fn private_options() -> OpenOptions {
    #[allow(unused_mut)]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

/// Removes what dead writers left in `folder`; returns how many files went.
pub(crate) fn sweep_folder(folder: &Path) -> Result<usize, StoreError> {
    let mut removed = 0;
    for entry in list(folder)? {
        let is_temporary = entry.file_name().to_string_lossy().ends_with(SUFFIX);
        if is_temporary && is_leftover(&entry.path()) && fs::remove_file(entry.path()).is_ok() {
            removed += 1;
        }
    }
    Ok(removed)
}

/// The entries of a folder; none if it does not exist.
pub(crate) fn list(folder: &Path) -> Result<Vec<fs::DirEntry>, StoreError> {
    match fs::read_dir(folder) {
        Ok(entries) => entries
            .collect::<Result<_, _>>()
            .map_err(|e| StoreError::from_io(folder, e)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(StoreError::from_io(folder, e)),
    }
}

fn is_leftover(path: &Path) -> bool {
    let old = fs::metadata(path)
        .and_then(|m| m.modified())
        .ok()
        .and_then(|at| at.elapsed().ok())
        .is_some_and(|age| age > LEFTOVER_AGE);
    old && match OpenOptions::new().write(true).open(path) {
        Ok(file) => match file.try_lock() {
            Ok(()) => true,
            Err(fs::TryLockError::WouldBlock) => false,
            Err(fs::TryLockError::Error(_)) => true,
        },
        Err(_) => false,
    }
}

/// Where a test's process dies: before its n-th change of a folder.
#[cfg(test)]
pub(crate) mod death {
    use std::sync::atomic::{AtomicI64, Ordering};

    static LEFT: AtomicI64 = AtomicI64::new(i64::MAX);
    /// Exit code of a process that died here.
    pub(crate) const DIED: i32 = 99;

    pub(crate) fn after(changes: i64) {
        LEFT.store(changes, Ordering::Relaxed);
    }

    /// Nothing is dropped, as in a kill.
    pub(crate) fn step() {
        if LEFT.fetch_sub(1, Ordering::Relaxed) <= 0 {
            std::process::exit(DIED);
        }
    }
}
