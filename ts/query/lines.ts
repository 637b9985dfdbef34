/**
 * How often lines ran.
 *
 *     await lines(reader, { run: "latest", function: "Cart.total" })
 *     // [{ function: "Cart.total", file: "src/cart.js", functionLine: 6, line: 7, col: 3, isBranch: false, count: 40 }, …]
 *
 * Of all calls, recorded or only counted, in all threads. Limits: runs with the option `lines` alone tell it.
 */
import { checkLimit, Conditions, MAX_LIMIT } from "./conditions";
import { loadDuckDB } from "./engine";
import type { Reader } from "./reader";
import type { LineCount } from "./results";

/** Which runs, and the lines of which functions. */
export interface LinesFilter {
  /** Runs that are asked about: an id, a prefix of one, or `latest`. @default "latest" */
  readonly run?: string | readonly string[] | undefined;
  /** Name of the function; `*` stands for any characters. */
  readonly function?: string | undefined;
  /** Its file; likewise. */
  readonly file?: string | undefined;
  /** Lines at most. @default 100_000 */
  readonly limit?: number | undefined;
}

/** A line and a function of it. */
const PLACE = "function, file, function_line, function_col";

/** The lines, by file and place. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
export function lines(reader: Reader, filter: LinesFilter = {}): Promise<LineCount[]> {
  return readLines(reader, filter, "TRUE");
}

/**
 * The lines that did not run of functions of which others did: where none did, the function was not called. null
 * where the runs do not tell of lines.
 */
export async function linesNotRun(
  reader: Reader,
  filter: LinesFilter = {},
): Promise<LineCount[] | null> {
  const notRun = await readLines(reader, filter, "ran = 0 AND most > 0");
  if (notRun.length > 0) return notRun;
  const any = await readLines(reader, { run: filter.run, limit: 1 }, "TRUE");
  return any.length > 0 ? [] : null;
}

async function readLines(
  reader: Reader,
  filter: LinesFilter,
  condition: string,
): Promise<LineCount[]> {
  const limit = checkLimit(filter.limit, MAX_LIMIT);
  const where = new Conditions("p");
  where.text("function", filter.function);
  where.text("file", filter.file);
  reader.refresh();
  const named = filter.run ?? "latest";
  const asked = (typeof named === "string" ? [named] : named).map((run) => reader.resolveRun(run));
  const { listValue } = await loadDuckDB();
  const rows = await reader.rows({
    sources: { lines: { table: "lines" } },
    sql: (from) => `
      WITH sums AS (
        SELECT ${PLACE}, line, col, is_branch, sum("count")::DOUBLE AS ran
        FROM ${from.lines}
        WHERE list_contains($runs, run_id) AND ${where.sql()}
        GROUP BY ALL),
      known AS (SELECT *, max(ran) OVER (PARTITION BY ${PLACE}) AS most FROM sums)
      SELECT function, file, function_line, line, col, is_branch::DOUBLE AS is_branch, ran FROM known
      WHERE ${condition}
      ORDER BY file, line, col, is_branch LIMIT ${limit}`,
    parameters: { ...where.parameters, runs: listValue(asked) },
  });
  return rows.map((row) => ({
    function: row.text("function"),
    file: row.text("file"),
    functionLine: row.number("function_line"),
    line: row.number("line"),
    col: row.number("col"),
    isBranch: row.number("is_branch") === 1,
    count: row.number("ran"),
  }));
}
