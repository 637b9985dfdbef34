//! Notes the signal that ends the process, where nothing of the program's own handles it.
//!
//! A handler stores one word into the page of [`crate::last_word`], puts back what stood there
//! before it, and raises the signal again: the process dies as it would have, by the same signal.
//! It stands only where the default action stood, or a handler that runs once and ends the process
//! (Node's own for SIGINT and SIGTERM). A handler of the program takes its place as it would have
//! taken the other's; a child begins with the default action after its `exec`.
//! Limits: one run at a time; a signal whose handler was put in and taken back is not noted.

use std::cell::UnsafeCell;
use std::fs::File;
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};

use parking_lot::Mutex;

use crate::error::RingError;
use crate::last_word::{PAGE_BYTES, WATCHED, signal_word};
use crate::map;
use crate::space::Space;

/// The page, mapped for the life of the process: a run's file, or zeroes.
struct Page(NonNull<u8>);

// SAFETY: the page is never unmapped, and only accessed by an atomic.
unsafe impl Send for Page {}
// SAFETY: as above.
unsafe impl Sync for Page {}

impl Page {
    fn word(&self) -> &AtomicU64 {
        // SAFETY: aligned, being the first byte of a page, and never unmapped.
        unsafe { self.0.cast().as_ref() }
    }
}

static PAGE: OnceLock<Page> = OnceLock::new();
/// The process that watches: a fork that has not reached its `exec` shares the page.
static WATCHER: AtomicI32 = AtomicI32::new(0);

/// What stood at each of [`WATCHED`] before our handler.
struct Previous([UnsafeCell<MaybeUninit<libc::sigaction>>; WATCHED.len()]);

// SAFETY: an element is written under INSTALLING, while our handler is not at its signal, and read
// by that handler only.
unsafe impl Sync for Previous {}

static PREVIOUS: Previous =
    Previous([const { UnsafeCell::new(MaybeUninit::zeroed()) }; WATCHED.len()]);
static INSTALLING: Mutex<()> = Mutex::new(());

/// Notes the signal that ends this process in a run's file `owner`, from now on.
///
/// # Errors
/// [`RingError::Memory`] where there is no room for the page.
pub(crate) fn watch(owner: &File, space: &dyn Space) -> Result<(), RingError> {
    let _alone = INSTALLING.lock();
    // A sparse page of a full tmpfs, touched, would end the program.
    space
        .reserve(owner, 0, PAGE_BYTES as u64)
        .map_err(RingError::Memory)?;
    let page = match PAGE.get() {
        Some(page) => page,
        None => {
            let base = map::anonymous(None, PAGE_BYTES).map_err(RingError::Memory)?;
            PAGE.get_or_init(|| Page(base))
        }
    };
    map::shared(page.0, PAGE_BYTES, owner).map_err(RingError::Memory)?;
    // SAFETY: the call has no preconditions and cannot fail.
    WATCHER.store(unsafe { libc::getpid() }, Ordering::SeqCst);
    for (index, (signal, _)) in WATCHED.iter().enumerate() {
        install(index, *signal);
    }
    Ok(())
}

/// The run is over: what comes now is noted nowhere.
pub(crate) fn unwatch() {
    let _alone = INSTALLING.lock();
    if let Some(page) = PAGE.get() {
        // Where it fails, the file stays mapped, which its run has done with.
        let _ = map::anonymous(Some(page.0), PAGE_BYTES);
    }
}

fn install(index: usize, signal: i32) {
    // SAFETY: plain system calls on a structure of our own; all-zero bytes are a valid one. The
    // handler uses nothing but what a signal handler may: an atomic, `getpid`, `sigaction`, `raise`.
    unsafe {
        let mut old: libc::sigaction = std::mem::zeroed();
        if libc::sigaction(signal, std::ptr::null(), &raw mut old) != 0 {
            return;
        }
        let runs_once = old.sa_flags & libc::SA_RESETHAND != 0;
        if old.sa_sigaction == libc::SIG_IGN || is_handler(old.sa_sigaction) {
            return;
        }
        if old.sa_sigaction != libc::SIG_DFL && !runs_once {
            return;
        }
        (*PREVIOUS.0[index].get()).write(old);
        let mut new: libc::sigaction = std::mem::zeroed();
        new.sa_sigaction = handler_address();
        libc::sigfillset(&raw mut new.sa_mask);
        libc::sigaction(signal, &raw const new, std::ptr::null_mut());
    }
}

/// What stands at a signal is the handler of this module, which would end the process.
pub(crate) fn is_handler(action: libc::sighandler_t) -> bool {
    action == handler_address()
}

fn handler_address() -> libc::sighandler_t {
    let handler: extern "C" fn(i32) = note;
    handler as libc::sighandler_t
}

extern "C" fn note(signal: i32) {
    // SAFETY: `getpid`, `sigaction` and `raise` may be called from a handler; what stood at this
    // signal was written before the handler was put there.
    unsafe {
        if let Some(page) = PAGE.get()
            && WATCHER.load(Ordering::Relaxed) == libc::getpid()
        {
            page.word().store(signal_word(signal), Ordering::SeqCst);
        }
        if let Some(index) = WATCHED.iter().position(|(known, _)| *known == signal) {
            let old = (*PREVIOUS.0[index].get()).as_ptr();
            libc::sigaction(signal, old, std::ptr::null_mut());
        }
        // Blocked until this returns: then what stood here before us has it.
        libc::raise(signal);
    }
}
