/**
 * Run records as a table.
 *
 *     connection.run(`CREATE TABLE runs AS ${RUNS_QUERY}`, { runs: JSON.stringify(records) })
 *
 * Limits: the lists of files are told by their lengths.
 */

/** The rows of `$runs`, a JSON array of run records. */
export const RUNS_QUERY = `
  SELECT r.runId AS run_id, r.parentRunId AS parent_run_id, to_json(r.command)::VARCHAR AS command,
    r.cwd, r.pid, r.node, r.platform, r.arch, CAST(r.startedAt AS TIMESTAMP_NS) AS started_at,
    CAST(r.endedAt AS TIMESTAMP_NS) AS ended_at, r.status, r.exitCode AS exit_code, r.signal,
    r.crashProof AS crash_proof, r.overflow, r.counters.recorded, r.counters.counted,
    r.counters.dropped, r.counters.exceptions, r.counters.redacted,
    to_json(r.counters.redactions)::VARCHAR AS redactions, r.counters.bytes, r.counters.segments,
    r.counters.recorderCpuNs AS recorder_cpu_ns, r.files.instrumented AS files_instrumented,
    len(r.files.leftAlone) AS files_left_alone, len(r.files.tooEarly) AS files_too_early
  FROM (SELECT unnest(from_json($runs, '[{"runId":"VARCHAR","parentRunId":"VARCHAR",
    "command":["VARCHAR"],"cwd":"VARCHAR","pid":"INTEGER","node":"VARCHAR","platform":"VARCHAR",
    "arch":"VARCHAR","startedAt":"VARCHAR","endedAt":"VARCHAR","status":"VARCHAR",
    "exitCode":"INTEGER","signal":"VARCHAR","crashProof":"BOOLEAN","overflow":"VARCHAR",
    "counters":{"recorded":"BIGINT","counted":"BIGINT","dropped":"BIGINT","exceptions":"BIGINT",
    "redacted":"BIGINT","redactions":"JSON",
    "bytes":"BIGINT","segments":"BIGINT","recorderCpuNs":"BIGINT"},
    "files":{"instrumented":"BIGINT","leftAlone":["JSON"],"tooEarly":["VARCHAR"]}}]')) AS r)`;
