// Generated from crates/event by `npm run gen`. Do not edit.
/** Tables of the store: see crates/event/src/schema.rs and docs/schema.md. */
export const SCHEMA_VERSION = 4;
/** The version in which a column came last: files of an earlier one lack some. */
export const COLUMNS_VERSION = 4;
/** Base of the duration histogram's buckets. */
export const HISTOGRAM_BASE = 1.1;
/** A table of the store. */
export interface TableSchema {
  /** Name; its files end in `-<name>.parquet`. */
  readonly name: string;
  /** Columns of the files with their DuckDB types, to stand in when there is no file. */
  readonly columns: readonly (readonly [name: string, type: string])[];
  /** Select list of the view over the files' columns. */
  readonly select: string;
}
/** Every table that is kept in segments. */
export const TABLES: readonly TableSchema[] = [
  {
    name: "calls",
    columns: [
      ["run_id", "VARCHAR"],
      ["thread_id", "INTEGER"],
      ["root_id", "BIGINT"],
      ["call_id", "BIGINT"],
      ["parent_id", "BIGINT"],
      ["function", "VARCHAR"],
      ["file", "VARCHAR"],
      ["line", "INTEGER"],
      ["col", "INTEGER"],
      ["parameters", "VARCHAR"],
      ["started_at", "TIMESTAMP_NS"],
      ["duration_ns", "BIGINT"],
      ["self_ns", "BIGINT"],
      ["wait_ns", "BIGINT"],
      ["depth", "INTEGER"],
      ["status", "VARCHAR"],
      ["argument_count", "INTEGER"],
      ["argument_0", "BIGINT"],
      ["argument_1", "BIGINT"],
      ["arguments_json", "VARCHAR"],
      ["result_integer", "BIGINT"],
      ["result_json", "VARCHAR"],
      ["exception_id", "BIGINT"],
      ["clock", "VARCHAR"],
      ["weight", "INTEGER"],
      ["backend", "VARCHAR"],
      ["parent_kind", "VARCHAR"],
      ["seq", "INTEGER"],
    ],
    select: `"run_id", "thread_id", run_id || '-' || to_base(root_id, 36) AS "trace_id", "call_id", "parent_id", CASE WHEN parent_id IS NOT NULL THEN coalesce(parent_kind, 'call') END AS "parent_kind", "function", "file", "line", "col", "parameters", "started_at", "duration_ns", "self_ns", "wait_ns", "depth", "status", coalesce(arguments_json, CASE argument_count WHEN 0 THEN '[]' WHEN 1 THEN '[' || argument_0 || ']' WHEN 2 THEN '[' || argument_0 || ',' || argument_1 || ']' END) AS "arguments", coalesce(result_json, CAST(result_integer AS VARCHAR)) AS "result", "exception_id", "clock", "weight", "backend"`,
  },
  {
    name: "exceptions",
    columns: [
      ["run_id", "VARCHAR"],
      ["exception_id", "BIGINT"],
      ["thread_id", "INTEGER"],
      ["call_id", "BIGINT"],
      ["root_id", "BIGINT"],
      ["function", "VARCHAR"],
      ["file", "VARCHAR"],
      ["line", "INTEGER"],
      ["name", "VARCHAR"],
      ["message", "VARCHAR"],
      ["stack", "VARCHAR"],
      ["thrown_at", "TIMESTAMP_NS"],
      ["handled", "VARCHAR"],
      ["calls", "INTEGER"],
      ["seq", "INTEGER"],
      ["thrown_file", "VARCHAR"],
      ["thrown_line", "INTEGER"],
      ["thrown_col", "INTEGER"],
      ["caught_id", "BIGINT"],
      ["caught_function", "VARCHAR"],
      ["caught_file", "VARCHAR"],
      ["caught_line", "INTEGER"],
      ["cause_id", "BIGINT"],
      ["causes", "VARCHAR"],
      ["errors", "VARCHAR"],
      ["crossed", "VARCHAR"],
    ],
    select: `"run_id", "exception_id", "thread_id", "call_id", run_id || '-' || to_base(root_id, 36) AS "trace_id", "function", "file", "line", "name", "message", "stack", "thrown_at", "handled", "calls", "thrown_file", "thrown_line", "thrown_col", "caught_id", "caught_function", "caught_file", "caught_line", "cause_id", "causes", "errors", "crossed"`,
  },
  {
    name: "functions",
    columns: [
      ["run_id", "VARCHAR"],
      ["function", "VARCHAR"],
      ["file", "VARCHAR"],
      ["line", "INTEGER"],
      ["col", "INTEGER"],
      ["kind", "VARCHAR"],
      ["parameters", "VARCHAR"],
      ["generated_file", "VARCHAR"],
      ["generated_line", "INTEGER"],
      ["generated_col", "INTEGER"],
      ["calls", "BIGINT"],
      ["errors", "BIGINT"],
      ["open", "BIGINT"],
      ["total_ns", "BIGINT"],
      ["self_ns", "BIGINT"],
      ["wait_ns", "BIGINT"],
      ["max_ns", "BIGINT"],
      ["histogram", "VARCHAR"],
    ],
    select: `"run_id", "function", "file", "line", "col", "kind", "parameters", "generated_file", "generated_line", "generated_col", "calls", "errors", "open", "total_ns", "self_ns", "wait_ns", "max_ns", "histogram"`,
  },
  {
    name: "counts",
    columns: [
      ["run_id", "VARCHAR"],
      ["thread_id", "INTEGER"],
      ["function", "VARCHAR"],
      ["file", "VARCHAR"],
      ["line", "INTEGER"],
      ["col", "INTEGER"],
      ["from", "TIMESTAMP_NS"],
      ["to", "TIMESTAMP_NS"],
      ["counted", "BIGINT"],
      ["dropped", "BIGINT"],
    ],
    select: `"run_id", "thread_id", "function", "file", "line", "col", "from" AS "from", "to" AS "to", "counted", "dropped"`,
  },
  {
    name: "samples",
    columns: [
      ["run_id", "VARCHAR"],
      ["thread_id", "INTEGER"],
      ["kind", "VARCHAR"],
      ["from", "TIMESTAMP_NS"],
      ["to", "TIMESTAMP_NS"],
      ["function", "VARCHAR"],
      ["file", "VARCHAR"],
      ["line", "INTEGER"],
      ["col", "INTEGER"],
      ["samples", "BIGINT"],
      ["weight", "BIGINT"],
      ["stack", "VARCHAR"],
    ],
    select: `"run_id", "thread_id", "kind", "from" AS "from", "to" AS "to", "function", "file", "line", "col", "samples", "weight", "stack"`,
  },
];
