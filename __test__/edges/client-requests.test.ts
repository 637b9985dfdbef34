/** Requests that a program makes: with a header where they are recorded, and that of the program where it has one. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore } from "../../ts/query/index";
import { ASK, ECHO, ECHO_SERVER, echo, HEADER, ID, record, SPAN } from "../support/asking";
import { nodes, project, run } from "../support/program";

describe.each(nodes)("a request on %s", (_name, node) => {
  const headers = JSON.stringify({ traceparent: HEADER });
  const PROGRAM = `
    const http = require("node:http");
    const own = (port, init) => new Promise((ok) => {
      http.get({ port, ...init }, (response) => {
        let text = "";
        response.on("data", (part) => (text += part)).on("end", () => ok(text));
      });
    });
    async function asks(port) {
      return [
        await own(port, { headers: ${headers} }),
        await own(port, { headers: ["Host", "x", "TraceParent", ${JSON.stringify(HEADER)}] }),
        await (await fetch("http://127.0.0.1:" + port, { headers: ${headers} })).text(),
      ];
    }
    require("./start").echo(async (port) => {
      for (const text of await asks(port)) console.log(JSON.parse(text).traceparent);
    });`;

  it("goes out with the header that the program gave it, which links it", async () => {
    const { store: opened, stdout } = await echo(node, PROGRAM);
    await using store = opened;
    expect(stdout).toBe(`${HEADER}\n`.repeat(3));
    const links = await store.links({ direction: "out" });
    const ids = { w3cTraceId: ID, spanId: SPAN };
    expect(links).toHaveLength(3);
    for (const link of links) expect(link).toMatchObject(ids);
  });

  it("with a header that makes no sense goes out with that, and is not linked", async () => {
    const { store: opened, stdout } = await echo(node, PROGRAM.replaceAll(HEADER, "00-1-2-3"));
    await using store = opened;
    expect(stdout).toBe("00-1-2-3\n".repeat(3));
    expect(await store.links()).toEqual([]);
  });

  const ALL = `
    require("./idle").idle();
    const ask = require("./ask");
    async function asks(port) {
      const texts = [];
      for (const how of ["get", "post", "list", "fetch", "undici"]) texts.push(await ask[how](port, "/"));
      return texts;
    }
    require("./start").echo(async (port) => {
      for (const text of await asks(port)) console.log(typeof JSON.parse(text).traceparent);
    });`;

  it.each([
    ["is recorded, with one", [], "string\n"],
    ["is told not to pass it on, without", ["--no-propagate"], "undefined\n"],
    ["is dormant, without", ["--dormant"], "undefined\n"],
    ["is only counted, without", ["--mode", "count"], "undefined\n"],
    ["is of no recorded function, without", ["--include", "idle.js"], "undefined\n"],
  ])("of what %s", async (_what, options, said) => {
    const { store, stdout } = await echo(node, ALL, ...options);
    expect(stdout).toBe(said.repeat(5));
    expect(await store.links()).toHaveLength(said === "string\n" ? 5 : 0);
    await store.close();
  });

  it("of an ES module, with names that it imports, has one too", async () => {
    const main = `
      import { get, request } from "node:http";
      import * as http from "node:http";
      import { createRequire } from "node:module";
      const { echo } = createRequire(import.meta.url)("./start.js");
      const text = (make) => new Promise((ok) => {
        make((response) => {
          let text = "";
          response.on("data", (part) => (text += part)).on("end", () => ok(text));
        });
      });
      async function asks(port) {
        return [
          await text((done) => request({ port, headers: ["Host", "x"] }, done).end()),
          await text((done) => get({ port }, done)),
          await text((done) => http.get({ port }, done)),
        ];
      }
      echo(async (port) => {
        for (const text of await asks(port)) console.log(typeof JSON.parse(text).traceparent);
      });`;
    const files = { "main.mjs": main, "echo.js": ECHO_SERVER, "start.js": ECHO };
    const { store: opened, stdout } = await record(node, files);
    await using store = opened;
    expect(stdout).toBe("string\n".repeat(3));
    expect(await store.links({ direction: "out" })).toHaveLength(3);
  });

  it("is as before where the recording has ended, and Node's function too", async () => {
    const main = `
      const { prototype } = require("node:http").OutgoingMessage;
      const before = prototype._storeHeader;
      const { Breadcrumb } = require("breadcrumb-tracer");
      require("./start").echo(async (port) => {
        for (let i = 0; i < 2; i++) {
          const session = await Breadcrumb.start({ include: ["asks.js"], store: ":memory:" });
          const { asks } = require("./asks.js");
          console.log(typeof JSON.parse(await asks(port)).traceparent, prototype._storeHeader === before);
          await session.stop();
          console.log(typeof JSON.parse(await asks(port)).traceparent, prototype._storeHeader === before);
        }
      });`;
    const asks = 'exports.asks = async (port) => require("./ask").get(port, "/");';
    const files = { "ask.js": ASK, "asks.js": asks, "echo.js": ECHO_SERVER, "start.js": ECHO };
    const { stdout, stderr } = run(node, ["main.js"], project({ ...files, "main.js": main }));
    expect(stdout + stderr).toBe("string false\nundefined true\n".repeat(2));
  });

  it("has one, and is linked once, where the program has put a function around Node's", async () => {
    const main = `
      const { prototype } = require("node:http").OutgoingMessage;
      const { Breadcrumb } = require("breadcrumb-tracer");
      require("./start").echo(async (port) => {
        for (let i = 0; i < 2; i++) {
          const session = await Breadcrumb.start({ include: ["asks.js"], store: "store" });
          const { asks } = require("./asks.js");
          console.log(typeof JSON.parse(await asks(port)).traceparent);
          const inner = prototype._storeHeader;
          prototype._storeHeader = function (...words) { return inner.apply(this, words); };
          await session.stop();
        }
      });`;
    const asks = 'exports.asks = async (port) => require("./ask").list(port, "/");';
    const files = { "ask.js": ASK, "asks.js": asks, "echo.js": ECHO_SERVER, "start.js": ECHO };
    const folder = project({ ...files, "main.js": main });
    const { stdout, stderr } = run(node, ["main.js"], folder);
    expect(stdout + stderr).toBe("string\n".repeat(2));
    await using store = await openStore(join(folder, "store"));
    expect(await store.links({ direction: "out" })).toHaveLength(2);
  });

  it("goes out where the program has closed Node's object, or stands in for it", async () => {
    const main = `
      const http = require("node:http");
      Object.freeze(http.OutgoingMessage.prototype);
      const ask = require("./ask");
      const plain = { request: http.request, get: http.get };
      async function asks(port) {
        const real = JSON.parse(await ask.get(port, "/"));
        http.get = () => ({ on() { return this; }, mocked: true });
        return [real.host === undefined, http.get({ port }).mocked];
      }
      require("./start").echo(async (port) => console.log(...(await asks(port))));`;
    const { store, stdout } = await echo(node, main);
    expect(stdout).toBe("false true\n");
    await store.close();
  });

  it.each(["list", "expect"])(
    "that is the first, and whose head is written at once (%s), has one",
    async (how) => {
      const main = `
      const ask = require("./ask");
      async function asks(port) {
        return [await ask["${how}"](port, "/"), await ask["${how}"](port, "/")];
      }
      require("./start").echo(async (port) => {
        for (const text of await asks(port)) console.log(JSON.parse(text).traceparent);
      });`;
      const { store: opened, stdout } = await echo(node, main);
      await using store = opened;
      const sent = stdout.trim().split("\n");
      expect(sent).toHaveLength(2);
      const links = (await store.links({ direction: "out" })).toReversed();
      expect(sent).toEqual(links.map(({ w3cTraceId, spanId }) => `00-${w3cTraceId}-${spanId}-01`));
    },
  );

  it("of a worker, and one that a redirect leads to, have one too", async () => {
    const main = `
      const { Worker, isMainThread, workerData } = require("node:worker_threads");
      const ask = async (port, path) => (await fetch("http://127.0.0.1:" + port + path)).text();
      function serve(request, response) {
        if (request.url === "/from") response.writeHead(302, { location: "/to" });
        response.end();
      }
      if (isMainThread) {
        const server = require("node:http").createServer(serve).listen(0, async () => {
          const { port } = server.address();
          await ask(port, "/from");
          new Worker(__filename, { workerData: port }).on("exit", () => {
            server.close();
            server.closeAllConnections();
          });
        });
      } else {
        ask(workerData, "/worker");
      }`;
    const { store: opened } = await record(node, { "main.js": main });
    await using store = opened;
    const { rows } = await store.sql(`
      SELECT a.thread_id AS thread, c.function, count(DISTINCT a.w3c_trace_id) AS ids
      FROM links a JOIN links b USING (w3c_trace_id, span_id) JOIN calls c ON c.call_id = a.call_id
      WHERE a.direction = 'out' AND b.direction = 'in' GROUP BY ALL ORDER BY 1, 2`);
    // What the redirect led to is of the root, in the same trace.
    expect(rows).toMatchObject([
      { thread: 0, function: "<anonymous>", ids: 1 },
      { thread: 0, function: "ask", ids: 1 },
      { thread: 1, function: "ask", ids: 1 },
    ]);
    const ids = await store.sql("SELECT count(DISTINCT w3c_trace_id) AS n FROM links");
    expect(ids.rows).toEqual([{ n: 2 }]);
  });

  it("that another listener gives a header has that one alone", async () => {
    const main = `
      const { subscribe } = require("node:diagnostics_channel");
      const ask = require("./ask");
      async function asks(port) {
        const texts = [];
        for (const how of ["fetch", "undici"]) texts.push(await ask[how](port, "/"));
        return texts;
      }
      subscribe("undici:request:create", ({ request }) => request.addHeader("traceparent", "${HEADER}"));
      require("./start").echo(async (port) => {
        for (const text of await asks(port)) console.log(JSON.parse(text).traceparent);
      });`;
    const { store: opened, stdout } = await echo(node, main);
    await using store = opened;
    expect(stdout).toBe(`${HEADER}\n`.repeat(2));
    const links = await store.links({ direction: "out" });
    expect(links.map(({ spanId }) => spanId)).toEqual([SPAN, SPAN]);
  });

  it("and the trace that it is of are linked to the active span of OpenTelemetry", async () => {
    const main = `
      const { get } = require("./ask");
      const ids = { traceId: "${ID}", spanId: "${SPAN}" };
      const span = { spanContext: () => ids };
      const key = Symbol.for("OpenTelemetry Context Key SPAN");
      const context = { active: () => ({ getValue: (asked) => (asked === key ? span : undefined) }) };
      require("./start").echo(async (port) => {
        globalThis[Symbol.for("opentelemetry.js.api.1")] = { context };
        setTimeout(function root() {}, 1);
        await get(port, "/");
        for (const broken of [{}, { active: () => { throw new Error("no"); } }, { active: () => 7 }]) {
          globalThis[Symbol.for("opentelemetry.js.api.1")].context = broken;
          await get(port, "/");
        }
      });`;
    const { store: opened } = await echo(node, main);
    await using store = opened;
    const links = await store.links({ w3cTrace: ID });
    expect(links).not.toHaveLength(0);
    for (const link of links) expect(link).toMatchObject({ direction: "otel", spanId: SPAN });
    expect(await store.links({ direction: "out" })).toHaveLength(4);
  });

  it("shows its header to nobody in its process", async () => {
    const main = `
      const http = require("node:http");
      async function asks(port) {
        for (let i = 0; i < 2; i++) {
          await new Promise((ok) => {
            const request = http.get({ port }, (response) => response.resume().on("end", ok));
            console.log(request.getHeaderNames().join(), request.getHeader("traceparent"));
          });
        }
        const { prototype } = http.OutgoingMessage;
        console.log(prototype._storeHeader.name, prototype._storeHeader.length, String(prototype._storeHeader).slice(0, 23));
      }
      require("./start").echo(asks);`;
    const { store, stdout } = await echo(node, main);
    const plain = run(
      node,
      ["main.js"],
      project({ "ask.js": ASK, "main.js": main, "echo.js": ECHO_SERVER, "start.js": ECHO }),
    );
    expect(stdout).toBe(plain.stdout);
    await store.close();
  });
});

describe.each(nodes)("a service on %s that is asked in a trace of others", (_name, node) => {
  it.each(["get", "fetch"])("passes on its id, flags and tracestate by %s", async (how) => {
    const main = `
      const ask = require("./ask");
      const http = require("node:http");
      let port;
      async function serve(request, response) {
        response.end(await ask["${how}"](port, "/"));
      }
      const server = http.createServer(serve);
      require("./start").echo(async (echo) => {
        port = echo;
        await new Promise((ok) => server.listen(0, ok));
        const headers = { traceparent: "00-${ID}-${SPAN}-00", tracestate: "a=1,b=2" };
        await new Promise((ok) => {
          http.get({ port: server.address().port, headers }, (response) => {
            let text = "";
            response.on("data", (part) => (text += part)).on("end", () => { console.log(text); ok(); });
          });
        });
        server.close();
        server.closeAllConnections();
      });`;
    const { store: opened, stdout } = await echo(node, main, "--exclude", "start.js");
    await using store = opened;
    const { traceparent, tracestate } = JSON.parse(stdout) as Record<string, string>;
    expect(traceparent).toMatch(new RegExp(`^00-${ID}-(?!${SPAN})[0-9a-f]{16}-00$`));
    expect(tracestate).toBe("a=1,b=2");
    const [out] = await store.links({
      trace: (await store.links({ direction: "in" }))[0]?.traceId,
      direction: "out",
    });
    expect(out).toMatchObject({ w3cTraceId: ID, spanId: traceparent?.slice(36, 52) });
  });
});
