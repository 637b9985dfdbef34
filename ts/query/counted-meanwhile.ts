/**
 * Calls that were only counted, on its thread, while a trace went on.
 *
 *     await countedMeanwhile(reader, runId, rootId)   // [{ function: "hash", file: "src/hash.js", line: 3, calls: 12345 }]
 *
 * A row of counts says that its calls happened between two times. What is told here happened between the
 * first entry and the last known end of the trace's calls; there may be more, of intervals that only
 * overlap. Limits: not in which of its calls, nor whether in one of them at all.
 */
import type { Reader } from "./reader";
import type { CountedFunction } from "./results";
import { holdsRun } from "./segment-choice";
import { traceSource } from "./trace-source";

/** Those functions, the most called first. */
export async function countedMeanwhile(
  reader: Reader,
  runId: string,
  rootId: number,
): Promise<CountedFunction[]> {
  const counts = reader
    .live()
    .filter((segment) => segment.tables.counts && holdsRun(segment, runId));
  if (counts.length === 0) return [];
  const rows = await reader.rows({
    sources: { calls: traceSource(runId, rootId), counts: { table: "counts", among: counts } },
    // Strictly before the end: of a process that was killed, counts are known up to its last record only.
    sql: (from) => `
      WITH trace AS (
        SELECT any_value(thread_id) AS thread, min(epoch_ns(started_at)) AS began,
          max(epoch_ns(started_at) + duration_ns) AS ended
        FROM ${from.calls} WHERE run_id = $run AND root_id = $root::BIGINT)
      SELECT function, file, line, col, sum(counted)::DOUBLE AS calls
      FROM ${from.counts}, trace
      WHERE run_id = $run AND thread_id = thread AND counted > 0
        AND epoch_ns("from") >= began AND epoch_ns("to") < ended
      GROUP BY function, file, line, col ORDER BY calls DESC, file, line, col, function`,
    parameters: { run: runId, root: rootId },
  });
  return rows.map((row) => ({
    function: row.text("function"),
    file: row.text("file"),
    line: row.number("line"),
    col: row.number("col"),
    calls: row.number("calls"),
  }));
}
