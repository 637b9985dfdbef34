//! The functions of a process by id, append-only.
//!
//! ```
//! use breadcrumb_recorder::FunctionTable;
//! let table = FunctionTable::default();
//! let first = table.register("src/cart.js".into(), Vec::new()).unwrap();
//! assert_eq!((first, table.len()), (0, 0));
//! ```
//! Readers take a snapshot and never wait for a file that is being instrumented. Limits:
//! `MAX_FUNCTIONS`; files are instrumented one after the other, since ids stand in their text.

use std::sync::{Arc, Weak};

use breadcrumb_event::function::{Function, FunctionEntry};
use breadcrumb_event::layout::MAX_FUNCTIONS;
use breadcrumb_store::FunctionSource;
use parking_lot::{Mutex, RwLock};

use crate::error::RecorderError;

/// From where a function starts to its parameters, but for its name: `static async function *`.
const HEAD_UNITS: u32 = 24;

/// The functions of one file.
#[derive(Clone, Debug)]
struct FileFunctions {
    first: u32,
    /// Where their blocks begin among all.
    first_block: u32,
    entries: Arc<[FunctionEntry]>,
}

/// Told of new functions before code with their probes can run.
pub(crate) trait FunctionObserver: Send + Sync {
    /// `entries` have the ids from `first` upwards.
    fn added(&self, first: u32, entries: &[FunctionEntry]);
}

/// See the module.
#[derive(Default)]
pub struct FunctionTable {
    /// Held while ids are given.
    giving: Mutex<Option<Weak<dyn FunctionObserver>>>,
    files: RwLock<Vec<FileFunctions>>,
}

impl std::fmt::Debug for FunctionTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FunctionTable")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

impl FunctionTable {
    /// Number of functions.
    #[must_use]
    pub fn len(&self) -> u32 {
        end(&self.files.read())
    }

    /// Number of their blocks.
    #[must_use]
    pub fn blocks(&self) -> u32 {
        end_of_blocks(&self.files.read())
    }

    /// There are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends the functions of a file. Returns the id of the first.
    ///
    /// # Errors
    /// [`RecorderError::TooManyFunctions`]; nothing was appended then.
    pub fn register(&self, file: Arc<str>, functions: Vec<Function>) -> Result<u32, RecorderError> {
        self.with_next_id(|first| {
            let entries = functions.into_iter().map(|function| FunctionEntry {
                file: Arc::clone(&file),
                function,
                generated: None,
            });
            (entries.collect(), first)
        })
    }

    /// Appends the functions that `instrument` finds, given the id of the first; no other file
    /// gets ids meanwhile. Returns what it returns beside them.
    ///
    /// # Errors
    /// As [`Self::register`]: the file must be left alone.
    pub fn with_next_id<T>(
        &self,
        instrument: impl FnOnce(u32) -> (Vec<FunctionEntry>, T),
    ) -> Result<T, RecorderError> {
        let giving = self.giving.lock();
        let first = self.len();
        let (entries, result) = instrument(first);
        let entries: Arc<[FunctionEntry]> = entries.into();
        if entries.is_empty() {
            return Ok(result);
        }
        if entries.len() > (MAX_FUNCTIONS - first) as usize {
            return Err(RecorderError::TooManyFunctions {
                limit: MAX_FUNCTIONS,
            });
        }
        let first_block = self.blocks();
        self.files.write().push(FileFunctions {
            first,
            first_block,
            entries: Arc::clone(&entries),
        });
        if let Some(observer) = giving.as_ref().and_then(Weak::upgrade) {
            observer.added(first, &entries);
        }
        Ok(result)
    }

    /// Tells `observer` of all functions so far, and of those to come.
    pub(crate) fn observe(&self, observer: &Arc<dyn FunctionObserver>) {
        let mut giving = self.giving.lock();
        for file in self.snapshot().files {
            observer.added(file.first, &file.entries);
        }
        *giving = Some(Arc::downgrade(observer));
    }

    /// The functions of one file, by the id of its first.
    #[must_use]
    pub(crate) fn file_of(&self, first: u32) -> Arc<[FunctionEntry]> {
        let files = self.files.read();
        let found = files.binary_search_by_key(&first, |file| file.first);
        found.map_or_else(|_| Arc::new([]) as _, |at| Arc::clone(&files[at].entries))
    }

    /// Where the blocks of that file begin among all.
    #[must_use]
    pub(crate) fn first_block_of(&self, first: u32) -> u32 {
        let files = self.files.read();
        let found = files.binary_search_by_key(&first, |file| file.first);
        found.map_or(0, |at| files[at].first_block)
    }

    /// The innermost function around an offset in the source of the file whose first function this is.
    #[must_use]
    pub fn innermost_at(&self, first: u32, offset: u32) -> Option<u32> {
        let entries = self.file_of(first);
        let around = (first..)
            .zip(&*entries)
            .filter(|(_, entry)| (entry.function.start..entry.function.end).contains(&offset));
        around
            .min_by_key(|(_, entry)| entry.function.end - entry.function.start)
            .map(|(id, _)| id)
    }

    /// The function that V8 calls `name` and that starts at this place, or a little before, in the text of the file
    /// whose first function this is: V8 says where parameters begin.
    #[must_use]
    pub fn started_at(&self, first: u32, place: (u32, u32), name: &str) -> Option<FunctionEntry> {
        let entries = self.file_of(first);
        let start = |entry: &FunctionEntry| match &entry.generated {
            Some(generated) => (generated.line, generated.column),
            None => (entry.function.line, entry.function.column),
        };
        let before = entries.iter().filter(|entry| start(entry) <= place);
        let nearest = before.max_by_key(|entry| start(entry))?;
        let own = &nearest.function.name;
        let last = name.rsplit([' ', '.']).next().unwrap_or_default();
        let is_named = !last.is_empty() && own.ends_with(last);
        let (line, column) = start(nearest);
        // A class without a constructor of its own is none of the functions before it.
        let is_near = line == place.0 && place.1 - column <= HEAD_UNITS + own.len() as u32;
        (is_named || is_near).then(|| nearest.clone())
    }

    /// The functions so far.
    #[must_use]
    pub fn snapshot(&self) -> FunctionSnapshot {
        FunctionSnapshot {
            files: self.files.read().clone(),
        }
    }
}

fn end(files: &[FileFunctions]) -> u32 {
    files
        .last()
        .map_or(0, |file| file.first + file.entries.len() as u32)
}

fn end_of_blocks(files: &[FileFunctions]) -> u32 {
    files
        .last()
        .map_or(0, |file| file.first_block + block_count(&file.entries))
}

fn block_count(entries: &[FunctionEntry]) -> u32 {
    let blocks = entries.iter().map(|entry| entry.function.blocks.len());
    blocks.sum::<usize>() as u32
}

/// The functions at one time.
#[derive(Clone, Debug, Default)]
pub struct FunctionSnapshot {
    files: Vec<FileFunctions>,
}

impl FunctionSnapshot {
    /// A table of its own, ids from 0 upwards.
    #[must_use]
    pub fn from_entries(entries: Vec<FunctionEntry>) -> Self {
        Self {
            files: vec![FileFunctions {
                first: 0,
                first_block: 0,
                entries: entries.into(),
            }],
        }
    }

    /// Number of functions.
    #[must_use]
    pub fn len(&self) -> u32 {
        end(&self.files)
    }

    /// There are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// By file: the id of its first function, and all of them.
    pub(crate) fn files(&self) -> impl Iterator<Item = (u32, &[FunctionEntry])> {
        self.files.iter().map(|file| (file.first, &*file.entries))
    }

    /// Number of their blocks.
    #[must_use]
    pub fn blocks(&self) -> u32 {
        end_of_blocks(&self.files)
    }

    /// The functions that have blocks: id, the first block's number among all, and the function.
    pub(crate) fn with_blocks(&self) -> impl Iterator<Item = (u32, u32, &Function)> {
        self.files.iter().flat_map(|file| {
            let mut next = file.first_block;
            let functions = (file.first..).zip(&*file.entries);
            functions
                .map(move |(id, FunctionEntry { function, .. })| {
                    let first = next;
                    next += function.blocks.len() as u32;
                    (id, first, function)
                })
                .filter(|(_, _, function)| !function.blocks.is_empty())
        })
    }

    /// The function with this id.
    #[must_use]
    pub fn entry(&self, id: u32) -> Option<&FunctionEntry> {
        let behind = self.files.partition_point(|file| file.first <= id);
        let file = self.files.get(behind.checked_sub(1)?)?;
        file.entries.get((id - file.first) as usize)
    }
}

impl FunctionSource for FunctionSnapshot {
    fn get(&self, id: u32) -> Option<FunctionEntry> {
        self.entry(id).cloned()
    }
}

#[cfg(test)]
mod tests {
    use breadcrumb_event::function::{Backend, FunctionKind, Generated};

    use super::*;

    fn function(name: &str, line: u32, column: u32) -> Function {
        Function {
            name: name.into(),
            kind: FunctionKind::Function,
            is_async: false,
            is_generator: false,
            is_leaf: false,
            backend: Backend::Probe,
            line,
            column,
            start: 0,
            end: 1,
            parameters: Vec::new(),
            scopes: Vec::new(),
            catches: Vec::new(),
            blocks: Vec::new(),
            assignments: Vec::new(),
        }
    }

    #[test]
    fn a_function_is_found_where_its_parameters_begin() {
        let table = FunctionTable::default();
        table
            .register("other.js".into(), vec![function("x", 1, 1)])
            .unwrap();
        let own = vec![
            function("load", 2, 1),
            function("Cart.total", 3, 14),
            function("late", 9, 1),
        ];
        let first = table.register("cart.js".into(), own).unwrap();
        let at = |place, name: &str| {
            let found = table.started_at(first, place, name);
            found.map(|entry| entry.function.name)
        };
        assert_eq!(at((2, 14), "load").as_deref(), Some("load"));
        assert_eq!(at((3, 19), "total").as_deref(), Some("Cart.total"));
        // Its name and its parameters are on two lines.
        assert_eq!(at((4, 1), "total").as_deref(), Some("Cart.total"));
        // A class without a constructor of its own, and the file itself.
        assert_eq!(at((6, 1), "Plain"), None);
        assert_eq!(at((1, 1), ""), None);
    }

    #[test]
    fn where_a_source_map_moved_it_it_is_found_in_the_text_that_runs() {
        let table = FunctionTable::default();
        let generated = Some(Generated {
            file: "out.js".into(),
            line: 1,
            column: 400,
        });
        let entry = FunctionEntry {
            file: "in.ts".into(),
            function: function("f", 70, 3),
            generated,
        };
        let first = table.with_next_id(|first| (vec![entry], first)).unwrap();
        let found = table.started_at(first, (1, 411), "a").unwrap();
        assert_eq!((&*found.file, found.function.line), ("in.ts", 70));
        assert_eq!(table.started_at(first, (1, 399), "a"), None);
    }
}
