//! The source map of a loaded file, with the files that it and its sources name.
//!
//! `dist/bundle.js` has a map to `dist/a.js`, which has one to `src/a.ts`: a place in the bundle is
//! followed to the last.
//!
//! Limits: [`MAX_MAP_BYTES`] a map, [`MAX_CHAIN`] maps one behind the other; what stands on other
//! hosts is not fetched. A source is looked into for a map of its own when it is first asked for.

use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use breadcrumb_instrument::OriginalNames;
use breadcrumb_sourcemap::{Location, Source, SourceMap, decode_data_url, locate, mapping_url};

/// A longer map is not read: decoding it would hold the program up for a second.
const MAX_MAP_BYTES: u64 = 64 << 20;
/// A longer source is not looked into for a map of its own.
const MAX_SOURCE_BYTES: u64 = 8 << 20;
/// Maps one behind the other.
const MAX_CHAIN: usize = 8;

/// A place in a file that somebody wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginalPlace {
    /// Absolute path, or the name that the map has for what has none.
    pub file: Arc<str>,
    /// From 1.
    pub line: u32,
    /// From 1, in UTF-16 units.
    pub column: u32,
}

/// A source of the map, found.
#[derive(Debug)]
struct Found {
    file: Arc<str>,
    map: Option<FileMap>,
}

/// See the module.
#[derive(Debug)]
pub struct FileMap {
    map: SourceMap,
    /// Folder that the sources are relative to.
    folder: String,
    /// Files whose maps led here: none of them is followed again.
    trail: Vec<String>,
    found: Vec<OnceLock<Found>>,
}

impl FileMap {
    /// The map that the text of this file names, if it names one.
    ///
    /// # Errors
    /// A phrase for a person: why the map cannot be used.
    pub fn of(text: &str, path: &str) -> Result<Option<Self>, String> {
        match mapping_url(text) {
            Some(url) => Self::load(url, path, Vec::new()).map(Some),
            None => Ok(None),
        }
    }

    fn load(url: &str, path: &str, mut trail: Vec<String>) -> Result<Self, String> {
        let folder = folder_of(path);
        let (json, folder) = if let Some(data) = decode_data_url(url) {
            if url.len() as u64 > MAX_MAP_BYTES {
                return Err(too_large("its source map"));
            }
            (
                data.map_err(|error| format!("its source map: {error}"))?,
                folder,
            )
        } else {
            let Location::Path(file) = locate(&folder, None, url) else {
                return Err(format!("its source map is not in a file: {url}"));
            };
            let json = read(&file, MAX_MAP_BYTES)?;
            let folder = folder_of(&file);
            (json, folder)
        };
        let map = SourceMap::parse(&json).map_err(|error| format!("its source map: {error}"))?;
        trail.push(path.to_owned());
        let found = map.sources().iter().map(|_| OnceLock::new()).collect();
        Ok(Self {
            map,
            folder,
            trail,
            found,
        })
    }

    /// Where a place of the file came from.
    pub fn original(&self, line: u32, column: u32) -> Option<OriginalPlace> {
        let place = self.map.original(line, column)?;
        let found = self.found(place.source)?;
        let further = found
            .map
            .as_ref()
            .and_then(|map| map.original(place.line, place.column));
        Some(further.unwrap_or_else(|| OriginalPlace {
            file: Arc::clone(&found.file),
            line: place.line,
            column: place.column,
        }))
    }

    /// The same of what begins here and has something in it at `inner`, where one of the two alone may
    /// have a place of its own.
    pub fn original_of(&self, start: (u32, u32), inner: (u32, u32)) -> Option<OriginalPlace> {
        let is_mapped = self.map.begins_at(start.0, start.1);
        let (line, column) = if is_mapped { start } else { inner };
        self.original(line, column)
    }

    /// Every file that somebody wrote of what is in this one.
    pub fn files(&self) -> Vec<Arc<str>> {
        let sources = 0..self.map.sources().len();
        let found = sources.filter_map(|index| self.found(index));
        found
            .flat_map(|found| match &found.map {
                Some(map) => map.files(),
                None => vec![Arc::clone(&found.file)],
            })
            .collect()
    }

    /// Number of its segments: what it weighs.
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Forgets names, which are asked for once.
    pub fn drop_names(&mut self) {
        self.map.drop_names();
    }

    /// The source with this index; `None` if the map does not name it.
    fn found(&self, index: usize) -> Option<&Found> {
        let source = &self.map.sources()[index];
        (!source.name.is_empty()).then(|| self.found[index].get_or_init(|| self.find(source)))
    }

    fn find(&self, source: &Source) -> Found {
        let file = match locate(&self.folder, source.root.as_deref(), &source.name) {
            Location::Path(path) => path,
            Location::Name(name) => return named(name),
            Location::Relative { path, name } => match below(&self.folder, &path) {
                Some(path) => path,
                None => return named(name),
            },
        };
        let map = self.map_of(source, &file);
        Found {
            file: file.into(),
            map,
        }
    }

    /// The map of a source that is generated itself.
    fn map_of(&self, source: &Source, file: &str) -> Option<Self> {
        if self.trail.len() >= MAX_CHAIN || self.trail.iter().any(|known| known == file) {
            return None;
        }
        if source.has_text {
            let url = source.mapping_url.as_deref()?;
            return Self::load(url, file, self.trail.clone()).ok();
        }
        let is_script = [".js", ".mjs", ".cjs"]
            .iter()
            .any(|end| file.ends_with(end));
        if !is_script {
            return None;
        }
        let text = String::from_utf8(read(file, MAX_SOURCE_BYTES).ok()?).ok()?;
        Self::load(mapping_url(&text)?, file, self.trail.clone()).ok()
    }
}

impl OriginalNames for FileMap {
    fn original_name(&self, line: u32, column: u32) -> Option<&str> {
        let further = || {
            let place = self.map.original(line, column)?;
            let map = self.found(place.source)?.map.as_ref()?;
            map.original_name(place.line, place.column)
        };
        further().or_else(|| self.map.name_at(line, column))
    }
}

fn named(name: String) -> Found {
    Found {
        file: name.into(),
        map: None,
    }
}

/// The file `path` below one of the folders around `folder`: the nearest in which it is, or else
/// that of the package. A bundler names its own code by `webpack/…`, which is in none.
fn below(folder: &str, path: &str) -> Option<String> {
    let around = || Path::new(folder).ancestors();
    let joined = |at: &Path| at.join(path).to_string_lossy().replace('\\', "/");
    if let Some(found) = around().find(|at| at.join(path).is_file()) {
        return Some(joined(found));
    }
    if path.starts_with("webpack/") {
        return None;
    }
    let package = around().find(|at| at.join("package.json").is_file());
    package.map(joined)
}

fn folder_of(path: &str) -> String {
    let path = path.replace('\\', "/");
    let end = path.rfind('/').unwrap_or(0);
    path[..end].to_owned()
}

fn read(path: &str, most: u64) -> Result<Vec<u8>, String> {
    let missing = |error: std::io::Error| format!("its source map {path}: {error}");
    let about = fs::metadata(path).map_err(missing)?;
    if !about.is_file() {
        return Err(format!("its source map {path} is no file"));
    }
    if about.len() > most {
        return Err(too_large(path));
    }
    fs::read(path).map_err(missing)
}

fn too_large(what: &str) -> String {
    format!("{what} is larger than {} MiB", MAX_MAP_BYTES >> 20)
}
