import { inspect } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore, type Store } from "../../ts/query/index";
import { newFolder, RUN_A, RUN_B, sampleStore } from "./support/sample-store";
import { call, NOON_NS, StoreWriter } from "./support/store-writer";

let store: Store;
beforeAll(async () => {
  store = await openStore((await sampleStore()).dir);
});
afterAll(() => store.close());

test("a trace is a tree of its calls", async () => {
  const trace = await store.trace(`${RUN_A}-1`);
  expect(trace).toMatchObject({
    traceId: `${RUN_A}-1`,
    status: "returned",
    durationNs: 5_000_000,
    callCount: 6,
    truncated: false,
  });
  const main = trace.root!;
  expect(main.children.map((child) => child.function)).toEqual(["load", "add", "add", "add"]);
  expect(main.children[0]!.children[0]!.function).toBe("parse");
  expect(trace.calls.map(({ callId }) => callId)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(main.children[1]).toMatchObject({
    startNs: 4_000_000 - 123,
    arguments: [4, -1],
    result: 3,
  });
  expect(trace.exception(1)).toMatchObject({ name: "SyntaxError", handled: "caught", callId: 3 });
});

test("a call as JSON is plain and whole", async () => {
  const trace = await store.trace(`${RUN_A}-1`);
  expect(trace.calls[1]!.toJSON()).toEqual({
    runId: RUN_A,
    threadId: 0,
    traceId: `${RUN_A}-1`,
    callId: 2,
    parentId: 1,
    parentKind: "call",
    function: "load",
    file: "src/load.js",
    line: 7,
    col: 1,
    parameters: ["path", "options"],
    startedAt: "2026-11-23T08:00:00.000001000Z",
    durationNs: 900_000,
    selfNs: 400_000,
    waitNs: 0,
    depth: 1,
    status: "returned",
    arguments: ["a.json", { $class: "Options", strict: true }],
    result: { $type: "undefined" },
    exceptionId: null,
    clock: "exact",
    weight: 1,
    backend: "probe",
    lines: null,
    variables: null,
  });
  const json = JSON.parse(JSON.stringify(trace)) as { calls: unknown[]; exceptions: unknown[] };
  expect(json.calls).toHaveLength(6);
  expect(json.exceptions).toHaveLength(1);
  expect(inspect(trace.root)).toContain("function: 'main'");
});

test("values that were not captured are undefined", async () => {
  const { root } = await store.trace(`${RUN_A}-A`);
  expect(root!.arguments).toBeUndefined();
  expect((await store.trace(`${RUN_A}-1`)).calls[2]!.result).toBeUndefined();
});

test("ids are taken in any case, shortened, and as latest", async () => {
  for (const id of [`${RUN_A}-a`, "019a-A", "019AAAAA-a"]) {
    expect((await store.trace(id)).traceId).toBe(`${RUN_A}-A`);
  }
  expect((await store.trace("latest")).runId).toBe(RUN_B);
});

async function failing(id: string): Promise<string> {
  const error = await store.trace(id).catch((e: unknown) => e as Error & { code: string });
  expect(error).toMatchObject({ code: "BC_ERR_NOT_FOUND" });
  return (error as Error).message;
}

test("ids that mean none or several are BC_ERR_NOT_FOUND and say what to do", async () => {
  expect(await failing("nope")).toContain("breadcrumb list");
  expect(await failing("")).toContain("breadcrumb list");
  expect(await failing(`${RUN_A}-ZZ`)).toContain(`--run ${RUN_A}`);
  expect(await failing("019-1")).toContain("begins 2 runs");
  expect(await failing(RUN_A)).toContain("is a run");
  expect(await failing("x' OR 1=1 --")).toContain("breadcrumb list");
});

test("calls without their caller's row stand at the top", async () => {
  const trace = await store.trace("019b-1");
  expect(trace.root).toBeNull();
  expect(trace.status).toBe("open");
  expect(trace.top.map((c) => c.function)).toEqual(["tick", "tick"]);
});

test("a trace too large is cut to its upper levels and says so", async () => {
  const trace = await store.trace(`${RUN_A}-1`, { maxCalls: 3 });
  expect(trace).toMatchObject({ truncated: true, callCount: 6 });
  expect(trace.calls.map(({ depth }) => depth)).toEqual([0, 1, 1]);
  await expect(store.trace(`${RUN_A}-1`, { maxCalls: 0 })).rejects.toMatchObject({
    code: "BC_ERR_BAD_OPTION",
  });
});

test("recursion ten thousand deep, rows out of order, amended rows", async () => {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  writer.run({ runId: "r1" });
  const depth = 10_000;
  const deep = Array.from({ length: depth }, (_, i) =>
    call({
      call_id: i + 1,
      root_id: 1,
      parent_id: i === 0 ? null : i,
      depth: i,
      started_at: NOON_NS + BigInt(i),
      argument_count: 1,
      argument_0: i,
    }),
  );
  await writer.segment({
    runId: "r1",
    seq: 0,
    calls: [call({ call_id: 1, status: "open", duration_ns: null })],
  });
  await writer.segment({ runId: "r1", seq: 1, calls: deep.toReversed() });
  await using open = await openStore(dir);
  const trace = await open.trace("r1-1");
  expect(trace.calls).toHaveLength(depth);
  expect(trace.root!.status).toBe("returned");
  expect(trace.calls.at(-1)).toMatchObject({ depth: depth - 1, startNs: depth - 1 });
  expect(JSON.stringify(trace).length).toBeGreaterThan(depth);
});
