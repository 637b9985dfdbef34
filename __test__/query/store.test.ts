import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openStore, type Store } from "../../ts/query/index";
import { SCHEMA_VERSION } from "../../ts/query/schema";
import { olderStore, VERSIONS } from "./support/older-store";
import { RUN_A, RUN_B, sampleStore } from "./support/sample-store";

test("runs come newest first, with what can be read of them", async () => {
  await using store = await openStore((await sampleStore()).dir);
  const runs = await store.runs();
  expect(runs.map(({ runId }) => runId)).toEqual([RUN_B, RUN_A]);
  expect(runs[1]).toMatchObject({
    launchId: "launch-1",
    parentRunId: null,
    command: ["node", "src/main.js"],
    status: "finished",
    exitCode: 0,
    storedCalls: 7,
    counters: { recorded: 7, counted: 5, dropped: 0, recorderCpuNs: 0 },
    files: { instrumented: 1, leftAlone: [], tooEarly: [] },
  });
  expect(runs[0]).toMatchObject({ parentRunId: RUN_A, endedAt: null, storedCalls: 2 });
});

test("one run by its id, a prefix in any case, or latest", async () => {
  await using store = await openStore((await sampleStore()).dir);
  expect((await store.run("019AAAAA")).runId).toBe(RUN_A);
  expect((await store.run("latest")).runId).toBe(RUN_B);
  await expect(store.run("019")).rejects.toMatchObject({ code: "BC_ERR_NOT_FOUND" });
  await expect(store.run("")).rejects.toMatchObject({ code: "BC_ERR_NOT_FOUND" });
});

test("answers survive JSON as they are", async () => {
  await using store = await openStore((await sampleStore()).dir);
  const answers = [
    await store.runs(),
    await store.traces(),
    await store.exceptions(),
    await store.stats(),
    await store.sql("SELECT * FROM calls"),
    await store.search("a"),
    await store.series({ interval: "1s", by: "function" }),
    await store.callers("*"),
    await store.callees("*"),
    await store.gaps({ run: RUN_A }),
    await store.diff(RUN_A, RUN_B),
    await store.flame(),
    await store.timeline("latest"),
  ];
  for (const answer of answers) expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
});

test("a closed store says so", async () => {
  const store = await openStore((await sampleStore()).dir);
  await store.calls();
  await store.close();
  await store.close();
  await expect(store.calls()).rejects.toMatchObject({ code: "BC_ERR_STOPPED" });
  const questions = [
    () => store.runs(),
    () => store.calls({ where: [{ path: "result", value: /x/ }] }),
    () => store.search(/x/),
    () => store.series({ interval: "1s" }),
    () => store.callers("main"),
    () => store.callees("main"),
    () => store.gaps(),
    () => store.diff("latest", "latest"),
    () => store.flame(),
    () => store.timeline("latest"),
    () => store.export({ to: `${store.dir}.duckdb`, format: "duckdb" }),
    async () => store.tail().next(),
  ];
  for (const question of questions) {
    await expect(question()).rejects.toMatchObject({ code: "BC_ERR_STOPPED" });
  }
});

/** Questions of every kind. */
const QUESTIONS: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  runs: (store) => store.runs(),
  traces: (store) => store.traces(),
  trace: (store) => store.trace("latest"),
  calls: (store) => store.calls(),
  exceptions: (store) => store.exceptions(),
  search: (store) => store.search("a.json"),
  stats: (store) => store.stats(),
  callers: (store) => store.callers("parse"),
  gaps: (store) => store.gaps(),
  flame: (store) => store.flame(),
  series: (store) => store.series({ interval: "1s" }),
  sql: (store) => store.sql("SELECT count(*) AS n FROM calls"),
  tail: (store) => store.tail().next(),
};

test("there is a store of every version", () => {
  expect(VERSIONS.at(-1)).toBe(`v${SCHEMA_VERSION}`);
});

test.each(VERSIONS)("a store of version %s answers as every other", async (version) => {
  await using store = await openStore(olderStore(version));
  expect(await store.runs()).toMatchObject([{ storedCalls: 19, status: "finished" }]);
  const { root, callCount } = await store.trace("latest");
  expect([callCount, root?.function, root?.arguments, root?.result]).toEqual([
    19,
    "main",
    ["a.json"],
    { path: "a.json", total: 12 },
  ]);
  const functions = await store.stats();
  expect(functions.map((f) => `${f.function} ${f.calls} ${f.errors}`).toSorted()).toEqual([
    "<anonymous in Cart.total> 4 0",
    "Cart.add 4 0",
    "Cart.total 1 0",
    "double 4 0",
    "load 2 0",
    "main 1 0",
    "new Cart 1 0",
    "parse 2 1",
  ]);
  const { rows } = await store.sql(
    "SELECT count(*) AS n, count(parent_id) AS inner, count(*) FILTER (parent_kind = 'call') AS called FROM calls",
  );
  expect(rows).toEqual([{ n: 19, inner: 18, called: 18 }]);
  expect((await store.exceptions()).items).toMatchObject([
    { function: "parse", handled: "caught" },
  ]);
  expect((await store.search("item 3")).items).toMatchObject([{ function: "Cart.add" }]);
  expect(store.problems()).toEqual([]);
});

test.each([
  ["a segment", "segments/date="],
  ["a run's record", "runs"],
])("%s of a newer version is refused by every question, with both numbers", async (_, place) => {
  const dir = olderStore("v4");
  const file = readdirSync(dir, { recursive: true, encoding: "utf8" }).find(
    (name) => name.startsWith(place) && name.endsWith(".json"),
  )!;
  const text = JSON.parse(readFileSync(join(dir, file), "utf8")) as object;
  writeFileSync(join(dir, file), JSON.stringify({ ...text, schemaVersion: 99 }));
  for (const [name, ask] of Object.entries(QUESTIONS)) {
    await using store = await openStore(dir);
    const error = await (async () => ask(store))().catch((e: unknown) => e);
    expect(error, name).toMatchObject({ code: "BC_ERR_STORE_VERSION" });
    expect((error as Error).message, name).toMatch(
      new RegExp(`version 99\\b.* version ${SCHEMA_VERSION}\\b`),
    );
    expect((error as Error).message, name).toContain(file);
  }
});
