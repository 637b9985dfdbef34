//! The rows of `calls`.

use std::io::Write;
use std::path::Path;

use breadcrumb_event::row::{Arguments, CallResult, CallRow};
use breadcrumb_event::schema::CALLS;
use parquet::errors::Result;

use crate::resolved_functions::ResolvedFunctions;
use crate::table::Cells;

/// Smallest and largest values over all rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ranges {
    pub(crate) started_at_ns: (i64, i64),
    pub(crate) root_id: (i64, i64),
    pub(crate) call_id: (i64, i64),
}

#[derive(Debug)]
struct Held {
    row: CallRow<'static>,
    integers: Option<Vec<i64>>,
    arguments: Option<String>,
    result_integer: Option<i64>,
    result: Option<String>,
}

/// Calls held until they are published.
#[derive(Debug)]
pub(crate) struct Calls {
    run_id: String,
    held: Vec<Held>,
    bytes: usize,
}

impl Calls {
    pub(crate) fn new(run_id: &str, _folder: &Path) -> Self {
        Self {
            run_id: run_id.to_owned(),
            held: Vec::new(),
            bytes: 0,
        }
    }

    pub(crate) fn push(&mut self, row: &CallRow<'_>) {
        let (integers, arguments) = match row.arguments {
            Arguments::None => (None, None),
            Arguments::Integers(v) => (Some(v.to_vec()), None),
            Arguments::Json(v) => (None, Some(v.to_owned())),
        };
        let (result_integer, result) = match row.result {
            CallResult::None => (None, None),
            CallResult::Integer(v) => (Some(v), None),
            CallResult::Json(v) => (None, Some(v.to_owned())),
        };
        self.bytes += size_of::<Held>();
        self.held.push(Held {
            row: CallRow {
                arguments: Arguments::None,
                result: CallResult::None,
                ..*row
            },
            integers,
            arguments,
            result_integer,
            result,
        });
    }

    pub(crate) fn rows(&self) -> u64 {
        self.held.len() as u64
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn ranges(&self) -> Option<Ranges> {
        let range = |of: fn(&Held) -> i64| {
            let low = self.held.iter().map(of).min()?;
            Some((low, self.held.iter().map(of).max()?))
        };
        Some(Ranges {
            started_at_ns: range(|h| h.row.started_at_ns)?,
            root_id: range(|h| h.row.root_id)?,
            call_id: range(|h| h.row.call_id)?,
        })
    }

    pub(crate) fn write(
        &mut self,
        out: impl Write + Send,
        functions: &mut ResolvedFunctions<'_>,
    ) -> Result<()> {
        let mut cells = Cells::new(&CALLS);
        for held in &self.held {
            let row = &held.row;
            let function = functions.get(row.function);
            let integers = held.integers.as_deref();
            cells.push_text(Some(&self.run_id));
            cells.push_integer(Some(row.thread_id.into()));
            cells.push_integer(Some(row.root_id));
            cells.push_integer(Some(row.call_id));
            cells.push_integer(row.parent_id);
            cells.push_text(Some(&function.name));
            cells.push_text(Some(&function.file));
            cells.push_integer(Some(function.line.into()));
            cells.push_integer(Some(function.column.into()));
            cells.push_text(Some(&function.parameters));
            cells.push_integer(Some(row.started_at_ns));
            cells.push_integer(row.duration_ns);
            cells.push_integer(Some(row.self_ns));
            cells.push_integer(Some(row.wait_ns));
            cells.push_integer(Some(row.depth.into()));
            cells.push_text(Some(row.status.name()));
            cells.push_integer(integers.map(|v| v.len() as i64));
            cells.push_integer(integers.and_then(|v| v.first().copied()));
            cells.push_integer(integers.and_then(|v| v.get(1).copied()));
            cells.push_text(held.arguments.as_deref());
            cells.push_integer(held.result_integer);
            cells.push_text(held.result.as_deref());
            cells.push_integer(row.exception_id);
            cells.push_text(Some(row.clock.name()));
            cells.push_integer(Some(1));
            cells.push_text(Some("probe"));
        }
        cells.write(out)
    }

    pub(crate) fn clear(&mut self) {
        self.held.clear();
        self.bytes = 0;
    }
}
