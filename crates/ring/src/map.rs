//! `mmap` of whole rings, the system call and nothing else.
//!
//! `anonymous(None, n)` maps zeroes somewhere, `anonymous(Some(base), n)` over what stands at
//! `base`. Limits: callers own the address range.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::ptr::NonNull;

/// Zeroes that cost nothing until they are touched.
pub(crate) fn anonymous(over: Option<NonNull<u8>>, bytes: usize) -> io::Result<NonNull<u8>> {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    map(over, bytes, flags, -1)
}

/// The first `bytes` of a file, shared, over what stands at `over`; left out of core dumps.
pub(crate) fn shared(over: NonNull<u8>, bytes: usize, file: &File) -> io::Result<()> {
    let base = map(Some(over), bytes, libc::MAP_SHARED, file.as_raw_fd())?;
    #[cfg(target_os = "linux")]
    // SAFETY: the range has just been mapped by this function's caller's right to it; the advice
    // changes no content.
    unsafe {
        libc::madvise(base.as_ptr().cast(), bytes, libc::MADV_DONTDUMP)
    };
    let _ = base;
    Ok(())
}

fn map(over: Option<NonNull<u8>>, bytes: usize, flags: i32, fd: i32) -> io::Result<NonNull<u8>> {
    let (address, fixed) = match over {
        Some(base) => (base.as_ptr().cast(), libc::MAP_FIXED),
        None => (std::ptr::null_mut(), 0),
    };
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: with an address, the caller owns the range (ThreadMemory reserved it for its own
    // life) and whoever reads or writes it meanwhile does so through atomics or from JavaScript,
    // for which any mapped memory is valid; without one, the kernel picks a range that is free.
    let base = unsafe { libc::mmap(address, bytes, protection, flags | fixed, fd, 0) };
    if base == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    NonNull::new(base.cast()).ok_or_else(|| io::Error::other("mapped at 0"))
}

/// Gives a range back.
pub(crate) fn unmap(base: NonNull<u8>, bytes: usize) {
    // SAFETY: only ThreadMemory's drop calls this, with the range that it reserved; nobody holds
    // a reference into it any more, since references borrow the ThreadMemory.
    unsafe { libc::munmap(base.as_ptr().cast(), bytes) };
}
