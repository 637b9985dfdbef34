/**
 * Each workload runs once in each mode, small: the harness works and the program's output is the
 * same. Figures come from `npm run bench`.
 */
import { describe, expect, test } from "vitest";
import { measureAttach } from "./attach.ts";
import { measureEdges } from "./edges.ts";
import { FIRST, measureHits } from "./inspector.ts";
import { linesOfCompiler, measureLines } from "./lines.ts";
import { benchStart } from "./start.ts";
import { MODES, runWorkload, WORKLOADS } from "./workload.ts";

describe.each(WORKLOADS)("%s", (workload) => {
  test("prints the same in every mode, and records what its mode says", () => {
    const costs = MODES.map((mode) => runWorkload(workload, mode, "small", process.execPath));
    expect(new Set(costs.map(({ output }) => output)).size).toBe(1);
    const calls = costs.map((cost) => cost.calls > 0);
    expect(Object.fromEntries(MODES.map((mode, at) => [mode, calls[at]]))).toEqual({
      plain: false,
      dormant: false,
      count: true,
      time: true,
      values: true,
      locals: true,
      lines: true,
      governed: true,
    });
    expect(costs.map(({ dropped }) => dropped)).toEqual(MODES.map(() => 0));
  });
});

test("lines are told of without a change of what is printed", () => {
  const sums = [...measureLines(1, "small").values()]
    .flat()
    .map(({ long, short }) => [long.sum, short.sum]);
  expect(new Set(sums.map(String)).size).toBe(1);
});

test("lines of a program are counted", async () => {
  expect(await linesOfCompiler("small")).toBeGreaterThan(1e4);
});

test.each(["get", "fetch"])("edges of requests by %s are measured", async (how) => {
  const costs = await measureEdges(process.execPath, how, { first: 10, count: 20, piece: 10 });
  expect([...costs.keys()]).toEqual(["plain", "calls", "one trace", "rows"]);
  expect([...costs.values()].every((us) => us > 0)).toBe(true);
});

test("starts are measured", () => {
  expect(benchStart(1, ["node -e 0"])).toMatch(/\| node -e 0 \|( \d+ \(\d+\) \|){4}$/);
});

test("hits of breakpoints are all there, and only those with results pause", async () => {
  const costs = await measureHits(50);
  const recorded = FIRST + 50;
  expect(Object.fromEntries(costs)).toMatchObject({
    off: { recorded: 0, pauses: 0 },
    bare: { recorded: 0, pauses: 0 },
    ours: { recorded, pauses: 0 },
    results: { recorded, pauses: recorded },
  });
  expect(costs.get("off")?.us).toBeLessThan(costs.get("bare")?.us as number);
});

test("a server that is attached to answers every request", async () => {
  const { ratios, failed, said } = await measureAttach(process.execPath, 1, 50);
  expect(failed).toBe(0);
  expect(said).toMatch(/^[1-9]\d* calls? recorded/);
  expect(Object.values(ratios).map((turns) => turns.length)).toEqual([1, 1, 1]);
});
