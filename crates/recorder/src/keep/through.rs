//! Rows on their way from an assembler to the sink.
//!
//! `Through::new(held, &mut sink)`: past what is held, where it is decided by trace what is stored.
//! Limits: none.

use breadcrumb_event::row::{CallRow, ExceptionRow, LinkRow};

use super::held::Held;
use crate::row_sink::RowSink;
use crate::sink::Sink;

/// See the module.
pub(crate) struct Through<'a> {
    held: Option<&'a mut Held>,
    sink: &'a mut Sink,
}

impl<'a> Through<'a> {
    pub(crate) fn new(held: Option<&'a mut Held>, sink: &'a mut Sink) -> Self {
        Self { held, sink }
    }
}

impl RowSink for Through<'_> {
    #[inline]
    fn call(&mut self, row: &CallRow<'_>) {
        match &mut self.held {
            None => self.sink.call(row),
            Some(held) => held.call(row, self.sink),
        }
    }

    fn exception(&mut self, row: &ExceptionRow<'_>) {
        match &mut self.held {
            None => self.sink.exception(row),
            Some(held) => held.exception(row, self.sink),
        }
    }
    fn link(&mut self, row: &LinkRow) {
        match &mut self.held {
            None => self.sink.link(row),
            Some(held) => held.link(row, self.sink),
        }
    }
}
