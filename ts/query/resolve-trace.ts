/**
 * The trace that a user means.
 *
 *     resolveTraceId(reader, "019a-2n9c")   // { runId: "019ab3c4-…", rootId: 123456 }
 *
 * Limits: says what an id means, not that the store has its calls; `latest` is `readTrace`'s.
 */
import { BreadcrumbError } from "../errors";
import type { Reader } from "./reader";
import { runsIn } from "./segment-choice";
import { splitTraceId } from "./trace-id";

/** The run and root that an id means. Throws `BC_ERR_NOT_FOUND`. */
export function resolveTraceId(reader: Reader, id: string): { runId: string; rootId: number } {
  const runIds = runsIn(reader.segments.all());
  if (typeof id === "string" && id !== "" && reader.runs.matching(id, runIds).length === 1) {
    throw traceNotFound(id, `it is a run; "breadcrumb list --run ${id}" shows its traces`);
  }
  const parts = typeof id === "string" ? splitTraceId(id) : null;
  if (!parts) throw traceNotFound(id);
  const found = reader.runs.matching(parts.run, runIds);
  if (found.length === 0) throw traceNotFound(id);
  return { runId: reader.resolveRun(parts.run), rootId: parts.rootId };
}

/** The error for a trace that is not there. */
export function traceNotFound(
  id: unknown,
  hint = '"breadcrumb list" shows those there are',
): BreadcrumbError {
  return new BreadcrumbError("BC_ERR_NOT_FOUND", `no trace ${JSON.stringify(id)}: ${hint}`);
}
