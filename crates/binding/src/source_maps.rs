//! The source maps of the files that hooks brought.
//!
//! A map is decoded when its file is instrumented, or when its sources are needed to know whether
//! it is. It is kept for the stacks of errors, which the recorder's thread maps.
//!
//! Limits: maps of [`MAX_KEPT`] segments in all are kept; stacks through later files stay.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use breadcrumb_event::function::{Block, Function, FunctionEntry, Generated, keep_first_of_lines};
use breadcrumb_recorder::OriginalStacks;
use breadcrumb_sourcemap::{Location, first_place, locate, map_stack};
use parking_lot::{Mutex, RwLock};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::file_map::{FileMap, OriginalPlace};

/// About 100 MB.
const MAX_KEPT: usize = 4_000_000;

/// A file's map, or none, or why it cannot be used.
pub type Mapped = Result<Option<Arc<FileMap>>, String>;

/// A map that was decoded to know whether its file is chosen.
struct Decoded {
    path: String,
    text_bytes: usize,
    map: Mapped,
}

#[derive(Default)]
struct Kept {
    by_path: FxHashMap<String, Arc<FileMap>>,
    segments: usize,
}

static LAST: Mutex<Option<Decoded>> = Mutex::new(None);
static KEPT: RwLock<Option<Kept>> = RwLock::new(None);

/// The map of a file by its text.
pub fn of(text: &str, path: &str) -> Mapped {
    let last = LAST.lock().take();
    match last {
        Some(last) if last.path == path && last.text_bytes == text.len() => last.map,
        _ => FileMap::of(text, path).map(|map| map.map(Arc::new)),
    }
}

/// As [`of`], for a file that [`of`] may be asked for next.
pub fn peek(text: &str, path: &str) -> Mapped {
    let map = of(text, path);
    *LAST.lock() = Some(Decoded {
        path: path.to_owned(),
        text_bytes: text.len(),
        map: map.clone(),
    });
    map
}

/// Keeps the map for stacks.
pub fn keep(path: &str, mut map: Arc<FileMap>) {
    if let Some(map) = Arc::get_mut(&mut map) {
        map.drop_names();
    }
    let mut guard = KEPT.write();
    let kept = guard.get_or_insert_default();
    if kept.segments + map.len() <= MAX_KEPT {
        kept.segments += map.len();
        kept.by_path.insert(path.to_owned(), map);
    }
}

/// Functions found in a file as the store tells them: at their original places.
pub fn entries(
    functions: Vec<Function>,
    file: &Arc<str>,
    map: Option<&FileMap>,
    shown: &dyn Fn(&str) -> String,
) -> Vec<FunctionEntry> {
    let mut names: FxHashMap<Arc<str>, Arc<str>> = FxHashMap::default();
    let entries = functions.into_iter().map(|mut function| {
        let place = map.and_then(|map| map.original(function.line, function.column));
        let generated = (function.line, function.column);
        let mut entry_file = Arc::clone(file);
        if let (Some(map), Some(place)) = (map, place) {
            let name = names.entry(Arc::clone(&place.file));
            entry_file = Arc::clone(name.or_insert_with(|| shown(&place.file).into()));
            (function.line, function.column) = (place.line, place.column);
            // What stands in it is told on a line of its file.
            let inside = |inner: Option<OriginalPlace>| {
                let inner = inner.filter(|inner| inner.file == place.file);
                inner.map_or((place.line, place.column), |inner| {
                    (inner.line, inner.column)
                })
            };
            for scope in &mut function.scopes {
                let inner = map.original(scope.line, scope.column);
                (scope.line, scope.column) = inside(inner);
            }
            for clause in &mut function.catches {
                let inner = map.original_of((clause.line, clause.column), clause.inner);
                (clause.line, clause.column) = inside(inner);
            }
            let inside = |line, column| {
                let inner = map.original(line, column)?;
                (inner.file == place.file).then_some((inner.line, inner.column))
            };
            for block in &mut function.blocks {
                move_block(block, inside);
            }
            keep_first_of_lines(&mut function.blocks);
            for it in &mut function.assignments {
                (it.line, it.column) = inside(it.line, it.column).unwrap_or_default();
            }
        }
        let moved = entry_file != *file || generated != (function.line, function.column);
        FunctionEntry {
            file: entry_file,
            generated: moved.then(|| Generated {
                file: Arc::clone(file),
                line: generated.0,
                column: generated.1,
            }),
            function,
        }
    });
    entries.collect()
}

/// A block to where its code was written, as far as that is known: 0 where it is not.
fn move_block(block: &mut Block, original: impl Fn(u32, u32) -> Option<(u32, u32)>) {
    (block.line, block.column) = original(block.line, block.column).unwrap_or_default();
    (block.end_line, block.end_column) =
        original(block.end_line, block.end_column).unwrap_or_default();
    let lines = block.lines.iter();
    block.lines = lines
        .filter_map(|place| original(place.0, place.1))
        .collect();
}

/// The original files of these functions.
pub fn originals(entries: &[FunctionEntry], file: &Arc<str>) -> Vec<String> {
    let mut seen = FxHashSet::default();
    let others = entries.iter().map(|entry| &entry.file);
    others
        .filter(|other| *other != file && seen.insert(Arc::clone(other)))
        .map(|other| other.to_string())
        .collect()
}

/// Stacks by the maps that are kept.
pub struct KeptMaps {
    /// Paths under it are told relative to it.
    pub root: Option<PathBuf>,
}

impl OriginalStacks for KeptMaps {
    fn original_stack<'a>(&self, stack: &'a str) -> Cow<'a, str> {
        let guard = KEPT.read();
        let Some(kept) = guard.as_ref().filter(|kept| !kept.by_path.is_empty()) else {
            return Cow::Borrowed(stack);
        };
        map_stack(stack, &|path, line, column| {
            let is_url = path.starts_with("file:");
            let map = if is_url {
                let Location::Path(path) = locate("", None, path) else {
                    return None;
                };
                kept.by_path.get(&path)
            } else {
                kept.by_path.get(path)
            };
            let place = map?.original(line, column)?;
            let scheme = if is_url && place.file.starts_with('/') {
                "file://"
            } else {
                ""
            };
            Some((format!("{scheme}{}", place.file), place.line, place.column))
        })
    }

    fn place(&self, stack: &str) -> Option<(String, u32, u32)> {
        let (file, line, column) = first_place(stack)?;
        let file = match file.starts_with("file:").then(|| locate("", None, &file)) {
            Some(Location::Path(path)) => path,
            _ => file,
        };
        let root = self.root.as_ref();
        let relative = root.and_then(|root| Path::new(&file).strip_prefix(root).ok());
        let shown = relative.map(|path| path.to_string_lossy().into_owned());
        Some((shown.unwrap_or(file), line, column))
    }
}
