//! Where the assembler's rows go: a segment, memory, or a test's list.

use breadcrumb_event::row::{CallRow, ExceptionRow, LinkRow};

/// Takes rows. See the module.
pub trait RowSink {
    /// A call ended, or will not be seen again.
    fn call(&mut self, row: &CallRow<'_>);
    /// What became of an exception is known, or will not be.
    fn exception(&mut self, row: &ExceptionRow<'_>);
    /// A call is joined to a span elsewhere.
    fn link(&mut self, row: &LinkRow);
}
