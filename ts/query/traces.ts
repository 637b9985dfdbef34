/**
 * The traces of a store, newest first.
 *
 *     await traces(reader, { status: "threw", since: "2026-11-23", limit: 20 });
 *
 * Roots are found first, then the calls of this page's traces are counted in the few segments that
 * can hold them. A trace whose root has no row (still open, or dropped) is found by its other
 * calls; only runs that can have such traces are searched for them. Limits: counting walks the
 * traces' calls.
 */
import {
  checkLimit,
  Conditions,
  durationNs,
  mayStartIn,
  parseSpan,
  type Span,
  spanSql,
} from "./conditions";
import { addCursor, decodeCursor, encodeCursor } from "./cursor";
import { loadDuckDB, quoteLiteral } from "./engine";
import { compareFound, type Found, newestFirst } from "./newest-first";
import type { Reader } from "./reader";
import type { CallStatus, Page, TraceSummary } from "./results";
import { holdsRun, mayCall, mayHoldTrace, runsIn } from "./segment-choice";
import type { Segment } from "./segment-summary";
import { isoTime, parseTime, timeColumns, type TimeLike } from "./timestamps";
import { splitTraceId, traceId } from "./trace-id";

/** Which traces; every field narrows. */
export interface TraceFilter {
  /** How the root ended. */
  readonly status?: CallStatus | undefined;
  /** Begun at or after. */
  readonly since?: TimeLike | undefined;
  /** Begun before. */
  readonly until?: TimeLike | undefined;
  /** Traces in which this function was called; `*` stands for any characters. */
  readonly function?: string | undefined;
  /** Traces whose root is this function; likewise. */
  readonly root?: string | undefined;
  /** Root lasted at least so many ms. */
  readonly minDurationMs?: number | undefined;
  /** Run: its id, a prefix of it, or `latest`. */
  readonly run?: string | undefined;
  /** @default 100 */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

const QUESTION = "traces";

/** A page of traces. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
export async function traces(
  reader: Reader,
  filter: TraceFilter = {},
): Promise<Page<TraceSummary>> {
  const limit = checkLimit(filter.limit);
  const search = prepare(reader, filter, limit + 1);
  const withRoot = await newestFirst({
    segments: reader.live().filter((s) => search.ofRun(s) && mayStartIn(s, search.before)),
    limit: limit + 1,
    ask: (chosen, part) => find(reader, search, (s) => chosen.has(s), rootsIn(part)),
  });
  const lacking = runsThatMayLackRoots(reader);
  const withoutRoot = await find(
    reader,
    search,
    (segment) => segment.runs.some(({ runId }) => lacking.includes(runId)),
    rootlessOf(lacking),
  );
  const found = [...withRoot, ...withoutRoot].toSorted(compareFound).slice(0, limit + 1);
  const page = found.slice(0, limit);
  const counted = await countCalls(reader, page);
  const items = page.map(({ id, ...root }): TraceSummary => {
    const trace = traceId(root.runId, id);
    return { traceId: trace, ...root, calls: 0, errors: 0, ...counted.get(trace) };
  });
  const last = page.at(-1);
  return { items, nextCursor: found.length > limit && last ? encodeCursor(QUESTION, last) : null };
}

/** The cursor behind a trace. */
export function traceCursor({ traceId: id, runId, startedAt }: TraceSummary): string {
  return encodeCursor(QUESTION, { startedAt, runId, id: splitTraceId(id)?.rootId ?? 0 });
}

/** A trace as its root tells it. */
type Root = Found & Omit<TraceSummary, "traceId" | "calls" | "errors">;

interface Search {
  readonly where: Conditions;
  readonly inside: Conditions | null;
  readonly ofRun: (segment: Segment) => boolean;
  /** Whether a segment may have calls of the filter's function. */
  readonly called: (segment: Segment) => boolean;
  readonly span: Span;
  /** The span up to the cursor. */
  readonly before: Span;
  readonly limit: number;
}

function prepare(reader: Reader, filter: TraceFilter, limit: number): Search {
  reader.refresh();
  const span = parseSpan(filter);
  const run = filter.run === undefined ? null : reader.resolveRun(filter.run);
  const where = new Conditions("root");
  if (run !== null) where.add("run_id = ?", run);
  where.span("started_at", span);
  where.word("status", filter.status, ["returned", "threw", "open"]);
  where.text("function", filter.root);
  if (filter.minDurationMs !== undefined) {
    where.add("duration_ns >= ?", durationNs("minDurationMs", filter.minDurationMs));
  }
  const after = filter.cursor === undefined ? null : decodeCursor(QUESTION, filter.cursor);
  if (after) addCursor(where, after, "started_at", "root_id");
  const inside = filter.function === undefined ? null : new Conditions("member");
  inside?.text("function", filter.function);
  return {
    where,
    inside,
    ofRun: (segment) => run === null || holdsRun(segment, run),
    called: mayCall(filter.function),
    span,
    before: after ? { ...span, untilNs: parseTime(after.startedAt, "cursor") + 1n } : span,
    limit,
  };
}

/** Traces that have their root's row, which began in a span. */
const rootsIn = (span: Span) => (calls: string) =>
  `
  SELECT run_id, root_id, thread_id, function, file, line, started_at, duration_ns, status
  FROM ${calls} WHERE parent_id IS NULL AND ${spanSql("started_at", span)}`;

/** Traces that have calls, but not their root's. */
const rootlessOf = (runIds: readonly string[]) => (calls: string) =>
  `
  SELECT run_id, root_id, min(thread_id) AS thread_id, NULL::VARCHAR AS function,
    NULL::VARCHAR AS file, NULL::INTEGER AS line, min(started_at) AS started_at,
    NULL::BIGINT AS duration_ns, 'open' AS status
  FROM ${calls} WHERE run_id IN (${runIds.map(quoteLiteral).join(", ")})
  GROUP BY run_id, root_id HAVING count(*) FILTER (parent_id IS NULL) = 0`;

/** The newest traces in some segments. */
async function find(
  reader: Reader,
  search: Search,
  choose: (segment: Segment) => boolean,
  roots: (calls: string) => string,
): Promise<Root[]> {
  const { where, inside, ofRun, called, span, limit } = search;
  // Calls of a trace begin after its root, so `until` does not bound them.
  const sinceOnly: Span = span.sinceNs === undefined ? {} : { sinceNs: span.sinceNs };
  const calls = {
    table: "calls",
    live: true,
    choose: (s: Segment) => ofRun(s) && choose(s),
  } as const;
  if (!reader.live().some(calls.choose)) return [];
  const rows = await reader.rows({
    sources: {
      calls,
      members: {
        table: "calls",
        live: true,
        choose: (s) => inside !== null && ofRun(s) && called(s) && mayStartIn(s, sinceOnly),
      },
    },
    sql: (from) => `
      WITH found AS (${roots(from.calls)}),
      members AS (SELECT run_id, root_id FROM ${from.members} WHERE ${inside?.sql() ?? "false"})
      SELECT run_id, root_id::DOUBLE AS id, thread_id, function, file, line,
        ${timeColumns("started_at")}, duration_ns::DOUBLE AS duration_ns, status
      FROM found ${inside === null ? "" : "SEMI JOIN members USING (run_id, root_id)"}
      WHERE ${where.sql()}
      ORDER BY started_at DESC, run_id DESC, root_id DESC LIMIT ${limit}`,
    parameters: { ...where.parameters, ...inside?.parameters },
  });
  return rows.map((row) => ({
    id: row.number("id"),
    runId: row.text("run_id"),
    threadId: row.number("thread_id"),
    function: row.textOrNull("function"),
    file: row.textOrNull("file"),
    line: row.numberOrNull("line"),
    startedAt: isoTime(row.number("started_at_s"), row.number("started_at_n")),
    durationNs: row.numberOrNull("duration_ns"),
    status: row.text("status") as CallStatus,
  }));
}

/** Runs with calls whose root may have no row: not ended, dropped some, or without a record. */
function runsThatMayLackRoots(reader: Reader): string[] {
  const whole = new Set(
    reader.runs
      .all()
      .filter((run) => run.status !== "running" && run.counters.dropped === 0)
      .map((run) => run.runId),
  );
  return runsIn(reader.live()).filter((runId) => !whole.has(runId));
}

interface Counted {
  readonly calls: number;
  readonly errors: number;
}

/** Calls and errors of traces, by trace id. */
async function countCalls(
  reader: Reader,
  roots: readonly Found[],
): Promise<ReadonlyMap<string, Counted>> {
  if (roots.length === 0) return new Map();
  const { listValue } = await loadDuckDB();
  const rows = await reader.rows({
    sources: {
      calls: { table: "calls", live: true, choose: (segment) => mayHoldOne(segment, roots) },
    },
    sql: (from) => `
      SELECT run_id, root_id::DOUBLE AS root_id, count(*)::DOUBLE AS calls,
        count(*) FILTER (status = 'threw')::DOUBLE AS errors
      FROM ${from.calls}
      SEMI JOIN (SELECT unnest($runs) AS run_id, unnest($roots)::BIGINT AS root_id)
        USING (run_id, root_id)
      GROUP BY run_id, root_id`,
    parameters: {
      runs: listValue(roots.map(({ runId }) => runId)),
      roots: listValue(roots.map(({ id }) => String(id))),
    },
  });
  return new Map(
    rows.map((row) => [
      traceId(row.text("run_id"), row.number("root_id")),
      { calls: row.number("calls"), errors: row.number("errors") },
    ]),
  );
}

/** Whether a segment may hold calls of one of the traces. */
function mayHoldOne(segment: Segment, roots: readonly Found[]): boolean {
  return roots.some(({ runId, id }) => mayHoldTrace(segment, runId, id));
}
