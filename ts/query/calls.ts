/**
 * Calls by what they are, newest first.
 *
 *     await calls(reader, { function: "Cart.add", status: "threw", limit: 20 });
 *
 * Two steps: the ids of the page from the few columns that the question names, then the whole rows
 * from the segments that hold these ids; reading all columns at once takes four times as long.
 * Limits: no index, so a rare call costs a walk over the column that it is looked for in.
 */
import { type CallFilter, selectCalls } from "./call-filter";
import { callsOf, readCallColumns } from "./call-rows";
import { checkLimit, mayStartIn, type Conditions } from "./conditions";
import { addCursor, decodeCursor, encodeCursor } from "./cursor";
import { loadDuckDB } from "./engine";
import { compareFound, type Found, newestFirst } from "./newest-first";
import type { Reader } from "./reader";
import type { Call, Page } from "./results";
import { mayHoldCalls } from "./segment-choice";
import type { Segment } from "./segment-summary";
import { isoTime, parseTime, timeColumns } from "./timestamps";

/** Which page of which calls. */
export interface CallPageFilter extends CallFilter {
  /** @default 100 */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

const QUESTION = "calls";

/** A page of calls. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
export async function calls(reader: Reader, filter: CallPageFilter = {}): Promise<Page<Call>> {
  const limit = checkLimit(filter.limit);
  const after = filter.cursor === undefined ? null : decodeCursor(QUESTION, filter.cursor);
  const { where, choose, span } = await selectCalls(reader, filter);
  if (after) addCursor(where, after, "started_at", "call_id");
  const before = after ? { ...span, untilNs: parseTime(after.startedAt, "cursor") + 1n } : span;
  const found = await newestFirst({
    segments: reader.segments.all().filter((s) => choose(s) && mayStartIn(s, before)),
    limit: limit + 1,
    ask: (chosen) => findCallIds(reader, chosen, where, limit + 1),
  });
  const page = found.slice(0, limit);
  const items = await readCallsByIds(
    reader,
    page.map(({ runId }) => runId),
    page.map(({ id }) => id),
  );
  const last = page.at(-1);
  return { items, nextCursor: found.length > limit && last ? encodeCursor(QUESTION, last) : null };
}

/** The newest calls of some segments. */
export async function findCallIds(
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

/** Whole calls, the newest first; `choose` narrows where to look. */
export async function readCallsByIds(
  reader: Reader,
  runIds: readonly string[],
  callIds: readonly number[],
  choose = (segment: Segment) => mayHoldCall(segment, runIds, callIds),
): Promise<Call[]> {
  if (callIds.length === 0) return [];
  const { listValue } = await loadDuckDB();
  const columns = await readCallColumns(
    reader,
    { table: "calls", choose },
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
  return callIds.some((id, i) => mayHoldCalls(segment, runIds[i] as string, id));
}
