import * as fc from "fast-check";
import { renameSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Call, type CallFilter, openStore, type Store } from "../../ts/query/index";
import { FUNCTIONS, randomStore } from "./support/random-store";
import { newFolder, RUN_A, RUN_B } from "./support/sample-store";
import { call as row, NOON_NS, StoreWriter } from "./support/store-writer";

let store: Store;
let all: readonly Call[];
beforeAll(async () => {
  store = await openStore((await randomStore({ seed: 1, calls: 150 })).dir);
  all = (await store.calls({ limit: 100_000 })).items;
});
afterAll(() => store.close());

const ms = fc.integer({ min: 0, max: 40 });
const depth = fc.integer({ min: 0, max: 8 });
const wholeFilter = fc.record({
  function: fc.constantFrom(...FUNCTIONS),
  file: fc.constantFrom("src/cart.js", "src/load.js"),
  line: fc.integer({ min: 1, max: 5 }),
  status: fc.constantFrom("returned", "threw", "open"),
  run: fc.constantFrom(RUN_A, RUN_B),
  thread: fc.integer({ min: 0, max: 2 }),
  call: fc.integer({ min: 0, max: 160 }),
  parent: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 40 })),
  parentKind: fc.constantFrom("call", "root"),
  exception: fc.integer({ min: 1, max: 40 }),
  minDepth: depth,
  maxDepth: depth,
  minDurationMs: ms,
  maxDurationMs: ms,
  minSelfMs: ms,
  maxSelfMs: ms,
  minWaitMs: fc.constantFrom(0, 0.0003, 0.0009),
  maxWaitMs: fc.constantFrom(0.0003, 0.0009),
  backend: fc.constantFrom("probe", "inspector"),
  clock: fc.constantFrom("coarse", "exact"),
});
/** Three of the fields at most: more leave nothing over. */
const filters = wholeFilter.chain((filter) =>
  fc
    .subarray(Object.entries(filter), { minLength: 1, maxLength: 3 })
    .map((fields): CallFilter => Object.fromEntries(fields)),
);

const keyOf = ({ runId, callId }: Call) => `${runId} ${callId}`;

/** What the filter means, said again. */
function passes(call: Call, filter: CallFilter): boolean {
  const {
    minDepth = 0,
    maxDepth = Infinity,
    minSelfMs = 0,
    maxSelfMs = Infinity,
    minWaitMs = 0,
    maxWaitMs = Infinity,
  } = filter;
  const same: [unknown, unknown][] = [
    [filter.function, call.function],
    [filter.file, call.file],
    [filter.line, call.line],
    [filter.col, call.col],
    [filter.weight, call.weight],
    [filter.status, call.status],
    [filter.run, call.runId],
    [filter.thread, call.threadId],
    [filter.call, call.callId],
    [filter.parent, call.parentId],
    [filter.parentKind, call.parentKind],
    [filter.exception, call.exceptionId],
    [filter.backend, call.backend],
    [filter.clock, call.clock],
  ];
  return (
    same.every(([wanted, is]) => wanted === undefined || wanted === is) &&
    minDepth <= call.depth &&
    call.depth <= maxDepth &&
    minSelfMs * 1e6 <= call.selfNs &&
    call.selfNs <= maxSelfMs * 1e6 &&
    minWaitMs * 1e6 <= call.waitNs &&
    call.waitNs <= maxWaitMs * 1e6 &&
    (filter.minDurationMs === undefined || (call.durationNs ?? -1) >= filter.minDurationMs * 1e6) &&
    (filter.maxDurationMs === undefined ||
      (call.durationNs ?? Infinity) <= filter.maxDurationMs * 1e6)
  );
}

test("filters by columns find what a naive reader finds", async () => {
  let found = 0;
  await fc.assert(
    fc.asyncProperty(filters, async (filter) => {
      const { items } = await store.calls({ ...filter, limit: 100_000 });
      expect(items.map(keyOf)).toEqual(all.filter((call) => passes(call, filter)).map(keyOf));
      found += Number(items.length > 0);
    }),
    { numRuns: 80, seed: 2 },
  );
  expect(found).toBeGreaterThan(15);
});

test("a call by its id, its callees by its own, its exception", async () => {
  const threw = all.find((call) => call.status === "threw" && call.parentId !== null)!;
  const { runId: run, callId: call, exceptionId, traceId } = threw;
  expect((await store.calls({ run, call })).items).toEqual([threw]);
  const { items: callees } = await store.calls({ run, parent: call });
  expect(callees).toEqual(all.filter((c) => c.runId === run && c.parentId === call));
  for (const filter of [{ exception: exceptionId! }, { call }, { trace: traceId, call }]) {
    const { items } = await store.exceptions({ run, ...filter });
    expect(items).toMatchObject([{ exceptionId, traceId, callId: call }]);
  }
  const { items } = await store.exceptions({
    trace: traceId,
    file: "src/*",
    thread: threw.threadId,
  });
  const inTrace = all.filter((c) => c.traceId === traceId && c.status === "threw");
  expect(items.map(({ callId }) => callId)).toEqual(inTrace.map(({ callId }) => callId));
});

test("a question sees what was published when it was asked, whatever others see meanwhile", async () => {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  writer.run({ runId: "r1" });
  const publish = (seq: number) =>
    writer.segment({
      runId: "r1",
      seq,
      calls: [
        row({
          call_id: seq + 1,
          function: `f${seq}`,
          started_at: NOON_NS + BigInt(seq) * 10n ** 10n,
        }),
      ],
    });
  await publish(0);
  const later = await publish(1);
  renameSync(`${later}.json`, `${later}.json.tmp`);
  await using open = await openStore(dir);
  const questions = [
    open.series({ interval: "1s" }),
    open.flame(),
    open.diff("r1", "r1"),
    open.calls(),
  ] as const;
  renameSync(`${later}.json.tmp`, `${later}.json`);
  expect((await open.runs())[0]!.storedCalls).toBe(2);
  const [{ series }, flame, diff, { items }] = await Promise.all(questions);
  expect(series[0]!.points).toHaveLength(1);
  expect(flame.root.children.map(({ name }) => name)).toEqual(["f0"]);
  expect(diff.pairs).toBe(1);
  expect(items).toHaveLength(1);
});

test.each<[string, CallFilter]>([
  ["line", { line: -1 }],
  ["thread", { thread: 0.5 }],
  ["call", { call: "1" as unknown as number }],
  ["parent", { parent: -2 }],
  ["minDepth", { minDepth: 2 ** 40 }],
  ["maxDurationMs", { maxDurationMs: -1 }],
  ["minSelfMs", { minSelfMs: Number.NaN }],
  ["parentKind", { parentKind: "none" as "call" }],
  ["clock", { clock: "'; DROP TABLE calls" as "exact" }],
  ["backend", { backend: "x" as "probe" }],
])("a bad %s is refused with its name", async (name, filter) => {
  await expect(store.calls(filter)).rejects.toMatchObject({
    code: "BC_ERR_BAD_OPTION",
    message: expect.stringMatching(new RegExp(`^${name} is `)),
  });
});
