//! A signal that asks for something rather than ending the process, where nothing of the program's own
//! handles it.
//!
//! ```no_run
//! use breadcrumb_ring::DumpSignal;
//!
//! if let Some(signal) = DumpSignal::watch("SIGUSR2")? {
//!     while signal.wait() {}      // once for each time it came, on a thread of its own
//! }
//! # Ok::<(), breadcrumb_ring::RingError>(())
//! ```
//! A handler stores one flag and writes one byte into a pipe. It takes the place of the default action
//! only, and what the program puts there later takes its place. It stays for the life of the process: a
//! signal that comes when the run is over must not end it. Limits: one signal at a time; what comes
//! while it was not waited for is one time.

use std::io::{ErrorKind, PipeReader, PipeWriter, Read, Write};
use std::os::fd::AsRawFd;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use parking_lot::Mutex;

use crate::error::RingError;
use crate::last_signal;
use crate::last_word::WATCHED;

/// Both ends, open for the life of the process: the handler may be at any instruction of its own.
static PIPE: OnceLock<(PipeReader, PipeWriter)> = OnceLock::new();
/// The signal that is watched for; 0: none.
static SIGNAL: AtomicI32 = AtomicI32::new(0);
/// The process that watches: a fork that has not reached its `exec` shares the pipe.
static WATCHER: AtomicI32 = AtomicI32::new(0);
/// It came since it was last waited for. Then a byte is in the pipe, or about to be.
static CAME: AtomicBool = AtomicBool::new(false);
static INSTALLING: Mutex<()> = Mutex::new(());

/// See the module. Dropped, it is watched for no more.
#[derive(Debug)]
pub struct DumpSignal {
    pipe: &'static (PipeReader, PipeWriter),
    over: AtomicBool,
}

impl DumpSignal {
    /// From now on a signal ends nothing, where its default action stands: it is about to be watched for.
    pub fn reserve(name: &str) {
        let _alone = INSTALLING.lock();
        if let Some(signal) = number(name) {
            install(signal);
        }
    }

    /// Watches for a signal, by its name; `None` where something else than the default action stands
    /// at it, or there is no such signal.
    ///
    /// # Errors
    /// [`RingError::Memory`] where there is no room for a pipe.
    pub fn watch(name: &str) -> Result<Option<Self>, RingError> {
        let _alone = INSTALLING.lock();
        let Some(signal) = number(name) else {
            return Ok(None);
        };
        let pipe = match PIPE.get() {
            Some(pipe) => pipe,
            None => {
                let made = std::io::pipe().map_err(RingError::Memory)?;
                PIPE.get_or_init(|| made)
            }
        };
        // SAFETY: the call has no preconditions and cannot fail.
        WATCHER.store(unsafe { libc::getpid() }, Ordering::SeqCst);
        if !install(signal) {
            return Ok(None);
        }
        CAME.store(false, Ordering::SeqCst);
        SIGNAL.store(signal, Ordering::SeqCst);
        Ok(Some(Self {
            pipe,
            over: AtomicBool::new(false),
        }))
    }

    /// Waits until it comes. False: [`Self::end`] was called.
    pub fn wait(&self) -> bool {
        let mut reader = &self.pipe.0;
        let mut byte = [0];
        loop {
            match reader.read(&mut byte) {
                Err(error) if error.kind() != ErrorKind::Interrupted => return false,
                _ if self.over.load(Ordering::SeqCst) => return false,
                // Else the byte is an earlier watch's.
                _ if CAME.swap(false, Ordering::SeqCst) => return true,
                _ => {}
            }
        }
    }

    /// It is watched for no more, and not waited for.
    pub fn end(&self) {
        SIGNAL.store(0, Ordering::SeqCst);
        if !self.over.swap(true, Ordering::SeqCst) {
            // What wakes the thread that waits.
            let _ = (&self.pipe.1).write(&[0]);
        }
    }
}

impl Drop for DumpSignal {
    fn drop(&mut self) {
        self.end();
    }
}

fn number(name: &str) -> Option<i32> {
    let mut known = WATCHED.iter();
    known.find_map(|(signal, known)| (*known == name).then_some(*signal))
}

/// False where the program, or whoever started it, has said what is to happen.
fn install(signal: i32) -> bool {
    // SAFETY: plain system calls on a structure of our own; all-zero bytes are a valid one. The handler
    // uses nothing but what a signal handler may: atomics, `getpid`, `write`.
    unsafe {
        let mut old: libc::sigaction = std::mem::zeroed();
        if libc::sigaction(signal, std::ptr::null(), &raw mut old) != 0 {
            return false;
        }
        if old.sa_sigaction == handler_address() {
            return true;
        }
        if old.sa_sigaction != libc::SIG_DFL && !last_signal::is_handler(old.sa_sigaction) {
            return false;
        }
        let mut new: libc::sigaction = std::mem::zeroed();
        new.sa_sigaction = handler_address();
        new.sa_flags = libc::SA_RESTART | libc::SA_ONSTACK;
        libc::sigfillset(&raw mut new.sa_mask);
        libc::sigaction(signal, &raw const new, std::ptr::null_mut()) == 0
    }
}

fn handler_address() -> libc::sighandler_t {
    let handler: extern "C" fn(i32) = note;
    handler as libc::sighandler_t
}

extern "C" fn note(signal: i32) {
    // SAFETY: `getpid` and `write` may be called from a handler, and `write` has one byte to read. The
    // pipe has room, as a byte is only written when the last was taken out: so `errno` stays as it is.
    unsafe {
        if SIGNAL.load(Ordering::SeqCst) == signal
            && WATCHER.load(Ordering::SeqCst) == libc::getpid()
            && let Some((_, writer)) = PIPE.get()
            && !CAME.swap(true, Ordering::SeqCst)
        {
            libc::write(writer.as_raw_fd(), [0u8].as_ptr().cast(), 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One test, since a process has one handler a signal.
    #[test]
    fn a_signal_is_waited_for_and_ends_nothing() {
        // SAFETY: the call has no preconditions.
        let raise = |signal| unsafe { libc::raise(signal) };
        assert!(DumpSignal::watch("SIGNOTHING").unwrap().is_none());
        let signal = DumpSignal::watch("SIGALRM").unwrap().unwrap();
        raise(libc::SIGALRM);
        raise(libc::SIGALRM);
        assert!(signal.wait());
        raise(libc::SIGALRM);
        assert!(signal.wait());
        raise(libc::SIGALRM);
        signal.end();
        assert!(!signal.wait());
        // It is over.
        raise(libc::SIGALRM);
        drop(signal);
        let again = DumpSignal::watch("SIGALRM").unwrap().unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| again.wait());
            raise(libc::SIGALRM);
            assert!(waiting.join().unwrap());
        });
        let taken = |action| {
            // SAFETY: as in `install`; no handler of ours.
            unsafe {
                let mut new: libc::sigaction = std::mem::zeroed();
                new.sa_sigaction = action;
                libc::sigaction(libc::SIGALRM, &raw const new, std::ptr::null_mut());
            }
            DumpSignal::watch("SIGALRM").unwrap().is_none()
        };
        assert!(taken(libc::SIG_IGN));
        extern "C" fn other(_: i32) {}
        let other: extern "C" fn(i32) = other;
        assert!(taken(other as libc::sighandler_t));
        assert!(!taken(libc::SIG_DFL));
    }
}
