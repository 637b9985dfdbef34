//! The cells of a segment's small tables: functions, counts, lines, samples, links.
//!
//! Limits: the columns follow `breadcrumb_event::schema` in their order.

use breadcrumb_event::schema::{COUNTS, FUNCTIONS, LINES, LINKS, SAMPLES};

use super::SegmentBuilder;
use crate::resolved_functions::{ResolvedFunction, ResolvedFunctions};
use crate::table::Cells;

/// What the rows of a function in a thread begin with: run, thread, and the function's name and place.
fn push_place(cells: &mut Cells, run_id: &str, thread_id: u32, function: &ResolvedFunction) {
    cells.push_text(Some(run_id));
    cells.push_integer(Some(thread_id.into()));
    cells.push_text(Some(&function.name));
    cells.push_text(Some(&function.file));
    cells.push_integer(Some(function.line.into()));
    cells.push_integer(Some(function.column.into()));
}

impl SegmentBuilder {
    pub(super) fn function_cells(&self, functions: &mut ResolvedFunctions<'_>) -> Cells {
        let mut cells = Cells::new(&FUNCTIONS);
        for run in &self.runs {
            for sum in run.sums.iter() {
                let function = functions.get(sum.function);
                cells.push_text(Some(&run.run_id));
                cells.push_text(Some(&function.name));
                cells.push_text(Some(&function.file));
                cells.push_integer(Some(function.line.into()));
                cells.push_integer(Some(function.column.into()));
                cells.push_text(Some(function.kind.name()));
                cells.push_text(Some(&function.parameters));
                let generated = function.generated.as_ref();
                cells.push_text(generated.map(|place| &*place.file));
                cells.push_integer(generated.map(|place| place.line.into()));
                cells.push_integer(generated.map(|place| place.column.into()));
                cells.push_integer(Some(sum.calls));
                cells.push_integer(Some(sum.errors));
                cells.push_integer(Some(sum.open));
                cells.push_integer(Some(sum.total_ns));
                cells.push_integer(Some(sum.self_ns));
                cells.push_integer(Some(sum.wait_ns));
                cells.push_integer(Some(sum.max_ns));
                cells.push_text(Some(&sum.histogram_json()));
            }
        }
        cells
    }

    pub(super) fn count_cells(&self, functions: &mut ResolvedFunctions<'_>) -> Cells {
        let mut cells = Cells::new(&COUNTS);
        for run in &self.runs {
            for row in &run.counts {
                let function = functions.get(row.function);
                push_place(&mut cells, &run.run_id, row.thread_id, &function);
                cells.push_integer(Some(row.from_ns));
                cells.push_integer(Some(row.to_ns));
                cells.push_integer(Some(i64::try_from(row.counted).unwrap_or(i64::MAX)));
                cells.push_integer(Some(i64::try_from(row.dropped).unwrap_or(i64::MAX)));
            }
        }
        cells
    }

    pub(super) fn line_cells(&self, functions: &mut ResolvedFunctions<'_>) -> Cells {
        let mut cells = Cells::new(&LINES);
        for run in &self.runs {
            for row in &run.lines {
                let function = functions.get(row.function);
                push_place(&mut cells, &run.run_id, row.thread_id, &function);
                cells.push_integer(Some(row.line.into()));
                cells.push_integer(Some(row.column.into()));
                cells.push_integer(Some(row.is_branch.into()));
                cells.push_integer(Some(row.from_ns));
                cells.push_integer(Some(row.to_ns));
                cells.push_integer(Some(i64::try_from(row.count).unwrap_or(i64::MAX)));
            }
        }
        cells
    }

    pub(super) fn sample_cells(&self) -> Cells {
        let mut cells = Cells::new(&SAMPLES);
        for run in &self.runs {
            for row in &run.samples {
                let function = row.function.as_ref();
                cells.push_text(Some(&run.run_id));
                cells.push_integer(Some(row.thread_id.into()));
                cells.push_text(Some(&row.kind));
                cells.push_integer(Some(row.from_ns));
                cells.push_integer(Some(row.to_ns));
                cells.push_text(function.map(|it| it.name.as_str()));
                cells.push_text(function.map(|it| it.file.as_str()));
                cells.push_integer(function.map(|it| it.line.into()));
                cells.push_integer(function.map(|it| it.column.into()));
                cells.push_integer(Some(row.samples));
                cells.push_integer(Some(row.weight));
                cells.push_text(Some(&row.stack));
            }
        }
        cells
    }
    pub(super) fn link_cells(&self) -> Cells {
        let mut cells = Cells::new(&LINKS);
        for run in &self.runs {
            for row in &run.links {
                cells.push_text(Some(&run.run_id));
                cells.push_integer(Some(row.thread_id.into()));
                cells.push_integer(Some(row.root_id));
                cells.push_integer(Some(row.call_id));
                cells.push_integer(Some(row.at_ns));
                cells.push_text(Some(row.direction.name()));
                cells.push_text(Some(&format!("{:032x}", row.w3c_trace)));
                cells.push_text(Some(&format!("{:016x}", row.span)));
            }
        }
        cells
    }
}
