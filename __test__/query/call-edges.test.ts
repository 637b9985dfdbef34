import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Call,
  type CallEdge,
  type CallEdgeFilter,
  openStore,
  type Store,
} from "../../ts/query/index";
import { FUNCTIONS, randomStore } from "./support/random-store";
import { RUN_A, RUN_B, sampleStore } from "./support/sample-store";

let store: Store;
let all: readonly Call[];
beforeAll(async () => {
  store = await openStore((await randomStore({ seed: 12, calls: 120 })).dir);
  all = (await store.calls({ limit: 100_000 })).items;
});
afterAll(() => store.close());

/** Sums of calls by the function at their other end. */
function sumUp(edges: readonly { other: Call | undefined; call: Call }[]): CallEdge[] {
  const sums = new Map<string, { -readonly [K in keyof CallEdge]: CallEdge[K] }>();
  for (const { other, call } of edges) {
    const { function: name = null, file = null, line = null, col = null } = other ?? {};
    const key = JSON.stringify([name, call.parentKind]);
    const sum = sums.get(key) ?? {
      function: name,
      file,
      line,
      col,
      kind: call.parentKind,
      calls: 0,
      errors: 0,
      totalNs: 0,
      selfNs: 0,
    };
    sums.set(key, sum);
    sum.calls++;
    sum.errors += Number(call.status === "threw");
    sum.totalNs += call.durationNs ?? 0;
    sum.selfNs += call.selfNs;
  }
  return [...sums.values()];
}

const sorted = (edges: readonly CallEdge[]) => edges.map((edge) => JSON.stringify(edge)).toSorted();

test.each<CallEdgeFilter>([
  {},
  { run: RUN_B },
  { status: "threw" },
  { since: "2026-11-23T08:00:01.02Z" },
])("callers and callees are those of a naive reader: %j", async (filter) => {
  const key = (runId: string, callId: number | null) => `${runId} ${callId}`;
  const byId = new Map(all.map((call) => [key(call.runId, call.callId), call]));
  for (const name of FUNCTIONS) {
    const own = (await store.calls({ ...filter, function: name, limit: 100_000 })).items;
    const called = own.map((call) => ({ other: byId.get(key(call.runId, call.parentId)), call }));
    expect(sorted(await store.callers(name, filter))).toEqual(sorted(sumUp(called)));
    const ids = new Set(own.map((call) => key(call.runId, call.callId)));
    const caused = all.filter((call) => ids.has(key(call.runId, call.parentId)));
    const edges = caused.map((call) => ({ other: call, call }));
    expect(sorted(await store.callees(name, filter))).toEqual(sorted(sumUp(edges)));
  }
});

test("the most frequent first; a caller without a row has no name", async () => {
  await using sample = await openStore((await sampleStore()).dir);
  const callees = await sample.callees("main", { run: RUN_A });
  expect(callees.map((edge) => [edge.function, edge.calls, edge.kind])).toEqual([
    ["add", 3, "call"],
    ["load", 1, "call"],
  ]);
  expect(await sample.callees("main", { trace: "019a-1", limit: 1 })).toHaveLength(1);
  expect(await sample.callers("tick")).toMatchObject([{ function: null, kind: "call", calls: 2 }]);
  expect(await sample.callers("main")).toMatchObject([{ function: null, kind: null, calls: 2 }]);
  expect(await sample.callers("*a*", { file: "src/parse.js" })).toMatchObject([
    { function: "load", file: "src/load.js", line: 7, calls: 1, errors: 1 },
  ]);
  await expect(sample.callers("main", { limit: 0 })).rejects.toMatchObject({
    code: "BC_ERR_BAD_OPTION",
  });
});
