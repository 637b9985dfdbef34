//! The last flush: a handler of the C library's `exit`, which `process.exit`, the end of the event
//! loop and an uncaught exception all come to. The program sees no listener of ours.
//!
//! Limits: `abort` and a signal's default death do not come here; what they leave in the ring is
//! recovered. Nor does `execve`, before which `leave` stores everything.

use std::sync::Once;

static REGISTERED: Once = Once::new();

/// Registers the handler, once for the process.
pub fn register() {
    REGISTERED.call_once(platform::register);
}

/// What is done at the process's end.
fn last_flush(status: Option<i32>) {
    crate::process::with_files(|files| crate::held_stderr::release(files));
    crate::process::end(status);
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod platform {
    use std::ffi::{c_int, c_void};

    unsafe extern "C" {
        fn on_exit(handler: extern "C" fn(c_int, *mut c_void), argument: *mut c_void) -> c_int;
    }

    extern "C" fn flush(status: c_int, _argument: *mut c_void) {
        super::last_flush(Some(status));
    }

    pub fn register() {
        // SAFETY: the handler is a plain function of this library, which Node never unloads while
        // the process lives, and takes no argument.
        unsafe { on_exit(flush, std::ptr::null_mut()) };
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
mod platform {
    extern "C" fn flush() {
        super::last_flush(None);
    }

    pub fn register() {
        // SAFETY: the handler is a plain function of this library, which Node never unloads while
        // the process lives.
        unsafe { libc::atexit(flush) };
    }
}
