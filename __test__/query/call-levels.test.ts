import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore, type Store } from "../../ts/query/index";
import { RUN_A, RUN_B, sampleStore } from "./support/sample-store";
import { newFolder } from "./support/sample-store";
import { writeLargeStore } from "./support/large-store";

let store: Store;
beforeAll(async () => {
  store = await openStore((await sampleStore()).dir);
});
afterAll(() => store.close());

const outline = async (id: string, options = {}) => {
  const { calls, callCount } = await store.callLevels(id, options);
  return [
    callCount,
    ...calls.map(({ call, level, children }) => `${level} ${call.callId} ${children}`),
  ];
};

test("a trace, level by level", async () => {
  expect(await outline(`${RUN_A}-1`)).toEqual([
    6,
    "0 1 4",
    "1 2 1",
    "1 4 0",
    "1 5 0",
    "1 6 0",
    "2 3 0",
  ]);
});

test("below a call", async () => {
  expect(await outline(`${RUN_A}-1`, { call: 2 })).toEqual([6, "0 2 1", "1 3 0"]);
});

test("of too many, those that threw and the longest are taken, and all are counted", async () => {
  expect(await outline(`${RUN_A}-1`, { width: 1 })).toEqual([6, "0 1 4", "1 2 1", "2 3 0"]);
  expect(await outline(`${RUN_A}-1`, { maxCalls: 3 })).toEqual([6, "0 1 4", "1 2 1", "1 4 0"]);
  expect(await outline(`${RUN_A}-1`, { levels: 1 })).toEqual([6, "0 1 4"]);
});

test("a trace whose root has no row begins at its highest calls", async () => {
  expect(await outline(`${RUN_B}-1`)).toEqual([2, "0 2 0", "0 3 0"]);
});

test("what is not there, and what is no option", async () => {
  await expect(store.callLevels(`${RUN_A}-ZZ`)).rejects.toMatchObject({ code: "BC_ERR_NOT_FOUND" });
  await expect(store.callLevels(`${RUN_A}-1`, { call: 99 })).rejects.toMatchObject({
    code: "BC_ERR_NOT_FOUND",
    message: expect.stringContaining("has no call 99"),
  });
  await expect(store.callLevels(`${RUN_A}-1`, { width: 0 })).rejects.toMatchObject({
    code: "BC_ERR_BAD_OPTION",
  });
});

test("the path to a call", async () => {
  const path = await store.callPath(RUN_A, 3);
  expect(path.map((place) => place.function)).toEqual(["main", "load", "parse"]);
});

test("one deep trace is read no further than asked", async () => {
  const dir = newFolder();
  await writeLargeStore(dir, { segments: 1, rowsPerSegment: 5000, callsPerTrace: 5000 });
  await using large = await openStore(dir);
  const { items } = await large.traces();
  const { calls, callCount } = await large.callLevels(items[0]?.traceId ?? "", { maxCalls: 50 });
  expect(callCount).toBe(5000);
  expect(calls).toHaveLength(50);
  expect(calls.slice(0, 6).map(({ call, level }) => [call.callId, level])).toEqual([
    [1, 0],
    [2, 1],
    [3, 1],
    [4, 1],
    [5, 1],
    [6, 2],
  ]);
});
