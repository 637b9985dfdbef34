/**
 * Calls by what they are, newest first.
 *
 *     await calls(reader, { function: "Cart.add", status: "threw", limit: 20 });
 *
 * Two steps: the ids of the page from the few columns that the question names, then the whole rows
 * from the segments that hold these ids; reading all columns at once takes four times as long.
 * Limits: no index, so a rare call costs a walk over the column that it is looked for in.
 */
import { callsOf, readCallColumns } from "./call-rows";
import { checkLimit, Conditions, durationNs, mayStartIn, parseSpan, type Span } from "./conditions";
import { addCursor, decodeCursor, encodeCursor } from "./cursor";
import { loadDuckDB } from "./engine";
import { compareFound, type Found, newestFirst } from "./newest-first";
import type { Reader } from "./reader";
import type { Call, CallStatus, Page } from "./results";
import type { Segment } from "./segment-summary";
import { isoTime, parseTime, timeColumns, type TimeLike } from "./timestamps";
import { resolveTraceId } from "./trace";

/** Which calls; every field narrows. */
export interface CallFilter {
  /** Name of the function; `*` stands for any characters. */
  readonly function?: string | undefined;
  /** Its file; likewise. */
  readonly file?: string | undefined;
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
  /** Lasted at least so many ms. */
  readonly minDurationMs?: number | undefined;
  /** @default 100 */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

const QUESTION = "calls";

/** A page of calls. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
export async function calls(reader: Reader, filter: CallFilter = {}): Promise<Page<Call>> {
  const limit = checkLimit(filter.limit);
  const span = parseSpan(filter);
  const where = new Conditions("p");
  where.text("function", filter.function);
  where.text("file", filter.file);
  where.word("status", filter.status, ["returned", "threw", "open"]);
  where.span("started_at", span);
  if (filter.minDurationMs !== undefined) {
    where.add("duration_ns >= ?", durationNs("minDurationMs", filter.minDurationMs));
  }
  const after = filter.cursor === undefined ? null : decodeCursor(QUESTION, filter.cursor);
  if (after) addCursor(where, after, "started_at", "call_id");
  const before: Span = after
    ? { ...span, untilNs: parseTime(after.startedAt, "cursor") + 1n }
    : span;
  reader.refresh();
  const choose = chooseRun(reader, filter, where);
  const found = await newestFirst({
    segments: reader.segments.all().filter((s) => choose(s) && mayStartIn(s, before)),
    limit: limit + 1,
    ask: (chosen) => findIds(reader, chosen, where, limit + 1),
  });
  const page = found.slice(0, limit);
  const items = await readByIds(
    reader,
    page.map(({ runId }) => runId),
    page.map(({ id }) => id),
  );
  const last = page.at(-1);
  return { items, nextCursor: found.length > limit && last ? encodeCursor(QUESTION, last) : null };
}

async function findIds(
  reader: Reader,
  chosen: ReadonlySet<Segment>,
  where: Conditions,
  limit: number,
): Promise<Found[]> {
  const rows = await reader.rows({
    sources: { calls: { table: "calls", choose: (segment) => chosen.has(segment) } },
    sql: (from) => `
      SELECT run_id, call_id::DOUBLE AS id, ${timeColumns("started_at")}
      FROM ${from.calls} WHERE ${where.sql()}
      ORDER BY started_at DESC, run_id DESC, call_id DESC LIMIT ${limit}`,
    parameters: where.parameters,
  });
  return rows.map((row) => ({
    startedAt: isoTime(row.number("started_at_s"), row.number("started_at_n")),
    runId: row.text("run_id"),
    id: row.number("id"),
  }));
}

/** Narrows to the run or trace that the filter names. */
function chooseRun(
  reader: Reader,
  filter: CallFilter,
  where: Conditions,
): (segment: Segment) => boolean {
  const run = filter.run === undefined ? null : reader.resolveRun(filter.run);
  if (run !== null) where.add("run_id = ?", run);
  const trace = filter.trace === undefined ? null : resolveTraceId(reader, filter.trace);
  if (trace) where.add("run_id = ? AND root_id = ?", trace.runId, trace.rootId);
  return (segment) => {
    if (run !== null && segment.runId !== run) return false;
    if (!trace) return true;
    const [min, max] = segment.rootId ?? [0, -1];
    return segment.runId === trace.runId && min <= trace.rootId && trace.rootId <= max;
  };
}

async function readByIds(
  reader: Reader,
  runIds: readonly string[],
  callIds: readonly number[],
): Promise<Call[]> {
  if (callIds.length === 0) return [];
  const { listValue } = await loadDuckDB();
  const columns = await readCallColumns(
    reader,
    { table: "calls", choose: (s) => mayHoldCall(s, runIds, callIds) },
    (table) => `FROM ${table} SEMI JOIN
      (SELECT unnest($runs) AS run_id, unnest($calls)::BIGINT AS call_id) USING (run_id, call_id)`,
    { runs: listValue(runIds), calls: listValue(callIds.map(String)) },
  );
  const found = callsOf(columns).map((call) => call.toJSON());
  return found.toSorted((a, b) => compareFound({ ...a, id: a.callId }, { ...b, id: b.callId }));
}

function mayHoldCall(
  segment: Segment,
  runIds: readonly string[],
  callIds: readonly number[],
): boolean {
  const range = segment.callId;
  if (!range) return false;
  return callIds.some((id, i) => runIds[i] === segment.runId && range[0] <= id && id <= range[1]);
}
