//! How far a thread's stack may grow before V8 throws a `RangeError`.
//!
//! ```text
//! raise(984) → V8 lets the main thread use 2,656 KiB
//! ```
//! A call with probes takes up to 2.1 times the stack of one without, and 2.6 times where the optimiser
//! has been at both: a recursion that gets to its end in the plain program would not with the same limit.
//! V8 takes a new limit at any time (`v8::Isolate::SetStackLimit`, looked up by name as
//! `engine.rs` has them); the system gives the main thread more than V8 uses, mostly 8 MiB.
//! Limits: not on Windows, where the executable says what there is; not in workers, whose threads have
//! no more than Node gave V8.

#[cfg(unix)]
mod platform {
    use std::ffi::{CStr, c_void};

    use crate::engine::{current_isolate, find};

    type SetStackLimit = unsafe extern "C" fn(isolate: *mut c_void, limit: usize);

    const SET_STACK_LIMIT: &CStr = c"_ZN2v87Isolate13SetStackLimitEm";
    const KIB: u64 = 1024;
    /// What a call with probes needs of what it does without, at most, rounded up; no more, as a
    /// recursion that ends by an error should still do so.
    const TENTHS: u64 = 27;
    /// Of what the system gives: a quarter may be arguments and environment, and native code goes on
    /// where V8 stops.
    const PARTS: u64 = 2;

    /// What the system lets the main thread's stack grow to, in bytes.
    fn system_limit() -> Option<u64> {
        let mut limit = libc::rlimit {
            rlim_cur: 0,
            rlim_max: 0,
        };
        // SAFETY: the structure is the caller's.
        let status = unsafe { libc::getrlimit(libc::RLIMIT_STACK, &raw mut limit) };
        (status == 0).then_some(limit.rlim_cur)
    }

    pub fn raise(kib: u32) -> bool {
        let (Some(set), Some(isolate)) = (find(SET_STACK_LIMIT), current_isolate()) else {
            return false;
        };
        let Some(system) = system_limit() else {
            return false;
        };
        let plain = u64::from(kib) * KIB;
        let wanted = (plain * TENTHS / 10).min(system / PARTS);
        if wanted <= plain {
            return false;
        }
        let here = (&raw const wanted).addr();
        let Some(limit) = usize::try_from(wanted)
            .ok()
            .and_then(|bytes| here.checked_sub(bytes))
        else {
            return false;
        };
        // SAFETY: the names of C++ functions hold the types of their parameters, which are these;
        // this is the main thread, in its isolate, and what lies between here and the limit is its
        // stack to grow into.
        unsafe {
            let set = std::mem::transmute::<*mut c_void, SetStackLimit>(set);
            set(isolate(), limit);
        }
        true
    }
}

#[cfg(not(unix))]
mod platform {
    pub fn raise(_kib: u32) -> bool {
        false
    }
}

pub use platform::raise;
