import { expect, test } from "vitest";
import { remoteIn } from "../../ts/mcp/remote-rows";
import { ASKING, linkedStore, SERVING } from "../query/support/linked-store";
import { connect } from "./support/connect";

const LOOKUP = { from: 2, function: "lookup", at: "src/prices.js:1", durationMs: 2 };
const PRICE = { call: `${ASKING}-1#2`, function: "price", at: "src/main.js:9", status: "returned" };

test("get_trace tells what the requests of a trace led to, and what asked for it", async () => {
  await using mcp = await connect(await linkedStore());
  const asking = await mcp.ask("get_trace", { trace: `${ASKING}-1` });
  expect(asking.data.ledTo).toMatchObject([
    { ...LOOKUP, call: `${SERVING}-7#7`, status: "returned" },
    { ...LOOKUP, call: `${SERVING}-9#9`, status: "threw" },
    { from: 2, call: `${SERVING}-B#11`, function: null, status: "open" },
  ]);
  expect(asking.data).not.toHaveProperty("askedForBy");
  expect(asking.text).toContain(
    `#2 led to lookup [src/prices.js:1] returned  2 ms  id ${SERVING}-7#7`,
  );
  const serving = await mcp.ask("get_trace", { trace: `${SERVING}-9` });
  expect(serving.data.askedForBy).toMatchObject({ from: 9, ...PRICE });
  expect(serving.text).toContain("#9 was asked for by price [src/main.js:9] returned");
});

test("explain_call tells those of the call", async () => {
  await using mcp = await connect(await linkedStore());
  const price = await mcp.ask("explain_call", { call: `${ASKING}-1#2` });
  expect(price.data.ledTo).toHaveLength(3);
  const checkout = await mcp.ask("explain_call", { call: `${ASKING}-1#1` });
  expect(checkout.data).not.toHaveProperty("ledTo");
  const lookup = await mcp.ask("explain_call", { call: `${SERVING}-9#9` });
  expect(lookup.data.askedForBy).toMatchObject(PRICE);
});

test("of many requests some are told, and the others counted", () => {
  const remote = {
    runId: "r",
    traceId: "r-1",
    callId: 1,
    function: "f",
    file: "f.js",
    line: 1,
    startedAt: "",
    durationNs: 1,
    status: "returned",
  } as const;
  const one = { callId: 1, linkedAt: "", w3cTraceId: "", spanId: "", remote };
  const { data, lines } = remoteIn(
    { parent: null, children: Array.from({ length: 50 }, () => one) },
    () => true,
  );
  expect(data.ledTo).toHaveLength(20);
  expect(data.otherRequests).toBe(30);
  expect(lines.at(-1)).toBe("… and 30 more requests");
});
