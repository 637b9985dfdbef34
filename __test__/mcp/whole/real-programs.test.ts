/**
 * Every reading tool over recordings of real programs, those of the conformance suite: no answer goes
 * beyond its budget, and all fit their schemas (the client checks). `npm run test:e2e` takes more of them.
 */
import { describe, expect, test } from "vitest";
import { findPrograms } from "../../conformance/programs";
import { runProgram } from "../../conformance/run-program";
import { sizeOf } from "../../../ts/mcp/answer";
import { newFolder } from "../../query/support/sample-store";
import { connect, type Connected } from "../support/connect";

const FEW = ["markdown", "peggy", "uncaught"];
const MORE = [...FEW, "acorn", "handlebars", "immutable", "mobx", "pug", "rxjs", "yaml"];
const names = process.env["BREADCRUMB_MCP"] === "full" ? MORE : FEW;
const programs = findPrograms().filter(({ name }) => names.includes(name));
const BUDGETS = [2000, 8000, 50_000];

describe.each(programs)("$name", (program) => {
  test("every answer is in its budget", async () => {
    const store = newFolder();
    await runProgram(program, { node: process.execPath, store });
    await using mcp = await connect(store);
    let asked = 0;
    for (const [name, args] of await questions(mcp)) {
      for (const maxTokens of BUDGETS) {
        const { result, text } = await mcp.ask(name, { ...args, maxTokens });
        expect([name, args, result.isError && text]).toEqual([name, args, undefined]);
        expect(sizeOf(result)).toBeLessThanOrEqual(maxTokens * 3);
        asked += 1;
      }
    }
    expect(asked).toBeGreaterThan(40);
  });
});

/** Questions that follow the ids of answers, as an agent does. */
async function questions(mcp: Connected): Promise<[string, Record<string, unknown>][]> {
  const { data: listed } = await mcp.ask("query_traces", { limit: 5 });
  const { data: called } = await mcp.ask("find_calls", { limit: 4, minDurationMs: 0.05 });
  const { data: hot } = await mcp.ask("analyze_performance", { limit: 2 });
  const { data: runs } = await mcp.ask("list_runs");
  const traces: string[] = listed.traces.map((one: { traceId: string }) => one.traceId);
  const calls: string[] = called.calls.map((one: { call: string }) => one.call);
  const functions: string[] = hot.functions.map((one: { function: string }) => one.function);
  const run = runs.runs[0].runId;
  return [
    ["list_runs", {}],
    ["query_traces", { limit: 200 }],
    ["find_calls", { limit: 200 }],
    ["find_exceptions", { limit: 200, stack: true }],
    ["search_values", { text: "a", limit: 100 }],
    ["analyze_performance", { limit: 200 }],
    ["diff_runs", { a: run, b: run }],
    ["diff_runs", { a: traces[0], b: traces.at(-1) }],
    ["find_gaps", {}],
    ["run_sql", { sql: "SELECT * FROM calls", limit: 1000 }],
    ["run_sql", { sql: "SELECT * FROM exceptions", limit: 1000 }],
    ...traces.map((trace): [string, object] => ["get_trace", { trace, width: 1000 }]),
    ...calls.flatMap((call): [string, object][] => [
      ["explain_call", { call }],
      ["get_value", { call }],
      ["get_trace", { call }],
    ]),
    ...functions.flatMap((name): [string, object][] => [
      ["get_source_with_values", { function: name, lines: 400, limit: 50 }],
      ["analyze_performance", { function: name, detail: ["callers", "callees", "slowest"] }],
    ]),
  ] as [string, Record<string, unknown>][];
}
