/**
 * Where the calls of a trace are: `traceSource(runId, rootId)`, for `reader.rows()`.
 *
 * Limits: a segment that is chosen may hold none of it.
 */
import type { Source } from "./reader";
import { mayHoldTrace } from "./segment-choice";

/** The calls of a trace, those in flight too. */
export function traceSource(runId: string, rootId: number): Source {
  return {
    table: "calls",
    live: true,
    choose: (segment) => mayHoldTrace(segment, runId, rootId),
  };
}
