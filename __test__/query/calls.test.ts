import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore, type Store } from "../../ts/query/index";
import { newFolder, RUN_A, RUN_B, sampleStore } from "./support/sample-store";
import { call, NOON_NS, StoreWriter } from "./support/store-writer";

let store: Store;
beforeAll(async () => {
  store = await openStore((await sampleStore()).dir);
});
afterAll(() => store.close());

test("calls come newest first, as plain objects", async () => {
  const { items, nextCursor } = await store.calls();
  expect(nextCursor).toBeNull();
  expect(items.map(({ callId }) => callId)).toEqual([3, 2, 10, 6, 5, 4, 3, 2, 1]);
  expect(Object.getPrototypeOf(items[0])).toBe(Object.prototype);
  expect(items[3]).toMatchObject({ runId: RUN_A, function: "add", clock: "coarse", result: 5 });
});

async function ids(filter: Parameters<Store["calls"]>[0]): Promise<number[]> {
  return (await store.calls(filter)).items.map(({ callId }) => callId);
}

test("every filter narrows", async () => {
  expect(await ids({ function: "add" })).toEqual([6, 5, 4]);
  expect(await ids({ file: "src/*", function: "*a*", run: RUN_A })).toEqual([10, 6, 5, 4, 3, 2, 1]);
  expect(await ids({ status: "threw" })).toEqual([3]);
  expect(await ids({ run: RUN_B })).toEqual([3, 2]);
  expect(await ids({ trace: "019a-A" })).toEqual([10]);
  expect(await ids({ minDurationMs: 0.9 })).toEqual([10, 2, 1]);
  expect(await ids({ since: "2026-11-23T08:00:01Z", until: "2026-11-23T08:00:02Z" })).toEqual([10]);
});

test("pages join without gap or overlap", async () => {
  const seen: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.calls({ limit: 4, cursor });
    seen.push(...page.items.map(({ callId }) => callId));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toEqual([3, 2, 10, 6, 5, 4, 3, 2, 1]);
});

test("the oldest first, in pages as well", async () => {
  const seen: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.calls({ order: "oldest", limit: 2, cursor });
    seen.push(...page.items.map(({ callId }) => callId));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 10, 2, 3]);
  expect(await ids({ order: "oldest", function: "add", limit: 1 })).toEqual([4]);
  const { nextCursor } = await store.calls({ limit: 1 });
  await expect(store.calls({ order: "oldest", cursor: nextCursor! })).rejects.toMatchObject({
    code: "BC_ERR_BAD_OPTION",
  });
  await expect(store.calls({ order: "up" as "oldest" })).rejects.toMatchObject({
    code: "BC_ERR_BAD_OPTION",
    message: expect.stringContaining("order"),
  });
});

test("the oldest are found among many segments, whatever their order", async () => {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  writer.run({ runId: "r1" });
  for (let seq = 0; seq < 12; seq++) {
    const second = (seq * 5) % 12;
    await writer.segment({
      runId: "r1",
      seq,
      calls: [0, 1].map((i) =>
        call({
          call_id: seq * 2 + i + 1,
          line: second * 2 + i,
          started_at: NOON_NS + BigInt(second) * 1_000_000_000n + BigInt(i),
        }),
      ),
    });
  }
  await using open = await openStore(dir);
  const lines = async (order: "oldest" | "newest") =>
    (await open.calls({ order, limit: 5 })).items.map(({ line }) => line);
  expect(await lines("oldest")).toEqual([0, 1, 2, 3, 4]);
  expect(await lines("newest")).toEqual([23, 22, 21, 20, 19]);
});

test("a cursor of another question is refused", async () => {
  const { nextCursor } = await store.traces({ limit: 1 });
  await expect(store.calls({ cursor: nextCursor! })).rejects.toMatchObject({
    code: "BC_ERR_BAD_OPTION",
  });
});

test("an unknown trace is BC_ERR_NOT_FOUND", async () => {
  await expect(store.calls({ trace: "nope" })).rejects.toMatchObject({ code: "BC_ERR_NOT_FOUND" });
});
