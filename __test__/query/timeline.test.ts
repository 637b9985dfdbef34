import { expect, test } from "vitest";
import { chromeTrace, openStore, type TimelineRow } from "../../ts/query/index";
import { randomStore } from "./support/random-store";
import { newFolder, RUN_A, sampleStore } from "./support/sample-store";
import { call, NOON_NS, StoreWriter } from "./support/store-writer";

test("synchronous calls nest on one lane", async () => {
  await using store = await openStore((await sampleStore()).dir);
  const timeline = await store.timeline("019a-1");
  expect(timeline).toMatchObject({
    traceId: `${RUN_A}-1`,
    startedAt: "2026-11-23T08:00:00.000000123Z",
    lanes: [{ lane: 0, threadId: 0, name: "thread 0" }],
    truncated: false,
  });
  expect(timeline.rows.slice(0, 3)).toMatchObject([
    { function: "main", startNs: 0, endNs: 5_000_000, lane: 0, parentId: null },
    { function: "load", startNs: 877, endNs: 900_877, lane: 0, parentId: 1 },
    { function: "parse", status: "threw", lane: 0, depth: 2 },
  ]);
  expect(new Set(timeline.rows.map(({ lane }) => lane))).toEqual(new Set([0]));
  expect(timeline.endNs).toBe(5_999_977);
});

test("what overlaps has a lane of its own, which is used again", async () => {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  writer.run({ runId: "r1" });
  const bar = (id: number, parent: number | null, from: number, to: number | null) =>
    call({
      call_id: id,
      root_id: 1,
      parent_id: parent,
      depth: parent === null ? 0 : parent === 1 ? 1 : 2,
      function: `f${id}`,
      started_at: NOON_NS + BigInt(from),
      duration_ns: to === null ? null : to - from,
      status: to === null ? "open" : "returned",
    });
  await writer.segment({
    runId: "r1",
    calls: [
      bar(1, null, 0, 100),
      bar(2, 1, 10, 50),
      bar(3, 1, 20, 60),
      bar(4, 2, 30, 40),
      bar(5, 1, 61, 70),
      bar(6, 1, 65, 75),
      bar(7, 1, 90, null),
    ],
  });
  await using store = await openStore(dir);
  const timeline = await store.timeline("latest");
  expect(timeline.rows.map((row) => [row.function, row.lane])).toEqual([
    ["f1", 0],
    ["f2", 0],
    ["f3", 1],
    ["f4", 0],
    ["f5", 0],
    ["f6", 1],
    ["f7", 0],
  ]);
  expect(timeline.rows.at(-1)).toMatchObject({ endNs: null });
  expect(timeline.lanes.map(({ name }) => name)).toEqual(["thread 0", "thread 0 (2)"]);
});

test("on every lane of random traces, calls nest as they were caused", async () => {
  await using store = await openStore((await randomStore({ seed: 9, calls: 120 })).dir);
  const { items } = await store.traces({ limit: 1000 });
  let lanes = 0;
  for (const { traceId, calls } of items) {
    const timeline = await store.timeline(traceId);
    expect(timeline.rows).toHaveLength(calls);
    lanes = Math.max(lanes, timeline.lanes.length);
    const end = (row: TimelineRow) => row.endNs ?? Math.max(timeline.endNs, row.startNs);
    for (const { lane, threadId } of timeline.lanes) {
      const rows = timeline.rows.filter((row) => row.lane === lane);
      expect(new Set(rows.map((row) => row.threadId))).toEqual(new Set([threadId]));
      const open: TimelineRow[] = [];
      for (const row of rows) {
        // What it does not stand in has ended.
        for (let top = open.at(-1); top; top = open.at(-1)) {
          if (row.parentId === top.callId && end(row) <= end(top)) break;
          expect(end(top)).toBeLessThanOrEqual(row.startNs);
          open.pop();
        }
        open.push(row);
      }
    }
  }
  expect(lanes).toBeGreaterThan(3);
});

test("Chrome's events have microseconds, lanes as threads and where a function stands", async () => {
  await using store = await openStore((await sampleStore()).dir);
  const { traceEvents, otherData } = chromeTrace(await store.timeline("019a-1"));
  expect(otherData).toMatchObject({ traceId: `${RUN_A}-1` });
  expect(traceEvents[0]).toEqual({
    name: "thread_name",
    ph: "M",
    pid: 1,
    tid: 0,
    args: { name: "thread 0" },
  });
  expect(traceEvents.find(({ name }) => name === "load")).toEqual({
    name: "load",
    cat: "returned",
    ph: "X",
    pid: 1,
    tid: 0,
    ts: 0.877,
    dur: 900,
    args: {
      callId: 2,
      parentId: 1,
      source: "src/load.js:7",
      status: "returned",
      selfNs: 400_000,
      waitNs: 0,
    },
  });
});
