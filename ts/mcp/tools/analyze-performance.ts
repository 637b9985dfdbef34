/** `analyze_performance`: where time went, by function. */
import { z } from "zod";
import type { CallEdge, Store } from "../../query/index";
import { STATS_SORTS } from "../../query/stats";
import { callRef } from "../call-ref";
import { CURSOR, FILE, FUNCTION, limitOf, RUN, SINCE, timeOf, UNTIL } from "../inputs";
import { checkFunction, listPage, pageAnswer } from "../pages";
import { FUNCTION_ROW, functionLine, functionRow, ms, nameOf, placeOf } from "../rows";
import { defineStoreTool, READS } from "../tool";

/** Callers, callees and slowest calls that are told of a function. */
const MOST_EDGES = 8;
const MOST_SLOW = 5;

const EDGE_ROW = z.object({
  function: z.string().nullable(),
  at: z.string().nullable(),
  calls: z.number(),
  errors: z.number(),
  totalMs: z.number(),
});

export const analyzePerformance = defineStoreTool({
  name: "analyze_performance",
  title: "Analyze performance",
  description:
    "Tells which functions took the time: sums and quantiles, sorted by self time unless told. With `detail` also who calls the first function, what it calls, or its slowest calls with their ids.",
  input: {
    function: FUNCTION,
    file: FILE,
    run: RUN,
    sort: z
      .enum(STATS_SORTS)
      .default("self")
      .describe(
        "self: in the function alone; total: entry to return, waiting included; wait: suspended",
      ),
    detail: z
      .array(z.enum(["callers", "callees", "slowest"]))
      .max(3)
      .default([])
      .describe("needs `function`; each of them looks at all its calls"),
    since: SINCE,
    until: UNTIL,
    limit: limitOf(20),
    cursor: CURSOR,
  },
  output: {
    functions: z.array(FUNCTION_ROW),
    total: z.number().describe("functions that match"),
    callers: z.array(EDGE_ROW).optional(),
    callees: z.array(EDGE_ROW).optional(),
    slowest: z
      .array(z.object({ call: z.string(), durationMs: z.number(), startedAt: z.string() }))
      .optional(),
    nextCursor: z.string().nullable(),
  },
  annotations: READS,
  run: async (args, { store, signal }) => {
    const { detail, since, until, sort, function: name, file, run, ...page } = args;
    const all = await store.stats({
      function: name,
      file,
      run,
      sort,
      since: timeOf(since),
      until: timeOf(until),
    });
    if (all.length === 0) await checkFunction(store, name);
    const first = all[0];
    const more =
      name !== undefined && first
        ? await detailsOf(store, first.function, { detail, run, signal })
        : {};
    return pageAnswer({
      ...listPage("analyze_performance", all, page),
      field: "functions",
      noun: `of ${all.length} functions, by ${sort}`,
      data: { total: all.length, ...more },
      lines: detailLines(more),
      row: functionRow,
      line: functionLine,
      none: "No function matches: leave filters out, or see list_runs for what was recorded.",
      next: "With `function`, `detail` tells its callers, callees and slowest calls.",
    });
  },
});

function detailLines({ callers = [], callees = [], slowest = [] }: Details): string[] {
  const edge = (way: string) => (row: EdgeRow) =>
    `${way}: ${row.function ?? "(no recorded caller)"}  ${row.at ?? ""}  ${row.calls} calls, ${row.errors} threw, ${row.totalMs} ms`;
  return [
    ...callers.map(edge("caller")),
    ...callees.map(edge("callee")),
    ...slowest.map(({ call, durationMs }) => `slowest: ${durationMs} ms  id ${call}`),
  ];
}

type EdgeRow = z.output<typeof EDGE_ROW>;

/** What was asked for. */
interface Details {
  callers?: EdgeRow[];
  callees?: EdgeRow[];
  slowest?: { call: string; durationMs: number; startedAt: string }[];
}

interface SlowRow {
  readonly trace_id: string;
  readonly call_id: number;
  readonly duration_ns: number;
  readonly started_at: string;
}

interface DetailsOf {
  readonly detail: readonly string[];
  readonly run: string | undefined;
  readonly signal: AbortSignal;
}

async function detailsOf(
  store: Store,
  name: string,
  { detail, run, signal }: DetailsOf,
): Promise<Details> {
  const details: Details = {};
  const filter = { run, limit: MOST_EDGES };
  if (detail.includes("callers"))
    details.callers = (await store.callers(name, filter)).map(edgeRow);
  if (detail.includes("callees"))
    details.callees = (await store.callees(name, filter)).map(edgeRow);
  if (!detail.includes("slowest")) return details;
  const { rows } = await store.sql(
    `SELECT trace_id, call_id, duration_ns, started_at::VARCHAR AS started_at FROM calls
    WHERE function = $name AND ($run IS NULL OR run_id = $run) AND duration_ns IS NOT NULL
    ORDER BY duration_ns DESC LIMIT ${MOST_SLOW}`,
    { name, run: run === undefined ? null : (await store.run(run)).runId },
    { signal },
  );
  details.slowest = (rows as unknown as readonly SlowRow[]).map((row) => ({
    call: callRef(row.trace_id, row.call_id),
    durationMs: ms(row.duration_ns),
    startedAt: row.started_at,
  }));
  return details;
}

function edgeRow(edge: CallEdge): EdgeRow {
  return {
    function: nameOf(edge.function),
    at: placeOf(edge.file, edge.line),
    calls: edge.calls,
    errors: edge.errors,
    totalMs: ms(edge.totalNs),
  };
}
