/** A store of two processes, of which one asks the other: `checkout` → `price`, twice `lookup`, and a request that leads nowhere. */
import { newFolder } from "./sample-store";
import { call, link, NOON_NS, StoreWriter } from "./store-writer";

export const ASKING = "019cccccccccccccccccccccccccccc1";
export const SERVING = "019dddddddddddddddddddddddddddd2";
/** Id of the trace by W3C. */
export const W3C = "0af7651916cd43dd8448eb211c80319c";

/** Its folder. */
export async function linkedStore(): Promise<string> {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  writer.run({ runId: ASKING, command: ["node", "app.js"] });
  writer.run({ runId: SERVING, command: ["node", "prices.js"], pid: 4711 });
  const price = { call_id: 2, root_id: 1, parent_id: 1, depth: 1, function: "price", line: 9 };
  const out = { call_id: 2, root_id: 1 };
  await writer.segment({
    runId: ASKING,
    calls: [call({ call_id: 1, function: "checkout", duration_ns: 5_000_000 }), call(price)],
    links: [
      link({ ...out, span_id: "00000000000000a1" }),
      link({ ...out, span_id: "00000000000000a2", linked_at: NOON_NS + 5n }),
      link({ ...out, span_id: "00000000000000a3", linked_at: NOON_NS + 6n }),
      link({ ...out, direction: "otel", span_id: "00000000000000a1", linked_at: NOON_NS + 7n }),
    ],
  });
  const served = { function: "lookup", file: "src/prices.js", duration_ns: 2_000_000 };
  const asked = { direction: "in", linked_at: NOON_NS + 1_000_000n };
  await writer.segment({
    runId: SERVING,
    calls: [call({ ...served, call_id: 7 }), call({ ...served, call_id: 9, status: "threw" })],
    links: [
      link({ ...asked, call_id: 7, span_id: "00000000000000a1" }),
      link({ ...asked, call_id: 9, span_id: "00000000000000a2" }),
      // It has begun, and has no row yet.
      link({ ...asked, call_id: 11, span_id: "00000000000000a2", linked_at: NOON_NS + 2_000_000n }),
    ],
  });
  writer.close();
  return dir;
}
