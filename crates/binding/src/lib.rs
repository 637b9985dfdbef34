//! The addon: what `ts/native/native.ts` declares, on Node-API. Conversions only; larger answers
//! cross as JSON.
//!
//! `native.instrument("const f = () => 1", "/app/f.js", "commonjs")` → `{ code: "…" }`.
//! Limits: loaded once in each JavaScript thread, one state for the process.

mod ask;
mod call_sites;
mod capture;
mod code_cache;
mod coded_error;
mod continuation;
mod dump;
#[cfg(unix)]
mod engine;
mod error_place;
mod event_loop;
mod excerpt;
mod exit;
mod file_map;
mod files;
mod function_patterns;
mod held_stderr;
mod options;
mod private_symbols;
mod process;
mod promise;
mod recovery;
mod samples;
mod selection;
mod source_maps;
mod spans;
mod stack_frame;
mod stack_limit;
mod thread;
mod upkeep;

use breadcrumb_event::layout::{CONTROL_BYTES, RING_BYTES};
use breadcrumb_instrument::Engine;
use breadcrumb_recorder::{Control, KeepOptions, ThreadRole};
use breadcrumb_redact::RedactorOptions;
use napi::Env;
use napi::bindgen_prelude::{
    ArrayBuffer, FnArgs, FromNapiValue, Function, Int32Array, JsValue, Result, Unknown,
};
use napi_derive::napi;
use serde::de::DeserializeOwned;

use coded_error::CodedError;

/// What became of a file's text.
#[napi(object)]
pub struct BindingInstrumented {
    /// The text with probes.
    pub code: Option<String>,
    /// Why there are none.
    pub reason: Option<String>,
}

fn parse<T: DeserializeOwned>(json: &str) -> std::result::Result<T, CodedError> {
    serde_json::from_str(json).map_err(|error| CodedError::bad_json(&error))
}

/// Memory that all threads share.
#[napi]
pub fn control(env: &Env) -> Result<ArrayBuffer<'_>> {
    let memory = Control::get().map_err(CodedError::from)?.memory();
    // SAFETY: control memory lives as long as the process; all access from Rust is atomic.
    unsafe {
        ArrayBuffer::from_external(
            env,
            memory.base().as_ptr(),
            CONTROL_BYTES as usize,
            (),
            |_, ()| {},
        )
    }
}

/// Address space of this thread's ring.
#[napi]
pub fn thread_memory(env: &Env) -> Result<ArrayBuffer<'_>> {
    let memory = thread::memory().map_err(breadcrumb_recorder::RecorderError::from);
    let memory = memory.map_err(CodedError::from)?;
    env.add_env_cleanup_hook((), |()| thread::detach())?;
    let base = memory.base().as_ptr();
    // SAFETY: the range is readable and writable as long as `memory` lives, and the buffer's
    // finalizer owns a reference to it; all access from Rust is atomic.
    unsafe {
        ArrayBuffer::from_external(env, base, RING_BYTES as usize, memory, |_, memory| {
            drop(memory)
        })
    }
}

/// Maps a ring of the running session into this thread's memory. `is_main`: of the process's threads
/// this is the one that it began with.
#[napi]
pub fn attach(is_main: bool) -> bool {
    thread::attach(if is_main {
        ThreadRole::Main
    } else {
        ThreadRole::Other
    })
}

/// Asks for a free chunk.
#[napi]
pub fn acquire() -> bool {
    thread::acquire()
}

/// Six random words of 4 bytes, to make ids of.
#[napi]
pub fn random_words() -> Vec<i32> {
    // The last bits of such an id are random.
    let word = || uuid::Uuid::now_v7().as_u128() as i32;
    (0..6).map(|_| word()).collect()
}

/// Wakes the recorder.
#[napi]
pub fn wake() {
    thread::wake();
}

/// Whether secrets can be taken out by these rules. `rules`: JSON of `RedactRules`.
#[napi]
pub fn check_redaction(rules: String) -> Result<()> {
    let rules: RedactorOptions = parse(&rules)?;
    Ok(rules.check().map_err(CodedError::from)?)
}

/// Whether traces can be chosen by these rules. `rules`: JSON of `KeepRules`.
#[napi]
pub fn check_keep(rules: String) -> Result<()> {
    let rules: KeepOptions = parse(&rules)?;
    Ok(rules.check().map_err(CodedError::from)?)
}

/// Chooses files, mode and store of the recording that comes.
#[napi]
pub fn configure(options: String) -> Result<String> {
    let run_id = process::configure(parse(&options)?)?;
    Ok(serde_json::json!({ "runId": run_id }).to_string())
}

/// Begins to record.
#[napi]
pub fn start() -> Result<()> {
    Ok(process::start()?)
}

/// Watches how late this thread's event loop is. Call it on the main thread.
#[napi]
pub fn watch_loop(env: &Env) {
    event_loop::watch(env);
}

/// Ends the recording.
#[napi]
pub fn stop() -> Result<String> {
    thread::flush();
    process::end(None);
    ask::counters().map_err(Into::into)
}

/// Everything this thread has written is in the store when it returns.
#[napi]
pub fn flush() {
    thread::flush();
}

/// The process is about to be another program.
#[napi]
pub fn leave() {
    thread::leave();
}

/// This thread writes no more.
#[napi]
pub fn detach() {
    thread::detach();
}

/// Counters of the session.
#[napi]
pub fn counters() -> Result<String> {
    ask::counters().map_err(Into::into)
}

/// What breakpoints did, as JSON, for the run's record.
#[napi]
pub fn note_inspector(counters: String) {
    if let (Some(recorder), Ok(counters)) = (process::recorder(), serde_json::from_str(&counters)) {
        recorder.note("inspector", counters);
    }
}

/// Functions ran on this thread, and nobody knows how often.
#[napi]
pub fn ran(functions: Vec<u32>) {
    thread::ran(&functions);
}

/// Stacks of this thread's profile, as JSON, for the store.
#[napi]
pub fn samples(part: String) -> Result<()> {
    samples::push(&parse(&part)?);
    Ok(())
}

/// Files and what became of them.
#[napi]
pub fn coverage() -> String {
    process::with_files(|files| {
        let covered: Vec<_> = files.covered().collect();
        serde_json::json!({ "files": covered }).to_string()
    })
}

/// Answers of a memory store.
#[napi]
pub fn ask(question: String, options: String) -> Result<String> {
    ask::ask(&question, &parse(&options)?).map_err(Into::into)
}

/// Whether a file is to be instrumented.
#[napi]
pub fn selects(path: String) -> bool {
    process::selects(&path)
}

/// Whether a file that is not chosen by its path is by the sources of its map.
#[napi]
pub fn selects_by_map(source: String, path: String) -> bool {
    process::selects_by_map(&source, &path)
}

/// A file's text with probes, or why it has none. `head`: what the host puts before the text.
#[napi]
pub fn instrument(source: String, path: String, kind: String, head: String) -> BindingInstrumented {
    match process::instrument(&source, &path, &kind, head) {
        Ok(code) => BindingInstrumented {
            code: Some(code),
            reason: None,
        },
        Err(reason) => BindingInstrumented {
            code: None,
            reason: Some(reason),
        },
    }
}

/// Whether a file has probes, from this session or one before.
#[napi]
pub fn has_probes(path: String) -> bool {
    process::with_files(|files| files.has(&path))
}

/// Lists a file that was loaded too early, and why its calls are not recorded in another way.
#[napi]
pub fn too_early(path: String, reason: Option<String>) {
    process::too_early(&path, reason);
}

/// Makes the functions of a loaded file known. Returns JSON of where their calls can be seen, or the reason
/// why they cannot.
#[napi]
pub fn read_loaded(source: String, path: String, kind: String) -> String {
    match process::read(&source, &path, &kind) {
        Ok(reading) => reading,
        Err(reason) => serde_json::json!({ "reason": reason }),
    }
    .to_string()
}

/// How many frames the stack of JavaScript has, 0 where that cannot be known or is 1,000 and more; `place` becomes script id, line
/// and column, from 0, of the one that has `below` others below it, or zeros.
#[napi]
pub fn stack_frame(below: u32, mut place: Int32Array) -> u32 {
    // SAFETY: the array is the caller's, who does nothing meanwhile.
    let place = unsafe { place.as_mut() };
    let (frames, found) = stack_frame::at(below);
    for (word, value) in place.iter_mut().zip(found.unwrap_or_default()) {
        *word = value;
    }
    frames
}

/// Where the stack of the machine ends: the same in two calls from one frame, if what lies between is the same.
#[napi]
pub fn stack_address() -> f64 {
    stack_frame::address()
}

/// Lists a file that is left alone for a reason that only the host knows.
#[napi]
pub fn leave_alone(path: String, reason: String) {
    process::leave_alone(&path, reason);
}

/// Lists a file as left alone for that reason, until its text comes.
#[napi]
pub fn await_text(path: String, reason: String) {
    process::await_text(path, reason);
}

/// The text of a file has come.
#[napi]
pub fn saw_text(path: String) {
    process::with_files(|files| files.saw_text(&path));
}

/// EDGE_* of what is recorded.
#[napi]
pub fn edges() -> i32 {
    process::edges()
}

/// Id of a span. `span`: JSON of `SpanName`.
#[napi]
pub fn define_span(span: String) -> Result<u32> {
    Ok(spans::define(parse(&span)?)?)
}

/// Column of the original; 0 where that is on another line.
#[napi]
pub fn original_column(path: String, line: u32, column: u32) -> u32 {
    match process::with_files(|files| files.original_place(&path, line, column)) {
        (same, column) if same == line => column,
        _ => 0,
    }
}

/// Line and column of the original.
#[napi]
pub fn original_place(path: String, line: u32, column: u32) -> Vec<u32> {
    let (line, column) = process::with_files(|files| files.original_place(&path, line, column));
    vec![line, column]
}

/// What the engine of this version would call the function at a place, which it calls `name`.
#[napi]
pub fn original_function_name(
    path: String,
    line: u32,
    column: u32,
    name: String,
    engine: u32,
) -> Option<String> {
    let engine = Engine::of_version(engine);
    process::with_files(|files| files.original_function_name(&path, (line, column), &name, engine))
}

/// Offset in the original.
#[napi]
pub fn original_offset(path: String, offset: u32) -> u32 {
    process::with_files(|files| files.original_offset(&path, offset))
}

/// Id of the innermost function around an offset in a file's text with probes.
#[napi]
pub fn function_at(path: String, offset: u32) -> Option<u32> {
    let (first_id, original) = process::with_files(|files| files.function_place(&path, offset))?;
    let functions = Control::get().ok()?.functions();
    functions.innermost_at(first_id, original)
}

/// Where an error came from.
#[napi(object)]
pub struct BindingErrorPlace {
    /// As V8 calls the file.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// From 1, in the text with probes.
    pub column: u32,
}

/// The place of an error whose stack nobody has formatted.
#[napi]
pub fn error_place(env: &Env, error: Unknown<'_>) -> Option<BindingErrorPlace> {
    let place = error_place::place(error.raw())?;
    // SAFETY: the value belongs to this call of Node-API.
    let file = unsafe { String::from_napi_value(env.raw(), place.file) };
    Some(BindingErrorPlace {
        file: file.ok()?,
        line: place.line,
        column: place.column,
    })
}

/// Lets a function change the call sites of each stack, and see the error, before it is formatted.
#[napi]
pub fn map_call_sites(env: &Env, mapper: Unknown<'_>) -> Result<bool> {
    let installed = call_sites::install(env.raw(), mapper.raw());
    if installed {
        env.add_env_cleanup_hook((), |()| call_sites::forget())?;
    }
    Ok(installed)
}

/// Lets the main thread's stack grow as far as the same calls with probes need. `kib`: what V8 has.
#[napi]
pub fn raise_stack_limit(kib: u32) -> bool {
    stack_limit::raise(kib)
}

/// Symbols of Node's own, by name.
#[napi]
pub fn private_symbols(env: &Env) -> Option<Unknown<'_>> {
    let symbols = private_symbols::private_symbols(env.raw())?;
    // SAFETY: the value belongs to this call of Node-API.
    Some(unsafe { Unknown::from_raw_unchecked(env.raw(), symbols) })
}

/// PROMISE_* of a promise.
#[napi]
pub fn promise_state(env: &Env, promise: Unknown<'_>) -> u32 {
    promise::state(env.raw(), promise.raw())
}

/// What a promise was settled with.
#[napi]
pub fn promise_result<'a>(env: &'a Env, promise: Unknown<'_>) -> Option<Unknown<'a>> {
    let result = promise::result(env.raw(), promise.raw())?;
    // SAFETY: the value belongs to this call of Node-API.
    Some(unsafe { Unknown::from_raw_unchecked(env.raw(), result) })
}

/// The excerpt above an error, as it would be without us. `frame`: the first one of its stack.
#[napi]
pub fn mend_excerpt(excerpt: String, frame: Option<String>) -> String {
    process::with_files(|files| excerpt::mend(&excerpt, frame.as_deref(), files))
}

/// Whether V8 keeps a value with each reaction of a promise that nobody else uses.
#[napi]
pub fn has_continuation() -> bool {
    continuation::exists()
}

/// That value.
#[napi]
pub fn continuation(env: &Env) -> Result<Option<Unknown<'_>>> {
    let Some(value) = continuation::get() else {
        return Ok(None);
    };
    // SAFETY: V8 has just made the handle, in the scope of this call.
    unsafe { Unknown::from_napi_value(env.raw(), value) }.map(Some)
}

/// Sets it.
#[napi]
pub fn set_continuation(value: Unknown<'_>) {
    continuation::set(value.raw());
}

/// Original text of a function.
#[napi]
pub fn unsplice(text: String) -> Option<String> {
    process::with_files(|files| files.unsplice(&text))
}

/// Holds back standard error until the process ends: see `held_stderr.rs`.
#[napi]
pub fn hold_stderr() {
    exit::register();
    held_stderr::hold();
}

/// Changes what is captured.
#[napi]
pub fn capture(request: String) -> Result<String> {
    Ok(capture::set(parse(&request)?)?.to_string())
}

/// Stores what is held of traces that are not stored.
#[napi]
pub fn dump(request: String) -> Result<String> {
    Ok(dump::dump(parse(&request)?)?.to_string())
}

/// Stores what dead processes left in memory.
#[napi]
pub fn recover(exit: String) -> Result<String> {
    let exit: Option<options::ChildExit> = parse(&exit)?;
    Ok(recovery::recover_all(exit.as_ref()))
}

/// Merges the small segments of a store. `store`: its folder. Returns JSON of what was done.
#[napi]
pub fn compact(store: String) -> Result<String> {
    Ok(upkeep::compact(&store)?)
}

/// Removes runs from a store. `request`: JSON of `PruneRequest`. Returns JSON of what was done.
#[napi]
pub fn prune(request: String) -> Result<String> {
    Ok(upkeep::prune(&parse(&request)?)?)
}

/// Pins a run of a store, or takes the pin away. Whether that changed anything.
#[napi]
pub fn pin_run(store: String, run: String, pinned: bool) -> Result<bool> {
    Ok(upkeep::pin(&store, &run, pinned)?)
}

/// Looks over every file of a store, and takes what is damaged out of the way if it is to.
/// `progress` is told of bytes read, and of how many. Returns JSON of what was found.
#[napi]
pub fn check_store(
    store: String,
    quarantine: bool,
    progress: Function<'_, FnArgs<(f64, f64)>, ()>,
) -> Result<String> {
    let mut tell = |done: u64, all: u64| {
        // What it throws is no concern of the check.
        let _ = progress.call((done as f64, all as f64).into());
    };
    Ok(upkeep::check(&store, quarantine, &mut tell)?)
}

/// Makes everything in a store of the newest version. Returns JSON of what was done.
#[napi]
pub fn migrate_store(store: String, backup: Option<String>, dry_run: bool) -> Result<String> {
    Ok(upkeep::migrate(&store, backup, dry_run)?)
}
