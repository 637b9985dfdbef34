/**
 * Overlapping requests, each with callbacks of every kind: what a trace holds is of one request, and
 * all of it but, before Node 24, what two kinds of promise jobs do.
 */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore, type Store } from "../ts/query/index";
import { cli, nodes, packageRoot, project, run } from "./support/program";

const REQUESTS = 50;

/** Does work of every kind, each step marked with the request's number, then calls `done`. */
const WORK = `
  const { EventEmitter } = require("node:events");
  const { lookup } = require("node:dns");
  const { pbkdf2 } = require("node:crypto");
  const { readFile } = require("node:fs");
  const { pipeline, Readable, Transform } = require("node:stream");
  const { gzip } = require("node:zlib");
  const mark = (where, id) => [where, id];
  async function leaf(id) {
    await null;
    mark("before", id);
    await new Promise((resolve) => setTimeout(resolve, 1));
    mark("after", id);
  }
  async function* items(id) {
    for (let i = 0; i < 2; i++) { await null; yield mark("item", id); }
  }
  async function awaits(id) {
    await { then(ok) { mark("thenable", id); ok(); } };
    for await (const item of items(id)) mark("iterated", item[1]);
  }
  exports.work = function work(id, done) {
    let left = 12;
    const one = (where) => () => { mark(where, id); if (--left === 0) done(); };
    const bus = new EventEmitter().on("event", one("event"));
    setTimeout(() => { bus.emit("event"); setImmediate(one("immediate")); }, id % 3);
    process.nextTick(one("tick"));
    queueMicrotask(one("microtask"));
    Promise.resolve(id).then(one("then"));
    readFile(__filename, one("fs"));
    gzip("x", one("zlib"));
    pbkdf2("x", "y", 1, 8, "sha1", one("crypto"));
    lookup("localhost", one("dns"));
    Promise.all([leaf(id), Promise.race([leaf(id), leaf(id)])]).then(one("all"));
    awaits(id).finally(one("awaits"));
    let ticks = 0;
    const ticking = setInterval(() => {
      mark("interval", id);
      if (++ticks === 2) clearInterval(ticking);
    }, 1);
    pipeline(
      Readable.from(["a", "b"]),
      new Transform({ transform(chunk, _, next) { mark("transform", id); next(null, chunk); } }),
      async function sink(source) { for await (const _ of source); mark("sink", id); },
      one("pipeline"),
    );
    Promise.reject(new Error(id));
  };
  // One that nobody caught: its handler says which.
  process.on("unhandledRejection", (error) => mark("rejected", Number(error.message)));`;
/** Marks of a request that \`work\` makes. */
const WORK_MARKS = 29;
/** Those that are roots: the handler of a rejection that nobody caught, on Node 20 an awaited thenable's. */
const LOOSE_MARKS: Readonly<Record<string, number>> = { "Node 20": 2, "Node 22": 1 };

/** Asks the server for all requests at once, over a few connections that are kept. */
const CLIENT = `
  const http = require("node:http");
  exports.client = function client(port, end) {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 20 });
    let left = ${REQUESTS};
    for (let id = 0; id < ${REQUESTS}; id++) {
      const request = http.request({ port, agent, method: "POST", path: "/" + id }, (response) => {
        response.resume().on("end", () => { if (--left === 0) { agent.destroy(); end(); } });
      });
      request.write("{");
      setTimeout(() => request.end("}"), id % 4);
    }
  };`;

/** Servers in a recorded function: what they do is not of its trace. */
const SERVERS: Readonly<Record<string, string>> = {
  http: `
    const { work, client } = { ...require("./work"), ...require("./client") };
    (function main() {
      const server = require("node:http").createServer((request, response) => {
        const id = Number(request.url.slice(1));
        request.resume().on("end", () => work(id, () => response.end()));
      });
      server.listen(0, () => client(server.address().port, () => server.close()));
    })();`,
  express: `
    const { work, client } = { ...require("./work"), ...require("./client") };
    const express = require("express");
    (function main() {
      const app = express();
      app.use(express.json());
      app.use((request, response, next) => setTimeout(next, 1));
      app.post("/:id", (request, response) => work(Number(request.params.id), () => response.end()));
      const server = app.listen(0, () => client(server.address().port, () => server.close()));
    })();`,
  fastify: `
    const { work, client } = { ...require("./work"), ...require("./client") };
    (async function main() {
      const app = require("fastify")();
      app.addHook("preHandler", async () => { await new Promise((resolve) => setTimeout(resolve, 1)); });
      app.addContentTypeParser("*", (request, payload, done) => payload.resume().on("end", done));
      app.post("/:id", (request) => new Promise((ok) => work(Number(request.params.id), () => ok({}))));
      await app.listen({ port: 0 });
      client(app.server.address().port, () => app.close());
    })();`,
};

/** Marks by trace and request. */
const MARKS = `
  SELECT trace_id, json_extract(arguments, '$[1]')::INTEGER AS id, count(*) AS marks
  FROM calls WHERE function = 'mark' GROUP BY ALL`;

async function record(node: string, main: string, ...options: string[]): Promise<Store> {
  const modules = join(packageRoot, "node_modules");
  const folder = project({
    "main.js": main.replaceAll(/require\("(express|fastify)"\)/g, `require("${modules}/$1")`),
    "work.js": WORK,
    "client.js": CLIENT,
  });
  const ended = run(node, [cli, "run", ...options, "--", node, "main.js"], folder);
  expect(ended).toMatchObject({ status: 0 });
  return openStore(join(folder, ".breadcrumb"));
}

describe.each(nodes)("overlapping requests on %s", (name, node) => {
  const loose = LOOSE_MARKS[name] ?? 0;

  const cases = Object.entries(SERVERS).flatMap(([server, main]) => [
    { server, main, options: [] },
    { server: `${server}, with all its dependencies`, main, options: ["--all"] },
  ]);

  it.each(cases)("of $server are traces of their own", async ({ main, options }) => {
    await using store = await record(node, main, ...options);
    const { rows } = await store.sql(MARKS, [], { maxRows: 10_000 });
    const traces = new Set(rows.map((row) => row["trace_id"]));
    // Never two requests in one trace.
    expect(traces.size).toBe(rows.length);
    const ids = rows.map((row) => row["id"] as number).toSorted((a, b) => a - b);
    expect([...new Set(ids)]).toEqual(Array.from({ length: REQUESTS }, (_, id) => id));
    const marks = rows.reduce((sum, row) => sum + (row["marks"] as number), 0);
    expect(marks).toBe(REQUESTS * WORK_MARKS);
    expect(ids).toHaveLength(REQUESTS * (1 + loose));
    const whole = rows.map((row) => row["marks"]).filter((n) => n !== 1);
    expect(whole).toEqual(Array.from({ length: REQUESTS }, () => WORK_MARKS - loose));
  });

  it("have callbacks whose parent is the root of their trace", async () => {
    await using store = await record(node, SERVERS["http"] as string);
    const { rows } = await store.sql(`
      SELECT c.parent_kind, count(*) FILTER (c.parent_id = r.call_id AND c.depth = 1) AS below
      FROM calls c JOIN calls r ON r.trace_id = c.trace_id AND r.parent_id IS NULL
      WHERE c.function = 'one' OR c.parent_kind = 'root' GROUP BY ALL ORDER BY 1`);
    const kinds = rows.map((row) => row["parent_kind"]);
    expect(kinds).toEqual(["call", "root"]);
    const [{ n }] = (await store.sql("SELECT count(*) n FROM calls WHERE parent_kind = 'root'"))
      .rows as [{ n: number }];
    expect(rows[1]?.["below"]).toBe(n);
    expect(n).toBeGreaterThan(REQUESTS * 15);
  });
});
