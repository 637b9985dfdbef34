/**
 * Every program of `examples/` runs and prints what it is there to show. (`two-services` does in `edges/two-services.test.ts`.)
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { nodeBinary, testedVersions } from "../../scripts/node-versions.mjs";

const ROOT = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "breadcrumb-examples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("every example has a test here", () => {
  const names = readdirSync(join(ROOT, "examples")).toSorted();
  expect(names).toEqual([
    "benchmark",
    "express-service",
    "find-the-cause",
    "in-memory",
    "investigate",
    "locals",
    "quickstart",
    "store",
    "two-services",
  ]);
});

const agents = readFileSync(join(ROOT, "docs/agents.md"), "utf8");
/** A line of an answer without what differs from run to run: ids, times. */
const alike = (line: string): string =>
  line.replaceAll(/01a[0-9a-f]{29}|01a1…/g, "…").replaceAll(/\d+(?:\.\d+)? ms/g, "… ms");

describe.each(testedVersions())("on Node %i", (major: number) => {
  const node = nodeBinary(major);
  const run = (...args: string[]): string => {
    const result = spawnSync(node, args, { cwd: ROOT, encoding: "utf8" });
    expect(result.stderr).toBe("");
    expect(result.status).toBe(0);
    return result.stdout;
  };

  test("in-memory: counters, statistics, calls, coverage", () => {
    expect(run("examples/in-memory/main.mjs").split("\n")).toEqual([
      "37 calls recorded, 0 dropped",
      "3 exceptions",
      expect.stringMatching(/^(?:ship: 20 calls, 3 threw|price: 17 calls, 0 threw)$/),
      expect.stringMatching(/^(?:ship: 20 calls, 3 threw|price: 17 calls, 0 threw)$/),
      "newest: ship [20,9000] threw",
      "files: examples/in-memory/parcel.mjs instrumented",
      "",
    ]);
  });

  test("find-the-cause: from a failure to its cause by MCP calls alone", () => {
    const store = join(folder, `cause-${major}`);
    const lines = run("examples/find-the-cause/main.mjs", store).trim().split("\n");
    expect(lines.filter((line) => line.startsWith("> ")).map((line) => line.split(" ")[1])).toEqual(
      [
        "record",
        "find_exceptions",
        "explain_call",
        "find_calls",
        "get_source_with_values",
        "find_calls",
      ],
    );
    expect(lines.slice(-4)).toEqual([
      'The argument arguments[0].total is {"$type":"number","value":"NaN"}, where it usually is 49.9, 7.',
      'It comes from parseAmount (examples/find-the-cause/program.js:11), which made NaN of "1.250,00":',
      '12:   return Number(text.replace(",", "."));',
      "Its 5 other calls returned numbers: none had a separator of thousands.",
    ]);
    const answered = new Set(lines.map(alike));
    const shown = [...agents.matchAll(/```console\n([\s\S]*?)```/g)]
      .flatMap(([, block = ""]) => block.split("\n"))
      .filter((line) => line !== "");
    expect(shown.length).toBeGreaterThan(10);
    expect(shown.filter((line) => !answered.has(alike(line)))).toEqual([]);
  });

  test("find-the-cause: what docs/agents.md mends is mended", () => {
    const [, wrong = "", right = ""] = /```diff\n-(.*)\n\+(.*)\n```/.exec(agents) ?? [];
    const program = readFileSync(join(ROOT, "examples/find-the-cause/program.js"), "utf8");
    expect(program).toContain(wrong);
    const mended = join(folder, "mended.js");
    writeFileSync(mended, program.replace(wrong, right));
    expect(run(mended).split("\n")).toContain("A-1003: 1250.00");
  });

  test("locals: why a program fails, by what show says of its variables", () => {
    const shown = run("examples/locals/main.mjs", join(folder, `locals-${major}`));
    expect(shown).toContain("cause: Error: login with password=[redacted:password]");
    const variables = shown.split("\n").map((line) => line.trim());
    expect(variables).toEqual(
      expect.arrayContaining([
        'block at 13: line = { sku: "C9", cents: 400, count: 3, currency: "usd" }',
        'block at 13: currency = "usd"',
        "block at 13: rate = undefined",
        "block at 16: apiKey = [redacted]",
        "closure: password = [redacted]",
      ]),
    );
  });

  test("store: runs, a time range, exceptions, statistics, SQL, retention", () => {
    const store = join(folder, `store-${major}`);
    const record = ["dist/cli.js", "run", "--quiet", "--store", store, "examples/store/program.js"];
    for (const _ of [1, 2]) expect(run(...record)).toBe("a node without a name 2\n");
    expect(run("examples/store/main.mjs", store).trim().split("\n")).toEqual([
      "2 runs, 12 calls in the oldest",
      "newest run: count returned, count returned",
      "exception: TypeError: a node without a name",
      "visit: 12 calls",
      "<anonymous in visit>: 8 calls",
      "[ { file: 'examples/store/program.js', deepest: 5 } ]",
      "1 runs after removing the oldest",
    ]);
  });

  test("investigate: comparing, searching, filters on values, exports", () => {
    const store = join(folder, `investigate-${major}`);
    for (const [sale, price] of [
      [[], "17"],
      [["sale"], "16"],
    ] as const) {
      const program = ["examples/investigate/program.js", ...sale];
      expect(run("dist/cli.js", "run", "--quiet", "--store", store, ...program)).toBe(`${price}\n`);
    }
    expect(run("examples/investigate/main.mjs", store).trim().split("\n")).toEqual([
      "until checkout › <anonymous in checkout> | checkout › <anonymous in checkout> › priceOf › discount they are alike",
      "new: discount",
      "checkout: arguments[1] false → true, result 17 → 16",
      "<anonymous in checkout>: result 8 → 7",
      "priceOf: arguments[1] false → true, result 8 → 7",
      "<anonymous in checkout>: arguments[0] 8 → 7, result 17 → 16",
      "priceOf: arguments[1] false → true",
      "1 × no discount for cup-07",
      "checkout has it in arguments[0][1].sku",
      "<anonymous in checkout> has it in arguments[1].sku",
      "priceOf has it in arguments[0].sku",
      "discount has it in arguments[0].sku",
      "discount has it in message, stack",
      "priceOf gave 7, <anonymous in checkout> gave 7",
      "<anonymous in checkout> calls it 2 times",
      "not called before: discount",
      "7 calls in the hour, 1 threw",
      "7 bars, 4 stacks, 12 calls exported",
    ]);
  });

  test("benchmark: two implementations measured", () => {
    const lines = run("examples/benchmark/main.mjs")
      .replaceAll(/\d+\.\d+ ms/g, "… ms")
      .split("\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        "recursive: 2584 with 8362 calls",
        "  fibonacci: 8361 calls, … ms self",
        "iterative: 2584 with 19 calls",
        "  step: 18 calls, … ms self",
      ]),
    );
  });

  test("quickstart: the site is built, one post is left out", () => {
    const lines = run("examples/quickstart/site.js", join(folder, "site")).trim().split("\n");
    expect(lines).toHaveLength(6);
    expect(lines.at(-1)).toBe('left out: weather.md: bad date "some day in May" (line 3)');
  });

  test("express-service: answers while it records", async () => {
    const env = { ...process.env, BREADCRUMB_DIR: join(folder, `service-${major}`) };
    const child = spawn(node, ["examples/express-service/main.mjs", "0"], { cwd: ROOT, env });
    const output = collect(child);
    const port = await output.find(/listening on (\d+)/);
    const ask = async (id: number): Promise<unknown> =>
      (await fetch(`http://127.0.0.1:${port}/orders/${id}`)).json();
    expect(await ask(3)).toEqual({ id: 3, total: "37.50" });
    expect(await ask(4)).toEqual({ error: "no order 4" });
    child.kill("SIGTERM");
    await output.find(/(recorded, 1 exception)/);
    expect(output.errors()).toBe("");
  });
});

/** The output of a running program, to wait for. */
function collect(child: ChildProcess): {
  find(pattern: RegExp): Promise<string>;
  errors(): string;
} {
  let [out, errors] = ["", ""];
  child.stdout?.on("data", (part) => (out += String(part)));
  child.stderr?.on("data", (part) => (errors += String(part)));
  return {
    errors: () => errors,
    async find(pattern) {
      for (;;) {
        const found = pattern.exec(out)?.[1];
        if (found !== undefined) return found;
        if (child.exitCode !== null) throw new Error(`ended before ${pattern}: ${out}${errors}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}
