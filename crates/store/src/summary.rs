//! `<segment>.json`: what a segment holds. Written last, it is what makes the segment count.
//!
//! `store.summaries("run")` lists those that hold rows of a run. A segment that a process wrote is
//! called `<run>-<seq>`; one that others were merged into, `merged-<uuid>`: it names those that it
//! replaces, which count no longer from the moment that its summary is in place.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use breadcrumb_event::schema::TABLES;
use serde::{Deserialize, Serialize};

use crate::atomic_file::list;
use crate::json_file::{check_version, parse_json, parse_known, read_text};
use crate::seq_ranges::SeqRanges;
use crate::{Store, StoreError};

/// Beginning of the names of merged segments.
pub(crate) const MERGED: &str = "merged-";

/// A table's file in a segment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TableSummary {
    /// Name of the file, beside the summary.
    pub file: String,
    /// Number of rows.
    pub rows: u64,
    /// Size in bytes.
    pub bytes: u64,
    /// CRC-32 (that of zip and zlib) of the file. Since version 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crc32: Option<u32>,
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
    /// `samples`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub samples: Option<TableSummary>,
    /// `lines`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<TableSummary>,
    /// `links`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<TableSummary>,
}

impl TableSummaries {
    /// Those that there are, by the table's name.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &TableSummary)> {
        [
            ("calls", &self.calls),
            ("exceptions", &self.exceptions),
            ("functions", &self.functions),
            ("counts", &self.counts),
            ("samples", &self.samples),
            ("lines", &self.lines),
            ("links", &self.links),
        ]
        .into_iter()
        .filter_map(|(name, table)| table.as_ref().map(|table| (name, table)))
    }

    /// Bytes of all of them.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.iter().map(|(_, table)| table.bytes).sum()
    }
}

/// What a segment holds of a run. The ranges are over `calls`, absent without calls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunPart {
    /// The run.
    pub run_id: String,
    /// Numbers of the segments that its process wrote which are in this one.
    pub seqs: SeqRanges,
    /// Its rows in `calls`.
    pub calls: u64,
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

/// What a segment holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SegmentSummary {
    /// Version of the tables' format.
    pub schema_version: u32,
    /// Its name: its files begin with it.
    pub name: String,
    /// The runs that its rows are of.
    pub runs: Vec<RunPart>,
    /// Its files.
    pub tables: TableSummaries,
    /// [`name_hash`] of every function in `calls`, in [`HASH_DIGITS`] hexadecimal digits each, sorted,
    /// as one text: a reader of ten thousand summaries takes no number apart. Absent where there are
    /// too many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function_hashes: Option<String>,
    /// Names of the segments, in the same folder, whose rows this one holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaces: Vec<String>,
}

/// A summary as versions 1 and 2 had it: of one run, named by it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OneRunSummary {
    seq: u64,
    tables: TableSummaries,
    #[serde(flatten)]
    part: OlderPart,
}

/// [`RunPart`] without the number of calls.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OlderPart {
    run_id: String,
    min_started_at_ns: Option<i64>,
    max_started_at_ns: Option<i64>,
    min_root_id: Option<i64>,
    max_root_id: Option<i64>,
    min_call_id: Option<i64>,
    max_call_id: Option<i64>,
}

impl From<OneRunSummary> for SegmentSummary {
    fn from(older: OneRunSummary) -> Self {
        let OneRunSummary { seq, tables, part } = older;
        Self {
            schema_version: 0,
            name: segment_name(&part.run_id, seq),
            runs: vec![RunPart {
                seqs: SeqRanges::one(seq),
                calls: tables.calls.as_ref().map_or(0, |table| table.rows),
                run_id: part.run_id,
                min_started_at_ns: part.min_started_at_ns,
                max_started_at_ns: part.max_started_at_ns,
                min_root_id: part.min_root_id,
                max_root_id: part.max_root_id,
                min_call_id: part.min_call_id,
                max_call_id: part.max_call_id,
            }],
            tables,
            function_hashes: None,
            replaces: Vec::new(),
        }
    }
}

impl SegmentSummary {
    /// Reads the summary at `path`.
    pub(crate) fn read(path: &Path) -> Result<Self, StoreError> {
        let corrupt = |reason: String| StoreError::Corrupt {
            path: path.to_owned(),
            reason,
        };
        let text = read_text(path)?;
        let known = parse_known(&text, |summary: &Self| summary.schema_version);
        let summary = match known {
            Some(summary) => summary,
            None => Self::parse_other(path, &text)?,
        };
        if path.file_stem().is_none_or(|stem| *stem != *summary.name) {
            return Err(corrupt("names another segment than its file does".into()));
        }
        let leads_out = |file: &str| Path::new(file).file_name().is_none_or(|name| name != file);
        if summary.tables.iter().any(|(_, t)| leads_out(&t.file)) {
            return Err(corrupt("names a file in another folder".into()));
        }
        Ok(summary)
    }

    /// What an older version wrote, or an error that says what is wrong.
    fn parse_other(path: &Path, text: &[u8]) -> Result<Self, StoreError> {
        let corrupt = |reason: String| StoreError::Corrupt {
            path: path.to_owned(),
            reason,
        };
        let value = parse_json(path, text)?;
        let version = check_version(path, &value)?;
        let version = version.ok_or_else(|| corrupt("it says no version".into()))?;
        let summary: serde_json::Result<Self> = if version < 3 {
            serde_json::from_value::<OneRunSummary>(value).map(Self::from)
        } else {
            serde_json::from_value(value)
        };
        let mut summary = summary.map_err(|e| corrupt(e.to_string()))?;
        summary.schema_version = version;
        Ok(summary)
    }

    /// Its number, if it is one that a process wrote for this run.
    #[must_use]
    pub fn seq_in(&self, run_id: &str) -> Option<u64> {
        let seq = self.name.strip_prefix(run_id)?.strip_prefix('-')?;
        seq.parse().ok()
    }

    /// What it holds of a run.
    #[must_use]
    pub fn part(&self, run_id: &str) -> Option<&RunPart> {
        self.runs.iter().find(|part| part.run_id == run_id)
    }

    /// Other segments were merged into it.
    #[must_use]
    pub fn is_merged(&self) -> bool {
        !self.replaces.is_empty()
    }
}

/// The name that the files of a segment begin with.
pub(crate) fn segment_name(run_id: &str, seq: u64) -> String {
    format!("{run_id}-{seq}")
}

/// Hexadecimal digits of a [`name_hash`].
pub const HASH_DIGITS: usize = 6;

/// 24 bits of FNV-1a over a function's name, by which a reader tells that a segment has no call of
/// it.
#[must_use]
pub fn name_hash(name: &str) -> u32 {
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    (hash >> 24) ^ (hash & 0xff_ffff)
}

impl Store {
    /// The summaries of the segments with rows of a run, by name. Damaged ones are an error that
    /// names the file.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`], [`StoreError::Version`], [`StoreError::Io`].
    pub fn summaries(&self, run_id: &str) -> Result<Vec<SegmentSummary>, StoreError> {
        let mut found = Vec::new();
        for folder in self.date_folders()? {
            for path in summary_paths(&folder)? {
                let summary = SegmentSummary::read(&path)?;
                if summary.part(run_id).is_some() {
                    found.push(summary);
                }
            }
        }
        found.sort_by_key(|summary| (summary.seq_in(run_id), summary.name.clone()));
        Ok(found)
    }

    /// The folders of days.
    pub(crate) fn date_folders(&self) -> Result<Vec<PathBuf>, StoreError> {
        let mut folders: Vec<PathBuf> = list(&self.segments_folder())?
            .iter()
            .filter(|entry| entry.file_name().to_string_lossy().starts_with("date="))
            .map(|entry| entry.path())
            .filter(|path| path.is_dir())
            .collect();
        folders.sort();
        Ok(folders)
    }
}

/// Paths of the summaries in a day's folder.
pub(crate) fn summary_paths(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let names = names_in(folder)?;
    let summaries = names.iter().filter(|name| name.ends_with(".json"));
    let mut paths: Vec<PathBuf> = summaries.map(|name| folder.join(name)).collect();
    paths.sort();
    Ok(paths)
}

/// Names of what is in a folder.
pub(crate) fn names_in(folder: &Path) -> Result<HashSet<String>, StoreError> {
    let entries = list(folder)?.into_iter();
    Ok(entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect())
}

/// The segment that a table's file is of, by its name.
pub(crate) fn segment_of(file: &str) -> Option<&str> {
    let (segment, table) = file.strip_suffix(".parquet")?.rsplit_once('-')?;
    let is_ours = segment.contains('-') && TABLES.iter().any(|known| known.name == table);
    is_ours.then_some(segment)
}

/// Every name that a file of the segment can have, its summary's first: the order in which they go.
pub(crate) fn file_names(segment: &str) -> impl Iterator<Item = String> {
    let tables = TABLES.iter().map(|table| table.name);
    std::iter::once(format!("{segment}.json"))
        .chain(tables.map(move |table| format!("{segment}-{table}.parquet")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_the_hashes_that_readers_look_for() {
        // The same stand in __test__/query/segment-choice.test.ts.
        let names = ["main", "Cart.add", "größe"];
        assert_eq!(names.map(name_hash), [0x90_e2e2, 0x89_a7ff, 0x38_f457]);
    }
}
