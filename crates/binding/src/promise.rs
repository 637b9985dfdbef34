//! What a promise was settled with, without a reaction being registered: the program is not told
//! that its rejection was handled, and nothing is scheduled.
//!
//! ```text
//! state(Promise.resolve(7)) → PROMISE_FULFILLED; result(…) → 7
//! ```
//! V8's methods are looked up by name (`engine.rs`).
//! Limits: PROMISE_UNKNOWN where they are not found (Windows).

use breadcrumb_event::layout::{
    PROMISE_FULFILLED, PROMISE_PENDING, PROMISE_REJECTED, PROMISE_UNKNOWN,
};
use napi::sys;

/// PROMISE_* of a value, PROMISE_UNKNOWN of what is no promise.
pub fn state(env: sys::napi_env, value: sys::napi_value) -> u32 {
    if !is_promise(env, value) {
        return PROMISE_UNKNOWN;
    }
    // `v8::Promise::PromiseState`
    match platform::state(value) {
        Some(0) => PROMISE_PENDING,
        Some(1) => PROMISE_FULFILLED,
        Some(2) => PROMISE_REJECTED,
        _ => PROMISE_UNKNOWN,
    }
}

/// What a promise was settled with; `None` if it is not.
pub fn result(env: sys::napi_env, value: sys::napi_value) -> Option<sys::napi_value> {
    match state(env, value) {
        PROMISE_FULFILLED | PROMISE_REJECTED => platform::result(value),
        _ => None,
    }
}

fn is_promise(env: sys::napi_env, value: sys::napi_value) -> bool {
    let mut is_promise = false;
    // SAFETY: the value belongs to the call of Node-API that is being answered.
    let status = unsafe { sys::napi_is_promise(env, value, &raw mut is_promise) };
    status == sys::Status::napi_ok && is_promise
}

#[cfg(unix)]
mod platform {
    use std::ffi::{CStr, c_int, c_void};
    use std::sync::LazyLock;

    use napi::sys;

    use crate::engine::{Local, find};

    type State = unsafe extern "C" fn(promise: Local) -> c_int;
    type Result = unsafe extern "C" fn(promise: Local) -> Local;

    const STATE: &CStr = c"_ZN2v87Promise5StateEv";
    const RESULT: &CStr = c"_ZN2v87Promise6ResultEv";

    static STATE_OF: LazyLock<Option<State>> = LazyLock::new(|| {
        // SAFETY: the names of C++ functions hold the types of their parameters: none but `this`, a
        // promise, which is handed over as a handle is.
        find(STATE).map(|found| unsafe { std::mem::transmute::<*mut c_void, State>(found) })
    });
    static RESULT_OF: LazyLock<Option<Result>> = LazyLock::new(|| {
        // SAFETY: as above.
        find(RESULT).map(|found| unsafe { std::mem::transmute::<*mut c_void, Result>(found) })
    });

    /// The state of what is known to be a promise.
    pub fn state(promise: sys::napi_value) -> Option<c_int> {
        let state = (*STATE_OF)?;
        // SAFETY: a promise of the call of Node-API that is being answered.
        Some(unsafe { state(promise.cast()) })
    }

    /// What a promise that is settled was settled with.
    pub fn result(promise: sys::napi_value) -> Option<sys::napi_value> {
        let result = (*RESULT_OF)?;
        // SAFETY: as above, and V8 demands that it is settled.
        let value = unsafe { result(promise.cast()) };
        (!value.is_null()).then(|| value.cast())
    }
}

#[cfg(not(unix))]
mod platform {
    use napi::sys;

    pub fn state(_promise: sys::napi_value) -> Option<i32> {
        None
    }

    pub fn result(_promise: sys::napi_value) -> Option<sys::napi_value> {
        None
    }
}
