import { cpSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nodes, packageRoot, project, run } from "./support/program";

const WORK = `
export function add(a, b) { return a + b; }
export async function total(items) {
  let sum = 0;
  for (const item of items) { await null; sum = add(sum, item); }
  return sum;
}
export function fail() { throw new TypeError("no such thing"); }
`;

/** Runs `main.mjs` beside `src/work.mjs` and returns what it printed as JSON. */
function json(node: string, main: string, env: Record<string, string> = {}): unknown {
  const folder = project({ "main.mjs": main, "src/work.mjs": WORK });
  const ended = run(node, ["main.mjs"], folder, env);
  expect({ ...ended, stdout: "" }).toMatchObject({ status: 0, stderr: "" });
  return JSON.parse(ended.stdout);
}

describe.each(nodes)("Breadcrumb on %s", (_name, node) => {
  it.each([
    [undefined, ["[redacted:card]", "ann@example.com", 42]],
    [false, ["4111 1111 1111 1111", "ann@example.com", 42]],
    [
      { names: ["shoeSize"], also: ["email"], except: ["card"] },
      ["4111 1111 1111 1111", "[redacted:email]", { $type: "redacted", rule: "custom" }],
    ],
  ])("redacts as the option redact says: %j", (redact, expected) => {
    const answer = json(
      node,
      `import { Breadcrumb } from "breadcrumb-tracer";
      const options = ${JSON.stringify({ include: ["src/**"], store: ":memory:", redact })};
      const session = await Breadcrumb.start(options);
      const { add } = await import("./src/work.mjs");
      add(["4111 1111 1111 1111", "ann@example.com"], { shoeSize: 42 });
      await session.stop();
      const [[texts, object]] = session.calls().map((call) => call.arguments);
      console.log(JSON.stringify([...texts, object.shoeSize]));`,
    );
    expect(answer).toEqual(expected);
  });

  it("captures what set() says, of functions that are there and that come", () => {
    const answer = json(
      node,
      `import { Breadcrumb } from "breadcrumb-tracer";
      const session = await Breadcrumb.start({ include: ["src/**"], store: ":memory:", mode: "dormant" });
      const before = session.set({ include: [":tot*", ":nothing"], capture: "time" });
      const { add, total, fail } = await import("./src/work.mjs");
      await total([1, 2]);
      const after = session.set({ include: ["src/**", "!:total"] });
      await total([3, 4]);
      const none = session.set({ capture: "dormant" });
      add(5, 6);
      const wrong = [];
      for (const options of [{ capture: "all" }, { include: ["src/{a"] }]) {
        try { session.set(options); } catch (error) { wrong.push(error.code); }
      }
      await session.stop();
      try { session.set({}); } catch (error) { wrong.push(error.code); }
      const calls = session.calls().map((call) => [call.function, call.arguments]).reverse();
      console.log(JSON.stringify({ before, after, none, wrong, calls }));`,
    );
    expect(answer).toEqual({
      before: { functions: 0, of: 0, near: [] },
      after: { functions: 2, of: 3, near: [] },
      none: { functions: 0, of: 3, near: [] },
      wrong: ["BC_ERR_BAD_OPTION", "BC_ERR_BAD_GLOB", "BC_ERR_STOPPED"],
      calls: [
        ["total", null],
        ["add", [0, 3]],
        ["add", [3, 4]],
      ],
    });
  });

  it("records into memory what is loaded after start()", () => {
    const answer = json(
      node,
      `import { Breadcrumb } from "breadcrumb-tracer";
      const session = await Breadcrumb.start({ include: ["src/**"], store: ":memory:" });
      const { add, total, fail } = await import("./src/work.mjs");
      await total([1, 2, 3]);
      try { fail() } catch {}
      const counters = await session.stop();
      console.log(JSON.stringify({ counters, stats: session.stats(), calls: session.calls(),
        traces: session.traces(), coverage: session.coverage() }));`,
    );
    expect(answer).toMatchObject({
      counters: { recorded: 5, counted: 0, dropped: 0, exceptions: 1 },
      coverage: { files: [{ file: "src/work.mjs", status: "instrumented", functions: 3 }] },
    });
    const { stats, calls, traces } = answer as {
      stats: { function: string; calls: number; errors: number }[];
      calls: Record<string, unknown>[];
      traces: { calls: number; root: { function: string } }[];
    };
    expect(Object.fromEntries(stats.map((s) => [s.function, [s.calls, s.errors]]))).toEqual({
      add: [3, 0],
      total: [1, 0],
      fail: [1, 1],
    });
    expect(traces.map((t) => [t.root.function, t.calls])).toEqual([
      ["fail", 1],
      ["total", 4],
    ]);
    expect(calls.find((c) => c["function"] === "total")).toMatchObject({
      arguments: [[1, 2, 3]],
      result: 6,
      status: "returned",
      file: "src/work.mjs",
      line: 3,
    });
    expect(calls.filter((c) => c["function"] === "add").map((c) => c["arguments"])).toEqual([
      [3, 3],
      [1, 2],
      [0, 1],
    ]);
  });

  it("measures a function without a store", () => {
    const answer = json(
      node,
      `import { Breadcrumb } from "breadcrumb-tracer";
      const measured = await Breadcrumb.measure(async () => {
        const { add } = await import("./src/work.mjs");
        let sum = 0;
        for (let i = 0; i < 100000; i++) sum = add(sum, i);
        return sum;
      }, { include: ["src/**"] });
      console.log(JSON.stringify(measured));`,
    );
    expect(answer).toMatchObject({
      result: 4999950000,
      counters: { recorded: 100000, dropped: 0 },
      functions: [{ function: "add", calls: 100000, errors: 0 }],
    });
  });

  it("says once which files were loaded before, and how to have every call", () => {
    const folder = project({
      "src/work.mjs": WORK,
      "main.mjs": `import { Breadcrumb } from "breadcrumb-tracer";
        import { add } from "./src/work.mjs";
        const session = await Breadcrumb.start({ include: ["src/**"], store: ":memory:" });
        add(1, 2);
        console.log(JSON.stringify(session.coverage()));`,
    });
    const ended = run(node, ["main.mjs"], folder);
    expect(ended.status).toBe(0);
    expect(ended.stderr).toMatch(
      /1 matching file was loaded before start\(\).*work\.mjs.*not be recorded.*--require.*says why/,
    );
    expect(JSON.parse(ended.stdout)).toMatchObject({
      files: [
        {
          file: "src/work.mjs",
          status: "too-early",
          reason: "breakpoints were not asked for (inspector: true)",
        },
      ],
    });
  });

  it("hears of requests while it records, and no longer", () => {
    const answer = json(
      node,
      `import { Breadcrumb } from "breadcrumb-tracer";
      import { channel } from "node:diagnostics_channel";
      const names = ["http.server.request.start", "http2.server.stream.start"];
      const heard = [];
      const hear = () => heard.push(names.some((name) => channel(name).hasSubscribers));
      hear();
      for (let i = 0; i < 2; i++) {
        const session = await Breadcrumb.start({ include: ["src/**"], store: ":memory:" });
        hear();
        await session.stop();
        hear();
      }
      console.log(JSON.stringify(heard));`,
    );
    expect(answer).toEqual([false, true, false, true, false]);
  });

  it("gives coded errors", () => {
    const answer = json(
      node,
      `import { Breadcrumb, BreadcrumbError } from "breadcrumb-tracer";
      const codes = [];
      const attempt = async (options) => {
        try { await (await Breadcrumb.start(options)).stop(); codes.push("started") }
        catch (error) { codes.push(error instanceof BreadcrumbError ? error.code : String(error)) }
      };
      await attempt({ includes: [] });
      await attempt({ include: ["src/["] });
      await attempt({ store: "/proc/nowhere/at/all" });
      const include = ["src/**"];
      await attempt({ include, store: ":memory:" });
      const session = await Breadcrumb.start({ include, store: "traces" });
      await attempt({ include, store: ":memory:" });
      try { session.calls() } catch (error) { codes.push(error.code) }
      await session.stop();
      await session.stop();
      console.log(JSON.stringify(codes));`,
    );
    expect(answer).toEqual([
      "BC_ERR_BAD_OPTION",
      "BC_ERR_BAD_GLOB",
      "BC_ERR_STORE_UNWRITABLE",
      "started",
      "BC_ERR_ALREADY_STARTED",
      "BC_ERR_NO_MEMORY_STORE",
    ]);
  });

  it("works from CommonJS, stops and starts again, and leaves a store behind", () => {
    const folder = project({
      "src/one.cjs": "exports.one = () => 1;",
      "src/two.cjs": "exports.two = () => 2;",
      "main.cjs": `const { Breadcrumb } = require("breadcrumb-tracer");
        (async () => {
          for (const name of ["one", "two"]) {
            const session = await Breadcrumb.start({ include: ["src/**"] });
            require("./src/" + name + ".cjs")[name]();
            require("./src/one.cjs").one();
            console.log((await session.stop()).recorded);
          }
        })();`,
    });
    expect(run(node, ["main.cjs"], folder)).toMatchObject({ stdout: "2\n2\n", stderr: "" });
    expect(readdirSync(join(folder, ".breadcrumb/runs"))).toHaveLength(2);
  });
});

describe("a platform without an addon", () => {
  it("lets the package be imported, and start() say what is missing", () => {
    const folder = project({
      "main.cjs": `const { Breadcrumb } = require("./dist/index.js");
        Breadcrumb.start().catch((error) => console.log(error.code));`,
    });
    // The built JavaScript alone, without the addon beside it.
    cpSync(join(packageRoot, "dist"), join(folder, "dist"), { recursive: true });
    const [, node] = nodes[0] as readonly [string, string];
    expect(run(node, ["main.cjs"], folder)).toMatchObject({
      stdout: "BC_ERR_NO_ADDON\n",
      stderr: "",
    });
    writeFileSync(join(folder, "plain.cjs"), "console.log('ran')");
    const preloaded = run(node, ["--require", "./dist/register.js", "plain.cjs"], folder);
    expect(preloaded.stdout).toBe("ran\n");
    expect(preloaded.stderr).toMatch(/^breadcrumb: not recording: No native addon .*\n$/);
    const strict = run(node, ["--require", "./dist/register.js", "plain.cjs"], folder, {
      BREADCRUMB_OPTIONS: `{"strict":true}`,
    });
    expect(strict).toMatchObject({ status: 2, stdout: "" });
  });
});
