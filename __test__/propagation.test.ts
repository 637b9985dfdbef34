/** Overlapping requests through three processes: each is one trace, however they go out. */
import { describe, expect, it } from "vitest";
import type { Store, Trace } from "../ts/query/index";
import { record } from "./support/asking";
import { nodes } from "./support/program";

const REQUESTS = 20;

/** The last service, which says what it got. */
const THIRD = `
  const tls = process.argv[2] === "tls";
  const { createServer } = require(tls ? "node:https" : "node:http");
  async function third(request, response) {
    const id = Number(request.url.slice(1));
    for await (const _ of request);
    await new Promise((ok) => setTimeout(ok, id % 3));
    response.end(String(request.headers.traceparent));
    return id;
  }
  const server = createServer(tls ? require("./tls") : {}, third);
  server.listen(0, () => process.send(server.address().port));
  process.on("disconnect", () => process.exit());`;

/** The one before, which asks it. */
const SECOND = `
  const [, , how, port] = process.argv;
  const { [how]: ask } = require("./ask");
  async function second(request, response) {
    const id = Number(request.url.slice(1));
    await new Promise((ok) => setTimeout(ok, id % 4));
    response.end(await ask(port, "/" + id));
    return id;
  }
  const server = require("node:http").createServer(second);
  server.listen(0, () => process.send(server.address().port));
  process.on("disconnect", () => process.exit());`;

/** The first, which asks that one. */
const FIRST = `
  const { fork } = require("node:child_process");
  const how = process.argv[2];
  const { end, get, [how]: chosen } = require("./ask");
  // The second service has no certificate.
  const ask = how === "tls" ? get : chosen;
  let port;
  async function first(request, response) {
    const id = Number(request.url.slice(1));
    await null;
    response.end(await ask(port, "/" + id));
    return id;
  }
  const start = (file, ...args) => {
    const child = fork(file, args);
    return new Promise((ok) => child.on("message", (port) => ok({ child, port })));
  };
  (async () => {
    const third = await start("./third.js", how);
    const second = await start("./second.js", how, third.port);
    port = second.port;
    const server = require("node:http").createServer(first);
    await new Promise((ok) => server.listen(0, ok));
    const args = [String(server.address().port)];
    fork("./asker.js", args, { execArgv: [], env: { PATH: "" } }).on("exit", () => {
      server.close();
      end();
      second.child.disconnect();
      third.child.disconnect();
    });
  })();`;

/** Asks for everything at once, and is not recorded. */
const ASKER = `
  const port = process.argv[2];
  Promise.all(Array.from({ length: ${REQUESTS} }, async (_, id) => {
    const answer = await (await fetch("http://127.0.0.1:" + port + "/" + id)).text();
    if (!/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/.test(answer)) throw new Error(answer);
  })).then(() => process.exit());`;

/** `first 3 → second 3 → third 3`: what calls, and what they gave, across processes. */
async function way(store: Store, trace: Trace): Promise<string> {
  const said = `${trace.root?.function} ${JSON.stringify(trace.root?.result)}`;
  const below: string[] = [];
  for (const { remote } of trace.remoteChildren) {
    const next = await store.trace(remote.traceId);
    expect(next.remoteParent?.remote).toMatchObject({ traceId: trace.traceId, runId: trace.runId });
    expect(remote).toMatchObject({ function: next.root?.function, status: next.status });
    below.push(await way(store, next));
  }
  return below.length === 0 ? said : `${said} → ${below.join(" + ")}`;
}

const WAYS = ["get", "post", "list", "expect", "tls", "fetch", "fetchPost", "undici"];

describe.each(nodes)("overlapping requests through three processes on %s", (_name, node) => {
  it.each(WAYS)("made by %s are a trace each", async (how) => {
    const files = { "main.js": FIRST, "second.js": SECOND, "third.js": THIRD, "asker.js": ASKER };
    const { store: opened } = await record(node, files, "--", how);
    await using store = opened;
    const { items } = await store.traces({ root: "first", limit: 1000 });
    expect(items).toHaveLength(REQUESTS);
    const ways: string[] = [];
    for (const { traceId } of items) ways.push(await way(store, await store.trace(traceId)));
    const expected = Array.from(
      { length: REQUESTS },
      (_, id) => `first ${id} → second ${id} → third ${id}`,
    );
    expect(ways.toSorted()).toEqual(expected.toSorted());
    // And one in the words of W3C: each has its own id, of three processes.
    const { rows } = await store.sql(
      "SELECT w3c_trace_id, count(DISTINCT run_id) AS runs, count(*) AS links FROM links GROUP BY 1",
    );
    expect(rows).toHaveLength(REQUESTS);
    for (const row of rows) expect(row).toMatchObject({ runs: 3, links: 4 });
  });
});
