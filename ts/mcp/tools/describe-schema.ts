/** `describe_schema`: the tables of `run_sql`. */
import { z } from "zod";
import { TABLE_COLUMNS } from "../../query/columns";
import { RUN_COLUMNS } from "../run-columns";
import { defineTool, READS } from "../tool";

const TABLES = [...TABLE_COLUMNS, RUN_COLUMNS];
const EXAMPLES = [
  "SELECT function, count(*) AS n, sum(self_ns) / 1e6 AS self_ms FROM calls GROUP BY ALL ORDER BY self_ms DESC LIMIT 10",
  "SELECT call_id, trace_id, arguments->>'$[0].id' AS id FROM calls WHERE function = ? AND status = 'threw'",
  "SELECT name, message, count(*) AS n FROM exceptions GROUP BY ALL ORDER BY n DESC",
];

export const describeSchema = defineTool({
  name: "describe_schema",
  title: "Describe the SQL tables",
  description:
    "Lists the tables and columns that run_sql reads, with their types and meanings, and example queries.",
  input: {
    table: z
      .enum(TABLES.map(({ table }) => table))
      .optional()
      .describe("one table; all unless told"),
  },
  output: {
    tables: z.array(
      z.object({
        table: z.string(),
        meaning: z.string(),
        columns: z.array(z.object({ name: z.string(), type: z.string(), meaning: z.string() })),
      }),
    ),
    clipped: z.number().describe("columns left out: ask for one table"),
    examples: z.array(z.string()),
  },
  annotations: READS,
  run: async ({ table }) => {
    const chosen = TABLES.filter((one) => table === undefined || one.table === table);
    const all = chosen.flatMap((one) => one.columns.map((column) => ({ one, column })));
    return {
      most: all.length,
      write: (count) => {
        const shown = all.slice(0, count);
        const tables = chosen.map((one) => ({
          table: one.table,
          meaning: one.meaning,
          columns: shown
            .filter((row) => row.one === one)
            .map(({ column: [name, type, meaning] }) => ({ name, type, meaning })),
        }));
        const clipped = all.length - count;
        const names = tables.map(
          ({ table: name, columns }) =>
            `${name}: ${columns.map((column) => column.name).join(", ")}`,
        );
        return {
          summary: [
            `Tables of run_sql. arguments and result are JSON texts: arguments->>'$[0].id'. Times end in _ns.${clipped > 0 ? ` [clipped: ${clipped} columns, drill with describe_schema {table}]` : ""}`,
            ...names,
          ].join("\n"),
          lines: [],
          data: { tables, clipped, examples: EXAMPLES },
        };
      },
    };
  },
});
