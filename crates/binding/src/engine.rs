//! Functions of V8 and Node that Node-API has no word for, by their names in C++, which tell the types of
//! their parameters.
//!
//! ```text
//! let of = find(c"_ZN2v87Promise5StateEv")?;   // a pointer to be called as what its name says
//! let context = current_context()?;            // context(isolate) → the running one
//! ```
//! A `v8::Local` is one pointer to a slot, passed in a register, and that pointer is what Node-API calls a
//! `napi_value`. Limits: Unix; on Windows types are passed in another way.

use std::ffi::{CStr, c_void};

/// `v8::Local<T>` and `v8::MaybeLocal<T>`: empty when null. Also the `this` of a method of the `T`.
pub type Local = *mut c_void;
/// `v8::Isolate::GetCurrent`.
pub type CurrentIsolate = unsafe extern "C" fn() -> *mut c_void;
/// `v8::Isolate::GetCurrentContext`.
pub type CurrentContext = unsafe extern "C" fn(isolate: *mut c_void) -> Local;

const CURRENT_ISOLATE: &CStr = c"_ZN2v87Isolate10GetCurrentEv";
const CURRENT_CONTEXT: &CStr = c"_ZN2v87Isolate17GetCurrentContextEv";

/// A function of the process that Node runs in, by its name in C++.
pub fn find(name: &CStr) -> Option<*mut c_void> {
    // SAFETY: looks for a name among what is loaded.
    let symbol = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    (!symbol.is_null()).then_some(symbol)
}

/// Gives the isolate of the thread that calls it.
pub fn current_isolate() -> Option<CurrentIsolate> {
    // SAFETY: the name is that of this function.
    find(CURRENT_ISOLATE)
        .map(|found| unsafe { std::mem::transmute::<*mut c_void, CurrentIsolate>(found) })
}

/// Gives the context that runs in an isolate.
pub fn current_context() -> Option<CurrentContext> {
    // SAFETY: as above.
    find(CURRENT_CONTEXT)
        .map(|found| unsafe { std::mem::transmute::<*mut c_void, CurrentContext>(found) })
}
