import * as fc from "fast-check";
import { expect, test } from "vitest";
import { openStore } from "../../ts/query/index";
import { newFolder, RUN_A, RUN_B, sampleStore } from "./support/sample-store";
import { call, functionSums, NOON_NS, type Row, StoreWriter } from "./support/store-writer";

test("functions are added up over segments, hottest first", async () => {
  await using store = await openStore((await sampleStore()).dir);
  const stats = await store.stats({ run: RUN_A });
  expect(stats.map((f) => f.function)).toEqual(["main", "parse", "load", "add", "hot"]);
  expect(stats[0]).toMatchObject({
    file: "src/main.js",
    calls: 2,
    errors: 0,
    totalNs: 6_000_000,
    selfNs: 2_000_000,
    waitNs: 2_000_000,
    meanNs: 3_000_000,
    maxNs: 5_000_000,
  });
  expect(stats[4]).toMatchObject({ calls: 0, counted: 5, meanNs: null, p50Ns: null, maxNs: null });
});

test("runs, names, files, sorts and limits", async () => {
  await using store = await openStore((await sampleStore()).dir);
  const names = async (filter: Parameters<typeof store.stats>[0]) =>
    (await store.stats(filter)).map((f) => f.function);
  expect(await names({ run: "latest" })).toEqual(["tick"]);
  expect(await names({ run: [RUN_A, RUN_B], sort: "calls", limit: 2 })).toEqual(["hot", "add"]);
  expect(await names({ function: "*a*", run: RUN_A })).toEqual(["main", "parse", "load", "add"]);
  expect(await names({ file: "src/add.js" })).toEqual(["add"]);
  expect((await names({ sort: "errors" }))[0]).toBe("parse");
  expect((await names({ sort: "total" }))[0]).toBe("main");
  expect(await names({ sort: "p99", limit: 3 })).toEqual(["main", "load", "parse"]);
  await expect(store.stats({ sort: "size" as "self" })).rejects.toMatchObject({
    code: "BC_ERR_BAD_OPTION",
    message: expect.stringContaining("self, total"),
  });
});

function at(id: number, ns: number | null, second: number): Row {
  return call({
    call_id: id,
    duration_ns: ns,
    self_ns: ns ?? 5,
    status: ns === null ? "open" : "returned",
    started_at: NOON_NS + BigInt(second) * 1_000_000_000n,
  });
}

test("since and until cut segments exactly", async () => {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  writer.run({ runId: "r1" });
  await writer.segment({
    runId: "r1",
    seq: 0,
    calls: [at(1, 1000, 0), at(2, 2000, 1), at(3, null, 2)],
    functions: [functionSums({ calls: 3, open: 1 }, [1000, 2000])],
  });
  await writer.segment({
    runId: "r1",
    seq: 1,
    calls: [at(4, 4000, 3), at(5, 0, 4)],
    functions: [functionSums({}, [4000, 0])],
  });
  await using store = await openStore(dir);
  const [all] = await store.stats();
  expect(all).toMatchObject({ calls: 5, open: 1, totalNs: 7000, meanNs: 1750 });
  const [late] = await store.stats({ since: "2026-11-23T08:00:01Z" });
  expect(late).toMatchObject({
    calls: 4,
    open: 1,
    totalNs: 6000,
    selfNs: 6005,
    meanNs: 2000,
    maxNs: 4000,
  });
  const [early] = await store.stats({ until: "2026-11-23T08:00:01Z" });
  expect(early).toMatchObject({ calls: 1, totalNs: 1000, maxNs: 1000 });
  expect(early!.p50Ns! / 1000).toBeCloseTo(1, 0);
  const [middle] = await store.stats({ since: "2026-11-23T08:00:04Z" });
  expect(middle).toMatchObject({ calls: 1, p50Ns: 0, maxNs: 0 });
});

test("quantiles are within 5 % of the true ones", async () => {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  writer.run({ runId: "r1" });
  const samples = fc.sample(
    fc.array(fc.integer({ min: 0, max: 2 ** 40 }), { minLength: 1, maxLength: 300 }),
    { numRuns: 20, seed: 1 },
  );
  await writer.segment({
    runId: "r1",
    functions: samples.map((durations, i) => functionSums({ line: i + 1 }, durations)),
  });
  await using store = await openStore(dir);
  for (const stats of await store.stats()) {
    const sorted = samples[stats.line - 1]!.toSorted((a, b) => a - b);
    for (const [q, got] of [
      [0.5, stats.p50Ns],
      [0.95, stats.p95Ns],
      [0.99, stats.p99Ns],
    ] as const) {
      const truth = sorted[Math.ceil(q * sorted.length) - 1]!;
      expect(Math.abs(got! - truth)).toBeLessThanOrEqual(Math.max(1, truth * 0.05));
    }
  }
});
