//! What a check found out about a file.
//!
//! `Finding { file: "segments/date=…/r-0-calls.parquet", kind: Damaged, reason: "…" }`. Limits: one
//! finding a file and kind.

/// What is the matter with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum FindingKind {
    /// It does not hold what it should.
    Damaged,
    /// It should be there.
    Missing,
    /// It is of a newer version.
    Newer,
    /// The store has fewer or more calls of a run than its record says.
    Miscounted,
    /// A table that no segment has: its rows are not seen.
    Orphan,
    /// It is none of a store's files.
    Foreign,
    /// Others than the owner may use it.
    Permissions,
    /// A dead process left it; recording or merging removes it.
    Leftover,
    /// A living process is at it.
    InUse,
    /// A merged or migrated segment has its rows; merging removes it.
    Replaced,
    /// A dead process's calls wait in memory for `breadcrumb recover`.
    Waiting,
    /// It is of an older version: `breadcrumb migrate` writes it again.
    Older,
    /// It was found damaged earlier.
    Quarantined,
    /// It is on a file system that machines share: nobody merges or prunes it.
    Network,
}

impl FindingKind {
    /// Something is wrong; otherwise it is only good to know.
    #[must_use]
    pub fn is_problem(self) -> bool {
        self <= Self::Permissions
    }
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The file, from the store's folder on.
    pub file: String,
    /// What is the matter with it.
    pub kind: FindingKind,
    /// The same in words.
    pub reason: String,
}
