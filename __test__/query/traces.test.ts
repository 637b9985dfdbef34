import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore, type Store } from "../../ts/query/index";
import { RUN_A, RUN_B, sampleStore, newFolder } from "./support/sample-store";
import { call, NOON_NS, StoreWriter } from "./support/store-writer";

let store: Store;
beforeAll(async () => {
  store = await openStore((await sampleStore()).dir);
});
afterAll(() => store.close());

test("traces come newest first, with their root, calls and errors", async () => {
  const { items, nextCursor } = await store.traces();
  expect(nextCursor).toBeNull();
  expect(items.map(({ traceId }) => traceId)).toEqual([`${RUN_B}-1`, `${RUN_A}-A`, `${RUN_A}-1`]);
  expect(items[2]).toEqual({
    traceId: `${RUN_A}-1`,
    runId: RUN_A,
    threadId: 0,
    function: "main",
    file: "src/main.js",
    line: 1,
    startedAt: "2026-11-23T08:00:00.000000123Z",
    durationNs: 5_000_000,
    status: "returned",
    calls: 6,
    errors: 1,
  });
});

test("a trace whose root has no row yet is there by its other calls", async () => {
  const { items } = await store.traces({ run: RUN_B });
  expect(items).toMatchObject([
    {
      traceId: `${RUN_B}-1`,
      function: null,
      status: "open",
      durationNs: null,
      calls: 2,
      startedAt: "2026-11-23T08:00:02.000000002Z",
    },
  ]);
});

async function ids(filter: Parameters<Store["traces"]>[0]): Promise<string[]> {
  return (await store.traces(filter)).items.map(({ traceId }) => traceId.slice(-10));
}

test("every filter narrows", async () => {
  const [a1, aA, b1] = [`${RUN_A}-1`, `${RUN_A}-A`, `${RUN_B}-1`].map((id) => id.slice(-10));
  expect(await ids({ function: "parse" })).toEqual([a1]);
  expect(await ids({ function: "t*" })).toEqual([b1]);
  expect(await ids({ root: "main" })).toEqual([aA, a1]);
  expect(await ids({ status: "open" })).toEqual([b1]);
  expect(await ids({ minDurationMs: 2 })).toEqual([a1]);
  expect(await ids({ since: "2026-11-23T08:00:00.5Z" })).toEqual([b1, aA]);
  expect(await ids({ until: new Date("2026-11-23T08:00:00.5Z") })).toEqual([a1]);
  expect(
    await ids({ since: "2026-11-23T08:00:00.000000123Z", until: "2026-11-23T08:00:00.000000124Z" }),
  ).toEqual([a1]);
  expect(await ids({ run: "019aaaaa", root: "main", function: "add" })).toEqual([a1]);
  expect(await ids({ function: "nobody" })).toEqual([]);
});

test("pages join without gap or overlap, also while rows arrive", async () => {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  writer.run({ runId: "r1" });
  // Seven roots at only three different times: ids decide.
  const roots = (seq: number, callIds: number[]) =>
    writer.segment({
      runId: "r1",
      seq,
      calls: callIds.map((id) => call({ call_id: id, started_at: NOON_NS + BigInt(id % 3) })),
    });
  await roots(0, [1, 2, 3, 4, 5, 6, 7]);
  await using open = await openStore(dir);
  const seen: string[] = [];
  let cursor: string | undefined;
  for (;;) {
    const page = await open.traces({ limit: 2, cursor });
    seen.push(...page.items.map(({ traceId }) => traceId));
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
    if (seen.length === 2) {
      await writer.segment({
        runId: "r1",
        seq: 1,
        calls: [call({ call_id: 99, started_at: NOON_NS + 1_000n })],
      });
    }
  }
  expect(seen).toEqual(["r1-5", "r1-2", "r1-7", "r1-4", "r1-1", "r1-6", "r1-3"]);
});

test("the newest are found among many segments", async () => {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  writer.run({ runId: "r1" });
  for (let seq = 0; seq < 12; seq++) {
    await writer.segment({
      runId: "r1",
      seq,
      calls: [0, 1].map((i) =>
        call({
          call_id: seq * 2 + i + 1,
          started_at: NOON_NS + BigInt(seq) * 1_000_000_000n + BigInt(i),
        }),
      ),
    });
  }
  await using open = await openStore(dir);
  const { items } = await open.traces({ limit: 3 });
  expect(items.map(({ traceId }) => traceId)).toEqual(["r1-O", "r1-N", "r1-M"]);
});

test("bad filters are coded errors that say what was got", async () => {
  await expect(store.traces({ status: "failed" as "open" })).rejects.toMatchObject({
    code: "BC_ERR_BAD_OPTION",
    message: expect.stringContaining('"failed"'),
  });
  await expect(store.traces({ limit: 0 })).rejects.toMatchObject({ code: "BC_ERR_BAD_OPTION" });
  await expect(store.traces({ limit: 1.5 })).rejects.toMatchObject({ code: "BC_ERR_BAD_OPTION" });
  await expect(store.traces({ since: "yesterday" })).rejects.toMatchObject({
    code: "BC_ERR_BAD_OPTION",
  });
  await expect(store.traces({ cursor: "x" })).rejects.toMatchObject({ code: "BC_ERR_BAD_OPTION" });
  await expect(store.traces({ run: "019c" })).rejects.toMatchObject({ code: "BC_ERR_NOT_FOUND" });
  await expect(store.traces({ minDurationMs: Number.NaN })).rejects.toMatchObject({
    code: "BC_ERR_BAD_OPTION",
  });
});

test("what a filter says is a value, never SQL", async () => {
  const hostile = "x' OR 1=1 --";
  expect((await store.traces({ function: hostile, root: hostile })).items).toEqual([]);
  expect((await store.traces({ function: "a\\%_*" })).items).toEqual([]);
});
