import { expect, test } from "vitest";
import { openStore } from "../../ts/query/index";
import { ASKING, linkedStore, SERVING, W3C } from "./support/linked-store";

test("links are told newest first, by any of their ids", async () => {
  await using store = await openStore(await linkedStore());
  const brief = async (filter?: Parameters<typeof store.links>[0]) =>
    (await store.links(filter)).map(({ direction, callId, spanId }) => {
      return `${direction} ${callId} ${spanId.slice(-2)}`;
    });
  const served = ["in 11 a2", "in 9 a2", "in 7 a1"];
  const asked = ["otel 2 a1", "out 2 a3", "out 2 a2", "out 2 a1"];
  expect(await brief()).toEqual([...served, ...asked]);
  expect(await brief({ run: "019c" })).toEqual(asked);
  expect(await brief({ direction: "in" })).toEqual(served);
  expect(await brief({ span: "00000000000000A1" })).toEqual(["in 7 a1", "otel 2 a1", "out 2 a1"]);
  expect(await brief({ trace: "019c-1", direction: "out", limit: 1 })).toEqual(["out 2 a3"]);
  expect(await brief({ call: 9 })).toEqual(["in 9 a2"]);
  expect(await brief({ w3cTrace: "1".repeat(32) })).toEqual([]);
  expect((await store.links({ run: SERVING }))[2]).toEqual({
    runId: SERVING,
    threadId: 0,
    traceId: `${SERVING}-7`,
    callId: 7,
    linkedAt: "2026-11-23T08:00:00.001000000Z",
    direction: "in",
    w3cTraceId: W3C,
    spanId: "00000000000000a1",
  });
  await expect(store.links({ direction: "up" as never })).rejects.toThrow(/direction is "in" or/);
  await expect(store.links({ run: "zz" })).rejects.toMatchObject({ code: "BC_ERR_NOT_FOUND" });
});

test("the two ends of a request are found in SQL", async () => {
  await using store = await openStore(await linkedStore());
  const { rows } = await store.sql(`
    SELECT a.trace_id AS asked, b.trace_id AS served
    FROM links a JOIN links b USING (w3c_trace_id, span_id)
    WHERE a.direction = 'out' AND b.direction = 'in' ORDER BY 2`);
  expect(rows).toEqual([
    { asked: `${ASKING}-1`, served: `${SERVING}-7` },
    { asked: `${ASKING}-1`, served: `${SERVING}-9` },
    { asked: `${ASKING}-1`, served: `${SERVING}-B` },
  ]);
});
