/**
 * `breadcrumb query "<sql>"`: the rows of a query as a table, one below the other where the
 * terminal is too narrow for that.
 */
import { readFileSync } from "node:fs";
import type { JsonValue, SqlResult } from "../query/index";
import { milliseconds, wholeNumber } from "./arguments";
import type { CommandContext } from "./command";
import type { JsonDocuments } from "./json-documents";
import { cut, printable } from "./printable";
import { renderTable } from "./table";

const DEFAULT_LIMIT = 1000;
/** What a column needs for a table to be worth it. */
const LEAST_CELL = 6;

/** The command `query`. */
export async function query({
  store,
  output,
  values,
  positionals,
}: CommandContext): Promise<number> {
  const given = positionals[0] ?? "";
  const sql = given === "-" ? readFileSync(0, "utf8") : given;
  const maxRows = wholeNumber(values, "limit") ?? DEFAULT_LIMIT;
  const timeoutMs = milliseconds(values, "timeout");
  const result = await store.sql(sql, [], {
    maxRows,
    ...(timeoutMs === undefined ? {} : { timeoutMs: Math.max(1, Math.round(timeoutMs)) }),
  });
  if (values["json"]) {
    output.json({
      rows: result.rows,
      truncated: result.truncated,
    } satisfies JsonDocuments["query"]);
  } else {
    for (const line of tableLines(result, output.columns)) output.line(line);
  }
  if (result.truncated) output.notice(`these are the first ${maxRows} rows; --limit shows more`);
  return 0;
}

function tableLines({ columns, rows }: SqlResult, width: number): string[] {
  if (rows.length === 0) return ["No rows."];
  const cells = rows.map((row) => columns.map(({ name }) => cellText(row[name] ?? null)));
  if (columns.length * (LEAST_CELL + 2) > width) return recordLines(columns, cells, width);
  return renderTable(
    columns.map(({ name }) => ({
      title: printable(name),
      right: rows.every((row) => typeof row[name] === "number" || row[name] === null),
      shrink: "end" as const,
    })),
    cells,
    width,
  );
}

function recordLines(
  columns: SqlResult["columns"],
  cells: readonly (readonly string[])[],
  width: number,
): string[] {
  const names = columns.map(({ name }) => printable(name));
  const room = Math.max(...names.map((name) => name.length));
  return cells.flatMap((row, i) => [
    `row ${i + 1}`,
    ...row.map((cell, j) => cut(`  ${(names[j] as string).padEnd(room)}  ${cell}`, width)),
  ]);
}

/** A cell in one line. */
function cellText(value: JsonValue): string {
  if (value === null) return "null";
  return printable(typeof value === "object" ? JSON.stringify(value) : String(value));
}
