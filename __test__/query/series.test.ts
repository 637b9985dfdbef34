import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Call,
  openStore,
  type SeriesFilter,
  type SeriesPoint,
  type Store,
} from "../../ts/query/index";
import { parseTime } from "../../ts/query/timestamps";
import { randomStore } from "./support/random-store";
import { newFolder, RUN_A } from "./support/sample-store";
import { call, NOON_NS, StoreWriter } from "./support/store-writer";

let store: Store;
let all: readonly Call[];
beforeAll(async () => {
  store = await openStore((await randomStore({ seed: 7, calls: 120 })).dir);
  all = (await store.calls({ limit: 100_000 })).items;
});
afterAll(() => store.close());

const startNs = (at: string) => parseTime(at, "at");

/** Compares a point with the calls that belong to it. */
function expectPoint(point: SeriesPoint, calls: readonly Call[]): void {
  const durations = calls.flatMap((c) => c.durationNs ?? []).toSorted((a, b) => a - b);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, ns) => total + ns, 0);
  expect(point).toMatchObject({
    calls: calls.length,
    errors: calls.filter((c) => c.status === "threw").length,
    totalNs: sum(durations),
    selfNs: sum(calls.map((c) => c.selfNs)),
    maxNs: durations.at(-1) ?? null,
  });
  for (const [q, got] of [
    [0.5, point.p50Ns],
    [0.95, point.p95Ns],
  ] as const) {
    const truth = durations[Math.ceil(q * durations.length) - 1] ?? null;
    if (truth === null) expect(got).toBeNull();
    else expect(Math.abs(got! - truth)).toBeLessThanOrEqual(Math.max(1, truth * 0.05));
  }
}

test.each<SeriesFilter>([
  { interval: 20 },
  { interval: "0.1s", run: RUN_A },
  { interval: "10ms", function: "Cart.*", status: "returned" },
  { interval: "1h", where: [{ path: "result.id" }] },
])("every interval has what a naive reader counts: %j", async (filter) => {
  const { items } = await store.calls({ ...filter, limit: 100_000 });
  const { series, intervalMs } = await store.series(filter);
  const [{ points, ...names }] = series as [(typeof series)[0]];
  expect(names).toEqual({ function: null, file: null, line: null, col: null });
  const interval = BigInt(intervalMs * 1e6);
  for (const [i, point] of points.entries()) {
    const from = startNs(point.at);
    if (i > 0) expect(from - startNs(points[i - 1]!.at)).toBe(interval);
    expect(from % interval).toBe(0n);
    const until = from + interval;
    expectPoint(
      point,
      items.filter((c) => startNs(c.startedAt) >= from && startNs(c.startedAt) < until),
    );
  }
  expect(points.reduce((sum, point) => sum + point.calls, 0)).toBe(items.length);
});

test("by function, those with the most calls first", async () => {
  const { series } = await store.series({ interval: "50ms", by: "function", limit: 3 });
  const counts = new Map<string, number>();
  for (const { function: name } of all) counts.set(name, (counts.get(name) ?? 0) + 1);
  const expected = [...counts]
    .toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, 3);
  expect(series.map((s) => s.function)).toEqual(expected.map(([name]) => name));
  const times = series.map(({ points }) => points.map(({ at }) => at));
  expect(times[1]).toEqual(times[0]);
  for (const { function: name, points } of series) {
    for (const point of points) {
      const from = startNs(point.at);
      const own = all.filter((c) => c.function === name);
      expectPoint(
        point,
        own.filter((c) => {
          const at = startNs(c.startedAt);
          return at >= from && at < from + 50_000_000n;
        }),
      );
    }
  }
});

test("empty intervals are there, also where nothing is", async () => {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  writer.run({ runId: "r1" });
  await writer.segment({
    runId: "r1",
    calls: [0n, 3_500_000_000n].map((after, i) =>
      call({ call_id: i + 1, started_at: NOON_NS + after, duration_ns: i === 0 ? null : 9 }),
    ),
  });
  await using open = await openStore(dir);
  const [one] = (await open.series({ interval: "1s" })).series;
  expect(one!.points.map((point) => [point.calls, point.p50Ns])).toEqual([
    [1, null],
    [0, null],
    [0, null],
    [1, 9],
  ]);
  const since = "2026-11-23T08:00:01Z";
  const [empty] = (await open.series({ interval: "1s", since, until: "2026-11-23T08:00:03Z" }))
    .series;
  expect(empty!.points).toHaveLength(2);
  expect(empty!.points[0]).toEqual({
    at: "2026-11-23T08:00:01.000000000Z",
    calls: 0,
    errors: 0,
    totalNs: 0,
    selfNs: 0,
    p50Ns: null,
    p95Ns: null,
    maxNs: null,
  });
  expect((await open.series({ interval: "1s", function: "nobody" })).series).toEqual([]);
  expect(
    (await open.series({ interval: "1s", function: "nobody", by: "function" })).series,
  ).toEqual([]);
});

test.each<[string, SeriesFilter]>([
  ["interval", {} as SeriesFilter],
  ["interval", { interval: 0 }],
  ["interval", { interval: "5 parsecs" }],
  ["interval", { interval: "400d" }],
  ["by", { interval: "1s", by: "file" as "function" }],
  ["limit", { interval: "1s", by: "function", limit: 0 }],
  ["too many", { interval: 0.001 }],
])("a bad %s is refused", async (name, filter) => {
  await expect(store.series(filter)).rejects.toMatchObject({
    code: "BC_ERR_BAD_OPTION",
    message: expect.stringContaining(name),
  });
});
