/**
 * Who calls a function, and what it calls.
 *
 *     await callers(reader, "Cart.add", { run: "latest" });   // [{ function: "checkout", calls: 12, … }]
 *     await callees(reader, "checkout");
 *
 * Sums over the calls of that function, or of those that it caused itself. Limits: goes through the
 * calls of the runs asked about.
 */
import { type CallFilter, type CallSelection, selectCalls } from "./call-filter";
import { checkLimit, MAX_LIMIT } from "./conditions";
import type { Reader } from "./reader";
import type { CallEdge } from "./function-sums";
import type { Rows } from "./rows";
import { holdsRun, mayHoldTrace } from "./segment-choice";
import type { Segment } from "./segment-summary";

/** Which calls of the function; every field narrows. */
export interface CallEdgeFilter extends Omit<CallFilter, "function"> {
  /** @default 100_000 */
  readonly limit?: number | undefined;
}

const SUMS = `
  count(*)::DOUBLE AS calls, count(*) FILTER (status = 'threw')::DOUBLE AS errors,
  coalesce(sum(duration_ns), 0)::DOUBLE AS total_ns, sum(self_ns)::DOUBLE AS self_ns`;
/** The same of sums. */
const SUMS_OF_SUMS = `
  sum(calls) AS calls, sum(errors) AS errors, sum(total_ns) AS total_ns, sum(self_ns) AS self_ns`;
/** What a call without a kind is: it comes of a version without kinds, or has no parent. */
const KIND = "CASE WHEN is_root THEN NULL ELSE coalesce(parent_kind, 'call') END AS kind";

/** The functions that called it. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
export function callers(
  reader: Reader,
  name: string,
  filter: CallEdgeFilter = {},
): Promise<CallEdge[]> {
  return edges(
    reader,
    { ...filter, function: name },
    (own, around) => `
      WITH own AS (SELECT run_id, parent_id, parent_kind, status, duration_ns, self_ns FROM ${own})
      SELECT p.function, p.file, p.line, p.col, parent_kind, parent_id IS NULL AS is_root, ${SUMS}
      FROM own LEFT JOIN
        (SELECT run_id, call_id AS parent_id, function, file, line, col FROM ${around}) AS p
        USING (run_id, parent_id)`,
  );
}

/** The functions that it called. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
export function callees(
  reader: Reader,
  name: string,
  filter: CallEdgeFilter = {},
): Promise<CallEdge[]> {
  return edges(
    reader,
    { ...filter, function: name },
    (own, around) => `
      SELECT function, file, line, col, parent_kind, false AS is_root, ${SUMS}
      FROM ${around} SEMI JOIN (SELECT run_id, call_id AS parent_id FROM ${own})
        USING (run_id, parent_id)`,
  );
}

/** Edges of the selected calls (`own`) to calls that may have caused or been caused by them. */
async function edges(
  reader: Reader,
  filter: CallEdgeFilter & CallFilter,
  sql: (own: string, around: string) => string,
): Promise<CallEdge[]> {
  const limit = checkLimit(filter.limit, MAX_LIMIT);
  const selection = await selectCalls(reader, filter);
  const rows = await reader.rows({
    sources: {
      calls: { table: "calls", choose: selection.choose },
      around: { table: "calls", choose: (s) => isAround(s, selection) },
    },
    // Grouped as they are stored first: a word made of each row would take as long as the join.
    sql: (from) => `
      SELECT function, file, line, col, ${KIND}, ${SUMS_OF_SUMS}
      FROM (${sql(`${from.calls} WHERE ${selection.where.sql()}`, from.around)} GROUP BY ALL)
      GROUP BY ALL ${order(limit)}`,
    parameters: selection.where.parameters,
  });
  return readEdges(rows);
}

function order(limit: number): string {
  return `ORDER BY calls DESC, function NULLS LAST, file, line, col, kind LIMIT ${limit}`;
}

/** Whether a segment may have callers or callees of the selected calls, whenever they began. */
function isAround(segment: Segment, { runId, trace }: CallSelection): boolean {
  if (trace) return mayHoldTrace(segment, trace.runId, trace.rootId);
  return runId === null || holdsRun(segment, runId);
}

function readEdges(rows: Rows): CallEdge[] {
  return rows.map((row) => ({
    function: row.textOrNull("function"),
    file: row.textOrNull("file"),
    line: row.numberOrNull("line"),
    col: row.numberOrNull("col"),
    kind: row.textOrNull("kind") as CallEdge["kind"],
    calls: row.number("calls"),
    errors: row.number("errors"),
    totalNs: row.number("total_ns"),
    selfNs: row.number("self_ns"),
  }));
}
