//! The tables of the store, seam two of two: what `crates/store` writes as Parquet, what
//! `ts/query` reads through views, and what `docs/schema.md` tells users. Defined here once.
//!
//! A *column* stands in the file. A *view column* is what users see: columns under their own
//! names, or computed from them in DuckDB's SQL, which any other engine can say as well.

/// Version of the format. A segment and the store say theirs; a reader refuses a newer one.
///
/// 1: the first. 2: `calls.parent_kind`, `functions.generated_*`. 3: segments of several runs, which
/// may replace others; sums of the files. 4: `calls.seq`, `exceptions.seq`, all
/// numbers of a segment's parts; of exceptions where they were thrown and caught, causes, and calls. 5: `calls.lines`. 6:
/// `calls.variables`. 7: `links`.
pub const SCHEMA_VERSION: u32 = 7;

/// The version in which a column came last: files of an earlier one lack some.
pub const COLUMNS_VERSION: u32 = 6;

/// Physical type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// Parquet INT32.
    Int32,
    /// Parquet INT64.
    Int64,
    /// Parquet INT64, TIMESTAMP(NANOS), in UTC but not said to be: DuckDB before 2 reads one that is
    /// adjusted to UTC as a type that ends at microseconds.
    TimestampNs,
    /// Parquet BYTE_ARRAY, UTF8.
    Text,
}

/// How a column is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnEncoding {
    /// Dictionary and RLE: few distinct values.
    Dictionary,
    /// DELTA_BINARY_PACKED: ids, times and sums.
    Delta,
    /// Plain text or numbers.
    Plain,
}

/// A column of a file.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Name.
    pub name: &'static str,
    /// Type.
    pub kind: ColumnType,
    /// May be null.
    pub nullable: bool,
    /// Encoding.
    pub encoding: ColumnEncoding,
    /// Meaning, with unit.
    pub doc: &'static str,
}

/// A column of the view.
#[derive(Clone, Copy, Debug)]
pub struct ViewColumn {
    /// Name.
    pub name: &'static str,
    /// DuckDB type, for the documentation.
    pub kind: &'static str,
    /// SQL over the file's columns; empty where it is the column of the same name.
    pub sql: &'static str,
    /// Meaning, with unit.
    pub doc: &'static str,
}

/// A table.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Name; files end in `-<name>.parquet`.
    pub name: &'static str,
    /// What a row is.
    pub doc: &'static str,
    /// Columns of the file, in order.
    pub columns: &'static [Column],
    /// Columns of the view, in order.
    pub view: &'static [ViewColumn],
}

const fn column(
    name: &'static str,
    kind: ColumnType,
    nullable: bool,
    encoding: ColumnEncoding,
    doc: &'static str,
) -> Column {
    Column {
        name,
        kind,
        nullable,
        encoding,
        doc,
    }
}

const fn view(
    name: &'static str,
    kind: &'static str,
    sql: &'static str,
    doc: &'static str,
) -> ViewColumn {
    ViewColumn {
        name,
        kind,
        sql,
        doc,
    }
}

use ColumnEncoding::{Delta, Dictionary, Plain};
use ColumnType::{Int32, Int64, Text, TimestampNs};

/// In a segment that was merged, which rows a reader has seen already.
const SEQ: Column = column(
    "seq",
    Int32,
    true,
    Dictionary,
    "Number of the run's segment in which it was published. Since version 4: earlier files lack it, and it is null in what was merged before.",
);

/// One row a call.
pub const CALLS: Table = Table {
    name: "calls",
    doc: "One row a call of an included function.",
    columns: &[
        column("run_id", Text, false, Dictionary, "The run."),
        column(
            "thread_id",
            Int32,
            false,
            Dictionary,
            "Thread in its run, 0 for the main thread.",
        ),
        column(
            "root_id",
            Int64,
            false,
            Delta,
            "`call_id` of the root of its trace.",
        ),
        column("call_id", Int64, false, Delta, "Unique in its run."),
        column(
            "parent_id",
            Int64,
            true,
            Delta,
            "`call_id` of the call that caused it.",
        ),
        column("function", Text, false, Dictionary, "Name of the function."),
        column(
            "file",
            Text,
            false,
            Dictionary,
            "Its file, relative to the project's root.",
        ),
        column(
            "line",
            Int32,
            false,
            Dictionary,
            "Line of its first character, from 1.",
        ),
        column(
            "col",
            Int32,
            false,
            Dictionary,
            "Column of its first character, from 1.",
        ),
        column(
            "parameters",
            Text,
            false,
            Dictionary,
            "Names of its parameters, a JSON array.",
        ),
        column("started_at", TimestampNs, false, Delta, "Entry."),
        column(
            "duration_ns",
            Int64,
            true,
            Delta,
            "Entry to return or settlement.",
        ),
        column(
            "self_ns",
            Int64,
            false,
            Delta,
            "The running part without callees.",
        ),
        column("wait_ns", Int64, false, Delta, "The suspended part."),
        column("depth", Int32, false, Delta, "Number of calls above it."),
        column(
            "status",
            Text,
            false,
            Dictionary,
            "`returned`, `threw` or `open`.",
        ),
        column(
            "argument_count",
            Int32,
            true,
            Dictionary,
            "Number of arguments stored as `argument_0`, `argument_1`.",
        ),
        column(
            "argument_0",
            Int64,
            true,
            Delta,
            "First argument, where all are integers and at most two.",
        ),
        column(
            "argument_1",
            Int64,
            true,
            Delta,
            "Second argument, likewise.",
        ),
        column(
            "arguments_json",
            Text,
            true,
            Plain,
            "Otherwise: the arguments, a JSON array.",
        ),
        column(
            "result_integer",
            Int64,
            true,
            Delta,
            "The result, where it is an integer.",
        ),
        column(
            "result_json",
            Text,
            true,
            Plain,
            "Otherwise: the result as JSON.",
        ),
        column(
            "exception_id",
            Int64,
            true,
            Delta,
            "The exception that ended it.",
        ),
        column("clock", Text, false, Dictionary, "`coarse` or `exact`."),
        column(
            "weight",
            Int32,
            false,
            Dictionary,
            "Calls that this row stands for.",
        ),
        column(
            "backend",
            Text,
            false,
            Dictionary,
            "What told of it: `probe`, `inspector`, or `span`, of what is no function: Node, a library or the program (docs/edges.md).",
        ),
        column(
            "parent_kind",
            Text,
            false,
            Dictionary,
            "`none`, `call` or `root`. Since version 2: earlier files lack it.",
        ),
        SEQ,
        column(
            "lines",
            Text,
            true,
            Plain,
            "The lines that ran, as JSON. Since version 5: earlier files lack it.",
        ),
        column(
            "variables",
            Text,
            true,
            Plain,
            "What assignments came to, as JSON. Since version 6: earlier files lack it.",
        ),
    ],
    view: &[
        view(
            "run_id",
            "VARCHAR",
            "",
            "The run: one process from start to end. Globally unique.",
        ),
        view(
            "thread_id",
            "INTEGER",
            "",
            "Thread in its run, 0 for the main thread.",
        ),
        view(
            "trace_id",
            "VARCHAR",
            "run_id || '-' || to_base(root_id, 36)",
            "A root call and all that it caused. Globally unique.",
        ),
        view(
            "call_id",
            "BIGINT",
            "",
            "Unique in its run, whatever the thread; in the order of entry within a thread.",
        ),
        view(
            "parent_id",
            "BIGINT",
            "",
            "`call_id` of the call that caused it; null for a root.",
        ),
        view(
            "parent_kind",
            "VARCHAR",
            "CASE WHEN parent_id IS NOT NULL THEN coalesce(parent_kind, 'call') END",
            "`call`: the parent ran when it began. `root`: a callback (timer, `.then`, I/O), registered by its parent, the root of the trace, or by a call that this one caused. Null for a root.",
        ),
        view(
            "function",
            "VARCHAR",
            "",
            "Name of the function, as a person would say it.",
        ),
        view(
            "file",
            "VARCHAR",
            "",
            "Its source file, relative to the project's root where it is under it: the original one where a source map is known.",
        ),
        view(
            "line",
            "INTEGER",
            "",
            "Line of its first character, from 1.",
        ),
        view(
            "col",
            "INTEGER",
            "",
            "Column of its first character, from 1.",
        ),
        view(
            "parameters",
            "VARCHAR",
            "",
            "Names of its parameters, a JSON array.",
        ),
        view("started_at", "TIMESTAMP_NS", "", "Entry, UTC."),
        view(
            "duration_ns",
            "BIGINT",
            "",
            "Entry to return, or to settlement of an async function or generator; null while open.",
        ),
        view(
            "self_ns",
            "BIGINT",
            "",
            "The running part without recorded callees.",
        ),
        view(
            "wait_ns",
            "BIGINT",
            "",
            "The suspended part (`await`, `yield`).",
        ),
        view(
            "depth",
            "INTEGER",
            "",
            "Number of calls above it, 0 for a root.",
        ),
        view("status", "VARCHAR", "", "`returned`, `threw` or `open`."),
        view(
            "arguments",
            "VARCHAR",
            "coalesce(arguments_json, CASE argument_count WHEN 0 THEN '[]' WHEN 1 THEN '[' || argument_0 || ']' WHEN 2 THEN '[' || argument_0 || ',' || argument_1 || ']' END)",
            "Its arguments, a JSON array; null if not captured.",
        ),
        view(
            "result",
            "VARCHAR",
            "coalesce(result_json, CAST(result_integer AS VARCHAR))",
            "Its result as JSON; null if not captured.",
        ),
        view("exception_id", "BIGINT", "", "The exception that ended it."),
        view(
            "clock",
            "VARCHAR",
            "",
            "`coarse` or `exact`: which clock its times were read from.",
        ),
        view("weight", "INTEGER", "", "Calls that this row stands for."),
        view(
            "backend",
            "VARCHAR",
            "",
            "What told of it: `probe`, `inspector`, or `span`, of what is no function: Node, a library or the program (docs/edges.md).",
        ),
        view(
            "lines",
            "VARCHAR",
            "",
            "The lines of its function that ran, in the order in which they first did: a JSON array of `[line, count]`, or `[line, count, col]` of a branch that begins within a line. Null without the option `lines`.",
        ),
        view(
            "variables",
            "VARCHAR",
            "",
            "What its assignments came to, in the order in which they were made: a JSON array of `[line, name, value]`, or `[line, name, value, n]` where `n` values of that assignment before this one were left out; a number at the end says how many more assignments there were. Null without the option `variables`.",
        ),
    ],
};

/// One row an exception.
pub const EXCEPTIONS: Table = Table {
    name: "exceptions",
    doc: "One row an exception, however many calls it passed through.",
    columns: &[
        column("run_id", Text, false, Dictionary, "The run."),
        column("exception_id", Int64, false, Delta, "Unique in its run."),
        column("thread_id", Int32, false, Dictionary, "Thread in its run."),
        column(
            "call_id",
            Int64,
            true,
            Delta,
            "The innermost recorded call that it was thrown in: that it left, or that caught it.",
        ),
        column(
            "root_id",
            Int64,
            true,
            Delta,
            "`call_id` of the root of its trace.",
        ),
        column(
            "function",
            Text,
            true,
            Dictionary,
            "Name of that call's function.",
        ),
        column("file", Text, true, Dictionary, "Its file."),
        column("line", Int32, true, Dictionary, "Its line."),
        column("name", Text, false, Dictionary, "The error's name."),
        column("message", Text, false, Plain, "Its message, redacted."),
        column("stack", Text, true, Plain, "Its stack, redacted."),
        column(
            "thrown_at",
            TimestampNs,
            false,
            Delta,
            "When it was first seen.",
        ),
        column(
            "handled",
            Text,
            false,
            Dictionary,
            "`caught`, `uncaught` or `unknown`.",
        ),
        column(
            "calls",
            Int32,
            false,
            Delta,
            "Number of recorded calls that it ended.",
        ),
        SEQ,
        column(
            "thrown_file",
            Text,
            true,
            Dictionary,
            "File where it was thrown. Since version 4, as are those below.",
        ),
        column("thrown_line", Int32, true, Dictionary, "Line there."),
        column("thrown_col", Int32, true, Dictionary, "Column there."),
        column(
            "caught_id",
            Int64,
            true,
            Delta,
            "The call that caught it last.",
        ),
        column(
            "caught_function",
            Text,
            true,
            Dictionary,
            "Name of that call's function.",
        ),
        column("caught_file", Text, true, Dictionary, "Its file."),
        column(
            "caught_line",
            Int32,
            true,
            Dictionary,
            "Line of the `catch` clause.",
        ),
        column(
            "cause_id",
            Int64,
            true,
            Delta,
            "The exception that is its cause.",
        ),
        column("causes", Text, true, Plain, "Its causes, a JSON array."),
        column("errors", Text, true, Plain, "Its errors, a JSON array."),
        column(
            "crossed",
            Text,
            true,
            Plain,
            "The calls that it left, a JSON array.",
        ),
    ],
    view: &[
        view("run_id", "VARCHAR", "", "The run."),
        view("exception_id", "BIGINT", "", "Unique in its run."),
        view("thread_id", "INTEGER", "", "Thread in its run."),
        view(
            "call_id",
            "BIGINT",
            "",
            "The innermost recorded call that it was thrown in (that it left, or that caught it), if any.",
        ),
        view(
            "trace_id",
            "VARCHAR",
            "run_id || '-' || to_base(root_id, 36)",
            "Its trace, if it was thrown in a call.",
        ),
        view("function", "VARCHAR", "", "Name of that call's function."),
        view("file", "VARCHAR", "", "Its file."),
        view("line", "INTEGER", "", "Its line."),
        view(
            "name",
            "VARCHAR",
            "",
            "The error's name; `typeof` of a thrown value that is no error; `unknown` where no probe saw it.",
        ),
        view(
            "message",
            "VARCHAR",
            "",
            "Its message, or the thrown value as JSON; redacted.",
        ),
        view(
            "stack",
            "VARCHAR",
            "",
            "Its stack, redacted; null where neither the `throw` nor the program has read it.",
        ),
        view(
            "thrown_at",
            "TIMESTAMP_NS",
            "",
            "When it was first seen, UTC.",
        ),
        view(
            "handled",
            "VARCHAR",
            "",
            "`caught` by a traced function, `uncaught` (ended the process), or `unknown` (left the traced code).",
        ),
        view(
            "calls",
            "INTEGER",
            "",
            "Number of recorded calls that it ended.",
        ),
        view(
            "thrown_file",
            "VARCHAR",
            "",
            "File of the `throw`, or of what threw by itself, where that is known.",
        ),
        view("thrown_line", "INTEGER", "", "Line there, from 1."),
        view("thrown_col", "INTEGER", "", "Column there, from 1."),
        view(
            "caught_id",
            "BIGINT",
            "",
            "`call_id` of the call that caught it, the last one where it was thrown again.",
        ),
        view(
            "caught_function",
            "VARCHAR",
            "",
            "Name of that call's function.",
        ),
        view("caught_file", "VARCHAR", "", "Its file."),
        view("caught_line", "INTEGER", "", "Line of the `catch` clause."),
        view(
            "cause_id",
            "BIGINT",
            "",
            "`exception_id` of its `cause`, where that was thrown in recorded code too.",
        ),
        view(
            "causes",
            "VARCHAR",
            "",
            "Its `cause`, the cause of that, and so on: a JSON array of `{ name, message, exceptionId }`.",
        ),
        view(
            "errors",
            "VARCHAR",
            "",
            "The `errors` of an AggregateError, likewise.",
        ),
        view(
            "crossed",
            "VARCHAR",
            "",
            "The calls that it left, in order: a JSON array of `{ callId, function, file, line, locals }`.",
        ),
    ],
};

/// One row a function and segment: what `stats()` adds up.
pub const FUNCTIONS: Table = Table {
    name: "functions",
    doc: "One row a function and segment: the sums over its calls there. Add them up over segments. A function that was instrumented has a row, with 0 calls, also where it never ran: at least one in its run.",
    columns: &[
        column("run_id", Text, false, Dictionary, "The run."),
        column("function", Text, false, Dictionary, "Name of the function."),
        column("file", Text, false, Dictionary, "Its file."),
        column(
            "line",
            Int32,
            false,
            Dictionary,
            "Line of its first character, from 1.",
        ),
        column(
            "col",
            Int32,
            false,
            Dictionary,
            "Column of its first character, from 1.",
        ),
        column("kind", Text, false, Dictionary, "Its form."),
        column(
            "parameters",
            Text,
            false,
            Dictionary,
            "Names of its parameters, a JSON array.",
        ),
        column(
            "generated_file",
            Text,
            true,
            Dictionary,
            "The file that Node loaded, where a source map led from it to `file`.",
        ),
        column("generated_line", Int32, true, Dictionary, "Its line there."),
        column(
            "generated_col",
            Int32,
            true,
            Dictionary,
            "Its column there.",
        ),
        column("calls", Int64, false, Delta, "Number of rows in `calls`."),
        column("errors", Int64, false, Delta, "Those that threw."),
        column("open", Int64, false, Delta, "Those still open."),
        column("total_ns", Int64, false, Delta, "Sum of `duration_ns`."),
        column("self_ns", Int64, false, Delta, "Sum of `self_ns`."),
        column("wait_ns", Int64, false, Delta, "Sum of `wait_ns`."),
        column("max_ns", Int64, false, Delta, "Largest `duration_ns`."),
        column(
            "histogram",
            Text,
            false,
            Plain,
            "Durations by bucket, a JSON object.",
        ),
    ],
    view: &[
        view("run_id", "VARCHAR", "", "The run."),
        view("function", "VARCHAR", "", "Name of the function."),
        view("file", "VARCHAR", "", "Its file."),
        view(
            "line",
            "INTEGER",
            "",
            "Line of its first character, from 1.",
        ),
        view(
            "col",
            "INTEGER",
            "",
            "Column of its first character, from 1.",
        ),
        view(
            "kind",
            "VARCHAR",
            "",
            "`function`, `arrow`, `method`, `getter`, `setter` or `constructor`.",
        ),
        view(
            "parameters",
            "VARCHAR",
            "",
            "Names of its parameters, a JSON array.",
        ),
        view(
            "generated_file",
            "VARCHAR",
            "",
            "The file that Node loaded, where a source map led from it to `file`; else null.",
        ),
        view(
            "generated_line",
            "INTEGER",
            "",
            "Line of its first character there, from 1.",
        ),
        view(
            "generated_col",
            "INTEGER",
            "",
            "Column of its first character there, from 1.",
        ),
        view(
            "calls",
            "BIGINT",
            "",
            "Number of its rows in `calls` of this segment.",
        ),
        view("errors", "BIGINT", "", "Those that threw."),
        view("open", "BIGINT", "", "Those still open."),
        view("total_ns", "BIGINT", "", "Sum of `duration_ns`."),
        view("self_ns", "BIGINT", "", "Sum of `self_ns`."),
        view("wait_ns", "BIGINT", "", "Sum of `wait_ns`."),
        view("max_ns", "BIGINT", "", "Largest `duration_ns`."),
        view(
            "histogram",
            "VARCHAR",
            "",
            "Durations: a JSON object from bucket to number of calls. Bucket 0 is 0 ns; bucket b > 0 holds durations d with floor(ln(d) / ln(1.1)) + 1 = b.",
        ),
    ],
};

/// One row a function and interval of calls that were not recorded one by one.
pub const COUNTS: Table = Table {
    name: "counts",
    doc: "One row a function, thread and interval in which calls were counted only, or dropped; with 0 of both the function ran, and nobody knows how often.",
    columns: &[
        column("run_id", Text, false, Dictionary, "The run."),
        column("thread_id", Int32, false, Dictionary, "Thread in its run."),
        column("function", Text, false, Dictionary, "Name of the function."),
        column("file", Text, false, Dictionary, "Its file."),
        column(
            "line",
            Int32,
            false,
            Dictionary,
            "Line of its first character, from 1.",
        ),
        column(
            "col",
            Int32,
            false,
            Dictionary,
            "Column of its first character, from 1.",
        ),
        column(
            "from",
            TimestampNs,
            false,
            Delta,
            "Beginning of the interval.",
        ),
        column("to", TimestampNs, false, Delta, "Its end."),
        column("counted", Int64, false, Plain, "Calls counted only."),
        column(
            "dropped",
            Int64,
            false,
            Plain,
            "Calls dropped because the ring was full.",
        ),
    ],
    view: &[
        view("run_id", "VARCHAR", "", "The run."),
        view("thread_id", "INTEGER", "", "Thread in its run."),
        view("function", "VARCHAR", "", "Name of the function."),
        view("file", "VARCHAR", "", "Its file."),
        view(
            "line",
            "INTEGER",
            "",
            "Line of its first character, from 1.",
        ),
        view(
            "col",
            "INTEGER",
            "",
            "Column of its first character, from 1.",
        ),
        view(
            "from",
            "TIMESTAMP_NS",
            "\"from\"",
            "Beginning of the interval, UTC.",
        ),
        view("to", "TIMESTAMP_NS", "\"to\"", "Its end, UTC."),
        view("counted", "BIGINT", "", "Calls counted only."),
        view(
            "dropped",
            "BIGINT",
            "",
            "Calls dropped because the ring was full.",
        ),
    ],
};

/// One row a distinct stack in a part of a profile.
pub const SAMPLES: Table = Table {
    name: "samples",
    doc: "One row a stack, thread and part of a profile (up to 30 s): how often V8 found the thread there, or what it had allocated there that was still alive. Runs without the option `samples` have none.",
    columns: &[
        column("run_id", Text, false, Dictionary, "The run."),
        column("thread_id", Int32, false, Dictionary, "Thread in its run."),
        column("kind", Text, false, Dictionary, "`cpu` or `heap`."),
        column("from", TimestampNs, false, Delta, "Beginning of the part."),
        column("to", TimestampNs, false, Delta, "Its end."),
        column(
            "function",
            Text,
            true,
            Dictionary,
            "Name of the innermost recorded function on the stack.",
        ),
        column("file", Text, true, Dictionary, "Its file."),
        column(
            "line",
            Int32,
            true,
            Dictionary,
            "Line of its first character, from 1.",
        ),
        column(
            "col",
            Int32,
            true,
            Dictionary,
            "Column of its first character, from 1.",
        ),
        column("samples", Int64, false, Plain, "How often it was found."),
        column(
            "weight",
            Int64,
            false,
            Plain,
            "`cpu`: ns between samples; `heap`: bytes.",
        ),
        column(
            "stack",
            Text,
            false,
            Plain,
            "Its frames, the innermost first: a JSON array.",
        ),
    ],
    view: &[
        view("run_id", "VARCHAR", "", "The run."),
        view("thread_id", "INTEGER", "", "Thread in its run."),
        view("kind", "VARCHAR", "", "`cpu` or `heap`."),
        view(
            "from",
            "TIMESTAMP_NS",
            "\"from\"",
            "Beginning of the part, UTC.",
        ),
        view("to", "TIMESTAMP_NS", "\"to\"", "Its end, UTC."),
        view(
            "function",
            "VARCHAR",
            "",
            "Name of the innermost recorded function on the stack, as in `functions`; null where there is none.",
        ),
        view("file", "VARCHAR", "", "Its file."),
        view(
            "line",
            "INTEGER",
            "",
            "Line of its first character, from 1.",
        ),
        view(
            "col",
            "INTEGER",
            "",
            "Column of its first character, from 1.",
        ),
        view(
            "samples",
            "BIGINT",
            "",
            "How often the stack was found; of `heap`, objects.",
        ),
        view(
            "weight",
            "BIGINT",
            "",
            "What they stand for: of `cpu` ns, of `heap` bytes that are alive at the end of the part.",
        ),
        view(
            "stack",
            "VARCHAR",
            "",
            "Its frames, the innermost first: a JSON array of `[name, file, line, col]`; file, line and col are null of V8's own.",
        ),
    ],
};

/// One row a line of a function and interval.
pub const LINES: Table = Table {
    name: "lines",
    doc: "One row a line of a function, thread and interval in which it ran, in calls that were recorded or not; with a count of 0 it is there to run. Runs without the option `lines` have none.",
    columns: &[
        column("run_id", Text, false, Dictionary, "The run."),
        column("thread_id", Int32, false, Dictionary, "Thread in its run."),
        column("function", Text, false, Dictionary, "Name of the function."),
        column("file", Text, false, Dictionary, "Its file."),
        column(
            "function_line",
            Int32,
            false,
            Dictionary,
            "Line of its first character, from 1.",
        ),
        column(
            "function_col",
            Int32,
            false,
            Dictionary,
            "Column of its first character, from 1.",
        ),
        column("line", Int32, false, Dictionary, "The line, from 1."),
        column(
            "col",
            Int32,
            false,
            Dictionary,
            "Column of what begins there, from 1.",
        ),
        column(
            "is_branch",
            Int32,
            false,
            Dictionary,
            "1 of a branch that begins within the line, else 0.",
        ),
        column(
            "from",
            TimestampNs,
            false,
            Delta,
            "Beginning of the interval.",
        ),
        column("to", TimestampNs, false, Delta, "Its end."),
        column("count", Int64, false, Plain, "How often it ran."),
    ],
    view: &[
        view("run_id", "VARCHAR", "", "The run."),
        view("thread_id", "INTEGER", "", "Thread in its run."),
        view("function", "VARCHAR", "", "Name of the function."),
        view("file", "VARCHAR", "", "Its file."),
        view(
            "function_line",
            "INTEGER",
            "",
            "Line of the function's first character, from 1: `line` in `functions`.",
        ),
        view(
            "function_col",
            "INTEGER",
            "",
            "Column of it, from 1: `col` in `functions`.",
        ),
        view("line", "INTEGER", "", "The line, from 1."),
        view(
            "col",
            "INTEGER",
            "",
            "Column of the statement or branch that begins there, from 1.",
        ),
        view(
            "is_branch",
            "BOOLEAN",
            "is_branch = 1",
            "Whether it is a branch that begins within the line (`a ? b : c`, `a && b`), and not the line itself.",
        ),
        view(
            "from",
            "TIMESTAMP_NS",
            "\"from\"",
            "Beginning of the interval, UTC.",
        ),
        view("to", "TIMESTAMP_NS", "\"to\"", "Its end, UTC."),
        view("count", "BIGINT", "", "How often it ran in it."),
    ],
};

/// One row a call and span.
pub const LINKS: Table = Table {
    name: "links",
    doc: "One row for each time that a call was joined to a span of another process or tracer, by the ids of W3C Trace Context. The other end of an `out` is the `in` with the same ids.",
    columns: &[
        column("run_id", Text, false, Dictionary, "The run."),
        column("thread_id", Int32, false, Dictionary, "Thread in its run."),
        column(
            "root_id",
            Int64,
            false,
            Delta,
            "`call_id` of the root of the call's trace.",
        ),
        column("call_id", Int64, false, Delta, "The call."),
        column("linked_at", TimestampNs, false, Delta, "When."),
        column(
            "direction",
            Text,
            false,
            Dictionary,
            "`in`, `out` or `otel`.",
        ),
        column(
            "w3c_trace_id",
            Text,
            false,
            Plain,
            "The trace's id, 32 hexadecimal digits.",
        ),
        column(
            "span_id",
            Text,
            false,
            Plain,
            "The span's id, 16 hexadecimal digits.",
        ),
    ],
    view: &[
        view("run_id", "VARCHAR", "", "The run."),
        view(
            "trace_id",
            "VARCHAR",
            "run_id || '-' || to_base(root_id, 36)",
            "The call's trace, as in `calls`.",
        ),
        view(
            "call_id",
            "BIGINT",
            "",
            "The call; where none ran, the root of the trace.",
        ),
        view("thread_id", "INTEGER", "", "Thread in its run."),
        view("linked_at", "TIMESTAMP_NS", "", "When, UTC."),
        view(
            "direction",
            "VARCHAR",
            "",
            "`in`: the request that the call serves came with these ids. `out`: the call made a request with them. `otel`: this span of OpenTelemetry was active when it began, or made a request.",
        ),
        view(
            "w3c_trace_id",
            "VARCHAR",
            "",
            "Id of the trace in `traceparent`, 32 hexadecimal digits.",
        ),
        view(
            "span_id",
            "VARCHAR",
            "",
            "Id of the span, 16 hexadecimal digits: in `traceparent` the parent's.",
        ),
    ],
};

/// Every table that is kept in segments.
pub const TABLES: &[Table] = &[CALLS, EXCEPTIONS, FUNCTIONS, COUNTS, SAMPLES, LINES, LINKS];

/// Base of the duration histogram: bucket b > 0 holds durations of about `1.1^b` ns.
pub const HISTOGRAM_BASE: f64 = 1.1;

/// The bucket of a duration in ns.
#[must_use]
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss
)]
pub fn histogram_bucket(duration_ns: i64) -> u32 {
    if duration_ns <= 0 {
        return 0;
    }
    ((duration_ns as f64).ln() / HISTOGRAM_BASE.ln()) as u32 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_view_column_has_a_source() {
        for table in TABLES {
            for column in table.view {
                let exists = table.columns.iter().any(|c| c.name == column.name);
                assert!(
                    exists || !column.sql.is_empty(),
                    "{}.{}",
                    table.name,
                    column.name
                );
            }
        }
    }

    #[test]
    fn buckets_grow_with_durations() {
        assert_eq!(histogram_bucket(0), 0);
        assert_eq!(histogram_bucket(1), 1);
        assert!(histogram_bucket(1000) < histogram_bucket(1200));
    }
}
