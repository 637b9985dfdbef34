//! The rows of one page of `calls`, column by column, until they are encoded.
//!
//! ```ignore
//! page.push(&row, function_index);
//! if page.is_full() { page.encode(&mut group, &mut encoder); }
//! ```
//! What says whether a cell is null, and every column with a handful of values, is in one word of
//! flags a row; a page in which those do not vary writes one run for each such column. A page is
//! small enough to stay in the processor's cache until it is encoded. Limits: the text of a page
//! is bounded by closing it early.

use breadcrumb_event::row::{Arguments, CallResult, CallRow, CallStatus, ClockKind, ParentKind};

use crate::call_group::{CallGroup, ColumnId};
use crate::calls::Ranges;
use crate::delta;
use crate::page::{
    PageEncoder, PageEncoding, write_constant_indices, write_constant_levels, write_indices,
    write_levels,
};

/// Rows of a page: ten of DuckDB's vectors.
pub(crate) const PAGE_ROWS: usize = 20_480;

/// A page with more JSON text than this is closed early.
const PAGE_TEXT_BYTES: usize = 1 << 20;

const HAS_PARENT: u16 = 1;
const HAS_DURATION: u16 = 1 << 1;
const HAS_EXCEPTION: u16 = 1 << 2;
const STATUS: u16 = 0b11 << 3;
const STATUS_SHIFT: u32 = 3;
const EXACT: u16 = 1 << 5;
/// Number of integer arguments + 1, 0 without.
const INTEGERS: u16 = 0b11 << 6;
const INTEGERS_SHIFT: u32 = 6;
const JSON_ARGUMENTS: u16 = 1 << 8;
const INTEGER_RESULT: u16 = 1 << 9;
const JSON_RESULT: u16 = 1 << 10;
const PARENT_KIND: u16 = 0b11 << 11;
const PARENT_KIND_SHIFT: u32 = 11;
const HAS_SEQ: u16 = 1 << 13;
const HAS_LINES: u16 = 1 << 14;
const HAS_VARIABLES: u16 = 1 << 15;

/// `argument_count` by index: the dictionary of that column.
pub(crate) const ARGUMENT_COUNTS: [i32; 3] = [0, 1, 2];

/// `status` by index.
pub(crate) const STATUSES: [CallStatus; 3] =
    [CallStatus::Returned, CallStatus::Threw, CallStatus::Open];

/// `parent_kind` by index.
pub(crate) const PARENT_KINDS: [ParentKind; 3] =
    [ParentKind::None, ParentKind::Call, ParentKind::Root];

/// `clock` by index.
pub(crate) const CLOCKS: [ClockKind; 2] = [ClockKind::Coarse, ClockKind::Exact];

/// Rows of a page. Columns that may be null hold only what is not.
#[derive(Debug, Default)]
pub(crate) struct CallPage {
    flags: Vec<u16>,
    first_flags: u16,
    /// Bits of the flags that are not the same in all rows.
    varying: u16,
    /// Indices into the group's functions.
    functions: Vec<u32>,
    /// Indices into the group's threads.
    threads: Vec<u32>,
    /// Indices into the group's numbers of segments.
    seqs: Vec<u32>,
    root_ids: Vec<i64>,
    call_ids: Vec<i64>,
    parent_ids: Vec<i64>,
    started_at_ns: Vec<i64>,
    duration_ns: Vec<i64>,
    self_ns: Vec<i64>,
    wait_ns: Vec<i64>,
    depths: Vec<i64>,
    arguments: [Vec<i64>; 2],
    arguments_json: Vec<u8>,
    integer_results: Vec<i64>,
    results_json: Vec<u8>,
    exception_ids: Vec<i64>,
    lines: Vec<u8>,
    variables: Vec<u8>,
}

impl CallPage {
    /// Takes a row, whose function, thread and segment, if that is known, have these indices in the
    /// row group.
    pub(crate) fn push(&mut self, row: &CallRow<'_>, function: u32, thread: u32, seq: Option<u32>) {
        let mut flags = match row.status {
            CallStatus::Returned => 0,
            CallStatus::Threw => 1 << STATUS_SHIFT,
            CallStatus::Open => 2 << STATUS_SHIFT,
        };
        flags |= match row.parent_kind {
            ParentKind::None => 0,
            ParentKind::Call => 1 << PARENT_KIND_SHIFT,
            ParentKind::Root => 2 << PARENT_KIND_SHIFT,
        };
        if row.clock == ClockKind::Exact {
            flags |= EXACT;
        }
        if let Some(parent) = row.parent_id {
            flags |= HAS_PARENT;
            self.parent_ids.push(parent);
        }
        if let Some(duration) = row.duration_ns {
            flags |= HAS_DURATION;
            self.duration_ns.push(duration);
        }
        if let Some(exception) = row.exception_id {
            flags |= HAS_EXCEPTION;
            self.exception_ids.push(exception);
        }
        if let Some(seq) = seq {
            flags |= HAS_SEQ;
            self.seqs.push(seq);
        }
        if let Some(lines) = row.lines {
            flags |= HAS_LINES;
            push_text(lines, &mut self.lines);
        }
        if let Some(variables) = row.variables {
            flags |= HAS_VARIABLES;
            push_text(variables, &mut self.variables);
        }
        flags |= self.push_arguments(row.arguments);
        match row.result {
            CallResult::None => {}
            CallResult::Integer(v) => {
                flags |= INTEGER_RESULT;
                self.integer_results.push(v);
            }
            CallResult::Json(text) => {
                flags |= JSON_RESULT;
                push_text(text, &mut self.results_json);
            }
        }
        self.functions.push(function);
        self.threads.push(thread);
        self.root_ids.push(row.root_id);
        self.call_ids.push(row.call_id);
        self.started_at_ns.push(row.started_at_ns);
        self.self_ns.push(row.self_ns);
        self.wait_ns.push(row.wait_ns);
        self.depths.push(i64::from(row.depth.min(i32::MAX as u32)));
        if self.flags.is_empty() {
            self.first_flags = flags;
        }
        self.varying |= flags ^ self.first_flags;
        self.flags.push(flags);
    }

    fn push_arguments(&mut self, arguments: Arguments<'_>) -> u16 {
        match arguments {
            Arguments::None => 0,
            Arguments::Integers(values) if values.len() <= 2 => {
                for (column, &value) in self.arguments.iter_mut().zip(values) {
                    column.push(value);
                }
                (values.len() as u16 + 1) << INTEGERS_SHIFT
            }
            // The rows' contract says two at most; more are no reason to lose any.
            Arguments::Integers(values) => {
                let texts: Vec<String> = values.iter().map(i64::to_string).collect();
                push_text(&format!("[{}]", texts.join(",")), &mut self.arguments_json);
                JSON_ARGUMENTS
            }
            Arguments::Json(text) => {
                push_text(text, &mut self.arguments_json);
                JSON_ARGUMENTS
            }
        }
    }

    pub(crate) fn rows(&self) -> usize {
        self.flags.len()
    }

    pub(crate) fn is_full(&self) -> bool {
        let text = self.arguments_json.len()
            + self.results_json.len()
            + self.lines.len()
            + self.variables.len();
        self.rows() >= PAGE_ROWS || text >= PAGE_TEXT_BYTES
    }

    /// Memory held, about.
    pub(crate) fn memory_bytes(&self) -> usize {
        // Flags, indices and eleven columns of 64 bits.
        self.flags.capacity() * (2 + 4 + 4 + 4 + 11 * 8)
            + self.arguments_json.capacity()
            + self.results_json.capacity()
            + self.lines.capacity()
            + self.variables.capacity()
    }

    /// The ranges over the rows; `None` without rows.
    pub(crate) fn ranges(&self) -> Option<Ranges> {
        Some(Ranges {
            started_at_ns: delta::range(&self.started_at_ns)?,
            root_id: delta::range(&self.root_ids)?,
            call_id: delta::range(&self.call_ids)?,
        })
    }

    /// Encodes the rows as a page of each column of `group` and empties the page.
    /// All of them are of the run with this index.
    pub(crate) fn encode(&mut self, run: u32, group: &mut CallGroup, encoder: &mut PageEncoder) {
        group.rows += self.rows();
        let mut out = Writer {
            page: self,
            run,
            group,
            encoder,
        };
        out.write_all();
        self.clear();
    }

    pub(crate) fn clear(&mut self) {
        self.flags.clear();
        self.varying = 0;
        self.functions.clear();
        self.threads.clear();
        self.seqs.clear();
        self.arguments_json.clear();
        self.results_json.clear();
        self.lines.clear();
        self.variables.clear();
        for column in [
            &mut self.root_ids,
            &mut self.call_ids,
            &mut self.parent_ids,
            &mut self.started_at_ns,
            &mut self.duration_ns,
            &mut self.self_ns,
            &mut self.wait_ns,
            &mut self.depths,
            &mut self.integer_results,
            &mut self.exception_ids,
        ] {
            column.clear();
        }
        self.arguments.iter_mut().for_each(Vec::clear);
    }
}

/// Adds text as Parquet's plain encoding has it.
pub(crate) fn push_text(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(&(text.len() as u32).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

/// A page on its way into its group.
struct Writer<'a> {
    page: &'a CallPage,
    run: u32,
    group: &'a mut CallGroup,
    encoder: &'a mut PageEncoder,
}

impl Writer<'_> {
    fn write_all(&mut self) {
        let page = self.page;
        self.constant(ColumnId::Run, self.run);
        self.indices(ColumnId::Thread, &page.threads, 0);
        self.required(ColumnId::RootId, &page.root_ids);
        self.required(ColumnId::CallId, &page.call_ids);
        self.optional(ColumnId::ParentId, &page.parent_ids, HAS_PARENT, |_| true);
        self.group.push_functions(&page.functions);
        self.required(ColumnId::StartedAt, &page.started_at_ns);
        let nulls = self.levels(HAS_DURATION, |_| true);
        self.summed(ColumnId::Duration, &page.duration_ns, nulls);
        self.summed(ColumnId::SelfNs, &page.self_ns, 0);
        self.required(ColumnId::WaitNs, &page.wait_ns);
        self.required(ColumnId::Depth, &page.depths);
        self.flag_indices(ColumnId::Status, STATUS, STATUS_SHIFT);
        self.argument_counts();
        self.optional(ColumnId::Argument0, &page.arguments[0], INTEGERS, |f| {
            f >> INTEGERS_SHIFT >= 2
        });
        self.optional(ColumnId::Argument1, &page.arguments[1], INTEGERS, |f| {
            f >> INTEGERS_SHIFT >= 3
        });
        self.text(
            ColumnId::ArgumentsJson,
            &page.arguments_json,
            JSON_ARGUMENTS,
        );
        self.optional(
            ColumnId::IntegerResult,
            &page.integer_results,
            INTEGER_RESULT,
            |_| true,
        );
        self.text(ColumnId::ResultJson, &page.results_json, JSON_RESULT);
        self.optional(
            ColumnId::ExceptionId,
            &page.exception_ids,
            HAS_EXCEPTION,
            |_| true,
        );
        self.flag_indices(ColumnId::ParentKind, PARENT_KIND, PARENT_KIND_SHIFT);
        self.flag_indices(ColumnId::Clock, EXACT, EXACT.trailing_zeros());
        let nulls = self.levels(HAS_SEQ, |_| true);
        self.indices(ColumnId::Seq, &page.seqs, nulls);
        self.text(ColumnId::Lines, &page.lines, HAS_LINES);
        self.text(ColumnId::Variables, &page.variables, HAS_VARIABLES);
        self.constant(ColumnId::Constant, 0);
    }

    fn finish(&mut self, column: ColumnId, encoding: PageEncoding, nulls: usize) {
        let rows = self.page.rows();
        let out = self.group.column(column);
        self.encoder.data_page(rows, encoding, &mut out.pages);
        out.nulls += nulls;
    }

    fn required(&mut self, column: ColumnId, values: &[i64]) {
        self.group.column(column).widen(delta::range(values));
        delta::encode(values, self.encoder.body());
        self.finish(column, PageEncoding::Delta, 0);
    }

    /// A column whose cell is there where the flags under `mask` are not 0 and `present`.
    fn optional(
        &mut self,
        column: ColumnId,
        values: &[i64],
        mask: u16,
        present: impl Fn(u16) -> bool,
    ) {
        let nulls = self.levels(mask, present);
        debug_assert_eq!(values.len() + nulls, self.page.rows());
        self.group.column(column).widen(delta::range(values));
        delta::encode(values, self.encoder.body());
        self.finish(column, PageEncoding::Delta, nulls);
    }

    /// A column that readers add up over all rows, behind its levels.
    fn summed(&mut self, column: ColumnId, values: &[i64], nulls: usize) {
        let encoding = self.encoder.push_integers(values);
        let out = self.group.column(column);
        out.widen(delta::range(values));
        out.has_plain |= encoding == PageEncoding::Plain;
        self.finish(column, encoding, nulls);
    }

    fn text(&mut self, column: ColumnId, plain: &[u8], mask: u16) {
        let nulls = self.levels(mask, |_| true);
        self.encoder.body().extend_from_slice(plain);
        self.finish(column, PageEncoding::Plain, nulls);
    }

    /// Writes levels; returns the number of nulls.
    fn levels(&mut self, mask: u16, present: impl Fn(u16) -> bool) -> usize {
        let page = self.page;
        let body = self.encoder.body();
        let is_present = |flags: u16| flags & mask != 0 && present(flags & mask);
        if page.varying & mask == 0 {
            let present = is_present(page.first_flags);
            write_constant_levels(present, page.rows(), body);
            return if present { 0 } else { page.rows() };
        }
        page.rows() - write_levels(&page.flags, |&flags| is_present(flags), body)
    }

    /// Indices, behind the levels of a column that may be null.
    fn indices(&mut self, column: ColumnId, indices: &[u32], nulls: usize) {
        let least = indices.iter().copied().min().unwrap_or_default();
        let most = indices.iter().copied().max().unwrap_or_default();
        if !indices.is_empty() {
            self.widen(column, least, most);
        }
        let body = self.encoder.body();
        match least == most {
            true => write_constant_indices(most, indices.len(), body),
            false => write_indices(indices.iter().copied(), most as usize + 1, body),
        }
        self.finish(column, PageEncoding::RleDictionary, nulls);
    }

    fn flag_indices(&mut self, column: ColumnId, mask: u16, shift: u32) {
        let page = self.page;
        let index = |flags: u16| u32::from((flags & mask) >> shift);
        let first = index(page.first_flags);
        if page.varying & mask == 0 {
            self.widen(column, first, first);
            write_constant_indices(first, page.rows(), self.encoder.body());
        } else {
            let indices = page.flags.iter().map(|&f| index(f));
            let least = indices.clone().min().unwrap_or_default();
            let most = indices.clone().max().unwrap_or_default();
            self.widen(column, least, most);
            write_indices(indices, most as usize + 1, self.encoder.body());
        }
        self.finish(column, PageEncoding::RleDictionary, 0);
    }

    fn argument_counts(&mut self) {
        let page = self.page;
        let nulls = self.levels(INTEGERS, |_| true);
        let index = |flags: u16| u32::from((flags & INTEGERS) >> INTEGERS_SHIFT).wrapping_sub(1);
        let body = self.encoder.body();
        if page.varying & INTEGERS == 0 {
            match nulls {
                0 => write_constant_indices(index(page.first_flags), page.rows(), body),
                _ => write_constant_indices(0, 0, body),
            }
        } else {
            let counts = page.flags.iter().map(|&f| index(f));
            let present: Vec<u32> = counts.filter(|&i| i < 3).collect();
            write_indices(present.into_iter(), ARGUMENT_COUNTS.len(), body);
        }
        self.finish(ColumnId::ArgumentCount, PageEncoding::RleDictionary, nulls);
    }

    /// Takes note of which of its dictionary's values a column uses.
    fn widen(&mut self, column: ColumnId, least: u32, most: u32) {
        let range = Some((least.into(), most.into()));
        self.group.column(column).widen(range);
    }

    fn constant(&mut self, column: ColumnId, index: u32) {
        write_constant_indices(index, self.page.rows(), self.encoder.body());
        self.finish(column, PageEncoding::RleDictionary, 0);
    }
}
