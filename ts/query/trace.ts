/**
 * One trace as a tree.
 *
 *     const trace = await readTrace(reader, "019ab3c4-2N9C");
 *     trace.root?.children[0]?.result
 *
 * Limits: a trace of more than `maxCalls` calls is cut to its upper levels, which it says.
 */
import { type CallColumns, callsOf, readCallColumns } from "./call-rows";
import { checkWhole } from "./conditions";
import { countedMeanwhile } from "./counted-meanwhile";
import { exceptionsOfTrace } from "./exceptions";
import type { Reader } from "./reader";
import { readRemoteCalls } from "./remote-calls";
import { resolveTraceId, traceNotFound } from "./resolve-trace";
import { traceId } from "./trace-id";
import { traceSource } from "./trace-source";
import { Trace } from "./trace-tree";
import { traces } from "./traces";

/** Calls of a trace read unless told: about 150 MB. */
export const DEFAULT_MAX_CALLS = 200_000;
/** The most that can be asked for. */
const MOST_CALLS = 5_000_000;

/** How to read a trace. */
export interface TraceOptions {
  /** Read at most so many calls, the upper levels first. @default 200_000 */
  readonly maxCalls?: number | undefined;
}

/**
 * The trace with this id: its run may be shortened to a prefix that names one run; `latest` is the
 * newest trace. Throws `BC_ERR_NOT_FOUND`, `BC_ERR_BAD_OPTION`.
 */
export async function readTrace(
  reader: Reader,
  id: string,
  options: TraceOptions = {},
): Promise<Trace> {
  const most = options.maxCalls ?? DEFAULT_MAX_CALLS;
  const maxCalls = checkWhole("maxCalls", most, 1, MOST_CALLS);
  reader.refresh();
  const { runId, rootId } = await resolveTrace(reader, id);
  let columns = await readColumns(reader, runId, rootId, `LIMIT ${maxCalls + 1}`);
  if (columns.count === 0) {
    const known = reader.runs.all().some((run) => run.runId === runId);
    throw traceNotFound(
      traceId(runId, rootId),
      known ? `"breadcrumb list --run ${runId}" shows those of its run` : undefined,
    );
  }
  let callCount = columns.count;
  if (callCount > maxCalls) {
    callCount = await countCalls(reader, runId, rootId);
    const upper = `ORDER BY depth, started_at, call_id LIMIT ${maxCalls}`;
    columns = await readColumns(reader, runId, rootId, upper);
  }
  const threw =
    columns.exception.some((exceptionId) => !Number.isNaN(exceptionId)) ||
    callCount > columns.count;
  const exceptions = threw ? await exceptionsOfTrace(reader, runId, rootId) : [];
  const counted = await countedMeanwhile(reader, runId, rootId);
  const calls = callsOf(columns);
  const remote = await readRemoteCalls(reader, runId, rootId);
  return new Trace({ runId, rootId, calls, exceptions, callCount, counted, remote });
}

/** What an id means; `latest` is the newest trace. Throws `BC_ERR_NOT_FOUND`. */
export async function resolveTrace(
  reader: Reader,
  id: string,
): Promise<{ runId: string; rootId: number }> {
  if (id !== "latest") return resolveTraceId(reader, id);
  const { items } = await traces(reader, { limit: 1 });
  if (!items[0]) throw traceNotFound(id, "the store has no calls");
  return resolveTraceId(reader, items[0].traceId);
}

function readColumns(
  reader: Reader,
  runId: string,
  rootId: number,
  cut: string,
): Promise<CallColumns> {
  return readCallColumns(
    reader,
    traceSource(runId, rootId),
    (calls) => `FROM ${calls} WHERE run_id = $run AND root_id = $root::BIGINT ${cut}`,
    { run: runId, root: rootId },
  );
}

async function countCalls(reader: Reader, runId: string, rootId: number): Promise<number> {
  const rows = await reader.rows({
    sources: { calls: traceSource(runId, rootId) },
    sql: (from) => `
      SELECT count(*)::DOUBLE AS n FROM ${from.calls}
      WHERE run_id = $run AND root_id = $root::BIGINT`,
    parameters: { run: runId, root: rootId },
  });
  return rows.row(0).number("n");
}
