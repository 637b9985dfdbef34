/**
 * The exceptions of a store, newest first.
 *
 *     await exceptions(reader, { name: "TypeError", handled: "uncaught", limit: 10 });
 *
 * Limits: files are chosen by run alone, since an exception may be stored later than its calls.
 */
import { checkLimit, checkWhole, Conditions, parseSpan } from "./conditions";
import { addCursor, decodeCursor, encodeCursor } from "./cursor";
import type { Reader } from "./reader";
import type {
  CaughtBy,
  CrossedCall,
  Handled,
  Page,
  RecordedException,
  RelatedError,
} from "./results";
import type { Row, Rows } from "./rows";
import { holdsRun } from "./segment-choice";
import type { Segment } from "./segment-summary";
import { isoTime, timeColumns, type TimeLike } from "./timestamps";
import { resolveTraceId } from "./resolve-trace";
import { traceId } from "./trace-id";

/** Which exceptions; every field narrows. */
export interface ExceptionFilter {
  /** The error's name; `*` stands for any characters. */
  readonly name?: string | undefined;
  /** A part of the message, in any case. */
  readonly message?: string | undefined;
  /** Function that it left first; `*` as above. */
  readonly function?: string | undefined;
  /** The function's file; likewise. */
  readonly file?: string | undefined;
  /** Its id in its run. */
  readonly exception?: number | undefined;
  /** The innermost call that it left: its id in its run. */
  readonly call?: number | undefined;
  /** Trace: its id, shortened as for `trace()`. */
  readonly trace?: string | undefined;
  /** Thread in its run, 0 for the main thread. */
  readonly thread?: number | undefined;
  /** Who handled it. */
  readonly handled?: Handled | undefined;
  /** Thrown at or after. */
  readonly since?: TimeLike | undefined;
  /** Thrown before. */
  readonly until?: TimeLike | undefined;
  /** Run: its id, a prefix of it, or `latest`. */
  readonly run?: string | undefined;
  /** @default 100 */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

const QUESTION = "exceptions";
const NUMBERS = [
  ["exception", "exception_id"],
  ["call", "call_id"],
  ["thread", "thread_id"],
] as const;

/** A page of exceptions. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
export async function exceptions(
  reader: Reader,
  filter: ExceptionFilter = {},
): Promise<Page<RecordedException>> {
  const limit = checkLimit(filter.limit);
  const { where, choose } = selectExceptions(reader, filter);
  if (filter.cursor !== undefined) {
    addCursor(where, decodeCursor(QUESTION, filter.cursor), "thrown_at", "exception_id");
  }
  const rows = await reader.rows({
    sources: { exceptions: { table: "exceptions", choose } },
    sql: (from) => `
      ${exceptionsQuery(`FROM ${from.exceptions} WHERE ${where.sql()}`)}
      ORDER BY thrown_at DESC, run_id DESC, exception_id DESC LIMIT ${limit + 1}`,
    parameters: where.parameters,
  });
  const found = readExceptions(rows);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > limit && last ? exceptionCursor(last) : null };
}

/** The cursor behind an exception. */
export function exceptionCursor(exception: RecordedException): string {
  const { thrownAt: startedAt, runId, exceptionId: id } = exception;
  return encodeCursor(QUESTION, { startedAt, runId, id });
}

/** The selection of a filter, after a look at what is new. */
export function selectExceptions(
  reader: Reader,
  filter: ExceptionFilter,
): { where: Conditions; choose: (segment: Segment) => boolean } {
  const where = new Conditions("p");
  where.text("name", filter.name);
  where.text("function", filter.function);
  where.text("file", filter.file);
  if (filter.message !== undefined) where.add("contains(lower(message), lower(?))", filter.message);
  where.word("handled", filter.handled, ["caught", "uncaught", "unknown"]);
  where.span("thrown_at", parseSpan(filter));
  for (const [name, column] of NUMBERS) {
    const value = filter[name];
    if (value === undefined) continue;
    where.add(`${column} = ?`, checkWhole(name, value, 0, Number.MAX_SAFE_INTEGER));
  }
  reader.refresh();
  const trace = filter.trace === undefined ? null : resolveTraceId(reader, filter.trace);
  if (trace) where.add("run_id = ? AND root_id = ?", trace.runId, trace.rootId);
  const run = filter.run === undefined ? null : reader.resolveRun(filter.run);
  if (run !== null) where.add("run_id = ?", run);
  return {
    where,
    choose: (segment) =>
      (run === null || holdsRun(segment, run)) &&
      (trace === null || holdsRun(segment, trace.runId)),
  };
}

/** The exceptions of one trace, in the order thrown. */
export async function exceptionsOfTrace(
  reader: Reader,
  runId: string,
  rootId: number,
): Promise<RecordedException[]> {
  const rows = await reader.rows({
    sources: { exceptions: { table: "exceptions", choose: (s) => holdsRun(s, runId) } },
    sql: (from) => `
      ${exceptionsQuery(`FROM ${from.exceptions} WHERE run_id = $run AND root_id = $root::BIGINT`)}
      ORDER BY thrown_at, exception_id`,
    parameters: { run: runId, root: rootId },
  });
  return readExceptions(rows);
}

/** Selects what `readExceptions` reads. */
export function exceptionsQuery(selection: string): string {
  return `
    SELECT run_id, exception_id::DOUBLE AS exception_id, thread_id, call_id::DOUBLE AS call_id,
      root_id::DOUBLE AS root_id, function, file, line, name, message, stack,
      ${timeColumns("thrown_at")}, handled, calls, thrown_file, thrown_line, thrown_col,
      caught_id::DOUBLE AS caught_id, caught_function, caught_file, caught_line,
      cause_id::DOUBLE AS cause_id, causes, errors, crossed
    ${selection}`;
}

/** Rows as exceptions. */
export function readExceptions(rows: Rows): RecordedException[] {
  return rows.map((row) => {
    const runId = row.text("run_id");
    const rootId = row.numberOrNull("root_id");
    return {
      runId,
      exceptionId: row.number("exception_id"),
      threadId: row.number("thread_id"),
      callId: row.numberOrNull("call_id"),
      traceId: rootId === null ? null : traceId(runId, rootId),
      function: row.textOrNull("function"),
      file: row.textOrNull("file"),
      line: row.numberOrNull("line"),
      name: row.text("name"),
      message: row.text("message"),
      stack: row.textOrNull("stack"),
      thrownAt: isoTime(row.number("thrown_at_s"), row.number("thrown_at_n")),
      handled: row.text("handled") as Handled,
      calls: row.number("calls"),
      thrownFrom: thrownFrom(row),
      caughtBy: caughtBy(row),
      causeId: row.numberOrNull("cause_id"),
      causes: list<RelatedError>(row.textOrNull("causes")),
      errors: list<RelatedError>(row.textOrNull("errors")),
      crossed: list<CrossedCall>(row.textOrNull("crossed")),
    };
  });
}

function thrownFrom(row: Row): RecordedException["thrownFrom"] {
  const file = row.textOrNull("thrown_file");
  if (file === null) return null;
  return { file, line: row.number("thrown_line"), column: row.number("thrown_col") };
}

function caughtBy(row: Row): CaughtBy | null {
  const callId = row.numberOrNull("caught_id");
  if (callId === null) return null;
  return {
    callId,
    function: row.text("caught_function"),
    file: row.text("caught_file"),
    line: row.number("caught_line"),
  };
}

/** A column that holds a JSON array, or nothing. */
function list<T>(json: string | null): readonly T[] {
  return json === null ? [] : (JSON.parse(json) as T[]);
}
