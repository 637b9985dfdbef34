//! Where an error came from, without its stack being formatted: V8 writes that, message included, when
//! it is first read, and the program may yet change the message.
//!
//! ```text
//! try { undefined.a } catch (e) { place(e) }  →  /app/a.js, 1, 17
//! ```
//! A message of V8's is made of the error, which has the place of its first frame. Its functions are
//! looked up by name (`engine.rs`). Limits: no place where they are not found (Windows), and where the
//! error is about a text that has no name (`JSON.parse`).

use napi::sys;

/// File as V8 calls it, line and column from 1 in the text with probes.
#[derive(Debug)]
pub struct ErrorPlace {
    /// The file's name, a string.
    pub file: sys::napi_value,
    pub line: u32,
    pub column: u32,
}

#[cfg(unix)]
mod platform {
    use std::ffi::{CStr, c_int, c_void};
    use std::sync::LazyLock;

    use napi::sys;

    use super::ErrorPlace;
    use crate::engine::{
        CurrentContext, CurrentIsolate, Local, current_context, current_isolate, find,
    };

    /// `v8::Maybe<int>`.
    #[repr(C)]
    #[derive(Clone, Copy)]
    struct MaybeInt {
        has_value: bool,
        value: c_int,
    }

    type CreateMessage = unsafe extern "C" fn(isolate: *mut c_void, error: Local) -> Local;
    type ResourceName = unsafe extern "C" fn(message: Local) -> Local;
    type Number = unsafe extern "C" fn(message: Local, context: Local) -> MaybeInt;

    const CREATE_MESSAGE: &CStr =
        c"_ZN2v89Exception13CreateMessageEPNS_7IsolateENS_5LocalINS_5ValueEEE";
    const RESOURCE_NAME: &CStr = c"_ZNK2v87Message21GetScriptResourceNameEv";
    const LINE: &CStr = c"_ZNK2v87Message13GetLineNumberENS_5LocalINS_7ContextEEE";
    const COLUMN: &CStr = c"_ZNK2v87Message14GetStartColumnENS_5LocalINS_7ContextEEE";

    /// Functions of the process that Node runs in.
    #[derive(Clone, Copy)]
    struct Engine {
        isolate: CurrentIsolate,
        context: CurrentContext,
        create: CreateMessage,
        name: ResourceName,
        line: Number,
        column: Number,
    }

    static ENGINE: LazyLock<Option<Engine>> = LazyLock::new(|| {
        // SAFETY: the names of C++ functions hold the types of their parameters, which are these; a
        // `Local` and a `Maybe<int>` are trivially copied, so they are returned in a register.
        unsafe {
            Some(Engine {
                isolate: current_isolate()?,
                context: current_context()?,
                create: std::mem::transmute::<*mut c_void, CreateMessage>(find(CREATE_MESSAGE)?),
                name: std::mem::transmute::<*mut c_void, ResourceName>(find(RESOURCE_NAME)?),
                line: std::mem::transmute::<*mut c_void, Number>(find(LINE)?),
                column: std::mem::transmute::<*mut c_void, Number>(find(COLUMN)?),
            })
        }
    });

    /// The place of an error object.
    pub fn place(error: sys::napi_value) -> Option<ErrorPlace> {
        let engine = (*ENGINE)?;
        // SAFETY: only called by a function of Node-API, so an isolate runs JavaScript in this thread, in
        // a context, with a handle scope open; what V8 returns empty is not used.
        unsafe {
            let isolate = (engine.isolate)();
            let message = (engine.create)(isolate, error.cast());
            if message.is_null() {
                return None;
            }
            let context = (engine.context)(isolate);
            let file = (engine.name)(message);
            let line = number((engine.line)(message, context))?;
            let column = number((engine.column)(message, context))?;
            (!file.is_null()).then(|| ErrorPlace {
                file: file.cast(),
                line,
                // V8 counts from 0.
                column: column + 1,
            })
        }
    }

    fn number(told: MaybeInt) -> Option<u32> {
        told.has_value.then(|| u32::try_from(told.value).ok())?
    }
}

#[cfg(not(unix))]
mod platform {
    use napi::sys;

    use super::ErrorPlace;

    pub fn place(_error: sys::napi_value) -> Option<ErrorPlace> {
        None
    }
}

pub use platform::place;
