/**
 * A run's calls in ranges of their ids, for questions that go through all of them in order.
 *
 *     for await (const { first, last } of idRanges(reader, { runId, column: "call_id", width: 500_000 })) { … }
 *
 * Ids are unique in a run, so a range of `width` call ids has at most as many calls: memory is bounded
 * however long the run. Ranges without calls are leapt over. Limits: a range of root ids has all calls
 * of its traces, however many.
 */
import type { Reader } from "./reader";
import { mayHoldCalls, mayHoldRoots } from "./segment-choice";
import type { Segment } from "./segment-summary";

/** Which ids. */
export interface IdRanges {
  readonly runId: string;
  readonly column: "call_id" | "root_id";
  readonly width: number;
  /** Only calls of this trace. */
  readonly rootId?: number | undefined;
}

/** Ids from `first` to `last`. */
export interface IdRange {
  readonly first: number;
  readonly last: number;
}

/** The ranges in which there are calls, ascending; of a trace, the one that begins at its root in any case. */
export async function* idRanges(reader: Reader, ids: IdRanges): AsyncGenerator<IdRange> {
  // A root is entered, and numbered, before all that it causes.
  for (let next = ids.rootId ?? (await leastFrom(reader, ids, 0)); next !== null;) {
    const last = next + ids.width - 1;
    yield { first: next, last };
    next = await leastFrom(reader, ids, last + 1);
  }
}

/** Whether a segment may have calls in a range. */
export function mayHoldRange(segment: Segment, ids: IdRanges, { first, last }: IdRange): boolean {
  const { runId, column, rootId } = ids;
  if (rootId !== undefined && !mayHoldRoots(segment, runId, rootId, rootId)) return false;
  const mayHold = column === "call_id" ? mayHoldCalls : mayHoldRoots;
  return mayHold(segment, runId, first, last);
}

async function leastFrom(reader: Reader, ids: IdRanges, from: number): Promise<number | null> {
  const { runId, column, rootId } = ids;
  const rest = { first: from, last: Number.MAX_SAFE_INTEGER };
  const choose = (segment: Segment) => mayHoldRange(segment, ids, rest);
  if (!reader.segments.all().some(choose)) return null;
  const rows = await reader.rows({
    sources: { calls: { table: "calls", choose } },
    sql: (calls) => `
      SELECT min(${column})::DOUBLE AS least FROM ${calls.calls}
      WHERE run_id = $run AND ${column} >= $from::BIGINT
        ${rootId === undefined ? "" : "AND root_id = $root::BIGINT"}`,
    parameters: { run: runId, from, ...(rootId === undefined ? {} : { root: rootId }) },
  });
  return rows.row(0).numberOrNull("least");
}
