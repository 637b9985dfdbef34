//! `<run>-<seq>.json`: what a segment holds. Written last, it is what makes the segment count.
//!
//! `store.summaries("run")` lists those of a run, so that recovery knows the next `seq`.

use std::fs;
use std::path::PathBuf;

use breadcrumb_event::schema::TABLES;
use serde::{Deserialize, Serialize};

use crate::atomic_file::list;
use crate::{Store, StoreError};

/// A table's file in a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TableSummary {
    /// Name of the file, beside the summary.
    pub file: String,
    /// Number of rows.
    pub rows: u64,
    /// Size in bytes.
    pub bytes: u64,
}

/// The tables of a segment; an empty table has no file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TableSummaries {
    /// `calls`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls: Option<TableSummary>,
    /// `exceptions`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exceptions: Option<TableSummary>,
    /// `functions`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub functions: Option<TableSummary>,
    /// `counts`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<TableSummary>,
}

/// What a segment holds. The ranges are over `calls`, absent without calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SegmentSummary {
    /// Version of the tables' format.
    pub schema_version: u32,
    /// The run.
    pub run_id: String,
    /// Number of the segment in its run, from 0.
    pub seq: u64,
    /// Its files.
    pub tables: TableSummaries,
    /// Smallest `started_at`, ns since 1970.
    pub min_started_at_ns: Option<i64>,
    /// Largest `started_at`, ns since 1970.
    pub max_started_at_ns: Option<i64>,
    /// Smallest `root_id`.
    pub min_root_id: Option<i64>,
    /// Largest `root_id`.
    pub max_root_id: Option<i64>,
    /// Smallest `call_id`.
    pub min_call_id: Option<i64>,
    /// Largest `call_id`.
    pub max_call_id: Option<i64>,
}

/// The name, without extension, that a segment's files begin with.
pub(crate) fn segment_name(run_id: &str, seq: u64) -> String {
    format!("{run_id}-{seq}")
}

impl Store {
    /// The summaries of a run's segments, by `seq`. Damaged ones are an error that names the
    /// file: recovery must not take their `seq` for free.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`], [`StoreError::Version`], [`StoreError::Io`].
    pub fn summaries(&self, run_id: &str) -> Result<Vec<SegmentSummary>, StoreError> {
        let mut found = Vec::new();
        for path in self.segment_files(run_id)? {
            if path.extension().is_none_or(|e| e != "json") {
                continue;
            }
            let text = fs::read(&path).map_err(|e| StoreError::from_io(&path, e))?;
            let summary: SegmentSummary =
                serde_json::from_slice(&text).map_err(|e| StoreError::Corrupt {
                    path: path.clone(),
                    reason: e.to_string(),
                })?;
            found.push(summary);
        }
        found.sort_by_key(|summary| summary.seq);
        Ok(found)
    }

    /// Every file of a run's segments, whole or not, but temporary ones.
    pub(crate) fn segment_files(&self, run_id: &str) -> Result<Vec<PathBuf>, StoreError> {
        let prefix = format!("{run_id}-");
        let mut found = Vec::new();
        for folder in list(&self.segments_folder())? {
            if !folder.path().is_dir() {
                continue;
            }
            for entry in list(&folder.path())? {
                let name = entry.file_name();
                let rest = name.to_str().and_then(|n| n.strip_prefix(&prefix));
                if rest.is_some_and(is_segment_file) {
                    found.push(entry.path());
                }
            }
        }
        Ok(found)
    }
}

/// What follows a run's id and a hyphen is `<seq>.json` or `<seq>-<table>.parquet`: exactly, for
/// one run's id may be the beginning of another's.
fn is_segment_file(rest: &str) -> bool {
    let tail = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_table = || {
        let table = tail.strip_prefix('-')?.strip_suffix(".parquet")?;
        TABLES.iter().any(|t| t.name == table).then_some(())
    };
    tail.len() < rest.len() && (tail == ".json" || is_table().is_some())
}
