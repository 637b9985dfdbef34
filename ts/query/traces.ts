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
import { checkLimit, Conditions, durationNs, mayStartIn, parseSpan, type Span } from "./conditions";
import { decodeCursor, encodeCursor, type SortKey } from "./cursor";
import { loadDuckDB, type Rows } from "./engine";
import type { Reader } from "./reader";
import type { CallStatus, Page, TraceSummary } from "./results";
import type { Segment } from "./segment-summary";
import { isoTime, nanosecondsText, timeColumns, type TimeLike } from "./timestamps";
import { traceId } from "./trace-id";

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
const STATUSES = ["returned", "threw", "open"];

/** A page of traces. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
export async function traces(reader: Reader, filter: TraceFilter = {}): Promise<Page<TraceSummary>> {
  const limit = checkLimit(filter.limit);
  const span = parseSpan(filter);
  const after = filter.cursor === undefined ? null : decodeCursor(QUESTION, filter.cursor);
  const roots = await findRoots(reader, filter, span, after, limit + 1);
  const count = Math.min(roots.count, limit);
  const counted = await countCalls(reader, roots, count);
  const items = Array.from({ length: count }, (_, row) => summary(roots, row, counted));
  return { items, nextCursor: roots.count > limit ? cursorOf(roots, limit - 1) : null };
}

async function findRoots(
  reader: Reader,
  filter: TraceFilter,
  span: Span,
  after: SortKey | null,
  limit: number,
): Promise<Rows> {
  reader.refresh();
  const run = filter.run === undefined ? null : reader.resolveRun(filter.run);
  const ofRun = (segment: Segment) => run === null || segment.runId === run;
  const before: Span = after ? { ...span, untilNs: BigInt(after[0]) + 1n } : span;
  const sinceOnly: Span = span.sinceNs === undefined ? {} : { sinceNs: span.sinceNs };
  const mayLackRoots = runsThatMayLackRoots(reader);

  const where = new Conditions("root");
  if (run !== null) where.add("run_id = ?", run);
  where.span("started_at", span);
  where.word("status", filter.status, STATUSES);
  where.text("function", filter.root);
  if (filter.minDurationMs !== undefined) {
    where.add("duration_ns >= ?", durationNs("minDurationMs", filter.minDurationMs));
  }
  if (after) addKeyset(where, after);
  const inside = new Conditions("member");
  inside.text("function", filter.function);

  return reader.rows({
    sources: {
      roots: { table: "calls", choose: (s) => ofRun(s) && mayStartIn(s, before) },
      rootless: { table: "calls", choose: (s) => ofRun(s) && mayLackRoots(s.runId) },
      members: {
        table: "calls",
        choose: (s) => filter.function !== undefined && ofRun(s) && mayStartIn(s, sinceOnly),
      },
    },
    sql: (from) => `
      WITH found AS (
        SELECT run_id, root_id, thread_id, function, file, line, started_at, duration_ns, status
        FROM ${from.roots} WHERE parent_id IS NULL
        UNION ALL
        SELECT run_id, root_id, min(thread_id), NULL, NULL, NULL, min(started_at), NULL, 'open'
        FROM ${from.rootless} GROUP BY run_id, root_id
        HAVING count(*) FILTER (parent_id IS NULL) = 0),
      members AS (SELECT run_id, root_id FROM ${from.members} WHERE ${inside.sql()})
      SELECT run_id, root_id::DOUBLE AS root_id, thread_id, function, file, line,
        ${timeColumns("started_at")}, duration_ns::DOUBLE AS duration_ns, status
      FROM found ${filter.function === undefined ? "" : "SEMI JOIN members USING (run_id, root_id)"}
      WHERE ${where.sql()}
      ORDER BY started_at DESC, run_id DESC, found.root_id DESC LIMIT ${limit}`,
    parameters: { ...where.parameters, ...inside.parameters },
  });
}

/** Rows after the cursor's, newest first. */
function addKeyset(where: Conditions, [timeNs, runId, rootId]: SortKey): void {
  where.add(
    `(started_at < make_timestamp_ns(?) OR (started_at = make_timestamp_ns(?)
      AND (run_id < ? OR (run_id = ? AND root_id < ?))))`,
    BigInt(timeNs),
    BigInt(timeNs),
    runId,
    runId,
    rootId,
  );
}

/** Runs with calls whose root may have no row: not ended, dropped some, or without a record. */
function runsThatMayLackRoots(reader: Reader): (runId: string) => boolean {
  const whole = new Set(
    reader.runs
      .all()
      .filter((run) => run.status !== "running" && run.counters.dropped === 0)
      .map((run) => run.runId),
  );
  return (runId) => !whole.has(runId);
}

interface Counted {
  readonly calls: number;
  readonly errors: number;
}

/** Calls and errors of the first `count` traces, by trace id. */
async function countCalls(
  reader: Reader,
  roots: Rows,
  count: number,
): Promise<ReadonlyMap<string, Counted>> {
  const counted = new Map<string, Counted>();
  if (count === 0) return counted;
  const runIds = roots.column<string>("run_id").slice(0, count);
  const rootIds = roots.column<number>("root_id").slice(0, count);
  const { listValue } = await loadDuckDB();
  const rows = await reader.rows({
    sources: { calls: { table: "calls", choose: (s) => mayHoldTrace(s, runIds, rootIds) } },
    sql: (from) => `
      SELECT run_id, root_id::DOUBLE AS root_id, count(*)::DOUBLE AS calls,
        count(*) FILTER (status = 'threw')::DOUBLE AS errors
      FROM ${from.calls}
      SEMI JOIN (SELECT unnest($runs) AS run_id, unnest($roots)::BIGINT AS root_id)
        USING (run_id, root_id)
      GROUP BY run_id, root_id`,
    parameters: { runs: listValue(runIds), roots: listValue(rootIds.map(String)) },
  });
  const calls = rows.column<number>("calls");
  const errors = rows.column<number>("errors");
  const ids = rows.column<number>("root_id");
  for (const [row, runId] of rows.column<string>("run_id").entries()) {
    const id = traceId(runId, ids[row] as number);
    counted.set(id, { calls: calls[row] as number, errors: errors[row] as number });
  }
  return counted;
}

/** Whether a segment may hold calls of one of the traces. */
export function mayHoldTrace(
  segment: Segment,
  runIds: readonly string[],
  rootIds: readonly number[],
): boolean {
  const range = segment.rootId;
  if (!range) return false;
  return rootIds.some((id, i) => runIds[i] === segment.runId && range[0] <= id && id <= range[1]);
}

function summary(roots: Rows, row: number, counted: ReadonlyMap<string, Counted>): TraceSummary {
  const at = <T>(name: string) => roots.column<T>(name)[row] as T;
  const runId = at<string>("run_id");
  const id = traceId(runId, at<number>("root_id"));
  return {
    traceId: id,
    runId,
    threadId: at("thread_id"),
    function: at("function"),
    file: at("file"),
    line: at("line"),
    startedAt: isoTime(at("started_at_s"), at("started_at_n")),
    durationNs: at("duration_ns"),
    status: at("status"),
    calls: counted.get(id)?.calls ?? 0,
    errors: counted.get(id)?.errors ?? 0,
  };
}

function cursorOf(roots: Rows, row: number): string {
  const at = <T>(name: string) => roots.column<T>(name)[row] as T;
  const time = nanosecondsText(at("started_at_s"), at("started_at_n"));
  return encodeCursor(QUESTION, [time, at("run_id"), at("root_id")]);
}
