//! Symbols by which Node keeps things on the program's objects that no program can see: the excerpt
//! above an error's stack, the text of a module that is about to be loaded.
//!
//! ```text
//! private_symbols(env) → { arrow_message_private_symbol: Symbol(node:arrowMessage), … }
//! ```
//! Node's own modules get them from `internalBinding("util")`. The function of its C++ that answers
//! is looked up by name (`engine.rs`).
//! Limits: `None` where it is not found (Windows), or answers in another way.

#[cfg(unix)]
mod platform {
    use std::ffi::{CStr, c_int, c_void};

    use napi::sys;

    use crate::engine::{Local, current_context, current_isolate, find};

    type Callback = unsafe extern "C" fn(info: *const c_void);
    type NewFunction = unsafe extern "C" fn(
        context: Local,
        callback: Callback,
        data: Local,
        length: c_int,
        behavior: c_int,
        side_effect: c_int,
    ) -> Local;

    const INTERNAL_BINDING: &CStr =
        c"_ZN4node7binding18GetInternalBindingERKN2v820FunctionCallbackInfoINS1_5ValueEEE";
    /// Up to V8 13 (Node 24), and since.
    const NEW_FUNCTION: [&CStr; 2] = [
        c"_ZN2v88Function3NewENS_5LocalINS_7ContextEEEPFvRKNS_20FunctionCallbackInfoINS_5ValueEEEENS1_IS5_EEiNS_19ConstructorBehaviorENS_14SideEffectTypeE",
        c"_ZN2v88Function3NewENS_5LocalINS_7ContextEEEPFvRKNS_20FunctionCallbackInfoINS_5ValueEEEENS1_INS_4DataEEEiNS_19ConstructorBehaviorENS_14SideEffectTypeE",
    ];
    /// `v8::ConstructorBehavior::kThrow` and `v8::SideEffectType::kHasSideEffect`.
    const THROWS: c_int = 0;
    const HAS_SIDE_EFFECT: c_int = 0;
    const BINDING: &CStr = c"util";
    const SYMBOLS: &CStr = c"privateSymbols";

    /// Node's function that a native module of its own is had from.
    fn internal_binding() -> Option<sys::napi_value> {
        let new_function = NEW_FUNCTION.into_iter().find_map(find)?;
        let (isolate, context) = (current_isolate()?, current_context()?);
        let answer = find(INTERNAL_BINDING)?;
        // SAFETY: the names of C++ functions hold the types of their parameters, which are these.
        // This is a thread that runs JavaScript, in a call of Node-API: it has an isolate, a
        // context and a handle scope.
        unsafe {
            let new_function = std::mem::transmute::<*mut c_void, NewFunction>(new_function);
            let answer = std::mem::transmute::<*mut c_void, Callback>(answer);
            let none = std::ptr::null_mut();
            let function =
                new_function(context(isolate()), answer, none, 1, THROWS, HAS_SIDE_EFFECT);
            (!function.is_null()).then(|| function.cast())
        }
    }

    pub fn private_symbols(env: sys::napi_env) -> Option<sys::napi_value> {
        let ask = internal_binding()?;
        let null = std::ptr::null_mut();
        let (mut receiver, mut name, mut binding, mut symbols) = (null, null, null, null);
        let mut kind = sys::ValueType::napi_undefined;
        // SAFETY: all values belong to the call of Node-API that is being answered.
        unsafe {
            let done = [
                sys::napi_get_undefined(env, &raw mut receiver),
                sys::napi_create_string_utf8(env, BINDING.as_ptr(), -1, &raw mut name),
                sys::napi_call_function(env, receiver, ask, 1, &raw const name, &raw mut binding),
                sys::napi_get_named_property(env, binding, SYMBOLS.as_ptr(), &raw mut symbols),
                sys::napi_typeof(env, symbols, &raw mut kind),
            ];
            if done.iter().all(|&status| status == sys::Status::napi_ok) {
                return (kind == sys::ValueType::napi_object).then_some(symbols);
            }
            let mut thrown = std::ptr::null_mut();
            sys::napi_get_and_clear_last_exception(env, &raw mut thrown);
        }
        None
    }
}

#[cfg(not(unix))]
mod platform {
    use napi::sys;

    pub fn private_symbols(_env: sys::napi_env) -> Option<sys::napi_value> {
        None
    }
}

pub use platform::private_symbols;
