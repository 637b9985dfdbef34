//! The one state of the process that all its threads share: which files are chosen, the session
//! that records, the files seen.
//!
//! Limits: one session at a time; locks are held for one file or one question.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use breadcrumb_event::function::Backend;
use breadcrumb_instrument::{Outcome, Wanted};
use breadcrumb_recorder::{
    Capture, Control, ControlOptions, FileLists, Others, Overflow, Recorder, RecorderError,
    RecorderOptions, RunRecord, RunStatus, SinkOptions, recover, redactor_for,
};
use breadcrumb_redact::Redactor;
use breadcrumb_ring::{DumpSignal, control_root};
use breadcrumb_store::LeftAlone;
use parking_lot::{Mutex, RwLock};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::capture::ProcessControl;
use crate::code_cache::{self, Question};
use crate::coded_error::CodedError;
use crate::file_map::FileMap;
use crate::files::{About, FileStatus, Files, file_stem, instrument_as, read_as};
use crate::function_patterns::FunctionPatterns;
use crate::options::SessionOptions;
use crate::selection::Selection;
use crate::source_maps::{self, KeptMaps};

/// Name of the memory store among the options.
const MEMORY: &str = ":memory:";

/// A session: what was chosen, and the recorder once it runs.
pub struct Session {
    /// What was chosen.
    pub options: SessionOptions,
    /// Which files.
    pub selection: Selection,
    /// Runs from the first file on.
    pub recorder: Option<Arc<Recorder>>,
    /// The run, globally unique.
    pub run_id: String,
}

static SESSION: RwLock<Option<Session>> = RwLock::new(None);
static FILES: Mutex<Option<Files>> = Mutex::new(None);

/// Chooses files and a mode; what records is started by the first file, or by `start`. Returns the
/// run's id.
pub fn configure(options: SessionOptions) -> Result<String, CodedError> {
    let roots = std::iter::once(options.root.clone())
        .chain(options.main_root.clone())
        .collect();
    let selection = Selection::new(
        roots,
        options.own_folder.clone(),
        options.include.as_deref(),
        &options.exclude,
        options.all,
    )?;
    options.redactor_options().check()?;
    let options = with_chosen_roots(options)?;
    // A fault of ours must not show on the program's streams; where one can happen, it is caught.
    std::panic::set_hook(Box::new(|_| {}));
    let mut session = SESSION.write();
    if session.as_ref().is_some_and(is_recording) {
        return Err(CodedError::from(RecorderError::Running));
    }
    if let Some(name) = &options.dump_signal {
        // What records is started by the first file; a process that loads none lives as well.
        DumpSignal::reserve(name);
    }
    with_files(|files| files.own_folder = Some(options.own_folder.clone()));
    let run_id = Uuid::now_v7().simple().to_string();
    *session = Some(Session {
        options,
        selection,
        recorder: None,
        run_id: run_id.clone(),
    });
    Ok(run_id)
}

/// With what says of a function whether the traces that begin with it are stored.
fn with_chosen_roots(mut options: SessionOptions) -> Result<SessionOptions, CodedError> {
    if let Some(keep) = &options.keep {
        keep.check()?;
    }
    if let Some(keep) = &mut options.keep
        && !keep.roots.is_empty()
    {
        let patterns = FunctionPatterns::new(&options.root, &keep.roots)?;
        let functions = Control::get()?.functions();
        keep.chosen = Some(Arc::new(move |id| {
            let snapshot = functions.snapshot();
            snapshot
                .entry(id)
                .is_some_and(|entry| patterns.choose(entry))
        }));
    }
    Ok(options)
}

fn is_recording(session: &Session) -> bool {
    session
        .recorder
        .as_ref()
        .is_some_and(|recorder| !recorder.is_stopped())
}

/// Begins to record, if nothing does yet.
pub fn start() -> Result<(), CodedError> {
    let mut guard = SESSION.write();
    let session = guard.as_mut().ok_or_else(CodedError::not_configured)?;
    if is_recording(session) {
        return Ok(());
    }
    if session.recorder.is_some() {
        return Err(CodedError::from(RecorderError::Stopped));
    }
    let options = recorder_options(session)?;
    if let Some(root) = options.shm_root.as_deref() {
        // What earlier processes left: each start looks after it, so that nobody has to.
        let _ = recover(root, Others::Leave, breadcrumb_ring::clock::wall_ns());
    }
    let limits = session.options.by_limit();
    Control::get()?.memory().set_limits(&limits);
    session.recorder = Some(Recorder::start(options)?);
    let captures = Control::get()?.captures();
    captures.set(Capture::all(session.options.mode), None);
    crate::exit::register();
    Ok(())
}

fn recorder_options(session: &Session) -> Result<RecorderOptions, RecorderError> {
    let options = &session.options;
    let sink = if options.store == MEMORY {
        SinkOptions::Memory {
            max_calls: options.max_calls,
        }
    } else {
        SinkOptions::Store(PathBuf::from(&options.store))
    };
    let is_memory = matches!(sink, SinkOptions::Memory { .. });
    let mut recorder = RecorderOptions::new(&session.run_id, sink);
    recorder.dormant = u32::from(options.mode) == breadcrumb_event::layout::MODE_OFF;
    recorder.overflow = if options.overflow == "block" {
        Overflow::Block
    } else {
        Overflow::Drop
    };
    recorder.overhead = options.overhead;
    recorder.clock = options.clock;
    recorder.late_ns = Some(crate::event_loop::late_ns);
    recorder.redactor_options = options.redactor_options();
    let redactor = redactor_for(&recorder.redactor_options, &recorder.sink)?;
    recorder.retention = options.retention.map(Into::into);
    recorder.keep = options.keep.clone();
    recorder.dump_signal.clone_from(&options.dump_signal);
    recorder.run = run_record(options, &redactor);
    recorder.stacks = Arc::new(KeptMaps {
        root: session.selection.root().map(Path::to_owned),
    });
    recorder.redact = Arc::new(redactor);
    if is_memory {
        // Nothing of it would be recovered, and nobody outside can see it.
        recorder.shm_root = None;
    } else {
        recorder.control = control_root().map(|root| ControlOptions {
            root,
            controlled: Arc::new(ProcessControl),
        });
    }
    Ok(recorder)
}

fn run_record(options: &SessionOptions, redactor: &Redactor) -> RunRecord {
    let run = options.run.clone();
    RunRecord {
        parent_run_id: run.parent_run_id,
        launch_id: run.launch_id,
        command: run
            .command
            .iter()
            .map(|word| redactor.redact_text(word, &mut Vec::new()).into_owned())
            .collect(),
        cwd: run.cwd,
        pid: run.pid,
        node: run.node,
        platform: run.platform,
        arch: run.arch,
        ..RunRecord::default()
    }
}

/// The session's recorder, also after it was stopped.
pub fn recorder() -> Option<Arc<Recorder>> {
    SESSION
        .read()
        .as_ref()
        .and_then(|session| session.recorder.clone())
}

/// The project's root, while something records.
pub fn recording_root() -> Option<PathBuf> {
    let guard = SESSION.read();
    let session = guard.as_ref().filter(|session| is_recording(session))?;
    Some(session.options.root.clone())
}

/// What there is to know of the run from outside.
pub fn about_run() -> Option<Json> {
    let guard = SESSION.read();
    let session = guard.as_ref()?;
    let run = session.recorder.as_ref()?.run();
    Some(json!({
        "pid": run.pid,
        "runId": run.run_id,
        "command": run.command,
        "cwd": run.cwd,
        "node": run.node,
        "store": session.options.store,
        "overflow": run.overflow,
    }))
}

/// Whether the session's store is memory.
pub fn records_into_memory() -> bool {
    SESSION
        .read()
        .as_ref()
        .is_some_and(|session| session.options.store == MEMORY)
}

/// Ends the session: everything written is in the store when this returns.
pub fn end(exit_code: Option<i32>) {
    let Some(recorder) = recorder() else { return };
    if recorder.is_stopped() {
        return;
    }
    recorder.set_files(file_lists());
    recorder.stop(RunStatus::Finished, exit_code, None);
}

fn file_lists() -> FileLists {
    let guard = FILES.lock();
    let mut lists = FileLists::default();
    for file in guard.iter().flat_map(Files::covered) {
        match file.status {
            FileStatus::Instrumented | FileStatus::Inspected => lists.instrumented += 1,
            FileStatus::TooEarly => lists.too_early.push(file.file.clone()),
            FileStatus::LeftAlone => lists.left_alone.push(LeftAlone {
                file: file.file.clone(),
                why: file.reason.clone().unwrap_or_default(),
            }),
        }
    }
    lists
}

/// Whether a file is to be instrumented.
pub fn selects(path: &str) -> bool {
    SESSION.read().as_ref().is_some_and(|session| {
        let over = session
            .recorder
            .as_ref()
            .is_some_and(|recorder| recorder.is_stopped());
        !over && session.selection.selects(Path::new(path))
    })
}

/// Whether a file that is not chosen by its path is by the sources of its map.
pub fn selects_by_map(source: &str, path: &str) -> bool {
    let may = |session: &Session| session.selection.may_select_by_map(Path::new(path));
    if !SESSION.read().as_ref().is_some_and(may) {
        return false;
    }
    let Ok(Some(map)) = source_maps::peek(source, path) else {
        return false;
    };
    let files = map.files();
    SESSION.read().as_ref().is_some_and(|session| {
        files
            .iter()
            .any(|file| session.selection.selects_original(Path::new(&**file)))
    })
}

fn has_excludes() -> bool {
    let guard = SESSION.read();
    guard
        .as_ref()
        .is_some_and(|session| session.selection.has_excludes())
}

/// Whether everything that is in a file came from sources that are excluded.
fn excludes_all(files: &[Arc<str>]) -> bool {
    SESSION.read().as_ref().is_some_and(|session| {
        let excluded = |file: &Arc<str>| session.selection.excludes(Path::new(&**file));
        !files.is_empty() && files.iter().all(excluded)
    })
}

/// EDGE_* of the recording that was configured last.
pub fn edges() -> i32 {
    SESSION
        .read()
        .as_ref()
        .map_or(0, |session| session.options.edges)
}

/// A path as users see it.
pub fn shown(path: &str) -> String {
    let guard = SESSION.read();
    guard.as_ref().map_or_else(
        || path.to_owned(),
        |session| session.selection.shown(Path::new(path)),
    )
}

/// What probes are to read, and of which functions.
fn wanted() -> Wanted {
    let guard = SESSION.read();
    guard.as_ref().map_or_else(Wanted::default, |session| {
        let options = &session.options;
        Wanted {
            this: options.values.this,
            locals: options.locals,
            lines: options.lines || options.variables,
            variables: options.variables,
            leaves: options.leaves,
        }
    })
}

/// A file's source map, and why it cannot be used; an error where all that it names is excluded.
fn map_of(source: &str, path: &str) -> Result<(Option<Arc<FileMap>>, Option<String>), String> {
    let (map, trouble) = match source_maps::of(source, path) {
        Ok(map) => (map, None),
        Err(trouble) => (None, Some(trouble)),
    };
    if let Some(map) = &map
        && has_excludes()
        && excludes_all(&map.files())
    {
        return Err("its sources are excluded".to_owned());
    }
    Ok((map, trouble))
}

/// A file's text with probes, or why it has none.
pub fn instrument(source: &str, path: &str, kind: &str, head: String) -> Result<String, String> {
    if with_files(|files| files.has(path)) && source.contains("$bc.") {
        return Err("its text has probes already".to_owned());
    }
    let (map, trouble) = map_of(source, path)?;
    let shown_path: Arc<str> = shown(path).into();
    let mut originals: Vec<String> = Vec::new();
    let control = Control::get().map_err(|error| error.to_string())?;
    let wanted = wanted();
    let result = control.functions().with_next_id(|first_id| {
        let file = Path::new(path);
        let make = || instrument_as(source, kind, first_id, file, map.as_deref(), wanted);
        let outcome = match map {
            // What it is of depends on other files.
            Some(_) => make(),
            None => code_cache::through(
                &Question {
                    source,
                    kind,
                    first_id,
                    file_stem: file_stem(file),
                    wanted,
                },
                make,
            ),
        };
        match outcome {
            Outcome::Instrumented(mut result) => {
                let functions = std::mem::take(&mut result.functions);
                let entries = source_maps::entries(functions, &shown_path, map.as_deref(), &shown);
                originals = source_maps::originals(&entries, &shown_path);
                let number = entries.len();
                (entries, Ok((first_id, number, result)))
            }
            Outcome::LeftAlone(diagnostic) => (
                Vec::new(),
                Err(format!("line {}: {}", diagnostic.line, diagnostic.message)),
            ),
        }
    });
    let outcome = result
        .map_err(|error| error.to_string())
        .and_then(|inner| inner);
    match outcome {
        Ok((first_id, functions, mut result)) => {
            control.captures().welcome(first_id);
            if let Some(map) = map {
                source_maps::keep(path, map);
            }
            let code = std::mem::take(&mut result.code);
            let about = About {
                shown: shown_path.to_string(),
                originals,
                source_map: trouble,
                head,
                wanted,
            };
            with_files(|files| files.add(path, about, first_id, functions, source, result));
            Ok(code)
        }
        Err(reason) => {
            let (shown, reason_kept) = (shown_path.to_string(), Some(reason.clone()));
            with_files(|files| files.leave_alone(shown, FileStatus::LeftAlone, reason_kept));
            Err(reason)
        }
    }
}

/// Makes the functions of a file known that was loaded before there could be probes in it. Gives JSON of the
/// first id, and of where calls of each function can be seen.
pub fn read(source: &str, path: &str, kind: &str) -> Result<Json, String> {
    let (map, trouble) = map_of(source, path)?;
    let shown_path: Arc<str> = shown(path).into();
    let control = Control::get().map_err(|error| error.to_string())?;
    let wanted = wanted();
    let result = control.functions().with_next_id(|first_id| {
        let file = Path::new(path);
        match read_as(source, kind, first_id, file, map.as_deref(), wanted) {
            Ok(mut reading) => {
                let mut functions = std::mem::take(&mut reading.functions);
                for function in &mut functions {
                    function.backend = Backend::Inspector;
                }
                let entries = source_maps::entries(functions, &shown_path, map.as_deref(), &shown);
                let originals = source_maps::originals(&entries, &shown_path);
                (entries, Ok((first_id, originals, reading)))
            }
            Err(diagnostic) => (
                Vec::new(),
                Err(format!("line {}: {}", diagnostic.line, diagnostic.message)),
            ),
        }
    });
    let (first_id, originals, reading) = result.map_err(|error| error.to_string())??;
    control.captures().welcome(first_id);
    let about = About {
        shown: shown_path.to_string(),
        originals,
        source_map: trouble,
        head: String::new(),
        wanted,
    };
    if let Some(map) = map {
        source_maps::keep(path, map);
    }
    let functions = reading.inspected.len();
    with_files(|files| files.add_inspected(path, about, first_id, functions, reading.left_alone));
    Ok(json!({ "firstId": first_id, "functions": reading.inspected }))
}

/// Lists a file that was loaded before the hooks, and why breakpoints do not tell of its calls.
pub fn too_early(path: &str, reason: Option<String>) {
    let shown_path = shown(path);
    let mut guard = FILES.lock();
    guard
        .get_or_insert_default()
        .leave_alone(shown_path, FileStatus::TooEarly, reason);
}

/// Lists a file that is left alone for a reason that only the host knows.
pub fn leave_alone(path: &str, reason: String) {
    let shown_path = shown(path);
    let mut guard = FILES.lock();
    guard
        .get_or_insert_default()
        .leave_alone(shown_path, FileStatus::LeftAlone, Some(reason));
}

/// Lists a file as left alone until its text comes.
pub fn await_text(path: String, reason: String) {
    let shown = shown(&path);
    with_files(|files| files.await_text(path, shown, reason));
}

/// Asks the files seen so far.
pub fn with_files<T>(ask: impl FnOnce(&mut Files) -> T) -> T {
    let mut guard = FILES.lock();
    ask(guard.get_or_insert_default())
}
