//! Tail sampling: which traces are stored is decided when they have ended.
//!
//! ```text
//! assembler ──rows──► keep ──rows of kept traces──► sink
//!                      └── the others: counted by function, and for a time there to be dumped
//! ```
//! Rows of a trace are held, encoded, from its first until its root has ended and nothing was heard of it
//! for [`LINGER_NS`], or until it is certain that it is kept; what is kept is passed on from then on. The
//! calls of a trace that is not are counted, so that counts stay exact. Limits: `memory` bytes are held;
//! beyond that the eldest are decided early, and what is undecided then is not kept.

mod by_root;
mod encoded_rows;
mod held;
mod judge;
#[cfg(test)]
mod keep_tests;
mod root_rules;
mod through;
mod trace;
mod value_rule;
#[cfg(test)]
mod when_tests;

pub(crate) use held::Held;
pub use judge::{KeepOptions, RootChooser};
pub use root_rules::{Bounds, RootRule};
pub(crate) use through::Through;
pub(crate) use trace::KeepTally;
pub use value_rule::{Operator, ValueHead, ValueRule, ValueStep};

/// A trace whose root has ended is waited for so long: callbacks that belong to it may come.
pub(crate) const LINGER_NS: i64 = 1_000_000_000;
