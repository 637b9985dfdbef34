/**
 * Calls by what they are, newest or oldest first.
 *
 *     await calls(reader, { function: "Cart.add", status: "threw", limit: 20 });
 *
 * Two steps: the ids of the page from the few columns that the question names, then the whole rows
 * from the segments that hold these ids; reading all columns at once takes four times as long.
 * Limits: no index, so a rare call costs a walk over the column that it is looked for in.
 */
import { BreadcrumbError } from "../errors";
import { type CallFilter, selectCalls } from "./call-filter";
import { callsOf, readCallColumns } from "./call-rows";
import { checkLimit, type Conditions, mayStartIn, type Span, spanSql } from "./conditions";
import { addCursor, decodeCursor, encodeCursor } from "./cursor";
import { loadDuckDB } from "./engine";
import { compareFound, type Found, newestFirst, type Order } from "./newest-first";
import type { Reader, Source } from "./reader";
import type { Call, Page } from "./results";
import { mayHoldCalls } from "./segment-choice";
import type { Segment } from "./segment-summary";
import { isoTime, parseTime, timeColumns } from "./timestamps";

/** Which page of which calls. */
export interface CallPageFilter extends CallFilter {
  /** Which come first, by the time of entry. @default "newest" */
  readonly order?: "newest" | "oldest" | undefined;
  /** @default 100 */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

/** By order, since a cursor says "behind this one". */
const QUESTIONS: Readonly<Record<Order, string>> = { newest: "calls", oldest: "calls, oldest" };

/** A page of calls. `more`: adds conditions. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
export async function calls(
  reader: Reader,
  filter: CallPageFilter = {},
  more: (where: Conditions) => void = () => {},
): Promise<Page<Call>> {
  const limit = checkLimit(filter.limit);
  const order = checkOrder(filter.order);
  const question = QUESTIONS[order];
  const after = filter.cursor === undefined ? null : decodeCursor(question, filter.cursor);
  const { where, choose, span } = await selectCalls(reader, filter);
  more(where);
  if (after) addCursor(where, after, "started_at", "call_id", order);
  const rest = after ? spanBehind(span, after, order) : span;
  const found = await newestFirst({
    segments: reader.live().filter((s) => choose(s) && mayStartIn(s, rest)),
    limit: limit + 1,
    order,
    ask: (chosen, part) =>
      findCallIds(reader, chosen, where, { limit: limit + 1, order, span: part }),
  });
  const page = found.slice(0, limit);
  const items = await readCallsByIds(
    reader,
    page.map(({ runId }) => runId),
    page.map(({ id }) => id),
    { where },
  );
  const last = page.at(-1);
  return {
    items: order === "newest" ? items : items.toReversed(),
    nextCursor: found.length > limit && last ? encodeCursor(question, last) : null,
  };
}

/** The cursor behind a call. */
export function callCursor({ startedAt, runId, callId: id }: Call, order: Order): string {
  return encodeCursor(QUESTIONS[order], { startedAt, runId, id });
}

function checkOrder(order: CallPageFilter["order"] = "newest"): Order {
  if (Object.hasOwn(QUESTIONS, order)) return order;
  throw new BreadcrumbError(
    "BC_ERR_BAD_OPTION",
    `order is "newest" or "oldest": got ${JSON.stringify(order)}`,
  );
}

function spanBehind(span: Span, after: Found, order: Order): Span {
  const timeNs = parseTime(after.startedAt, "cursor");
  return order === "newest" ? { ...span, untilNs: timeNs + 1n } : { ...span, sinceNs: timeNs };
}

/** The first calls of some segments, of those that began in a span. */
export async function findCallIds(
  reader: Reader,
  chosen: ReadonlySet<Segment>,
  where: Conditions,
  options: { readonly limit: number; readonly order?: Order; readonly span: Span },
): Promise<Found[]> {
  const { limit, order = "newest", span } = options;
  const way = order === "newest" ? "DESC" : "ASC";
  const rows = await reader.rows({
    sources: { calls: { table: "calls", live: true, choose: (segment) => chosen.has(segment) } },
    sql: (from) => `
      SELECT run_id, call_id::DOUBLE AS id, ${timeColumns("started_at")}
      FROM ${from.calls} WHERE ${where.sql()} AND ${spanSql("started_at", span)}
      ORDER BY started_at ${way}, run_id ${way}, call_id ${way} LIMIT ${limit}`,
    parameters: where.parameters,
  });
  return rows.map((row) => ({
    startedAt: isoTime(row.number("started_at_s"), row.number("started_at_n")),
    runId: row.text("run_id"),
    id: row.number("id"),
  }));
}

/**
 * Whole calls, the newest first. `source` is where to look; `where`, which holds for all of them,
 * saves DuckDB most of the work: it knows whole row groups and pages by it, but by a join with ids
 * only row groups.
 */
export async function readCallsByIds(
  reader: Reader,
  runIds: readonly string[],
  callIds: readonly number[],
  { source, where }: { readonly source?: Source; readonly where?: Conditions } = {},
): Promise<Call[]> {
  if (callIds.length === 0) return [];
  const { listValue } = await loadDuckDB();
  const columns = await readCallColumns(
    reader,
    source ?? { table: "calls", live: true, choose: (s) => mayHoldCall(s, runIds, callIds) },
    (table) => `FROM ${table} SEMI JOIN
      (SELECT unnest($runs) AS run_id, unnest($calls)::BIGINT AS call_id) USING (run_id, call_id)
      WHERE ${where?.sql() ?? "true"}`,
    { ...where?.parameters, runs: listValue(runIds), calls: listValue(callIds.map(String)) },
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
