/** `run_sql`: a query of one's own, read-only. */
import { z } from "zod";
import type { JsonValue } from "../../query/index";
import type { Answer } from "../answer";
import { oneLine, short } from "../clean-text";
import { cutValue } from "../cut-value";
import { json } from "../rows";
import { defineStoreTool, READS } from "../tool";

const PARAMETER = z.union([z.string().max(100_000), z.number(), z.boolean(), z.null()]);
/** Columns that a row of an answer can name. */
const MAX_COLUMN = 100;

export const runSql = defineStoreTool({
  name: "run_sql",
  title: "Ask in SQL",
  description:
    "Runs one reading statement of DuckDB's SQL over the tables calls, exceptions, functions, counts, samples, lines, links and runs (describe_schema lists the columns). Aggregate and LIMIT in SQL: rows beyond the budget are left out. Bind values as parameters ($1, ?) instead of writing them into the text.",
  input: {
    sql: z.string().min(1).max(100_000),
    parameters: z.array(PARAMETER).max(100).default([]).describe("bound to ? and $1, $2, …"),
    limit: z.int().min(1).max(1000).default(100).describe("rows at most"),
    timeoutMs: z.int().min(1).max(120_000).default(30_000),
  },
  output: {
    columns: z.array(z.object({ name: z.string(), type: z.string() })),
    rows: z.array(z.array(z.unknown())).describe("each in the order of columns"),
    truncated: z.boolean().describe("there are more rows"),
  },
  annotations: READS,
  run: async ({ sql, parameters, limit, timeoutMs }, { store, signal }) => {
    const result = await store.sql(sql, parameters, { maxRows: limit, timeoutMs, signal });
    const columns = result.columns.map(({ name, type }) => ({
      name: short(name, MAX_COLUMN),
      type: short(type, MAX_COLUMN),
    }));
    const names = result.columns.map(({ name }) => name);
    const header = names.map((name) => oneLine(name)).join(" | ");
    return {
      most: result.rows.length,
      write: (count, valueBytes) => {
        const rows = result.rows
          .slice(0, count)
          .map((row) =>
            names.map((name) => cutValue(row[name] ?? null, valueBytes, "result").value),
          );
        const truncated = result.truncated || count < result.rows.length;
        const more = truncated ? " There are more: aggregate, or page with LIMIT and OFFSET." : "";
        return {
          summary: `${count} rows.${more}`,
          lines: [
            short(header, 1000),
            ...rows.map((row: JsonValue[]) => row.map(json).join(" | ")),
          ],
          data: { columns, rows, truncated },
        };
      },
    } satisfies Answer;
  },
});
