/**
 * The calls from the root of a trace to one of its calls.
 *
 *     await readCallPath(reader, runId, callId)   // [{ callId: 1, function: "main", … }, …, the call]
 *
 * Limits: the `MAX_LEVELS` nearest. A look-up for each stretch of `NEAR` ids that has any of them.
 */
import type { Reader } from "./reader";
import type { CallPlace } from "./diff-result";
import type { Row } from "./rows";
import { mayHoldCalls } from "./segment-choice";

/** Levels above a call that are looked up. */
const MAX_LEVELS = 64;
/** Ids that are looked at together: they cost little more than one, and often are the whole path. */
const NEAR = 4096;

/** A call, and the one above it. */
interface Step {
  readonly place: CallPlace;
  readonly parentId: number | null;
}

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
  let near: ReadonlyMap<number, Step> = new Map();
  while (next !== null && path.length < MAX_LEVELS) {
    if (!near.has(next)) near = await readNear(reader, runId, next);
    const found = near.get(next);
    if (!found) break;
    path.unshift(found.place);
    next = found.parentId;
  }
  return { path, aboveId: next };
}

/** A call and those above it that stand near, by id: a call is entered, and numbered, before those it makes. */
async function readNear(
  reader: Reader,
  runId: string,
  callId: number,
): Promise<ReadonlyMap<number, Step>> {
  const first = callId - NEAR;
  const rows = await reader.rows({
    sources: {
      calls: { table: "calls", live: true, choose: (s) => mayHoldCalls(s, runId, first, callId) },
    },
    // What is stored twice, open and ended, is one row here.
    sql: (from) => `
      WITH RECURSIVE
        near AS MATERIALIZED (SELECT call_id, parent_id, function, file, line FROM ${from.calls}
          WHERE run_id = $run AND call_id BETWEEN $first::BIGINT AND $call::BIGINT),
        up AS (FROM near WHERE call_id = $call::BIGINT
          UNION SELECT near.* FROM near JOIN up ON near.call_id = up.parent_id)
      SELECT call_id::DOUBLE AS call_id, parent_id::DOUBLE AS parent_id, function, file, line FROM up`,
    parameters: { run: runId, first, call: callId },
  });
  return new Map(rows.map((row) => [row.number("call_id"), stepOf(row)]));
}

function stepOf(row: Row): Step {
  const place = {
    callId: row.number("call_id"),
    function: row.text("function"),
    file: row.text("file"),
    line: row.number("line"),
  };
  return { place, parentId: row.numberOrNull("parent_id") };
}
