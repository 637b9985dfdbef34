//! Errors as they cross to TypeScript: `code`, a line break, the message. `ts/session.ts` makes
//! `BreadcrumbError`s of them.

use breadcrumb_recorder::{RecorderError, Refusal};
use breadcrumb_redact::RedactError;
use breadcrumb_store::{StoreError, WhyKept};

use crate::selection::BadGlob;

/// An error with a stable code.
#[derive(Debug)]
pub struct CodedError {
    code: &'static str,
    message: String,
}

impl CodedError {
    #[cold]
    fn new(code: &'static str, message: String) -> Self {
        Self { code, message }
    }

    /// Options that are not what the facade sends.
    #[cold]
    pub fn bad_json(error: &serde_json::Error) -> Self {
        Self::new(
            "BC_ERR_INTERNAL",
            format!("Options could not be read: {error}"),
        )
    }

    /// A question that needs a memory store.
    #[cold]
    pub fn no_memory_store() -> Self {
        Self::new(
            "BC_ERR_NO_MEMORY_STORE",
            "This session does not record into memory: start it with store: \":memory:\", or open its store with breadcrumb-tracer/query".into(),
        )
    }

    /// Another process merges or prunes.
    #[cold]
    pub fn store_busy(store: &std::path::Path) -> Self {
        Self::new(
            "BC_ERR_STORE_BUSY",
            format!(
                "{} is being merged or pruned by another process, or its file system has no locks: try again later",
                store.display()
            ),
        )
    }

    /// A run that is not to be removed.
    #[cold]
    pub fn run_kept(run_id: &str, why: WhyKept) -> Self {
        let reason = match why {
            WhyKept::Pinned => "it is pinned: take the pin away first (--unpin)",
            WhyKept::Written => {
                "it is being written, or waits to be recovered: end its process, or run \"breadcrumb recover\""
            }
            _ => "its record is damaged or of a newer version",
        };
        Self::new(
            "BC_ERR_RUN_KEPT",
            format!("Run {run_id} is not removed: {reason}"),
        )
    }

    /// What should be in the store now is not.
    #[cold]
    pub fn store_takes_nothing() -> Self {
        Self::new(
            "BC_ERR_STORE_UNWRITABLE",
            "The store takes nothing now, for want of room or permission: what was dumped is stored when it does again".into(),
        )
    }

    /// Nothing was configured.
    #[cold]
    pub fn not_configured() -> Self {
        Self::new(
            "BC_ERR_STOPPED",
            "Nothing records in this process: call Breadcrumb.start()".into(),
        )
    }
}

fn code_of(error: &StoreError) -> &'static str {
    match error {
        StoreError::Missing { .. } => "BC_ERR_STORE_MISSING",
        StoreError::Version { .. } => "BC_ERR_STORE_VERSION",
        StoreError::Corrupt { .. } => "BC_ERR_STORE_CORRUPT",
        StoreError::Backup { .. } => "BC_ERR_BAD_OPTION",
        StoreError::Shared { .. } => "BC_ERR_STORE_BUSY",
        _ => "BC_ERR_STORE_UNWRITABLE",
    }
}

impl From<BadGlob> for CodedError {
    #[cold]
    fn from(BadGlob(pattern, reason): BadGlob) -> Self {
        Self::new(
            "BC_ERR_BAD_GLOB",
            format!(
                "Bad pattern \"{pattern}\": {reason}. Patterns are as in .gitignore, relative to the project's root, or npm:<package>"
            ),
        )
    }
}

impl From<StoreError> for CodedError {
    fn from(error: StoreError) -> Self {
        Self::new(code_of(&error), error.to_string())
    }
}

impl From<RedactError> for CodedError {
    fn from(error: RedactError) -> Self {
        Self::new("BC_ERR_BAD_OPTION", format!("Option \"redact\": {error}"))
    }
}

impl From<RecorderError> for CodedError {
    fn from(error: RecorderError) -> Self {
        let code = match &error {
            RecorderError::Running => "BC_ERR_ALREADY_STARTED",
            RecorderError::Stopped => "BC_ERR_STOPPED",
            RecorderError::Store(error) => code_of(error),
            RecorderError::Redact(_) => "BC_ERR_BAD_OPTION",
            RecorderError::TooManyRules { .. } | RecorderError::BadPattern { .. } => {
                let message = format!("Option \"keep\": when: {error}");
                return Self::new("BC_ERR_BAD_OPTION", message);
            }
            _ => "BC_ERR_INTERNAL",
        };
        Self::new(code, error.to_string())
    }
}

impl From<CodedError> for Refusal {
    fn from(CodedError { code, message }: CodedError) -> Self {
        Self { code, message }
    }
}

impl From<CodedError> for napi::Error {
    fn from(error: CodedError) -> Self {
        Self::from_reason(format!("{}\n{}", error.code, error.message))
    }
}
