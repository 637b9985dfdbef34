import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { openStore } from "../../ts/query/index";
import { cli, nodes, project, run } from "../support/program";
import { newFolder, sampleStore } from "./support/sample-store";
import { call, lineCount, StoreWriter } from "./support/store-writer";

const TOTAL = { function: "Cart.total", file: "src/cart.js", function_line: 6 };
let dir: string;
beforeAll(async () => {
  dir = newFolder();
  const writer = await StoreWriter.create(dir);
  writer.run({ runId: "r1" });
  writer.run({ runId: "r2", startedAt: "2026-11-23T09:00:00.000Z" });
  await writer.segment({
    runId: "r1",
    lines: [
      lineCount({ ...TOTAL, line: 7, col: 5, count: 2 }),
      lineCount({ ...TOTAL, line: 7, col: 5, count: 3, thread_id: 1 }),
      lineCount({ ...TOTAL, line: 7, col: 5, count: 0 }),
      lineCount({ ...TOTAL, line: 7, col: 20, is_branch: 1, count: 0 }),
      lineCount({ ...TOTAL, line: 8, col: 5, count: 0 }),
      lineCount({ function: "idle", function_line: 3, line: 4, count: 0 }),
      lineCount({ function: "idle", function_line: 3, line: 5, count: 0 }),
    ],
  });
  await writer.segment({
    runId: "r2",
    lines: [
      lineCount({ ...TOTAL, line: 7, col: 5, count: 1 }),
      lineCount({ ...TOTAL, line: 8, col: 5, count: 1 }),
    ],
  });
});

test("sums over threads and intervals, by file and place, of the newest run unless told", async () => {
  await using store = await openStore(dir);
  const brief = async (filter: Parameters<typeof store.lines>[0]) =>
    (await store.lines(filter)).map(
      ({ function: name, line, isBranch, count }) =>
        `${name} ${line}${isBranch ? " branch" : ""} ${count}`,
    );
  expect((await store.lines({ run: "r1", function: "*.total" }))[1]).toEqual({
    function: "Cart.total",
    file: "src/cart.js",
    functionLine: 6,
    line: 7,
    col: 20,
    isBranch: true,
    count: 0,
  });
  const all = ["Cart.total 7 5", "Cart.total 7 branch 0", "Cart.total 8 0", "idle 4 0", "idle 5 0"];
  expect(await brief({ run: "r1" })).toEqual(all);
  expect(await brief({})).toEqual(["Cart.total 7 1", "Cart.total 8 1"]);
  expect(await brief({ run: ["r1", "r2"], file: "src/c*" })).toEqual([
    "Cart.total 7 6",
    "Cart.total 7 branch 0",
    "Cart.total 8 1",
  ]);
  expect(await brief({ run: "r1", function: "idle" })).toEqual(all.slice(3));
  expect(await brief({ run: "r1", limit: 1 })).toEqual(all.slice(0, 1));
});

test("those that did not run, of functions that were called", async () => {
  await using store = await openStore(dir);
  const notRun = async (filter: Parameters<typeof store.gaps>[0]) =>
    (await store.gaps(filter)).linesNotRun?.map(({ line, col }) => [line, col]);
  expect(await notRun({ run: "r1" })).toEqual([
    [7, 20],
    [8, 5],
  ]);
  expect(await notRun({ run: "r1", limit: 1 })).toEqual([[7, 20]]);
  expect(await notRun({ run: ["r1", "r2"] })).toEqual([[7, 20]]);
  expect(await notRun({ run: "r2" })).toEqual([]);
  expect(await notRun({ run: "r1", function: "idle" })).toEqual([]);
});

test("a run without lines has none, and does not say that all ran", async () => {
  await using store = await openStore((await sampleStore()).dir);
  expect(await store.lines()).toEqual([]);
  expect((await store.gaps()).linesNotRun).toBeNull();
});

test("unknown runs and bad limits are refused", async () => {
  await using store = await openStore(dir);
  await expect(store.lines({ run: "none" })).rejects.toMatchObject({ code: "BC_ERR_NOT_FOUND" });
  await expect(store.lines({ limit: 1.5 })).rejects.toMatchObject({ code: "BC_ERR_BAD_OPTION" });
});

test("calls have theirs, from files with the column and without", async () => {
  const folder = newFolder();
  const writer = await StoreWriter.create(folder);
  writer.run({ runId: "r1" });
  const lines = "[[7,1],[8,40],[8,2,17]]";
  await writer.segment({ runId: "r1", seq: 0, calls: [call({})], schemaVersion: 4 });
  await writer.segment({ runId: "r1", seq: 1, calls: [call({ call_id: 2, lines })] });
  await writer.segment({ runId: "r1", seq: 2, calls: [call({ call_id: 3, lines: "[]" })] });
  await using store = await openStore(folder);
  const { items } = await store.calls({ order: "oldest" });
  const ran = [
    { line: 7, count: 1 },
    { line: 8, count: 40 },
    { line: 8, count: 2, col: 17 },
  ];
  expect(items.map((each) => each.lines)).toEqual([null, ran, []]);
  expect((await store.trace("r1-2")).root?.lines).toEqual(ran);
  expect((await store.sql("SELECT lines FROM calls ORDER BY call_id")).rows).toEqual([
    { lines: null },
    { lines },
    { lines: "[]" },
  ]);
});

test.each(nodes)(
  "of a program: each call's lines, and those of all calls (Node %s)",
  async (_, node) => {
    const folder = project({
      "app.js": `
      function sign(n) {
        if (n < 0) {
          return "-";
        }
        return n === 0 ? "0" : "+";
      }
      for (const n of [1, -1, 2]) sign(n);
    `,
    });
    const { status, stderr } = run(node, [cli, "run", "--lines", "app.js"], folder);
    expect(status, stderr).toBe(0);
    await using store = await openStore(join(folder, ".breadcrumb"));
    const { items } = await store.calls({ order: "oldest" });
    expect(
      items.map((each) => each.lines?.map(({ line, count, col }) => [line, count, col])),
    ).toEqual(
      [1, -1, 2].map((n) =>
        n < 0
          ? [
              [3, 1, undefined],
              [4, 1, undefined],
            ]
          : [
              [3, 1, undefined],
              [6, 1, undefined],
              [6, 1, 32],
            ],
      ),
    );
    const counts = (await store.lines()).map(({ line, col, isBranch, count }) =>
      isBranch ? [line, col, count] : [line, count],
    );
    expect(counts).toEqual([
      [3, 3],
      [4, 1],
      [6, 2],
      [6, 26, 0],
      [6, 32, 2],
    ]);
    expect((await store.gaps()).linesNotRun?.map(({ line, col }) => [line, col])).toEqual([
      [6, 26],
    ]);
  },
);
