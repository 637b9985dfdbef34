/**
 * What joins calls to spans of other processes and tracers: the ids of W3C Trace Context that requests came and went with.
 *
 *     await links(reader, { run: "latest", direction: "out" })
 *     // [{ callId: 12, direction: "out", w3cTraceId: "5c1f…", spanId: "9d0e…", … }]
 *
 * Limits: as `exceptions.ts`.
 */
import { checkLimit, checkWhole, Conditions } from "./conditions";
import type { Reader } from "./reader";
import { resolveTraceId } from "./resolve-trace";
import type { Link, LinkDirection } from "./results";
import type { Rows } from "./rows";
import { holdsRun } from "./segment-choice";
import { isoTime, timeColumns } from "./timestamps";
import { traceId } from "./trace-id";

/** Which links; every field narrows. */
export interface LinksFilter {
  /** Which way. */
  readonly direction?: LinkDirection | undefined;
  /** The trace's id in `traceparent`. */
  readonly w3cTrace?: string | undefined;
  /** The span's id there. */
  readonly span?: string | undefined;
  /** Trace: its id, shortened as for `trace()`. */
  readonly trace?: string | undefined;
  /** The call: its id in its run. */
  readonly call?: number | undefined;
  /** Run: its id, a prefix of it, or `latest`. */
  readonly run?: string | undefined;
  /** @default 100 */
  readonly limit?: number | undefined;
}

/** The links, newest first. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
export async function links(reader: Reader, filter: LinksFilter = {}): Promise<Link[]> {
  const limit = checkLimit(filter.limit);
  const where = new Conditions("p");
  where.word("direction", filter.direction, ["in", "out", "otel"]);
  where.text("w3c_trace_id", filter.w3cTrace?.toLowerCase());
  where.text("span_id", filter.span?.toLowerCase());
  if (filter.call !== undefined) {
    where.add("call_id = ?", checkWhole("call", filter.call, 0, Number.MAX_SAFE_INTEGER));
  }
  reader.refresh();
  const trace = filter.trace === undefined ? null : resolveTraceId(reader, filter.trace);
  if (trace) where.add("run_id = ? AND root_id = ?", trace.runId, trace.rootId);
  const run = filter.run === undefined ? (trace?.runId ?? null) : reader.resolveRun(filter.run);
  if (run !== null) where.add("run_id = ?", run);
  const rows = await reader.rows({
    sources: { links: { table: "links", choose: (s) => run === null || holdsRun(s, run) } },
    sql: (from) => `
      SELECT ${LINK_COLUMNS} FROM ${from.links} WHERE ${where.sql()}
      ORDER BY linked_at DESC, run_id DESC, call_id DESC, direction LIMIT ${limit}`,
    parameters: where.parameters,
  });
  return readLinks(rows);
}

/** What `readLinks` reads. */
export const LINK_COLUMNS: string = `run_id, thread_id, root_id::DOUBLE AS root_id, call_id::DOUBLE AS call_id,
  ${timeColumns("linked_at")}, direction, w3c_trace_id, span_id`;

/** Rows as links. */
export function readLinks(rows: Rows): Link[] {
  return rows.map((row) => {
    const runId = row.text("run_id");
    return {
      runId,
      threadId: row.number("thread_id"),
      traceId: traceId(runId, row.number("root_id")),
      callId: row.number("call_id"),
      linkedAt: isoTime(row.number("linked_at_s"), row.number("linked_at_n")),
      direction: row.text("direction") as LinkDirection,
      w3cTraceId: row.text("w3c_trace_id"),
      spanId: row.text("span_id"),
    };
  });
}
