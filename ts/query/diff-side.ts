/**
 * One side of a comparison: a run, or a trace of one.
 *
 *     const side = resolveSide(reader, "latest");   // { kind: "run", runId: "019a…", … }
 *
 * Limits: `latest` is the newest run.
 */
import { Conditions } from "./conditions";
import type { Reader, Source } from "./reader";
import { resolveTraceId } from "./resolve-trace";
import { holdsRun, mayHoldTrace, runsIn } from "./segment-choice";
import type { Segment } from "./segment-summary";
import { traceId } from "./trace-id";

/** A run or a trace. */
export interface Side {
  readonly kind: "run" | "trace";
  readonly id: string;
  readonly runId: string;
  readonly rootId: number | null;
  /** What was published when it was named: all that is read of it. */
  readonly segments: ReadonlySet<Segment>;
}

/** What an id means. Throws `BC_ERR_NOT_FOUND`. */
export function resolveSide(reader: Reader, id: string): Side {
  const segments = new Set(reader.segments.all());
  const known = runsIn(reader.segments.all());
  const isRun = id === "latest" || (id !== "" && reader.runs.matching(id, known).length > 0);
  if (isRun) {
    const runId = reader.resolveRun(id);
    return { kind: "run", id: runId, runId, rootId: null, segments };
  }
  const { runId, rootId } = resolveTraceId(reader, id);
  return { kind: "trace", id: traceId(runId, rootId), runId, rootId, segments };
}

/** Its files of a table. */
export function sourceOf(side: Side, table: "calls" | "exceptions"): Source {
  return { table, choose: (segment) => mayHold(side, table, segment) };
}

/** Its rows. */
export function conditionsOf({ runId, rootId }: Side, prefix: string): Conditions {
  const where = new Conditions(prefix);
  where.add("run_id = ?", runId);
  if (rootId !== null) where.add("root_id = ?", rootId);
  return where;
}

function mayHold({ runId, rootId, segments }: Side, table: string, segment: Segment): boolean {
  if (!segments.has(segment)) return false;
  // An exception may be stored later than its calls.
  if (rootId === null || table === "exceptions") return holdsRun(segment, runId);
  return mayHoldTrace(segment, runId, rootId);
}
