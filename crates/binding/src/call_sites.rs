//! What V8 hands to Node when a stack is formatted: the call sites pass through a function of ours
//! first, whoever formats them then (Node itself, its source maps, the program's own
//! `Error.prepareStackTrace`, in whatever realm). Nothing that the program can look at is replaced.
//!
//! ```text
//! error.stack → V8 → prepare: map(sites, error) → node::PrepareStackTraceCallback(context, error, sites)
//! ```
//! The functions of V8's and Node's C++ interface that it takes are looked up by name (`engine.rs`).
//! Limits: where they are not found (Windows), `install` says so and `ts/runtime/stack.ts` does what can
//! be done without.

#[cfg(unix)]
mod platform {
    use std::cell::Cell;
    use std::ffi::{CStr, c_void};
    use std::sync::OnceLock;

    use napi::sys;

    use crate::engine::{CurrentIsolate, Local, current_isolate, find};

    type Prepare = unsafe extern "C" fn(context: Local, error: Local, sites: Local) -> Local;
    type SetPrepare = unsafe extern "C" fn(isolate: *mut c_void, prepare: Prepare);
    type Terminate = unsafe extern "C" fn(isolate: *mut c_void);

    const PREPARE: &CStr = c"_ZN4node25PrepareStackTraceCallbackEN2v85LocalINS0_7ContextEEENS1_INS0_5ValueEEENS1_INS0_5ArrayEEE";
    const SET_PREPARE: &CStr = c"_ZN2v87Isolate28SetPrepareStackTraceCallbackEPFNS_10MaybeLocalINS_5ValueEEENS_5LocalINS_7ContextEEENS4_IS2_EENS4_INS_5ArrayEEEE";
    const TERMINATE: &CStr = c"_ZN2v87Isolate18TerminateExecutionEv";

    /// Functions of the process that Node runs in.
    #[derive(Clone, Copy)]
    struct Engine {
        prepare: Prepare,
        set_prepare: SetPrepare,
        current_isolate: CurrentIsolate,
        terminate: Terminate,
    }

    static ENGINE: OnceLock<Option<Engine>> = OnceLock::new();

    /// This thread's function that looks at call sites, and where it lives.
    #[derive(Clone, Copy)]
    struct Mapper {
        env: sys::napi_env,
        function: sys::napi_ref,
    }

    thread_local! {
        static MAPPER: Cell<Option<Mapper>> = const { Cell::new(None) };
    }

    fn engine() -> Option<Engine> {
        *ENGINE.get_or_init(|| {
            let (prepare, set_prepare) = (find(PREPARE)?, find(SET_PREPARE)?);
            let (current_isolate, terminate) = (current_isolate()?, find(TERMINATE)?);
            // SAFETY: the names of C++ functions hold the types of their parameters, which are
            // these.
            unsafe {
                Some(Engine {
                    prepare: std::mem::transmute::<*mut c_void, Prepare>(prepare),
                    set_prepare: std::mem::transmute::<*mut c_void, SetPrepare>(set_prepare),
                    current_isolate,
                    terminate: std::mem::transmute::<*mut c_void, Terminate>(terminate),
                })
            }
        })
    }

    /// Lets a function look at the call sites of each stack before it is formatted in this thread.
    pub fn install(env: sys::napi_env, function: sys::napi_value) -> bool {
        let Some(engine) = engine() else {
            return false;
        };
        let mut reference = std::ptr::null_mut();
        // SAFETY: both belong to the call of Node-API that is being answered.
        let status = unsafe { sys::napi_create_reference(env, function, 1, &raw mut reference) };
        if status != sys::Status::napi_ok {
            return false;
        }
        MAPPER.set(Some(Mapper {
            env,
            function: reference,
        }));
        // SAFETY: this is a thread that runs JavaScript, so it has an isolate; `prepare` lives as
        // long as the process.
        unsafe { (engine.set_prepare)((engine.current_isolate)(), prepare) };
        true
    }

    /// The thread's environment ends: from here on stacks are formatted as they are.
    pub fn forget() {
        MAPPER.set(None);
    }

    unsafe extern "C" fn prepare(context: Local, error: Local, sites: Local) -> Local {
        // They were found, or this function would not have been set.
        let Some(engine) = engine() else {
            return std::ptr::null_mut();
        };
        let mapped = MAPPER.get().map(|mapper| map(mapper, [sites, error]));
        // SAFETY: this is the isolate's own thread; what V8 handed over is handed on.
        unsafe {
            if mapped == Some(Mapped::Terminated) {
                // Node-API has caught it, which is the end of it unless it is begun again.
                (engine.terminate)((engine.current_isolate)());
            }
            (engine.prepare)(context, error, sites)
        }
    }

    /// How a call of the function ended.
    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Mapped {
        /// It returned, was not called, or there was no stack left for it.
        Done,
        /// `worker.terminate()`, `process.exit()` in a worker, or the timeout of a `vm` script.
        Terminated,
    }

    /// Lets the function change the array. It does not throw, unless the stack is at its end or
    /// the thread is being terminated; the array is as it was then.
    fn map(mapper: Mapper, arguments: [Local; 2]) -> Mapped {
        let env = mapper.env;
        let arguments: [sys::napi_value; 2] = arguments.map(|local| local.cast());
        let mut pending = true;
        let mut function = std::ptr::null_mut();
        let mut receiver = std::ptr::null_mut();
        let mut result = std::ptr::null_mut();
        // SAFETY: V8 formats stacks on the isolate's own thread, with a handle scope open, and the
        // environment lives: `forget` is called before it ends. An exception that was pending in
        // it is left alone.
        unsafe {
            let asked = sys::napi_is_exception_pending(env, &raw mut pending);
            if asked != sys::Status::napi_ok || pending {
                return Mapped::Done;
            }
            if sys::napi_get_reference_value(env, mapper.function, &raw mut function)
                != sys::Status::napi_ok
                || sys::napi_get_undefined(env, &raw mut receiver) != sys::Status::napi_ok
            {
                return Mapped::Done;
            }
            let called = sys::napi_call_function(
                env,
                receiver,
                function,
                arguments.len(),
                arguments.as_ptr(),
                &raw mut result,
            );
            if called != sys::Status::napi_pending_exception {
                return Mapped::Done;
            }
            let mut kind = sys::ValueType::napi_undefined;
            sys::napi_get_and_clear_last_exception(env, &raw mut result);
            sys::napi_typeof(env, result, &raw mut kind);
            // V8 catches `null` for a termination; an overflow of the stack is an object.
            if kind == sys::ValueType::napi_object {
                Mapped::Done
            } else {
                Mapped::Terminated
            }
        }
    }
}

#[cfg(not(unix))]
mod platform {
    use napi::sys;

    pub fn install(_env: sys::napi_env, _function: sys::napi_value) -> bool {
        false
    }

    pub fn forget() {}
}

pub use platform::{forget, install};
