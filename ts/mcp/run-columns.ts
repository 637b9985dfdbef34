/**
 * The table `runs` as SQL sees it: `ts/query/runs-table.ts` makes it of the runs' records.
 */
import type { TABLE_COLUMNS } from "../query/columns";

/** Its columns. */
export const RUN_COLUMNS: (typeof TABLE_COLUMNS)[number] = {
  table: "runs",
  meaning: "One row a run: a process from start to end.",
  columns: [
    ["run_id", "VARCHAR", "The run. Globally unique."],
    ["parent_run_id", "VARCHAR", "The traced run that started this process."],
    ["command", "VARCHAR", "Its command line, a JSON array."],
    ["cwd", "VARCHAR", "Its working directory."],
    ["pid", "INTEGER", "Its process id."],
    ["node", "VARCHAR", "Version of Node.js."],
    ["platform", "VARCHAR", "`process.platform`."],
    ["arch", "VARCHAR", "`process.arch`."],
    ["started_at", "TIMESTAMP_NS", "Start, UTC."],
    ["ended_at", "TIMESTAMP_NS", "End; null while it runs."],
    ["status", "VARCHAR", "`running`, `finished` or `crashed`."],
    ["exit_code", "INTEGER", "Exit code, where known."],
    ["signal", "VARCHAR", "Signal that ended it, where known."],
    ["crash_proof", "BOOLEAN", "Whether what it recorded survives a SIGKILL."],
    ["overflow", "VARCHAR", "What happens when a ring is full: `block` or `drop`."],
    ["recorded", "BIGINT", "Calls with a row."],
    ["counted", "BIGINT", "Calls counted only."],
    ["dropped", "BIGINT", "Calls dropped because a ring was full."],
    ["exceptions", "BIGINT", "Exceptions with a row."],
    ["redacted", "BIGINT", "Values, or parts of texts, that were redacted."],
    ["redactions", "VARCHAR", "How often each rule redacted: a JSON object by the rule's name."],
    ["bytes", "BIGINT", "Bytes of its segments."],
    ["segments", "BIGINT", "Its segments."],
    ["recorder_cpu_ns", "BIGINT", "Processor time of the recorder's thread."],
    ["files_instrumented", "BIGINT", "Files instrumented."],
    ["files_left_alone", "BIGINT", "Files included but not instrumented."],
    ["files_too_early", "BIGINT", "Files included but loaded before the tracer."],
  ],
};
