/**
 * What was included and did not run.
 *
 *     const { notCalled, leftAlone } = await gaps(reader, { run: "latest" });
 *
 * Functions that the store knows of and that were not called in these runs; files that were included
 * and not instrumented. Limits: the store knows of a function once its file was loaded in some run.
 */
import { checkLimit, Conditions, MAX_LIMIT } from "./conditions";
import { loadDuckDB } from "./engine";
import type { Reader } from "./reader";
import type { Gaps } from "./function-sums";
import { linesNotRun } from "./lines";
import type { RunFiles } from "./results";
import type { RunRecord } from "./run-records";

/** Which runs, and which functions. */
export interface GapsFilter {
  /** Runs that are asked about: an id, a prefix of one, or `latest`. @default "latest" */
  readonly run?: string | readonly string[] | undefined;
  /** Name of the function; `*` stands for any characters. */
  readonly function?: string | undefined;
  /** Its file; likewise. */
  readonly file?: string | undefined;
  /** Functions, and lines, at most. @default 100_000 */
  readonly limit?: number | undefined;
}

/** The gaps. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
export async function gaps(reader: Reader, filter: GapsFilter = {}): Promise<Gaps> {
  const limit = checkLimit(filter.limit, MAX_LIMIT);
  const named = filter.run ?? "latest";
  const where = new Conditions("p");
  where.text("function", filter.function);
  where.text("file", filter.file);
  reader.refresh();
  const asked = (typeof named === "string" ? [named] : named).map((run) => reader.resolveRun(run));
  const { listValue } = await loadDuckDB();
  const rows = await reader.rows({
    sources: {
      functions: { table: "functions" },
      counts: { table: "counts" },
      open: { table: "calls", among: reader.open.segments() },
    },
    sql: (from) => `
      WITH known AS (
        SELECT run_id, function, file, line, col, calls, calls > 0 AS ran FROM ${from.functions}
        WHERE kind <> 'span'
        UNION ALL
        SELECT run_id, function, file, line, col, counted + dropped, true FROM ${from.counts}
        UNION ALL
        SELECT run_id, function, file, line, col, 1, true FROM ${from.open}),
      sums AS (
        SELECT run_id, function, file, max(line) AS line, max(col) AS col, sum(calls) AS calls,
          bool_or(ran) AS ran
        FROM known WHERE ${where.sql()} GROUP BY run_id, function, file)
      SELECT function, file, arg_max(line, run_id) AS line, arg_max(col, run_id) AS col,
        max(run_id) FILTER (ran) AS last_run, sum(calls)::DOUBLE AS calls
      FROM sums GROUP BY function, file
      HAVING NOT coalesce(bool_or(ran) FILTER (list_contains($runs, run_id)), false)
      ORDER BY file, line, col, function LIMIT ${limit}`,
    parameters: { ...where.parameters, runs: listValue(asked) },
  });
  return {
    runIds: asked,
    notCalled: rows.map((row) => ({
      function: row.text("function"),
      file: row.text("file"),
      line: row.number("line"),
      col: row.number("col"),
      lastCalledIn: row.textOrNull("last_run"),
      calls: row.number("calls"),
    })),
    linesNotRun: await linesNotRun(reader, { ...filter, run: asked, limit }),
    ...filesOf(reader, new Set(asked), await filesOfFunctions(reader, asked)),
  };
}

/** Files of the functions that are stored of these runs: the records know of theirs when they end. */
async function filesOfFunctions(reader: Reader, asked: readonly string[]): Promise<number> {
  const isKnown = ({ runId, files }: RunRecord) => !asked.includes(runId) || files.instrumented > 0;
  if (reader.runs.all().every(isKnown)) return 0;
  const { listValue } = await loadDuckDB();
  const rows = await reader.rows({
    sources: { functions: { table: "functions" } },
    sql: (from) =>
      `SELECT count(DISTINCT file)::DOUBLE AS files FROM ${from.functions} WHERE list_contains($runs, run_id)`,
    parameters: { runs: listValue(asked) },
  });
  return rows.map((row) => row.number("files"))[0] ?? 0;
}

/** Files that were included in these runs and instrumented in none. */
function filesOf(
  reader: Reader,
  asked: ReadonlySet<string>,
  least: number,
): Pick<Gaps, keyof RunFiles> {
  const records = reader.runs.all().filter(({ runId }) => asked.has(runId));
  const leftAlone = new Map(
    records.flatMap(({ files }) => files.leftAlone.map((left) => [left.file, left] as const)),
  );
  return {
    instrumented: records.reduce((most, { files }) => Math.max(most, files.instrumented), least),
    leftAlone: [...leftAlone.values()].toSorted((a, b) => (a.file < b.file ? -1 : 1)),
    tooEarly: [...new Set(records.flatMap(({ files }) => files.tooEarly))].toSorted(),
  };
}
