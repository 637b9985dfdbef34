//! How late the event loop of the main thread is: since when it has been busy without asking for events.
//!
//! ```text
//! uv_check    events have come: busy since now
//! uv_prepare  asks for events: not busy
//! ```
//! Two handles of libuv, unreferenced: they keep no process alive, change no order, run no JavaScript;
//! `process.report` lists them. Only while something is to be kept within a budget. Limits: Unix, the main
//! thread; where libuv's functions are not to be found, lateness is not known.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};

use napi::Env;

const NOT_BUSY: i64 = 0;

static BUSY_SINCE: AtomicI64 = AtomicI64::new(NOT_BUSY);
static WATCHED: OnceLock<bool> = OnceLock::new();

/// How late the loop is at this time of the monotonic clock.
pub fn late_ns(now_ns: i64) -> Option<i64> {
    let is_watched = WATCHED.get().copied().unwrap_or(false);
    let since = BUSY_SINCE.load(Ordering::Relaxed);
    is_watched.then(|| match since {
        NOT_BUSY => 0,
        since => (now_ns - since).max(0),
    })
}

/// Watches the loop of this environment, once.
pub fn watch(env: &Env) {
    WATCHED.get_or_init(|| handles::start(env).is_some());
}

#[cfg(unix)]
mod handles {
    use std::ffi::{CStr, c_int, c_void};
    use std::sync::atomic::Ordering;

    use breadcrumb_ring::clock::monotonic_ns;
    use napi::Env;

    use super::{BUSY_SINCE, NOT_BUSY};

    type Handle = *mut c_void;
    type Callback = unsafe extern "C" fn(Handle);
    type Init = unsafe extern "C" fn(*mut c_void, Handle) -> c_int;
    type Start = unsafe extern "C" fn(Handle, Callback) -> c_int;
    type Unref = unsafe extern "C" fn(Handle);

    /// Words of a handle: libuv's are of 120 bytes throughout its version 1.
    const HANDLE_WORDS: usize = 32;

    pub fn start(env: &Env) -> Option<()> {
        let uv_loop: *mut c_void = env.get_uv_event_loop().ok()?.cast();
        let check = (find(c"uv_check_init")?, find(c"uv_check_start")?);
        let prepare = (find(c"uv_prepare_init")?, find(c"uv_prepare_start")?);
        let unref = find(c"uv_unref")?;
        BUSY_SINCE.store(monotonic_ns(), Ordering::Relaxed);
        // SAFETY: the functions are libuv's, two for each kind of handle; the loop is this thread's.
        unsafe {
            add(uv_loop, check, unref, on_check)?;
            add(uv_loop, prepare, unref, on_prepare)
        }
    }

    /// # Safety
    /// The three are libuv's functions `init` and `start` of one kind of handle, and `uv_unref`; the
    /// calling thread is the loop's.
    unsafe fn add(
        uv_loop: *mut c_void,
        (init, start): (*mut c_void, *mut c_void),
        unref: *mut c_void,
        callback: Callback,
    ) -> Option<()> {
        // For the life of the process, as the loop.
        let handle: Handle = Box::leak(Box::new([0_u64; HANDLE_WORDS]))
            .as_mut_ptr()
            .cast();
        // SAFETY: by this function's contract; the handle is larger than libuv's and never freed.
        unsafe {
            let init = std::mem::transmute::<*mut c_void, Init>(init);
            let start = std::mem::transmute::<*mut c_void, Start>(start);
            let unref = std::mem::transmute::<*mut c_void, Unref>(unref);
            if init(uv_loop, handle) != 0 || start(handle, callback) != 0 {
                return None;
            }
            unref(handle);
        }
        Some(())
    }

    fn find(name: &CStr) -> Option<*mut c_void> {
        // SAFETY: looks for a name among what is loaded.
        let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
        (!found.is_null()).then_some(found)
    }

    unsafe extern "C" fn on_check(_: Handle) {
        BUSY_SINCE.store(monotonic_ns(), Ordering::Relaxed);
    }

    unsafe extern "C" fn on_prepare(_: Handle) {
        BUSY_SINCE.store(NOT_BUSY, Ordering::Relaxed);
    }
}

#[cfg(not(unix))]
mod handles {
    pub fn start(_: &napi::Env) -> Option<()> {
        None
    }
}
