import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore, type Store } from "../../ts/query/index";
import { RUN_A, RUN_B, sampleStore } from "./support/sample-store";
import { newFolder } from "./support/sample-store";
import { call as callOf, StoreWriter } from "./support/store-writer";
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

test.each([300, 3000])(
  "a trace of %i calls is as a walk over all of them finds it",
  async (size) => {
    const weights = fc.sample(fc.integer({ min: 1, max: 2 ** 31 }), { numRuns: size, seed: 12 });
    const rows = weights.map((weight, i) => ({
      callId: i + 1,
      // Near ones, so that the tree is deep, and a few far ones.
      parentId: i === 0 ? null : Math.max(1, i - (weight % (weight % 5 === 0 ? 200 : 7))),
      // One of its own each, so that there is an order.
      durationNs: weight * size + i,
    }));
    const dir = newFolder();
    const writer = await StoreWriter.create(dir);
    writer.run({ runId: RUN_A });
    await writer.segment({
      runId: RUN_A,
      calls: rows.map(({ callId, parentId, durationNs }) =>
        callOf({
          run_id: RUN_A,
          call_id: callId,
          root_id: 1,
          parent_id: parentId,
          depth: callId === 1 ? 0 : 1,
          duration_ns: durationNs,
        }),
      ),
    });
    writer.close();
    await using of = await openStore(dir);
    const limits = { maxCalls: 120, width: 3, levels: 9 };
    const found = await of.callLevels(`${RUN_A}-1`, limits);
    const wanted = [{ callId: 1, level: 0 }];
    const below = (callId: number) => rows.filter(({ parentId }) => parentId === callId);
    for (const { callId, level } of wanted) {
      if (level + 1 >= limits.levels) continue;
      const ranked = below(callId).toSorted((a, b) => b.durationNs - a.durationNs);
      const taken = ranked.slice(0, limits.width).map((row) => row.callId);
      const room = limits.maxCalls - wanted.length;
      for (const id of taken.toSorted((a, b) => a - b).slice(0, room)) {
        wanted.push({ callId: id, level: level + 1 });
      }
    }
    expect(found.callCount).toBe(size);
    const shown = found.calls.map(({ call, level, children }) => [call.callId, level, children]);
    expect(shown).toEqual(wanted.map(({ callId, level }) => [callId, level, below(callId).length]));
  },
);

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
