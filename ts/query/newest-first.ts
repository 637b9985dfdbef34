/**
 * The newest rows, or the oldest, without reading the whole store.
 *
 *     await newestFirst({ segments, limit: 20, ask: (chosen) => rowsOf(chosen) })
 *
 * Segments are asked in batches, those with the newest calls first, until no segment left can hold
 * a row as new as the last of the page; likewise for the oldest. Limits: rows that are rare are
 * looked for everywhere.
 */
import type { Segment } from "./segment-summary";

/** Segments of the first batch; each further one has four times as many. */
const FIRST_BATCH = 4;
const GROWTH = 4;
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

/** The `limit` first rows that `ask` finds; it returns the first of some segments, sorted. */
export async function newestFirst<Row extends Found>(question: {
  readonly segments: readonly Segment[];
  readonly limit: number;
  readonly ask: (chosen: ReadonlySet<Segment>) => Promise<readonly Row[]>;
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
    const more = await question.ask(new Set(segments.slice(from, from + size)));
    found = [...found, ...more].toSorted(compare).slice(0, limit);
  }
  return found;
}
