/**
 * The calls from the root of a trace to one of its calls.
 *
 *     await readCallPath(reader, runId, callId)   // [{ callId: 1, function: "main", … }, …, the call]
 *
 * Limits: a look-up a level, for the `MAX_LEVELS` nearest.
 */
import type { Reader } from "./reader";
import type { CallPlace } from "./diff-result";
import { mayHoldCalls } from "./segment-choice";

/** Levels above a call that are looked up. */
const MAX_LEVELS = 64;

/** The path, the root first; of a deeper call, its lower part. */
export async function readCallPath(
  reader: Reader,
  runId: string,
  callId: number,
): Promise<CallPlace[]> {
  return (await readPathUp(reader, runId, callId)).path;
}

/** The path, and the call above it: one without a row, or of a level that is not looked up; null: none. */
export async function readPathUp(
  reader: Reader,
  runId: string,
  callId: number,
): Promise<{ path: CallPlace[]; aboveId: number | null }> {
  const path: CallPlace[] = [];
  let next: number | null = callId;
  while (next !== null && path.length < MAX_LEVELS) {
    const found = await readPlace(reader, runId, next);
    if (!found) break;
    path.unshift(found.place);
    next = found.parentId;
  }
  return { path, aboveId: next };
}

async function readPlace(
  reader: Reader,
  runId: string,
  callId: number,
): Promise<{ place: CallPlace; parentId: number | null } | null> {
  const rows = await reader.rows({
    sources: {
      calls: { table: "calls", live: true, choose: (s) => mayHoldCalls(s, runId, callId) },
    },
    sql: (from) => `
      SELECT parent_id::DOUBLE AS parent_id, function, file, line FROM ${from.calls}
      WHERE run_id = $run AND call_id = $call::BIGINT LIMIT 1`,
    parameters: { run: runId, call: callId },
  });
  if (rows.count === 0) return null;
  const row = rows.row(0);
  return {
    place: {
      callId,
      function: row.text("function"),
      file: row.text("file"),
      line: row.number("line"),
    },
    parentId: row.numberOrNull("parent_id"),
  };
}
