//! The files that hooks brought: what became of each, and how positions and texts map back.
//!
//! Process-wide, since Node's hooks may run on a thread of their own.

use std::path::{Path, PathBuf};

use breadcrumb_event::function::Backend;
use breadcrumb_instrument::{
    Diagnostic, Engine, FunctionNames, Input, Instrumented, LeftAloneFunction, Outcome, Place,
    Reading, SourceKind, Splices, Wanted,
};
use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::file_map::FileMap;

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileStatus {
    /// It has probes.
    Instrumented,
    /// It was loaded before the hooks: breakpoints tell of its calls.
    Inspected,
    /// It has none.
    LeftAlone,
    /// It was loaded before the hooks.
    TooEarly,
}

/// A function without probes in a file that has some.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CoveredFunction {
    name: String,
    line: u32,
    why: String,
}

/// A file, as `session.coverage()` lists it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CoveredFile {
    /// Path as users see it.
    pub file: String,
    /// What became of it.
    pub status: FileStatus,
    /// What tells of its calls: what `backend` says of them in the store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backend: Option<&'static str>,
    /// Functions whose calls are recorded.
    pub functions: usize,
    /// Why it was left alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The original files of its functions, by its source map.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub originals: Vec<String>,
    /// Why its source map cannot be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_map: Option<String>,
    /// Functions left alone.
    pub left_alone: Vec<CoveredFunction>,
}

impl CoveredFile {
    /// A file without probes.
    fn bare(file: String, status: FileStatus, reason: Option<String>) -> Self {
        Self {
            file,
            status,
            backend: None,
            functions: 0,
            reason,
            originals: Vec::new(),
            source_map: None,
            left_alone: Vec::new(),
        }
    }
}

/// What is known of a file beside its text.
pub struct About {
    /// Path as users see it.
    pub shown: String,
    /// The original files of its functions.
    pub originals: Vec<String>,
    /// Why its source map cannot be used.
    pub source_map: Option<String>,
    /// What the host puts before its text.
    pub head: String,
    /// How it was instrumented.
    pub wanted: Wanted,
}

/// An instrumented text.
struct Text {
    first_id: u32,
    /// What the host puts before it; the splices are those of both.
    head: String,
    splices: Splices,
    /// The original, and as what it was read.
    source: Box<str>,
    kind: SourceKind,
    wanted: Wanted,
    /// Found when they are first asked for.
    names: Option<FunctionNames>,
}

impl Text {
    /// UTF-16 units of the head.
    fn head_units(&self) -> u32 {
        self.head.encode_utf16().count() as u32
    }

    fn function_name(
        &mut self,
        line: u32,
        column: u32,
        name: &str,
        engine: Engine,
    ) -> Option<&str> {
        let with_probes = self.splices.offset_at(line, column)?;
        let original = self.splices.original_position(with_probes);
        let head = self.head_units();
        let input = Input {
            source: &self.source,
            kind: self.kind,
            first_id: self.first_id,
            // Names for the store, which are in no probe.
            file_stem: "",
            names: None,
            wanted: self.wanted,
        };
        let names = self
            .names
            .get_or_insert_with(|| FunctionNames::of(&input, engine));
        let place = Place {
            original: original.checked_sub(head)?,
            with_probes: with_probes.checked_sub(head)?,
        };
        names.original(&input, place, name)
    }
}

/// All files of the process, in the order in which they came.
#[derive(Default)]
pub struct Files {
    texts: Vec<Text>,
    by_path: FxHashMap<String, usize>,
    /// The id of the first function of each file whose calls breakpoints tell of.
    inspected: FxHashMap<String, u32>,
    /// What became of each file.
    covered: Vec<CoveredFile>,
    /// Files that are left alone unless their text comes, by path.
    awaited: Vec<(String, CoveredFile)>,
    /// Folder of this package's code; `None` before a session was configured.
    pub own_folder: Option<PathBuf>,
}

impl Files {
    /// Keeps what is needed to map an instrumented text back.
    pub fn add(
        &mut self,
        path: &str,
        about: About,
        first_id: u32,
        functions: usize,
        source: &str,
        result: Instrumented,
    ) {
        self.covered.push(CoveredFile {
            file: about.shown,
            status: FileStatus::Instrumented,
            backend: Some(Backend::Probe.name()),
            functions,
            reason: None,
            originals: about.originals,
            source_map: about.source_map,
            left_alone: result
                .left_alone
                .into_iter()
                .map(covered_function)
                .collect(),
        });
        self.by_path.insert(path.to_owned(), self.texts.len());
        self.texts.push(Text {
            first_id,
            splices: result.splices.behind(&about.head),
            head: about.head,
            source: source.into(),
            kind: result.kind,
            wanted: about.wanted,
            names: None,
        });
    }

    /// Lists a file whose calls breakpoints tell of.
    pub fn add_inspected(
        &mut self,
        path: &str,
        about: About,
        first_id: u32,
        functions: usize,
        left_alone: Vec<LeftAloneFunction>,
    ) {
        self.inspected.insert(path.to_owned(), first_id);
        self.covered.push(CoveredFile {
            backend: Some(Backend::Inspector.name()),
            functions,
            originals: about.originals,
            source_map: about.source_map,
            left_alone: left_alone.into_iter().map(covered_function).collect(),
            ..CoveredFile::bare(about.shown, FileStatus::Inspected, None)
        });
    }

    /// Lists a file without probes.
    pub fn leave_alone(&mut self, shown: String, status: FileStatus, reason: Option<String>) {
        self.covered.push(CoveredFile::bare(shown, status, reason));
    }

    /// Lists a file as left alone until its text comes.
    pub fn await_text(&mut self, path: String, shown: String, reason: String) {
        let file = CoveredFile::bare(shown, FileStatus::LeftAlone, Some(reason));
        self.awaited.push((path, file));
    }

    /// The text of a file has come: what becomes of it is told by whoever has it.
    pub fn saw_text(&mut self, path: &str) {
        // It is the last one that was awaited, as good as always.
        if let Some(at) = self
            .awaited
            .iter()
            .rposition(|(awaited, _)| awaited == path)
        {
            self.awaited.remove(at);
        }
    }

    /// What became of each file, those that are still awaited last.
    pub fn covered(&self) -> impl Iterator<Item = &CoveredFile> {
        let awaited = self.awaited.iter().map(|(_, file)| file);
        self.covered.iter().chain(awaited)
    }

    /// Whether a text of this file has been instrumented.
    pub fn has(&self, path: &str) -> bool {
        self.by_path.contains_key(path)
    }

    /// Line and column of the original; the same in a file that is not instrumented.
    pub fn original_place(&self, path: &str, line: u32, column: u32) -> (u32, u32) {
        match self.by_path.get(path) {
            Some(&index) => self.texts[index].splices.original_place(line, column),
            None => (line, column),
        }
    }

    /// Offset in the original; the same one in a file that is not instrumented.
    pub fn original_offset(&self, path: &str, offset: u32) -> u32 {
        match self.by_path.get(path) {
            Some(&index) => self.texts[index].splices.original_position(offset),
            None => offset,
        }
    }

    /// Of an offset in an instrumented file's text: the id of the file's first function, and the offset
    /// in its source.
    pub fn function_place(&self, path: &str, offset: u32) -> Option<(u32, u32)> {
        let text = &self.texts[*self.by_path.get(path)?];
        let original = text.splices.original_position(offset);
        Some((text.first_id, original.checked_sub(text.head_units())?))
    }

    /// Of a place in a recorded file: the id of the file's first function, and the place in its source.
    pub fn source_place(&self, path: &str, line: u32, column: u32) -> Option<(u32, (u32, u32))> {
        if let Some(&at) = self.by_path.get(path) {
            let text = &self.texts[at];
            return Some((text.first_id, text.splices.original_place(line, column)));
        }
        let first_id = *self.inspected.get(path)?;
        Some((first_id, (line, column)))
    }

    /// What V8 would call the function at this place of an instrumented file, which it calls `name`.
    pub fn original_function_name(
        &mut self,
        path: &str,
        (line, column): (u32, u32),
        name: &str,
        engine: Engine,
    ) -> Option<String> {
        let text = &mut self.texts[*self.by_path.get(path)?];
        let original = text.function_name(line, column, name, engine)?;
        Some(original.to_owned())
    }

    /// Original text of a function, found by the id of a probe in it.
    pub fn unsplice(&self, text: &str) -> Option<String> {
        let (_, id) = breadcrumb_instrument::first_probe(text)?;
        let index = self
            .texts
            .partition_point(|file| file.first_id <= id)
            .checked_sub(1)?;
        self.texts[index].splices.unsplice(text)
    }
}

impl crate::excerpt::Sources for Files {
    fn original_column(&self, path: &str, line: u32, column: u32) -> Option<u32> {
        let text = &self.texts[*self.by_path.get(path)?];
        Some(text.splices.original_column(line, column))
    }

    fn is_own(&self, path: &str) -> bool {
        let own_folder = self.own_folder.as_ref();
        own_folder.is_some_and(|folder| Path::new(path).starts_with(folder))
    }

    fn line(&self, path: &str, line: u32) -> Option<String> {
        let mut text = std::fs::read_to_string(path).ok()?;
        if let Some(&known) = self.by_path.get(path) {
            text.insert_str(0, &self.texts[known].head);
        }
        let index = (line as usize).checked_sub(1)?;
        text.lines().nth(index).map(str::to_owned)
    }

    fn original_text_column(&self, path: &str, line: u32, column: u32) -> Option<u32> {
        let text = &self.texts[*self.by_path.get(path)?];
        Some(text.splices.original_text_column(line, column))
    }
}

fn covered_function(function: LeftAloneFunction) -> CoveredFunction {
    CoveredFunction {
        name: function.name,
        line: function.line,
        why: function.why,
    }
}

/// A file's name without folder and extension.
pub fn file_stem(path: &Path) -> &str {
    path.file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or_default()
}

/// Takes a text as Node said it would read it, or as it turns out to be: a `.js` file without a word about
/// its kind may be an ES module, a file handed on by another loader may hold TypeScript.
fn by_kinds<T>(
    kind: &str,
    take: impl Fn(SourceKind) -> Result<T, Diagnostic>,
) -> Result<T, Diagnostic> {
    let kinds: &[SourceKind] = match kind {
        "module" => &[SourceKind::Module],
        "module-typescript" => &[SourceKind::TypeScriptModule],
        "commonjs-typescript" => &[SourceKind::TypeScriptCommonJs, SourceKind::TypeScriptModule],
        _ => &[SourceKind::CommonJs, SourceKind::Module],
    };
    let mut first: Option<Diagnostic> = None;
    for &kind in kinds {
        match take(kind) {
            Ok(taken) => return Ok(taken),
            Err(diagnostic) => first = first.or(Some(diagnostic)),
        }
    }
    Err(first.expect("at least one kind was tried"))
}

/// Reads a text that V8 has compiled. See [`by_kinds`].
pub fn read_as(
    source: &str,
    kind: &str,
    first_id: u32,
    path: &Path,
    map: Option<&FileMap>,
    wanted: Wanted,
) -> Result<Reading, Diagnostic> {
    by_kinds(kind, |kind| {
        breadcrumb_instrument::read(&Input {
            source,
            kind,
            first_id,
            file_stem: file_stem(path),
            names: map.map(|map| map as _),
            wanted,
        })
    })
}

/// Instruments a text. See [`by_kinds`].
pub fn instrument_as(
    source: &str,
    kind: &str,
    first_id: u32,
    path: &Path,
    map: Option<&FileMap>,
    wanted: Wanted,
) -> Outcome {
    let instrumented = by_kinds(kind, |kind| {
        let input = Input {
            source,
            kind,
            first_id,
            file_stem: file_stem(path),
            names: map.map(|map| map as _),
            wanted,
        };
        match breadcrumb_instrument::instrument(&input) {
            Outcome::Instrumented(result) => Ok(result),
            Outcome::LeftAlone(diagnostic) => Err(diagnostic),
        }
    });
    instrumented.map_or_else(Outcome::LeftAlone, Outcome::Instrumented)
}
