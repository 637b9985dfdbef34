import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Diff, openStore, type Store } from "../../ts/query/index";
import { newFolder, RUN_A, RUN_B, sampleStore } from "./support/sample-store";
import {
  call,
  exception,
  functionSums,
  NOON_NS,
  type Row,
  StoreWriter,
} from "./support/store-writer";

/** A call as a test writes it: name, depth, and what is not as usual. */
type Step = readonly [name: string, depth: number, more?: Row];

/** The rows of a trace of synchronous calls, in the order of entry. */
function rowsOf(steps: readonly Step[], rootId = 1): Row[] {
  const above: number[] = [];
  return steps.map(([name, depth, more], i) => {
    const id = rootId + i;
    above[depth] = id;
    return call({
      call_id: id,
      root_id: rootId,
      parent_id: depth === 0 ? null : above[depth - 1]!,
      depth,
      function: name,
      file: `src/${name}.js`,
      started_at: NOON_NS + BigInt(i),
      ...more,
    });
  });
}

async function storeOf(a: readonly Step[], b: readonly Step[]): Promise<Store> {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  for (const [runId, steps] of [
    [RUN_A, a],
    [RUN_B, b],
  ] as const) {
    writer.run({ runId });
    const rows = rowsOf(steps);
    const sums = new Map<string, Row[]>();
    for (const row of rows) {
      const name = String(row["function"]);
      sums.set(name, [...(sums.get(name) ?? []), row]);
    }
    await writer.segment({
      runId,
      calls: rows,
      functions: [...sums].map(([name, own]) =>
        functionSums(
          { function: name, file: `src/${name}.js` },
          own.map((row) => Number(row["duration_ns"])),
        ),
      ),
    });
  }
  writer.close();
  return openStore(dir);
}

test("a run compared with itself, and with an equal one, is the same", async () => {
  await using store = await openStore((await sampleStore()).dir);
  expect(await store.diff(RUN_A, RUN_A)).toMatchObject({
    a: { kind: "run", id: RUN_A, calls: 7, errors: 1 },
    pairs: 7,
    onlyInA: 0,
    onlyInB: 0,
    divergence: null,
    added: [],
    removed: [],
    slower: [],
    faster: [],
    counts: [],
    changedCount: 0,
    changedValues: [],
    exceptions: [],
  });
  expect(await store.diff("019a-1", `${RUN_A}-1`)).toMatchObject({
    a: { kind: "trace", id: `${RUN_A}-1`, calls: 6, errors: 1 },
    divergence: null,
  });
});

test("the first divergence has the way to it on both sides", async () => {
  const common: Step[] = [
    ["main", 0],
    ["load", 1],
    ["read", 2],
  ];
  await using store = await storeOf(
    [...common, ["parse", 2], ["save", 1]],
    [...common, ["check", 2], ["parse", 2], ["save", 1]],
  );
  for (const [a, b] of [
    [RUN_A, RUN_B],
    [`${RUN_A}-1`, `${RUN_B}-1`],
  ] as const) {
    const { divergence, ...rest } = await store.diff(a, b);
    expect(divergence!.kind).toBe("call");
    const names = (side: "a" | "b") => divergence![side]!.path.map((place) => place.function);
    expect(names("a")).toEqual(["main", "load", "parse"]);
    expect(names("b")).toEqual(["main", "load", "check"]);
    expect(divergence!.a).toMatchObject({ position: 3, call: { callId: 4, function: "parse" } });
    expect(rest).toMatchObject({ pairs: 5, onlyInA: 0, onlyInB: 1, removed: [] });
    expect(rest.added.map((f) => f.function)).toEqual(["check"]);
  }
});

test("the end of a side, and another outcome, are divergences", async () => {
  const steps: Step[] = [
    ["main", 0],
    ["load", 1],
  ];
  await using ends = await storeOf([...steps, ["save", 1]], steps);
  const { divergence } = await ends.diff(RUN_A, RUN_B);
  expect(divergence).toMatchObject({ kind: "call", a: { position: 2 }, b: null });
  await using throws = await storeOf(steps, [
    ["main", 0],
    ["load", 1, { status: "threw" }],
  ]);
  const outcome = (await throws.diff(RUN_A, RUN_B)).divergence!;
  expect(outcome).toMatchObject({
    kind: "outcome",
    a: { position: 1, call: { status: "returned" } },
    b: { position: 1, call: { status: "threw" } },
  });
});

test("values of the same call are compared to the place", async () => {
  const given = (json: string, more: Row = {}): Row => ({
    argument_count: null,
    arguments_json: json,
    ...more,
  });
  await using store = await storeOf(
    [
      ["main", 0, given('[{"id":1,"tags":["x"]},true]', { result_integer: 7 })],
      ["gone", 1],
      ["same", 1, given("[1]")],
    ],
    [
      ["main", 0, given('[{"id":2,"tags":["x","y"]},true]', { result_json: '"7"' })],
      ["same", 1, { argument_count: 1, argument_0: 1 }],
    ],
  );
  const { changedCount, changedValues } = await store.diff(RUN_A, RUN_B);
  expect(changedCount).toBe(1);
  expect(changedValues).toEqual([
    {
      function: "main",
      file: "src/main.js",
      line: 1,
      a: { position: 0, traceId: `${RUN_A}-1`, callId: 1 },
      b: { position: 0, traceId: `${RUN_B}-1`, callId: 1 },
      changes: [
        { path: "arguments[0].id", a: 1, b: 2 },
        { path: "arguments[0].tags[1]", a: undefined, b: "y" },
        { path: "result", a: 7, b: "7" },
      ],
    },
  ]);
  expect((await store.diff(RUN_A, RUN_B, { limit: 1 })).changedValues).toHaveLength(1);
});

test("the numbers of objects are no difference", async () => {
  const given = (id: number, total: number): Row => ({
    argument_count: null,
    arguments_json: `[{"$id":${id},"items":{"$id":${id + 1},"$type":"array","items":[7]}}]`,
    result_json: `{"$id":${id + 2},"total":${total}}`,
  });
  await using store = await storeOf(
    [
      ["main", 0, given(1, 5)],
      ["other", 1, given(4, 5)],
    ],
    [
      ["main", 0, given(20, 5)],
      ["other", 1, given(9, 6)],
    ],
  );
  const { changedCount, changedValues } = await store.diff(RUN_A, RUN_B);
  expect(changedCount).toBe(1);
  expect(changedValues.map(({ changes }) => changes)).toEqual([
    [{ path: "result.total", a: 5, b: 6 }],
  ]);
});

test("slower and faster functions by mean, past both thresholds", async () => {
  const lasting = (ms: number): Row => ({ duration_ns: ms * 1e6 });
  await using store = await storeOf(
    [
      ["main", 0, lasting(100)],
      ["slow", 1, lasting(10)],
      ["slow", 1, lasting(10)],
      ["quick", 1, lasting(40)],
      ["tiny", 1, lasting(0.001)],
    ],
    [
      ["main", 0, lasting(110)],
      ["slow", 1, lasting(25)],
      ["quick", 1, lasting(10)],
      ["tiny", 1, lasting(0.009)],
    ],
  );
  const summary = ({ slower, faster, counts }: Diff) => ({
    slower: slower.map((f) => [f.function, f.ratio, f.differenceNs]),
    faster: faster.map((f) => [f.function, f.ratio, f.differenceNs]),
    counts: counts.map((f) => [f.function, f.a.calls, f.b.calls]),
  });
  expect(summary(await store.diff(RUN_A, RUN_B))).toEqual({
    slower: [["slow", 2.5, 15e6]],
    faster: [["quick", 0.25, -30e6]],
    counts: [["slow", 2, 1]],
  });
  const loose = summary(await store.diff(RUN_A, RUN_B, { ratio: 1.05, minMs: 0 }));
  expect(loose.slower).toEqual([
    ["slow", 2.5, 15e6],
    ["main", 1.1, 10e6],
    ["tiny", 9, 8000],
  ]);
  expect(summary(await store.diff(RUN_A, RUN_B, { ratio: 3 }))).toMatchObject({ slower: [] });
});

test("exceptions that are not as many", async () => {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  for (const [runId, messages] of [
    [RUN_A, ["gone", "kept", "more"]],
    [RUN_B, ["kept", "more", "more", "more", "new"]],
  ] as const) {
    writer.run({ runId });
    await writer.segment({
      runId,
      calls: [call({ call_id: 1 })],
      exceptions: messages.map((message, i) => exception({ exception_id: i + 1, message })),
    });
  }
  await using store = await openStore(dir);
  const { exceptions } = await store.diff(RUN_A, RUN_B);
  expect(exceptions.map(({ message, a, b }) => [message, a, b])).toEqual([
    ["more", 1, 3],
    ["gone", 1, 0],
    ["new", 0, 1],
  ]);
});

/** Steps of which each is at most one deeper than the one before. */
const steps = fc
  .array(fc.tuple(fc.constantFrom("f", "g", "h", "k"), fc.nat(3), fc.boolean()), { maxLength: 40 })
  .map((drawn): Step[] => {
    let depth = 0;
    const below = drawn.map(([name, up, threw]): Step => {
      depth = Math.max(1, depth + 1 - up);
      return [name, depth, threw ? { status: "threw" } : {}];
    });
    return [["main", 0] as Step].concat(below);
  });

test("of random runs: every call is told of once, and the divergence is the first", async () => {
  const pair = fc.tuple(steps, steps, fc.boolean()).map(([a, b, alike]): [Step[], Step[]] => {
    // Half of them share most: a part of `b` is put into `a`.
    const at = Math.floor(a.length / 2);
    return [a, alike ? [...a.slice(0, at), ...b.slice(1, 5), ...a.slice(at)] : b];
  });
  await fc.assert(
    fc.asyncProperty(pair, async ([a, b]) => {
      await using store = await storeOf(a, b);
      const found = await store.diff(RUN_A, RUN_B);
      expect(found.pairs + found.onlyInA).toBe(a.length);
      expect(found.pairs + found.onlyInB).toBe(b.length);
      const key = (step: Step | undefined) => JSON.stringify(step);
      const length = Math.max(a.length, b.length);
      const first = Array.from({ length }).findIndex((_, i) => key(a[i]) !== key(b[i]));
      const { divergence } = found;
      expect(divergence?.a?.position ?? divergence?.b?.position ?? -1).toBe(first);
    }),
    { numRuns: 25, seed: 10 },
  );
});

test("long streams are read in batches, and meet again after what is on one side only", async () => {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  const rows = (skipFrom: number, skipTo: number) => `
    SELECT 0::INTEGER AS thread_id, 1::BIGINT AS root_id, i::BIGINT AS call_id,
      CASE WHEN i > 1 THEN 1 END::BIGINT AS parent_id, 'f' || (hash(i) % 50) AS function,
      'a.js' AS file, 1::INTEGER AS line, 1::INTEGER AS col, '[]' AS parameters,
      make_timestamp_ns(${NOON_NS} + i) AS started_at, 1::BIGINT AS duration_ns,
      1::BIGINT AS self_ns, 0::BIGINT AS wait_ns, (i > 1)::INTEGER AS depth,
      'returned' AS status, 1::INTEGER AS argument_count, i::BIGINT AS argument_0,
      NULL::BIGINT AS argument_1, NULL::VARCHAR AS arguments_json,
      NULL::BIGINT AS result_integer, NULL::VARCHAR AS result_json,
      NULL::BIGINT AS exception_id, 'exact' AS clock, 1::INTEGER AS weight, 'probe' AS backend, 0::INTEGER AS seq,
      'call' AS parent_kind, NULL::VARCHAR AS lines, NULL::VARCHAR AS variables
    FROM range(1, 600001) AS r(i) WHERE i NOT BETWEEN ${skipFrom} AND ${skipTo}`;
  for (const [runId, sql] of [
    [RUN_A, rows(0, 0)],
    [RUN_B, rows(400_000, 400_099)],
  ] as const) {
    writer.run({ runId });
    await writer.segmentFromSql(
      { runId },
      { calls: `SELECT '${runId}' AS run_id, * FROM (${sql})` },
    );
  }
  await using store = await openStore(dir);
  const found = await store.diff(RUN_A, RUN_B);
  expect(found).toMatchObject({ pairs: 599_900, onlyInA: 100, onlyInB: 0, changedCount: 0 });
  expect(found.divergence).toMatchObject({ a: { position: 399_999 }, b: { position: 399_999 } });
});

test("what cannot be compared is refused", async () => {
  await using store = await openStore((await sampleStore()).dir);
  const refused = (code: string) => ({ code });
  await expect(store.diff(RUN_A, "019a-1")).rejects.toMatchObject(refused("BC_ERR_BAD_OPTION"));
  await expect(store.diff(RUN_A, "nobody")).rejects.toMatchObject(refused("BC_ERR_NOT_FOUND"));
  await expect(store.diff("019", RUN_A)).rejects.toMatchObject(refused("BC_ERR_NOT_FOUND"));
  for (const options of [{ ratio: 0.5 }, { minMs: -1 }, { limit: 0 }]) {
    await expect(store.diff(RUN_A, RUN_B, options)).rejects.toMatchObject({
      code: "BC_ERR_BAD_OPTION",
      message: expect.stringContaining(Object.keys(options)[0]!),
    });
  }
});
