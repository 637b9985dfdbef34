//! Memory that the allocator holds and nobody uses, back to the system.
//!
//! glibc keeps what a thread frees for that thread's next request, and gives back only the end of what it
//! has. A merge of segments takes some 25 MB for a moment and then nothing until the next. Limits: it is
//! the program's memory, too, so not to be called often; other allocators than glibc's (musl, macOS) give
//! back by themselves, or not.

/// Gives back the whole pages among it, of all threads. That takes some milliseconds.
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it takes the allocator's own locks, and touches only what is free.
    unsafe {
        libc::malloc_trim(0);
    }
}
