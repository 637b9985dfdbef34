/**
 * Which calls a question is about.
 *
 *     const selection = await selectCalls(reader, { function: "Cart.*", minDurationMs: 5 });
 *     `… FROM ${from.calls} WHERE ${selection.where.sql()}`, selection.where.parameters
 *
 * Limits: over the physical columns of `calls`.
 */
import { BreadcrumbError } from "../errors";
import { checkWhole, Conditions, durationNs, mayStartIn, parseSpan, type Span } from "./conditions";
import { firstLine } from "./engine";
import type { Reader } from "./reader";
import type { Call, CallStatus } from "./results";
import { holdsRun, mayCall, mayHoldCalls, mayHoldTrace } from "./segment-choice";
import type { Segment } from "./segment-summary";
import type { TimeLike } from "./timestamps";
import { resolveTraceId } from "./resolve-trace";
import type { ValueCondition } from "../options/value-condition";
import { addValueConditions, patternsOf } from "./value-conditions";

/** Which calls; every field narrows. */
export interface CallFilter {
  /** Name of the function; `*` stands for any characters. */
  readonly function?: string | undefined;
  /** Its file; likewise. */
  readonly file?: string | undefined;
  /** Line of its first character. */
  readonly line?: number | undefined;
  /** Column of its first character. */
  readonly col?: number | undefined;
  /** How it ended. */
  readonly status?: CallStatus | undefined;
  /** Begun at or after. */
  readonly since?: TimeLike | undefined;
  /** Begun before. */
  readonly until?: TimeLike | undefined;
  /** Run: its id, a prefix of it, or `latest`. */
  readonly run?: string | undefined;
  /** Trace: its id, shortened as for `trace()`. */
  readonly trace?: string | undefined;
  /** Thread in its run, 0 for the main thread. */
  readonly thread?: number | undefined;
  /** Its id in its run. */
  readonly call?: number | undefined;
  /** Id of the call that caused it; null for roots. */
  readonly parent?: number | null | undefined;
  /** `call`: its parent ran when it began; `root`: a callback. */
  readonly parentKind?: "call" | "root" | undefined;
  /** Id of the exception that ended it. */
  readonly exception?: number | undefined;
  /** Number of calls above it, at least. */
  readonly minDepth?: number | undefined;
  /** Number of calls above it, at most. */
  readonly maxDepth?: number | undefined;
  /** Lasted at least so many ms. */
  readonly minDurationMs?: number | undefined;
  /** Lasted at most so many ms. */
  readonly maxDurationMs?: number | undefined;
  /** Ran itself, without recorded callees, at least so many ms. */
  readonly minSelfMs?: number | undefined;
  /** Ran itself at most so many ms. */
  readonly maxSelfMs?: number | undefined;
  /** Was suspended (`await`, `yield`) at least so many ms. */
  readonly minWaitMs?: number | undefined;
  /** Was suspended at most so many ms. */
  readonly maxWaitMs?: number | undefined;
  /** What recorded it. */
  readonly backend?: Call["backend"] | undefined;
  /** Which clock its times were read from. */
  readonly clock?: Call["clock"] | undefined;
  /** Calls that its row stands for. */
  readonly weight?: number | undefined;
  /** Conditions on its arguments and result. */
  readonly where?: readonly ValueCondition[] | undefined;
}

/** A filter, ready to be asked. */
export interface CallSelection {
  /** Over the physical columns of `calls`. */
  readonly where: Conditions;
  /**
   * Whether a segment may have such calls, and was published when the filter was read: the queries of a
   * question see the same segments, whatever other questions see meanwhile.
   */
  readonly choose: (segment: Segment) => boolean;
  /** Whether a segment may have such calls, whenever it was published. */
  readonly mayHold: (segment: Segment) => boolean;
  readonly span: Span;
  /** The one run that it is about, if it names one. */
  readonly runId: string | null;
  /** The one trace that it is about, if it names one. */
  readonly trace: { readonly runId: string; readonly rootId: number } | null;
}

/** Columns with bounds that are whole numbers or ms. */
const BOUNDS = [
  ["duration_ns", "minDurationMs", "maxDurationMs"],
  ["self_ns", "minSelfMs", "maxSelfMs"],
  ["wait_ns", "minWaitMs", "maxWaitMs"],
] as const;
const MOST_INT32 = 2 ** 31 - 1;

/** The selection of a filter, after a look at what is new. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
export async function selectCalls(reader: Reader, filter: CallFilter): Promise<CallSelection> {
  const where = new Conditions("p");
  const span = parseSpan(filter);
  where.text("function", filter.function);
  where.text("file", filter.file);
  where.word("status", filter.status, ["returned", "threw", "open"]);
  where.word("backend", filter.backend, ["probe", "inspector", "span"]);
  where.word("clock", filter.clock, ["coarse", "exact"]);
  where.span("started_at", span);
  addNumbers(where, filter);
  addParent(where, filter);
  if (filter.where !== undefined) {
    addValueConditions(where, filter.where);
    await checkPatterns(reader, patternsOf(filter.where));
  }
  reader.refresh();
  const runId = filter.run === undefined ? null : reader.resolveRun(filter.run);
  if (runId !== null) where.add("run_id = ?", runId);
  const trace = filter.trace === undefined ? null : resolveTraceId(reader, filter.trace);
  if (trace) where.add("run_id = ? AND root_id = ?", trace.runId, trace.rootId);
  const { call } = filter;
  const calls = mayCall(filter.function);
  const mayHold = (segment: Segment) =>
    mayStartIn(segment, span) &&
    calls(segment) &&
    (runId === null || holdsRun(segment, runId)) &&
    (trace === null || mayHoldTrace(segment, trace.runId, trace.rootId)) &&
    (call === undefined || mayHoldCalls(segment, runId, call));
  const published = new Set(reader.live());
  const choose = (segment: Segment) => published.has(segment) && mayHold(segment);
  return { where, span, runId, trace, mayHold, choose };
}

/** Throws `BC_ERR_BAD_OPTION` for a regular expression that DuckDB cannot read, and `BC_ERR_STOPPED`. */
export async function checkPatterns(reader: Reader, patterns: readonly string[]): Promise<void> {
  // A closed store starts no database.
  reader.refresh();
  for (const pattern of patterns) {
    try {
      const engine = await reader.engine();
      await engine.query("SELECT regexp_matches('', $pattern::VARCHAR)", { pattern });
    } catch (error) {
      if (error instanceof BreadcrumbError) throw error;
      throw new BreadcrumbError(
        "BC_ERR_BAD_OPTION",
        `the regular expression ${JSON.stringify(pattern)} cannot be used (its syntax is RE2's, without look-around and back-references): ${firstLine(error)}`,
        { cause: error },
      );
    }
  }
}

function addNumbers(where: Conditions, filter: CallFilter): void {
  const whole = (
    sql: string,
    name: "call" | "exception" | "line" | "col" | "weight" | "thread" | "minDepth" | "maxDepth",
    max: number,
  ) => {
    const value = filter[name];
    if (value !== undefined) where.add(`${sql} ?`, checkWhole(name, value, 0, max));
  };
  whole("line =", "line", MOST_INT32);
  whole("col =", "col", MOST_INT32);
  whole("weight =", "weight", MOST_INT32);
  whole("thread_id =", "thread", MOST_INT32);
  whole("call_id =", "call", Number.MAX_SAFE_INTEGER);
  whole("exception_id =", "exception", Number.MAX_SAFE_INTEGER);
  whole("depth >=", "minDepth", MOST_INT32);
  whole("depth <=", "maxDepth", MOST_INT32);
  for (const [column, min, max] of BOUNDS) {
    if (filter[min] !== undefined) where.add(`${column} >= ?`, durationNs(min, filter[min]));
    if (filter[max] !== undefined) where.add(`${column} <= ?`, durationNs(max, filter[max]));
  }
}

function addParent(where: Conditions, { parent, parentKind }: CallFilter): void {
  if (parent === null) where.add("parent_id IS NULL");
  else if (parent !== undefined) {
    where.add("parent_id = ?", checkWhole("parent", parent, 0, Number.MAX_SAFE_INTEGER));
  }
  if (parentKind === undefined) return;
  where.add("parent_id IS NOT NULL");
  // Segments of version 1 know of calls alone.
  where.word("parentKind", parentKind, ["call", "root"], "coalesce(parent_kind, 'call')");
}
