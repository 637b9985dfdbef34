//! Reserving space in a file before its pages are touched: a sparse page of a full tmpfs, touched,
//! kills the program with SIGBUS. A trait, so that tests can play a full one.
//!
//! `SystemSpace.reserve(&file, 0, 4096)?`

use std::fmt::Debug;
use std::fs::File;
use std::io;

/// Reserves space in files.
pub trait Space: Send + Sync + Debug {
    /// Reserves `bytes` from `offset`.
    ///
    /// # Errors
    /// There is no space.
    fn reserve(&self, file: &File, offset: u64, bytes: u64) -> io::Result<()>;
}

/// The operating system's.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemSpace;

impl Space for SystemSpace {
    #[cfg(target_os = "linux")]
    fn reserve(&self, file: &File, offset: u64, bytes: u64) -> io::Result<()> {
        use std::os::fd::AsRawFd;
        let offset = i64::try_from(offset).map_err(io::Error::other)?;
        let bytes = i64::try_from(bytes).map_err(io::Error::other)?;
        // SAFETY: a system call on a descriptor that `file` keeps open; no memory is passed.
        match unsafe { libc::posix_fallocate(file.as_raw_fd(), offset, bytes) } {
            0 => Ok(()),
            error => Err(io::Error::from_raw_os_error(error)),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn reserve(&self, _: &File, _: u64, _: u64) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
