import { join } from "node:path";
import { expect, test } from "vitest";
import { cli, nodes, project, run } from "../support/program";
import { openStore } from "../../ts/query/index";
import { newFolder, RUN_A, RUN_B, sampleStore } from "./support/sample-store";
import { functionSums, NOON_NS, StoreWriter } from "./support/store-writer";

test("functions of other runs that were not called, neither recorded nor counted", async () => {
  await using store = await openStore((await sampleStore()).dir);
  const gaps = await store.gaps();
  expect(gaps.runIds).toEqual([RUN_B]);
  expect(gaps.notCalled.map((f) => f.function)).toEqual(["add", "hot", "load", "main", "parse"]);
  expect(gaps.notCalled[0]).toEqual({
    function: "add",
    file: "src/add.js",
    line: 2,
    col: 1,
    lastCalledIn: RUN_A,
    calls: 3,
  });
  const names = async (filter: Parameters<typeof store.gaps>[0]) =>
    (await store.gaps(filter)).notCalled.map((f) => f.function);
  expect(await names({ run: RUN_A })).toEqual(["tick"]);
  expect(await names({ run: [RUN_A, RUN_B] })).toEqual([]);
  expect(await names({ function: "*a*", file: "src/[lm]*" })).toEqual([]);
  expect(await names({ function: "*a*", file: "src/m*" })).toEqual(["main"]);
  expect(await names({ limit: 2 })).toEqual(["add", "hot"]);
});

test("a function that moved is the same; one that is known and never ran is listed", async () => {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  for (const [runId, functions] of [
    [
      "r1",
      [functionSums({ function: "moved", line: 3 }, [1]), functionSums({ function: "old" }, [1])],
    ],
    [
      "r2",
      [functionSums({ function: "moved", line: 9 }, [1]), functionSums({ function: "idle" }, [])],
    ],
  ] as const) {
    writer.run({ runId });
    await writer.segment({ runId, functions });
  }
  await using store = await openStore(dir);
  const { notCalled } = await store.gaps({ run: "r2" });
  expect(notCalled.map((f) => [f.function, f.lastCalledIn, f.calls])).toEqual([
    ["idle", null, 0],
    ["old", "r1", 1],
  ]);
});

test("a function that ran, nobody knows how often, is none", async () => {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  const interval = { thread_id: 0, from: NOON_NS, to: NOON_NS, dropped: 0 };
  const count = (name: string, counted: number) => {
    const place = { file: "src/main.js", line: 1, col: 1 };
    return { function: name, ...place, ...interval, counted };
  };
  const functions = ["ran", "counted", "idle"].map((name) => functionSums({ function: name }, []));
  writer.run({ runId: "r1" });
  const counts = [count("ran", 0), count("counted", 3)];
  await writer.segment({ runId: "r1", functions, counts });
  await using store = await openStore(dir);
  const { notCalled } = await store.gaps({ run: "r1" });
  expect(notCalled.map((f) => f.function)).toEqual(["idle"]);
  const stats = await store.stats({ run: "r1" });
  expect(stats.map((f) => [f.function, f.counted])).toEqual([["counted", 3]]);
});

test("files that were left alone, or loaded too early, in any of the runs", async () => {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  const leftAlone = [{ file: "src/odd.js", why: "cannot be parsed" }];
  writer.run({ runId: "r1", files: { instrumented: 3, leftAlone, tooEarly: ["src/a.js"] } });
  writer.run({ runId: "r2", files: { instrumented: 5, leftAlone, tooEarly: ["src/b.js"] } });
  await using store = await openStore(dir);
  expect(await store.gaps({ run: ["r1", "r2"] })).toEqual({
    runIds: ["r1", "r2"],
    notCalled: [],
    linesNotRun: null,
    instrumented: 5,
    leftAlone,
    tooEarly: ["src/a.js", "src/b.js"],
  });
});

test("unknown runs and bad limits are refused", async () => {
  await using store = await openStore((await sampleStore()).dir);
  await expect(store.gaps({ run: "none" })).rejects.toMatchObject({ code: "BC_ERR_NOT_FOUND" });
  await expect(store.gaps({ limit: -1 })).rejects.toMatchObject({ code: "BC_ERR_BAD_OPTION" });
});

test.each(nodes)(
  "a recorded function that never ran anywhere is listed (Node %s)",
  async (_, node) => {
    const folder = project({
      "app.js": `
      const { used } = require("./work.js");
      function main() { return used(1); }
      function never() {}
      main();
    `,
      "work.js": "exports.used = (n) => n; exports.unused = function unused() {};",
      // Loaded, and nothing of it runs.
      "idle.js": "require('./work.js'); module.exports = class Idle { method() {} };",
    });
    for (const args of [["app.js"], ["idle.js"]]) {
      const { status, stderr } = run(node, [cli, "run", ...args], folder);
      expect(status, stderr).toBe(0);
    }
    await using store = await openStore(join(folder, ".breadcrumb"));
    const [idle, app] = (await store.runs()).map((one) => one.runId) as [string, string];
    const names = async (runs: string | string[]) =>
      (await store.gaps({ run: runs })).notCalled.map((f) => [f.file, f.function, f.lastCalledIn]);
    expect(await names([app, idle])).toEqual([
      ["app.js", "never", null],
      ["idle.js", "Idle.method", null],
      ["work.js", "unused", null],
    ]);
    expect(await names(idle)).toEqual([
      ["app.js", "main", app],
      ["app.js", "never", null],
      ["idle.js", "Idle.method", null],
      ["work.js", "used", app],
      ["work.js", "unused", null],
    ]);
    expect(
      (await store.stats())
        .map((f) => [f.function, f.calls])
        .toSorted((a, b) => (String(a) < String(b) ? -1 : 1)),
    ).toEqual([
      ["main", 1],
      ["used", 1],
    ]);
    const { rows } = await store.sql(
      "SELECT run_id, count(*) AS n, sum(calls) AS calls FROM functions GROUP BY ALL ORDER BY ALL",
    );
    expect(rows).toEqual([
      { run_id: app, n: 4, calls: 2 },
      { run_id: idle, n: 3, calls: 0 },
    ]);
  },
);

test("a run whose record does not know its files has those of its functions", async () => {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  writer.run({ runId: "r1", status: "running", endedAt: null, files: {} });
  const functions = ["a.js", "b.js"].map((file) => functionSums({ function: "f", file }, []));
  await writer.segment({ runId: "r1", functions });
  await using store = await openStore(dir);
  expect(await store.gaps()).toMatchObject({ instrumented: 2 });
});
