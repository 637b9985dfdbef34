import { expect, test } from "vitest";
import { openStore } from "../../ts/query/index";
import { ASKING, linkedStore, SERVING, W3C } from "./support/linked-store";

test("a trace has the calls that its requests led to, in their order", async () => {
  await using store = await openStore(await linkedStore());
  const trace = await store.trace("019c-1");
  expect(trace.remoteParent).toBeNull();
  expect(trace.remoteChildren[0]).toEqual({
    callId: 2,
    linkedAt: "2026-11-23T08:00:00.000000000Z",
    w3cTraceId: W3C,
    spanId: "00000000000000a1",
    remote: {
      runId: SERVING,
      traceId: `${SERVING}-7`,
      callId: 7,
      function: "lookup",
      file: "src/prices.js",
      line: 1,
      startedAt: "2026-11-23T08:00:00.000000000Z",
      durationNs: 2_000_000,
      status: "returned",
    },
  });
  const others = trace.remoteChildren.slice(1).map(({ remote }) => remote);
  expect(others).toMatchObject([
    { callId: 9, status: "threw", function: "lookup" },
    { callId: 11, status: "open", function: null, durationNs: null },
  ]);
});

test("a trace has the call that asked for it", async () => {
  await using store = await openStore(await linkedStore());
  const { remoteParent, remoteChildren } = await store.trace("019d-9");
  expect(remoteChildren).toEqual([]);
  expect(remoteParent).toMatchObject({ callId: 9, spanId: "00000000000000a2" });
  const price = { runId: ASKING, traceId: `${ASKING}-1`, callId: 2, function: "price", line: 9 };
  expect(remoteParent?.remote).toMatchObject(price);
  expect(await store.remoteCalls("019d-9")).toEqual({ parent: remoteParent, children: [] });
});

test("a store without links has none", async () => {
  const { sampleStore } = await import("./support/sample-store");
  const { dir } = await sampleStore();
  await using store = await openStore(dir);
  expect(await store.remoteCalls("latest")).toEqual({ parent: null, children: [] });
  expect(await store.links()).toEqual([]);
});
