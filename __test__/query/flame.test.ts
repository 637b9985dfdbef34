import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Call,
  type FlameFilter,
  type FlameNode,
  openStore,
  type Store,
} from "../../ts/query/index";
import { randomStore } from "./support/random-store";
import { newFolder, RUN_A, sampleStore } from "./support/sample-store";
import { call, StoreWriter } from "./support/store-writer";

let store: Store;
beforeAll(async () => {
  store = await openStore((await randomStore({ seed: 8, calls: 150 })).dir);
});
afterAll(() => store.close());

interface Naive {
  calls: number;
  errors: number;
  selfNs: number;
  durationNs: number;
}

/** Sums by the way of names that leads to a call among these, or from one of `focus` on. */
function naive(calls: readonly Call[], focus?: string): Map<string, Naive> {
  const byId = new Map(calls.map((c) => [`${c.traceId} ${c.callId}`, c]));
  const sums = new Map<string, Naive>();
  for (const one of calls) {
    const names: string[] = [];
    for (let at: Call | undefined = one; at; at = byId.get(`${at.traceId} ${at.parentId}`)) {
      names.unshift(at.function);
    }
    const from = focus === undefined ? 0 : names.indexOf(focus);
    if (from < 0) continue;
    const way = names.slice(from).join(" › ");
    const sum = sums.get(way) ?? { calls: 0, errors: 0, selfNs: 0, durationNs: 0 };
    sums.set(way, sum);
    sum.calls++;
    sum.errors += Number(one.status === "threw");
    sum.selfNs += one.selfNs;
    sum.durationNs += one.durationNs ?? 0;
  }
  return sums;
}

function flatten(root: FlameNode): Map<string, Naive> {
  const sums = new Map<string, Naive>();
  const walk = (node: FlameNode, way: string) => {
    const below = node.children.reduce((sum, child) => sum + child.value, 0);
    expect(node.value).toBe(node.selfNs + below);
    for (const child of node.children) {
      const { calls, errors, selfNs, durationNs } = child;
      const name = way === "" ? child.name : `${way} › ${child.name}`;
      sums.set(name, { calls, errors, selfNs, durationNs });
      walk(child, name);
    }
  };
  walk(root, "");
  return sums;
}

test.each<FlameFilter>([
  {},
  { run: RUN_A },
  { run: RUN_A, thread: 1 },
  { since: "2026-11-23T08:00:00.05Z", until: "2026-11-23T08:00:01.05Z" },
  { focus: "load" },
])("sums by stack are those of a naive reader: %j", async ({ focus, ...filter }) => {
  const { items } = await store.calls({ ...filter, limit: 100_000 });
  const flame = await store.flame({ ...filter, focus });
  expect(flatten(flame.root)).toEqual(naive(items, focus));
  expect(flame).toMatchObject({ calls: items.length, folded: 0, truncated: false });
});

test("one trace, down to the fields of a node", async () => {
  await using sample = await openStore((await sampleStore()).dir);
  const { root } = await sample.flame({ trace: "019a-1" });
  expect(root).toMatchObject({ name: "all", file: null, calls: 0, value: 1_900_300 });
  const [main] = root.children;
  expect(main).toMatchObject({ name: "main", file: "src/main.js", line: 1, col: 1, calls: 1 });
  expect(main!.children.map(({ name, calls, value }) => [name, calls, value])).toEqual([
    ["load", 1, 900_000],
    ["add", 3, 300],
  ]);
  expect(main!.children[0]!.children).toEqual([
    expect.objectContaining({ name: "parse", errors: 1, selfNs: 500_000, children: [] }),
  ]);
});

test("what is too deep or too much is in the node above, and said", async () => {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  writer.run({ runId: "r1" });
  await writer.segment({
    runId: "r1",
    calls: Array.from({ length: 500 }, (_, i) =>
      call({
        call_id: i + 1,
        root_id: 1,
        parent_id: i === 0 ? null : i,
        depth: i,
        function: "again",
        self_ns: 2,
      }),
    ),
  });
  await using open = await openStore(dir);
  const deep = await open.flame({ maxLevels: 100 });
  expect(deep).toMatchObject({ folded: 400, calls: 500 });
  expect(deep.root.value).toBe(1000);
  expect(flatten(deep.root).size).toBe(100);
  const few = await open.flame({ maxNodes: 10 });
  expect(few).toMatchObject({ folded: 490 });
  expect(few.root.value).toBe(1000);
  const cut = await open.flame({ maxCalls: 5 });
  expect(cut).toMatchObject({ calls: 5, truncated: true });
  expect(cut.root.value).toBe(10);
});

test.each<[string, FlameFilter]>([
  ["maxLevels", { maxLevels: 0 }],
  ["maxNodes", { maxNodes: 1.5 }],
  ["maxCalls", { maxCalls: -1 }],
])("a bad %s is refused", async (name, filter) => {
  await expect(store.flame(filter)).rejects.toMatchObject({
    code: "BC_ERR_BAD_OPTION",
    message: expect.stringContaining(name),
  });
});
