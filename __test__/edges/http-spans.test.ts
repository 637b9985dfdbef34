/** Requests as rows of the call tree. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Call, Store } from "../../ts/query/index";
import { record } from "../support/asking";
import { nodes, packageRoot, project, run } from "../support/program";

/** A server that is asked by `main(port)`, and `ask.js` beside. */
const program = (main: string, handle = "response.end('text')") => `
  const http = require("node:http");
  const ask = require("./ask");
  function handle(request, response) { ${handle}; }
  async function main(port) { ${main}; }
  const server = http.createServer(handle).listen(0, "127.0.0.1", async () => {
    await main(server.address().port);
    ask.end();
    server.close();
    server.closeAllConnections();
  });`;

interface Span {
  readonly method: unknown;
  readonly url: unknown;
  readonly call: Call;
}

/** The spans of that name, in their order. The port is gone from their URLs. */
async function spans(store: Store, name: string): Promise<Span[]> {
  const { items: calls } = await store.calls({ function: name, backend: "span" });
  return calls
    .toSorted((a, b) => a.callId - b.callId)
    .map((call) => {
      const [method, url] = call.arguments as [string, string];
      return { method, url: url.replace(/:\d+/, ""), call };
    });
}

/** The names of the calls above one, the nearest first. */
async function above(store: Store, { callId, traceId }: Call): Promise<string[]> {
  const { calls } = await store.trace(traceId);
  const names: string[] = [];
  const byId = new Map(calls.map((call) => [call.callId, call]));
  let call = byId.get(byId.get(callId)?.parentId ?? 0);
  for (; call !== undefined; call = byId.get(call.parentId ?? 0)) names.push(call.function);
  return names;
}

async function recorded(node: string, main: string, ...options: string[]): Promise<Store> {
  const { store } = await record(
    node,
    { "main.js": main, ...FILES },
    "--edges",
    "http",
    ...options,
    "--",
  );
  return store;
}
const FILES = {
  "app.js": `
    const express = require(${JSON.stringify(join(packageRoot, "node_modules/express"))});
    const { Router } = express;
    const app = express();
    const router = Router();
    router.get("/:id", (request, response) => response.status(201).send("it"));
    app.use("/orders", router);
    exports.listen = (ready) => app.listen(0, "127.0.0.1", ready);`,
};

describe.each(nodes)("requests on %s", (_name, node) => {
  it.each([
    ["get", "GET", "http://localhost/a?b=1", "node:http"],
    ["post", "POST", "http://localhost/a?b=1", "node:http"],
    ["list", "GET", "http://127.0.0.1/a?b=1", "node:http"],
    ["fetch", "GET", "http://127.0.0.1/a?b=1", "undici"],
    ["fetchPost", "POST", "http://127.0.0.1/a?b=1", "undici"],
    ["undici", "GET", "http://127.0.0.1/a?b=1", "undici"],
  ])("by %s are spans at both ends", async (how, method, url, file) => {
    await using store = await recorded(node, program(`await ask.${how}(port, "/a?b=1")`));
    const [sent, ...others] = await spans(store, "http.client");
    expect(others).toEqual([]);
    expect(sent).toMatchObject({ method, url });
    expect(sent?.call).toMatchObject({
      file,
      line: 0,
      status: "returned",
      result: { status: 200 },
    });
    const [served] = await spans(store, "http.server");
    expect(served).toMatchObject({ method, url: "/a?b=1" });
    expect(served?.call).toMatchObject({ parentId: null, result: { status: 200 } });
    // What serves it is of the span, and the span is that of what asked.
    const trace = await store.trace(served?.call.traceId ?? "");
    expect(trace.calls.map((call) => call.function)).toEqual(["http.server", "handle"]);
    expect(trace.remoteParent?.remote).toMatchObject({ callId: sent?.call.callId });
  });

  it("have the bytes of each answer, however many a connection has", async () => {
    const store = await recorded(
      node,
      program(
        `for (const size of [1, 1000, 10]) await ask.get(port, "/" + size)`,
        `response.end("x".repeat(Number(request.url.slice(1))))`,
      ),
    );
    await using _ = store;
    for (const name of ["http.client", "http.server"]) {
      const sizes = (await spans(store, name)).map(({ call }) => call.result as { bytes: number });
      const [one, thousand, ten] = sizes.map(({ bytes }) => bytes) as [number, number, number];
      // Their heads are alike, but for the digits of the length.
      expect([thousand - one, ten - one]).toEqual([1002, 10]);
    }
  });

  it("are of the call that makes them", async () => {
    const main = `
      async function first() { return ask.get(port, "/1"); }
      async function second() { return ask.fetch(port, "/2"); }
      await Promise.all([first(), second()])`;
    await using store = await recorded(node, program(main));
    const sent = await spans(store, "http.client");
    expect(sent).toHaveLength(2);
    for (const { url, call } of sent) {
      const name = String(url).endsWith("/1") ? "first" : "second";
      expect(await above(store, call)).toContain(name);
    }
  });

  it("that fail have the error", async () => {
    const main = `
      const other = http.createServer().listen(0, "127.0.0.1");
      await new Promise((ok) => other.on("listening", ok));
      const closed = other.address().port;
      await new Promise((ok) => other.close(ok));
      await ask.get(closed, "/").catch(() => {});
      await ask.fetch(closed, "/").catch(() => {});
      await new Promise((ok) => {
        const request = http.get({ port, path: "/never" }).on("error", ok);
        setTimeout(() => request.destroy(), 50);
      })`;
    await using store = await recorded(
      node,
      program(main, "request.url === '/never' || response.end()"),
    );
    const sent = await spans(store, "http.client");
    expect(sent.map(({ call }) => call.status)).toEqual(["threw", "threw", "threw"]);
    const { items: exceptions } = await store.exceptions();
    const messages = exceptions.map(({ message }) => message).join();
    expect(messages).toContain("ECONNREFUSED");
    expect(messages).toContain("socket hang up");
    const [served] = await spans(store, "http.server");
    expect(served?.call).toMatchObject({ status: "returned", result: { aborted: true } });
  });

  it("whose answer breaks off say so", async () => {
    const main = `
      await new Promise((ok) => {
        http.get({ port }, (response) => response.on("error", ok).on("close", ok).resume());
      })`;
    const handle = "response.write('half'); setTimeout(() => response.destroy(), 50)";
    await using store = await recorded(node, program(main, handle));
    for (const name of ["http.client", "http.server"]) {
      const [span] = await spans(store, name);
      expect(span?.call).toMatchObject({
        status: "returned",
        result: { status: 200, aborted: true },
      });
    }
  });

  it("have the route that took them", async () => {
    const main = `
      const server = require("./app").listen(async () => {
        await require("./ask").get(server.address().port, "/orders/7");
        require("./ask").end();
        server.close();
      });`;
    await using store = await recorded(node, main);
    const [served] = await spans(store, "http.server");
    expect(served?.call.result).toMatchObject({ status: 201, route: "/orders/:id" });
  });

  it("are recorded where no function is, into memory too", async () => {
    const main = `
      import { createServer } from "node:http";
      import { Breadcrumb } from "breadcrumb-tracer";
      const session = await Breadcrumb.start({ include: ["no.js"], edges: true, store: ":memory:" });
      const server = createServer((_, response) => response.end("text"));
      await new Promise((ok) => server.listen(0, "127.0.0.1", ok));
      await (await fetch("http://127.0.0.1:" + server.address().port + "/a")).text();
      server.close();
      server.closeAllConnections();
      await new Promise((ok) => server.on("close", ok));
      console.log(session.calls().map((call) => call.function).toSorted().join());`;
    const folder = project({ "main.mjs": main });
    expect(run(node, ["main.mjs"], folder)).toMatchObject({
      status: 0,
      stdout: "http.client,http.server\n",
      stderr: "",
    });
  });

  it("are let alone where they are not asked for, or nothing is recorded", async () => {
    const main = program(`await ask.get(port, "/"); await ask.fetch(port, "/")`);
    const { store: opened } = await record(node, { "main.js": main });
    await using store = opened;
    expect((await store.calls({ backend: "span" })).items).toEqual([]);
    const dormant = await recorded(node, main, "--mode", "count");
    await using _ = dormant;
    expect((await dormant.calls({})).items).toEqual([]);
    const counts = await dormant.sql(
      "SELECT DISTINCT function FROM counts WHERE function LIKE 'http.%' ORDER BY 1",
    );
    expect(counts.rows).toEqual([{ function: "http.client" }, { function: "http.server" }]);
  });
});
