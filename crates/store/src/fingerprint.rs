//! All that a segment says, as a few numbers: whether another one says the same.
//!
//! ```ignore
//! assert_eq!(Fingerprint::of(&old)?, Fingerprint::of(&new)?);
//! ```
//! The order of rows does not matter: hashes of rows are added up. What an older version lacks
//! counts as what its rows are read as; `seq`, which says how rows came, is not compared. Of `functions`, which stands for what `calls` says, sums are
//! compared for each function. Limits: 64 bits a table, against mistakes, not against forgers.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use breadcrumb_event::row::ParentKind;
use breadcrumb_event::schema::{CALLS, ColumnType, FUNCTIONS, TABLES, Table};

use crate::StoreError;
use crate::day::Source;
use crate::table_reader::{Batch, TableReader};

/// Columns of `functions` that tell one function from another.
const NAMES: [&str; 6] = ["run_id", "function", "file", "line", "col", "parameters"];
/// Columns of `functions` that are added up.
const SUMS: [&str; 6] = ["calls", "errors", "open", "total_ns", "self_ns", "wait_ns"];

/// Number of rows, and the sum of their hashes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct TableFingerprint {
    rows: u64,
    hash: u64,
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    tables: Vec<TableFingerprint>,
}

impl Fingerprint {
    /// Reads all tables of a segment.
    pub(crate) fn of(source: &Source) -> Result<Self, StoreError> {
        let mut tables = Vec::new();
        for table in TABLES {
            tables.push(match source.table(table.name) {
                None => TableFingerprint::default(),
                Some(path) if table.name == FUNCTIONS.name => functions(&path)?,
                Some(path) => rows(&path, table)?,
            });
        }
        Ok(Self { tables })
    }

    /// Rows of all tables.
    pub(crate) fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }
}

fn rows(path: &Path, table: &'static Table) -> Result<TableFingerprint, StoreError> {
    let place = |name: &str| table.columns.iter().position(|column| column.name == name);
    let kinds = (table.name == CALLS.name).then(|| (place("parent_kind"), place("parent_id")));
    let mut found = TableFingerprint::default();
    let mut reader = TableReader::open(path, table)?;
    while let Some(mut batch) = reader.next()? {
        for _ in 0..batch.rows() {
            let mut hasher = DefaultHasher::new();
            let mut has_parent = false;
            for (at, column) in table.columns.iter().enumerate() {
                if let Some((Some(kind), Some(parent))) = kinds {
                    if at == parent {
                        let id = batch.integer(at);
                        has_parent = id.is_some();
                        id.hash(&mut hasher);
                        continue;
                    }
                    if at == kind {
                        // Version 1 did not tell of what kind a parent is.
                        let unsaid = [ParentKind::None, ParentKind::Call][usize::from(has_parent)];
                        let said = batch.text(at).unwrap_or(unsaid.name().as_bytes());
                        said.hash(&mut hasher);
                        continue;
                    }
                }
                if column.name == "seq" {
                    continue;
                }
                hash_cell(&mut batch, at, column.kind, &mut hasher);
            }
            found.rows += 1;
            found.hash = found.hash.wrapping_add(hasher.finish());
            batch.advance();
        }
    }
    Ok(found)
}

fn functions(path: &Path) -> Result<TableFingerprint, StoreError> {
    let place = |name: &str| FUNCTIONS.columns.iter().position(|c| c.name == name);
    let names: Vec<usize> = NAMES.into_iter().filter_map(place).collect();
    let sums: Vec<usize> = SUMS.into_iter().filter_map(place).collect();
    let max = place("max_ns").unwrap_or_default();
    let mut found: HashMap<u64, ([i64; SUMS.len()], i64)> = HashMap::new();
    let mut reader = TableReader::open(path, &FUNCTIONS)?;
    while let Some(mut batch) = reader.next()? {
        for _ in 0..batch.rows() {
            let mut hasher = DefaultHasher::new();
            for &at in &names {
                hash_cell(&mut batch, at, FUNCTIONS.columns[at].kind, &mut hasher);
            }
            let (totals, largest) = found.entry(hasher.finish()).or_default();
            for (total, &at) in totals.iter_mut().zip(&sums) {
                *total = total.saturating_add(batch.integer(at).unwrap_or_default());
            }
            *largest = batch.integer(max).unwrap_or_default().max(*largest);
            batch.advance();
        }
    }
    let hash = |entry| {
        let mut hasher = DefaultHasher::new();
        Hash::hash(&entry, &mut hasher);
        hasher.finish()
    };
    Ok(TableFingerprint {
        rows: found.len() as u64,
        hash: found.into_iter().map(hash).fold(0, u64::wrapping_add),
    })
}

fn hash_cell(batch: &mut Batch, at: usize, kind: ColumnType, hasher: &mut DefaultHasher) {
    match kind {
        ColumnType::Text => batch.text(at).hash(hasher),
        _ => batch.integer(at).hash(hasher),
    }
}
