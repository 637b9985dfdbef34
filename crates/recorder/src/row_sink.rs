//! Where the assembler's rows go: a segment, memory, or a test's list.

use breadcrumb_event::row::{CallRow, ExceptionRow};

/// Takes rows. See the module.
pub trait RowSink {
    /// A call ended, or will not be seen again.
    fn call(&mut self, row: &CallRow<'_>);
    /// What became of an exception is known, or will not be.
    fn exception(&mut self, row: &ExceptionRow<'_>);
}
