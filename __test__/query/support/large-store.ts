/**
 * Large stores, made of SQL alone: many segments sorted by `call_id`, or one deep trace.
 *
 *     await writeLargeStore(dir, { segments: 25, rowsPerSegment: 400_000 });   // 10 million calls
 */
import { StoreWriter } from "./store-writer";

/** Size of a large store. */
export interface LargeStoreSize {
  readonly segments: number;
  readonly rowsPerSegment: number;
  /** Calls of a trace; 200 unless told. */
  readonly callsPerTrace?: number;
  /** Functions; 500 unless told. */
  readonly functions?: number;
  /** The run's id. */
  readonly runId?: string;
}

/** Writes the store: each trace is a tree in which every call causes up to four others. */
export async function writeLargeStore(dir: string, size: LargeStoreSize): Promise<void> {
  const trace = size.callsPerTrace ?? 200;
  const functions = size.functions ?? 500;
  const runId = size.runId ?? "019ab000-0000-7000-8000-000000000001";
  const writer = await StoreWriter.create(dir);
  for (let seq = 0; seq < size.segments; seq++) {
    const first = seq * size.rowsPerSegment + 1;
    const calls = callsSql(runId, first, size.rowsPerSegment, trace, functions);
    await writer.connection.run(`CREATE OR REPLACE TABLE new_calls AS ${calls}`);
    await writer.segmentFromSql(
      { runId, seq },
      { calls: "FROM new_calls", functions: functionsSql(runId) },
    );
  }
  const recorded = size.segments * size.rowsPerSegment;
  writer.run({ runId, counters: { recorded, counted: 0, dropped: 0, segments: size.segments } });
  writer.close();
}

function callsSql(
  runId: string,
  first: number,
  rows: number,
  trace: number,
  functions: number,
): string {
  return `
    SELECT '${runId}' AS run_id, 0::INTEGER AS thread_id, (i - k)::BIGINT AS root_id,
      i::BIGINT AS call_id, CASE WHEN k > 0 THEN (i - k + (k - 1) // 4)::BIGINT END AS parent_id,
      'function_' || f AS function, 'src/file_' || f // 20 || '.js' AS file,
      (f % 20 * 10 + 1)::INTEGER AS line, 1::INTEGER AS col, '["a","b"]' AS parameters,
      make_timestamp_ns(1795420800000000000 + i * 1000) AS started_at,
      (hash(i) % 100000)::BIGINT AS duration_ns, (hash(i) % 5000)::BIGINT AS self_ns,
      0::BIGINT AS wait_ns, CASE WHEN k = 0 THEN 0 ELSE floor(ln(3 * k + 1) / ln(4)) END::INTEGER AS depth,
      CASE WHEN i % 1000 = 999 THEN 'threw' ELSE 'returned' END AS status,
      CASE WHEN i % 4 > 0 THEN 2 END::INTEGER AS argument_count,
      CASE WHEN i % 4 > 0 THEN i END::BIGINT AS argument_0,
      CASE WHEN i % 4 > 0 THEN k END::BIGINT AS argument_1,
      CASE WHEN i % 4 = 0 THEN '[{"id":' || i || ',"name":"item ' || k || '"},"x"]' END AS arguments_json,
      CASE WHEN i % 2 = 0 THEN i END::BIGINT AS result_integer,
      CASE WHEN i % 2 = 1 THEN '"text ' || i || '"' END AS result_json,
      NULL::BIGINT AS exception_id, 'coarse' AS clock, 1::INTEGER AS weight, 'probe' AS backend, 0::INTEGER AS seq, NULL::VARCHAR AS lines, NULL::VARCHAR AS variables,
      CASE WHEN k = 0 THEN 'none' ELSE 'call' END AS parent_kind
    FROM (SELECT i, (i - 1) % ${trace} AS k, hash(i) % ${functions} AS f
      FROM range(${first}, ${first + rows}) AS r(i)) ORDER BY i`;
}

function functionsSql(runId: string): string {
  return `
    SELECT '${runId}' AS run_id, function, file, line, col, 'function' AS kind,
      '["a","b"]' AS parameters, sum(n)::BIGINT AS calls, sum(errors)::BIGINT AS errors,
      0::BIGINT AS open, sum(total)::BIGINT AS total_ns, sum(self)::BIGINT AS self_ns,
      0::BIGINT AS wait_ns, max(longest)::BIGINT AS max_ns,
      '{' || string_agg('"' || bucket || '":' || n, ',') || '}' AS histogram,
      NULL::VARCHAR AS generated_file, NULL::INTEGER AS generated_line, NULL::INTEGER AS generated_col
    FROM (SELECT function, file, line, col, count(*) AS n,
        count(*) FILTER (status = 'threw') AS errors, sum(duration_ns) AS total,
        sum(self_ns) AS self, max(duration_ns) AS longest,
        CASE WHEN duration_ns <= 0 THEN 0 ELSE floor(ln(duration_ns) / ln(1.1))::INTEGER + 1 END AS bucket
      FROM new_calls GROUP BY function, file, line, col, bucket)
    GROUP BY function, file, line, col`;
}
