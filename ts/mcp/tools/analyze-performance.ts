/** `analyze_performance`: where time went, by function. */
import { z } from "zod";
import type { CallEdge, Store } from "../../query/index";
import { STATS_SORTS } from "../../query/stats";
import { callRef } from "../call-ref";
import { CURSOR, FILE, FUNCTION, limitOf, RUN, SINCE, timeOf, UNTIL } from "../inputs";
import { checkFunction, listPage, pageAnswer } from "../pages";
import { FUNCTION_ROW, functionLine, functionRow, ms, nameOf, placeOf } from "../rows";
import { defineTool, READS } from "../tool";

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

export const analyzePerformance = defineTool({
  name: "analyze_performance",
  title: "Analyze performance",
  description:
    "Tells which functions took the time: sums and quantiles, sorted by self time unless told. With `detail` also the callers and callees of the first function, and its slowest calls with their ids.",
  input: {
    function: FUNCTION,
    file: FILE,
    run: RUN,
    sort: z
      .enum(STATS_SORTS as [string, ...string[]])
      .default("self")
      .describe(
        "self: in the function alone; total: entry to return, waiting included; wait: suspended",
      ),
    detail: z
      .boolean()
      .default(false)
      .describe("needs `function`: callers, callees, slowest calls"),
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
      sort: sort as (typeof STATS_SORTS)[number],
      since: timeOf(since),
      until: timeOf(until),
    });
    if (all.length === 0) await checkFunction(store, name);
    const first = all[0];
    const more =
      detail && name !== undefined && first
        ? await detailsOf(store, first.function, run, signal)
        : null;
    return pageAnswer({
      ...listPage("analyze_performance", all, page),
      field: "functions",
      noun: `of ${all.length} functions, by ${sort}`,
      data: { total: all.length, ...more },
      lines: more === null ? [] : detailLines(more),
      row: functionRow,
      line: functionLine,
      none: "No function matches: leave filters out, or see list_runs for what was recorded.",
      next: "With `function` and `detail`: its callers, callees and slowest calls.",
    });
  },
});

function detailLines(more: Awaited<ReturnType<typeof detailsOf>>): string[] {
  const edge = (way: string) => (row: z.output<typeof EDGE_ROW>) =>
    `${way}: ${row.function ?? "(no recorded caller)"}  ${row.at ?? ""}  ${row.calls} calls, ${row.errors} threw, ${row.totalMs} ms`;
  return [
    ...more.callers.map(edge("caller")),
    ...more.callees.map(edge("callee")),
    ...more.slowest.map(({ call, durationMs }) => `slowest: ${durationMs} ms  id ${call}`),
  ];
}

interface SlowRow {
  readonly trace_id: string;
  readonly call_id: number;
  readonly duration_ns: number;
  readonly started_at: string;
}

async function detailsOf(store: Store, name: string, run: string | undefined, signal: AbortSignal) {
  const runId = run === undefined ? null : (await store.run(run)).runId;
  const [callers, callees, slow] = await Promise.all([
    store.callers(name, { run }),
    store.callees(name, { run }),
    store.sql(
      `SELECT trace_id, call_id, duration_ns, started_at::VARCHAR AS started_at FROM calls
      WHERE function = $name AND ($run IS NULL OR run_id = $run) AND duration_ns IS NOT NULL
      ORDER BY duration_ns DESC LIMIT ${MOST_SLOW}`,
      { name, run: runId },
      { signal },
    ),
  ]);
  return {
    callers: callers.slice(0, MOST_EDGES).map(edgeRow),
    callees: callees.slice(0, MOST_EDGES).map(edgeRow),
    slowest: (slow.rows as unknown as readonly SlowRow[]).map((row) => ({
      call: callRef(row.trace_id, row.call_id),
      durationMs: ms(row.duration_ns),
      startedAt: row.started_at,
    })),
  };
}

function edgeRow(edge: CallEdge): z.output<typeof EDGE_ROW> {
  return {
    function: nameOf(edge.function),
    at: placeOf(edge.file, edge.line),
    calls: edge.calls,
    errors: edge.errors,
    totalMs: ms(edge.totalNs),
  };
}
