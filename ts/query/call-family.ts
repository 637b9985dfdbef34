/**
 * A call with those that it belongs to: its way from the root, the calls of the same caller, and those
 * that it made.
 *
 *     await callFamily(reader, "019ab3c4-1", 17, { limit: 40 })
 *     // { call, path: [root, …, the call], siblings: [the call among them, …], callees: [] }
 *
 * Read in one go: they stand close to each other, and whoever asks for each of them reads the same part
 * of a file again and again. Limits: of siblings and callees the first `limit`.
 */
import { BreadcrumbError } from "../errors";
import { readPathUp } from "./call-path";
import { readCallsByIds } from "./calls";
import { checkLimit, checkWhole, Conditions } from "./conditions";
import type { CallPlace } from "./diff-result";
import { lastRows } from "./last-rows";
import type { Reader } from "./reader";
import { resolveTraceId } from "./resolve-trace";
import type { Call } from "./results";
import { traceSource } from "./trace-source";

/** How much of it. */
export interface CallFamilyOptions {
  /** Siblings, and callees, at most. @default 100 */
  readonly limit?: number | undefined;
}

/** A call and those that it belongs to. */
export interface CallFamily {
  readonly call: Call;
  /** From the root to the call; of one deeper than 64 levels, the lower ones. */
  readonly path: readonly CallPlace[];
  /** Other calls of its caller, the oldest first; none of a root. */
  readonly siblings: readonly Call[];
  /** Calls that it made, the oldest first. */
  readonly callees: readonly Call[];
}

/** The family. Throws `BC_ERR_NOT_FOUND`, `BC_ERR_BAD_OPTION`. */
export async function callFamily(
  reader: Reader,
  trace: string,
  callId: number,
  options: CallFamilyOptions = {},
): Promise<CallFamily> {
  const limit = checkLimit(options.limit);
  checkWhole("call", callId, 0, Number.MAX_SAFE_INTEGER);
  reader.refresh();
  const { runId, rootId } = resolveTraceId(reader, trace);
  const { path, aboveId } = await readPathUp(reader, runId, callId);
  const parentId = path.at(-2)?.callId ?? aboveId;
  const where = new Conditions("p");
  where.add("run_id = ? AND root_id = ?", runId, rootId);
  const source = traceSource(runId, rootId);
  const related = await childIds(
    reader,
    { source, where },
    [callId, parentId ?? callId],
    limit + 1,
  );
  const ids = [...new Set([callId, ...related])];
  const found = await readCallsByIds(
    reader,
    ids.map(() => runId),
    ids,
    { source, where },
  );
  const byId = lastRows(found);
  const calls = [...byId.values()].toReversed();
  const call = byId.get(callId);
  if (!call) {
    throw new BreadcrumbError("BC_ERR_NOT_FOUND", `trace ${trace} has no call ${callId}`);
  }
  const of = (parent: number) =>
    calls.filter((one) => one.parentId === parent && one.callId !== callId).slice(0, limit);
  return {
    call,
    path,
    siblings: parentId === null ? [] : of(parentId),
    callees: of(callId),
  };
}

/** Ids of the first calls below some. */
async function childIds(
  reader: Reader,
  {
    source,
    where,
  }: { readonly source: ReturnType<typeof traceSource>; readonly where: Conditions },
  parents: readonly number[],
  limit: number,
): Promise<number[]> {
  const [one = 0, other = 0] = parents;
  const rows = await reader.rows({
    sources: { calls: source },
    // Ids are given in the order of entry. An open call is stored again once it ends.
    sql: (from) => `
      SELECT min(call_id, ${2 * limit})::VARCHAR AS ids FROM ${from.calls}
      WHERE ${where.sql()} AND (parent_id = $one::BIGINT OR parent_id = $other::BIGINT)
      GROUP BY parent_id`,
    parameters: { ...where.parameters, one, other },
  });
  return rows
    .map((row) => JSON.parse(row.text("ids")) as number[])
    .flatMap((ids) => [...new Set(ids)].slice(0, limit));
}
