//! Whether a table's file is what its segment's summary says.
//!
//! `flaw_of(&path, "calls", &summary, &mut |bytes| …)?` → `None` for a sound one. Size and sum over
//! all bytes, the footer, the number of rows; without a sum, every row is decoded. Limits: what
//! decodes is not seen to be another value than was written, where there is no sum.

use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use breadcrumb_event::schema::TABLES;

use crate::table_reader::TableReader;
use crate::table_sum::bytes_flaw;
use crate::{StoreError, TableSummary};

/// What is wrong with a table's file.
#[derive(Debug)]
pub(super) enum Flaw {
    Missing,
    Damaged(String),
}

/// Reads a file whole. `read` is told of bytes.
pub(super) fn flaw_of(
    path: &Path,
    table: &str,
    summary: &TableSummary,
    read: &mut dyn FnMut(u64),
) -> Option<Flaw> {
    let damaged = |reason: String| Some(Flaw::Damaged(reason));
    match bytes_flaw(path, summary, read) {
        Ok(None) => {}
        Ok(Some(reason)) => return damaged(reason),
        Err(e) if e.kind() == ErrorKind::NotFound => return Some(Flaw::Missing),
        Err(e) => return damaged(format!("cannot be read: {e}")),
    }
    // A decoder that meets what it did not expect may panic: that is an answer as well.
    let rows = catch_unwind(AssertUnwindSafe(|| count_rows(path, table, summary)));
    match rows {
        Ok(Ok(rows)) if rows == summary.rows => None,
        Ok(Ok(rows)) => damaged(format!(
            "has {rows} rows, its summary says {}",
            summary.rows
        )),
        Ok(Err(StoreError::Corrupt { reason, .. })) => damaged(reason),
        Ok(Err(error)) => damaged(error.to_string()),
        Err(_) => damaged("cannot be decoded".into()),
    }
}

/// The rows that the footer tells of, or, where the file has no sum, those that can be read.
fn count_rows(path: &Path, table: &str, summary: &TableSummary) -> Result<u64, StoreError> {
    let Some(table) = TABLES.iter().find(|known| known.name == table) else {
        return Ok(summary.rows);
    };
    let mut reader = TableReader::open(path, table)?;
    if summary.crc32.is_some() {
        return Ok(reader.rows());
    }
    let mut rows = 0;
    while let Some(batch) = reader.next()? {
        rows += batch.rows() as u64;
    }
    Ok(rows)
}
