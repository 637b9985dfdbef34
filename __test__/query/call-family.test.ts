import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore, type Store } from "../../ts/query/index";
import { newFolder, RUN_A, RUN_B, sampleStore } from "./support/sample-store";
import { call, NOON_NS, StoreWriter } from "./support/store-writer";

let store: Store;
beforeAll(async () => {
  store = await openStore((await sampleStore()).dir);
});
afterAll(() => store.close());

const ids = (calls: readonly { readonly callId: number }[]) => calls.map(({ callId }) => callId);
async function family(trace: string, id: number, limit?: number) {
  const { call: self, path, siblings, callees } = await store.callFamily(trace, id, { limit });
  return [self.callId, ids(path), ids(siblings), ids(callees)];
}

test("a call, its path, its siblings and callees, the oldest first", async () => {
  expect(await family(`${RUN_A}-1`, 2)).toEqual([2, [1, 2], [4, 5, 6], [3]]);
  expect(await family(`${RUN_A}-1`, 1)).toEqual([1, [1], [], [2, 4, 5, 6]]);
});

test("of many, the first", async () => {
  expect(await family(`${RUN_A}-1`, 1, 2)).toEqual([1, [1], [], [2, 4]]);
  expect(await family(`${RUN_A}-1`, 6, 2)).toEqual([6, [1, 6], [2, 4], []]);
});

test("a caller without a row has siblings none the less", async () => {
  const { items } = await store.calls({ run: RUN_B, order: "oldest" });
  const [first, second] = items;
  expect(first?.parentId).toBe(second?.parentId);
  expect(await family(`${RUN_B}-1`, first?.callId ?? 0)).toEqual([
    first?.callId,
    [first?.callId],
    [second?.callId],
    [],
  ]);
});

test("a call that was stored open, and again when it ended, is one", async () => {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  const row = { call_id: 2, parent_id: 1, root_id: 1, depth: 1, started_at: NOON_NS + 10n };
  const open = call({ ...row, status: "open", duration_ns: null });
  await writer.segment({
    runId: RUN_A,
    calls: [call({ call_id: 1, started_at: NOON_NS }), open, call(row)],
  });
  writer.close();
  await using one = await openStore(dir);
  const { callees } = await one.callFamily(`${RUN_A}-1`, 1);
  expect(callees).toMatchObject([{ callId: 2, status: "returned" }]);
});

test("a call that is not there, or not of this trace", async () => {
  for (const [trace, id] of [
    [`${RUN_A}-1`, 99],
    [`${RUN_A}-1`, 10],
  ] as const) {
    await expect(store.callFamily(trace, id)).rejects.toMatchObject({ code: "BC_ERR_NOT_FOUND" });
  }
});
