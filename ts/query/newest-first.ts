/**
 * The newest rows, or the oldest, without reading the whole store.
 *
 *     await newestFirst({ segments, limit: 20, ask: (chosen) => rowsOf(chosen) })
 *
 * Segments are asked in batches, those with the newest calls first, until no segment left can hold
 * a row as new as the last of the page; likewise for the oldest. In large ones the newest calls are asked
 * first. Limits: rows that are rare are looked for everywhere.
 */
import type { Span } from "./conditions";
import type { Segment } from "./segment-summary";

/** Segments of the first batch; each further one has four times as many. */
const FIRST_BATCH = 4;
const GROWTH = 4;
/** From so many rows on, a look at a part of them pays, though it may not be enough. */
const MANY_ROWS = 100_000;
/** That part, by time. */
const PARTS = 16;
/** What a segment's range and a time in ms may be off by. */
const SLACK_NS = 2e6;

/** What a row is sorted by: the newest first, then run and id, both from the end. */
export interface Found {
  /** ISO 8601 with nine decimals. */
  readonly startedAt: string;
  readonly runId: string;
  readonly id: number;
}

/** Order of rows, the newest first. */
export function compareFound(a: Found, b: Found): number {
  if (a.startedAt !== b.startedAt) return a.startedAt < b.startedAt ? 1 : -1;
  if (a.runId !== b.runId) return a.runId < b.runId ? 1 : -1;
  return b.id - a.id;
}

/** Which end of the store a question begins at. */
export type Order = "newest" | "oldest";

/** Order of rows from that end. */
export function comparerOf(order: Order): (a: Found, b: Found) => number {
  return order === "newest" ? compareFound : (a, b) => compareFound(b, a);
}

/** The `limit` first rows that `ask` finds; it returns the first of some segments, in a span, sorted. */
export async function newestFirst<Row extends Found>(question: {
  readonly segments: readonly Segment[];
  readonly limit: number;
  readonly ask: (chosen: ReadonlySet<Segment>, span: Span) => Promise<readonly Row[]>;
  /** @default "newest" */
  readonly order?: Order;
}): Promise<Row[]> {
  const { limit, order = "newest" } = question;
  // From the end that is asked for: the smaller, the sooner.
  const sign = order === "newest" ? -1 : 1;
  const first = ({ startedAtNs }: Segment) => sign * (startedAtNs?.[sign === 1 ? 0 : 1] ?? 0);
  const segments = question.segments.toSorted((a, b) => first(a) - first(b));
  const compare = comparerOf(order);
  let found: Row[] = [];
  for (let from = 0, size = FIRST_BATCH; from < segments.length; from += size, size *= GROWTH) {
    const last = found[limit - 1];
    const rest = segments[from] as Segment;
    if (last && sign * Date.parse(last.startedAt) * 1e6 < first(rest) - SLACK_NS) break;
    const batch = segments.slice(from, from + size);
    const more = await askBatch(batch, question.ask, { limit, order });
    found = [...found, ...more].toSorted(compare).slice(0, limit);
  }
  return found;
}

/** The first rows of a batch: of many rows, those at its end are looked at before all of them. */
async function askBatch<Row>(
  batch: readonly Segment[],
  ask: (chosen: ReadonlySet<Segment>, span: Span) => Promise<readonly Row[]>,
  { limit, order }: { readonly limit: number; readonly order: Order },
): Promise<readonly Row[]> {
  const chosen = new Set(batch);
  const rows = batch.reduce((sum, { tables }) => sum + (tables.calls?.rows ?? 0), 0);
  if (rows >= MANY_ROWS) {
    const atEnd = await ask(chosen, endOf(batch, order));
    if (atEnd.length >= limit) return atEnd;
  }
  return ask(chosen, {});
}

/** The last part, or the first, of the time that segments span. */
function endOf(batch: readonly Segment[], order: Order): Span {
  const ranges = batch.flatMap(({ startedAtNs }) => (startedAtNs ? [startedAtNs] : []));
  const min = Math.min(...ranges.map(([least]) => least));
  const max = Math.max(...ranges.map(([, most]) => most));
  const part = (max - min) / PARTS;
  if (!Number.isFinite(part)) return {};
  return order === "newest"
    ? { sinceNs: BigInt(Math.floor(max - part)) }
    : { untilNs: BigInt(Math.ceil(min + part)) };
}
