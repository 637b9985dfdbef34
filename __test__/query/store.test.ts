import { expect, test } from "vitest";
import { openStore } from "../../ts/query/index";
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
