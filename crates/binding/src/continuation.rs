//! What V8 keeps with each reaction of a promise for whoever embeds it: set while a root runs, so
//! that its `await`s and `.then`s bring it back. Node uses it from 24 on; before that it is free,
//! and no program can see it.
//!
//! ```text
//! set(mark) → promise.then(f) → set(undefined) → … f runs: get() → mark
//! ```
//! Node-API has no word for it: V8's own functions are looked up by name (`engine.rs`).
//! Limits: where they are not found (Windows), there is none.

#[cfg(unix)]
mod platform {
    use std::ffi::{CStr, c_void};
    use std::sync::OnceLock;

    use napi::sys;

    use crate::engine::{
        CurrentContext, CurrentIsolate, Local, current_context, current_isolate, find,
    };

    type Get = unsafe extern "C" fn(this: *mut c_void) -> Local;
    type Set = unsafe extern "C" fn(this: *mut c_void, value: Local);

    /// V8 11 keeps it with the context.
    const OF_CONTEXT: [&CStr; 2] = [
        c"_ZNK2v87Context36GetContinuationPreservedEmbedderDataEv",
        c"_ZN2v87Context36SetContinuationPreservedEmbedderDataENS_5LocalINS_5ValueEEE",
    ];
    /// V8 12 keeps it with the isolate.
    const OF_ISOLATE: [&CStr; 2] = [
        c"_ZN2v87Isolate36GetContinuationPreservedEmbedderDataEv",
        c"_ZN2v87Isolate36SetContinuationPreservedEmbedderDataENS_5LocalINS_5ValueEEE",
    ];

    /// Functions of the process that Node runs in.
    #[derive(Clone, Copy)]
    struct Engine {
        isolate: CurrentIsolate,
        /// None where it is kept with the isolate.
        context: Option<CurrentContext>,
        get: Get,
        set: Set,
    }

    impl Engine {
        /// What it is kept with.
        fn owner(self) -> *mut c_void {
            // SAFETY: only called by functions of Node-API, so an isolate runs JavaScript in this
            // thread, in a context, with a handle scope open.
            unsafe {
                let isolate = (self.isolate)();
                self.context.map_or(isolate, |context| context(isolate))
            }
        }
    }

    static ENGINE: OnceLock<Option<Engine>> = OnceLock::new();

    fn engine() -> Option<Engine> {
        *ENGINE.get_or_init(|| {
            let isolate = current_isolate()?;
            let of_isolate = OF_ISOLATE.map(find);
            let with_context = of_isolate.contains(&None);
            let [get, set] = if with_context {
                OF_CONTEXT.map(find)
            } else {
                of_isolate
            };
            let context = if with_context {
                Some(current_context()?)
            } else {
                None
            };
            // SAFETY: the names of C++ functions hold the types of their parameters, which are
            // these; a `Local` is trivially copied, so it is returned in a register.
            unsafe {
                Some(Engine {
                    isolate,
                    context,
                    get: std::mem::transmute::<*mut c_void, Get>(get?),
                    set: std::mem::transmute::<*mut c_void, Set>(set?),
                })
            }
        })
    }

    /// Whether there is one.
    pub fn exists() -> bool {
        engine().is_some()
    }

    /// The value that is set, or that the running reaction was registered with.
    pub fn get() -> Option<sys::napi_value> {
        let engine = engine()?;
        // SAFETY: as in `owner`; a `Local` is what Node-API calls a `napi_value`.
        Some(unsafe { (engine.get)(engine.owner()) }.cast())
    }

    /// Sets it for the reactions that are registered from now on.
    pub fn set(value: sys::napi_value) {
        if let Some(engine) = engine() {
            // SAFETY: as in `get`; the value belongs to the call of Node-API that is answered.
            unsafe { (engine.set)(engine.owner(), value.cast()) };
        }
    }
}

#[cfg(not(unix))]
mod platform {
    use napi::sys;

    pub fn exists() -> bool {
        false
    }

    pub fn get() -> Option<sys::napi_value> {
        None
    }

    pub fn set(_value: sys::napi_value) {}
}

pub use platform::{exists, get, set};
