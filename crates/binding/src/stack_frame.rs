//! How deep the stack of JavaScript is, and what stands at a place of it, without an `Error` being made:
//! whose limit and formatting are the program's.
//!
//! ```text
//! at(0) → (4, Some([71, 2, 8]))    // four frames; the outermost is in script 71
//! ```
//! V8's functions are looked up by name (`engine.rs`). Limits: no frames where they are not found (Windows), nor
//! of a stack of 1,000 or more; about 0.3 µs a frame.

/// Script id, line and column from 0.
pub type Place = [i32; 3];

#[cfg(unix)]
mod platform {
    use std::ffi::{CStr, c_int, c_void};
    use std::sync::LazyLock;

    use super::Place;
    use crate::engine::{CurrentIsolate, Local, current_isolate, find};

    /// `v8::Location`.
    #[repr(C)]
    #[derive(Clone, Copy)]
    struct Location {
        line: c_int,
        column: c_int,
    }

    type Current =
        unsafe extern "C" fn(isolate: *mut c_void, limit: c_int, options: c_int) -> Local;
    type Count = unsafe extern "C" fn(trace: Local) -> c_int;
    type Frame = unsafe extern "C" fn(trace: Local, isolate: *mut c_void, index: u32) -> Local;
    type Script = unsafe extern "C" fn(frame: Local) -> c_int;
    type Where = unsafe extern "C" fn(frame: Local) -> Location;

    const CURRENT: &CStr =
        c"_ZN2v810StackTrace17CurrentStackTraceEPNS_7IsolateEiNS0_17StackTraceOptionsE";
    const COUNT: &CStr = c"_ZNK2v810StackTrace13GetFrameCountEv";
    const FRAME: &CStr = c"_ZNK2v810StackTrace8GetFrameEPNS_7IsolateEj";
    const SCRIPT: &CStr = c"_ZNK2v810StackFrame11GetScriptIdEv";
    const WHERE: &CStr = c"_ZNK2v810StackFrame11GetLocationEv";

    /// Frames that are looked at: what is asked at each hit of a breakpoint is to cost 0.3 ms at most.
    const MOST: c_int = 1000;
    /// `StackTraceOptions::kDetailed`.
    const DETAILED: c_int = 0x7f;

    #[derive(Clone, Copy)]
    struct Engine {
        isolate: CurrentIsolate,
        current: Current,
        count: Count,
        frame: Frame,
        script: Script,
        place: Where,
    }

    static ENGINE: LazyLock<Option<Engine>> = LazyLock::new(|| {
        // SAFETY: the names of C++ functions hold the types of their parameters, which are these; a
        // `Local` and a `Location` are trivially copied, so they are returned in a register.
        unsafe {
            Some(Engine {
                isolate: current_isolate()?,
                current: std::mem::transmute::<*mut c_void, Current>(find(CURRENT)?),
                count: std::mem::transmute::<*mut c_void, Count>(find(COUNT)?),
                frame: std::mem::transmute::<*mut c_void, Frame>(find(FRAME)?),
                script: std::mem::transmute::<*mut c_void, Script>(find(SCRIPT)?),
                place: std::mem::transmute::<*mut c_void, Where>(find(WHERE)?),
            })
        }
    });

    pub fn at(below: u32) -> (u32, Option<Place>) {
        let Some(engine) = *ENGINE else {
            return (0, None);
        };
        // SAFETY: only called by a function of Node-API, so an isolate runs JavaScript in this thread, with
        // a handle scope open; a frame is asked for below the count alone.
        unsafe {
            let isolate = (engine.isolate)();
            let trace = (engine.current)(isolate, MOST, DETAILED);
            if trace.is_null() {
                return (0, None);
            }
            let frames = u32::try_from((engine.count)(trace)).unwrap_or(0);
            if frames >= MOST.cast_unsigned() {
                return (0, None);
            }
            if below >= frames {
                return (frames, None);
            }
            let frame = (engine.frame)(trace, isolate, frames - 1 - below);
            let place = (engine.place)(frame);
            let script = (engine.script)(frame);
            (frames, Some([script, place.line, place.column]))
        }
    }
}

#[cfg(not(unix))]
mod platform {
    use super::Place;

    pub fn at(_below: u32) -> (u32, Option<Place>) {
        (0, None)
    }
}

pub use platform::at;

/// The address of this call's own frame. It has 48 bits, so a `f64` holds it exactly.
#[inline(never)]
pub fn address() -> f64 {
    let here = 0_u8;
    (&raw const here).addr() as f64
}
