//! The functions of merged segments: ids for what their rows say of them.
//!
//! Rows of `calls` name a function by name and place; its form and its place in the generated file
//! stand in `functions` alone, which is read first. Limits: memory with the number of functions.

use breadcrumb_event::function::{Backend, Function, FunctionEntry, FunctionKind, Generated};
use rustc_hash::FxHashMap;

/// What a row says of its function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Named<'a> {
    pub(super) name: &'a [u8],
    pub(super) file: &'a [u8],
    pub(super) line: i64,
    pub(super) column: i64,
    /// A JSON array of names.
    pub(super) parameters: &'a [u8],
    /// What told its calls.
    pub(super) backend: Backend,
}

/// Where the texts of a [`Named`] are, for a row that has the very same ones.
type Address = ([usize; 3], i64, i64, Backend);

impl Named<'_> {
    fn address(&self) -> Address {
        let texts = [self.name, self.file, self.parameters];
        let texts = texts.map(|text| text.as_ptr() as usize);
        (texts, self.line, self.column, self.backend)
    }
}

/// A function's name, file, line and column.
type Place = (String, String, u32, u32);

/// See the module.
#[derive(Debug, Default)]
pub(super) struct MergedFunctions {
    entries: Vec<FunctionEntry>,
    ids: FxHashMap<(Place, String, Backend), u32>,
    details: FxHashMap<Place, (FunctionKind, Option<Generated>)>,
    /// Ids by addresses, as long as those last.
    known: FxHashMap<Address, u32>,
}

impl MergedFunctions {
    /// The functions by id.
    pub(super) fn entries(&self) -> &[FunctionEntry] {
        &self.entries
    }

    /// What `functions` says of one.
    pub(super) fn learn(
        &mut self,
        named: &Named<'_>,
        kind: FunctionKind,
        generated: Option<Generated>,
    ) {
        self.details.insert(place(named), (kind, generated));
    }

    /// The texts seen so far are about to go: others may come to be where they were.
    pub(super) fn forget_addresses(&mut self) {
        self.known.clear();
    }

    /// The id of a function.
    pub(super) fn id(&mut self, named: &Named<'_>) -> u32 {
        let address = named.address();
        if let Some(id) = self.known.get(&address) {
            return *id;
        }
        let id = self.enter(named);
        self.known.insert(address, id);
        id
    }

    /// The same for texts that go at once.
    pub(super) fn enter(&mut self, named: &Named<'_>) -> u32 {
        let place = place(named);
        let parameters = text(named.parameters);
        let next = self.entries.len() as u32;
        let id = *self
            .ids
            .entry((place.clone(), parameters.clone(), named.backend))
            .or_insert(next);
        if id == next {
            let (kind, generated) = self
                .details
                .get(&place)
                .cloned()
                .unwrap_or((FunctionKind::Function, None));
            let (name, file, line, column) = place;
            self.entries.push(FunctionEntry {
                file: file.into(),
                function: Function {
                    name,
                    kind,
                    is_async: false,
                    is_generator: false,
                    is_leaf: false,
                    backend: named.backend,
                    line,
                    column,
                    start: 0,
                    end: 0,
                    scopes: Vec::new(),
                    catches: Vec::new(),
                    blocks: Vec::new(),
                    assignments: Vec::new(),
                    parameters: serde_json::from_str(&parameters).unwrap_or_default(),
                },
                generated,
            });
        }
        id
    }
}

fn place(named: &Named<'_>) -> Place {
    let number = |n: i64| u32::try_from(n).unwrap_or_default();
    (
        text(named.name),
        text(named.file),
        number(named.line),
        number(named.column),
    )
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
