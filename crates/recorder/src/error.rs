//! What can go wrong with a recorder.

use breadcrumb_redact::RedactError;
use breadcrumb_ring::RingError;
use breadcrumb_store::StoreError;

/// An error of the recorder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecorderError {
    /// Another recorder runs in this process.
    #[error("this process records already: stop the running session first")]
    Running,
    /// The recorder was stopped.
    #[error("the recorder is stopped")]
    Stopped,
    /// The table of functions is full.
    #[error("more than {limit} functions: this file is left alone")]
    TooManyFunctions {
        /// The limit, `MAX_FUNCTIONS`.
        limit: u32,
    },
    /// More threads than a run can number.
    #[error("more than {limit} threads in one run")]
    TooManyThreads {
        /// The limit.
        limit: u32,
    },
    /// The recorder's thread could not be started.
    #[error("cannot start the recorder's thread: {0}")]
    Thread(std::io::Error),
    /// An error of a ring.
    #[error(transparent)]
    Ring(#[from] RingError),
    /// An error of the store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is to be redacted cannot be.
    #[error(transparent)]
    Redact(#[from] RedactError),
    /// More rules than a policy can have.
    #[error("at most {most} conditions on roots")]
    TooManyRules {
        /// The limit.
        most: usize,
    },
    /// A regular expression that is none, or too large.
    #[error(
        "the regular expression \"{pattern}\" cannot be used (its syntax has no look-around and no back-references): {reason}"
    )]
    BadPattern {
        /// The expression.
        pattern: String,
        /// Why.
        reason: String,
    },
    /// A dead run's folder cannot be used.
    #[error("{path}: {reason}")]
    Unrecoverable {
        /// The folder.
        path: String,
        /// Why.
        reason: String,
    },
}
