/** Requests that come with the ids of a trace. */
import { describe, expect, it } from "vitest";
import { HEADER, ID, record, SPAN } from "../support/asking";
import { nodes } from "../support/program";

describe.each(nodes)("a server on %s", (name, node) => {
  const main = (headers: string) => `
    const http = require("node:http");
    function handle(url) { return url; }
    const server = http.createServer((request, response) => response.end(handle(request.url)));
    server.listen(0, () => {
      const { port } = server.address();
      const { fork } = require("node:child_process");
      fork("./asker.js", [String(port)], { execArgv: [], env: { PATH: "" } }).on("exit", () => server.close());
    });
    // Asks with: ${headers}`;
  const asker = (headers: string) => `
    require("node:http").get({ port: process.argv[2], headers: ${headers} }, (response) => response.resume());`;

  it.each([
    ["a header", `{ traceparent: "${HEADER}" }`, 1],
    ["one of a later version", `{ traceparent: "42-${ID}-${SPAN}-00-more" }`, 1],
    ["capitals in its name", `["Host", "x", "TraceParent", "${HEADER}"]`, 1],
    ["none", "{}", 0],
    ["one that makes no sense", '{ traceparent: "00-1-2-01" }', 0],
    ["ids of zeros", `{ traceparent: "00-${"0".repeat(32)}-${SPAN}-01" }`, 0],
    ["capitals in its ids", `{ traceparent: "${HEADER.toUpperCase()}" }`, 0],
    ["two of them", `["Host", "x", "traceparent", "${HEADER}", "traceparent", "${HEADER}"]`, 0],
  ])(
    "that is asked with %s links the request to it, or does not",
    async (_what, headers, links) => {
      const files = { "main.js": main(headers), "asker.js": asker(headers) };
      const { store: opened } = await record(node, files);
      await using store = opened;
      const found = await store.links();
      expect(found).toHaveLength(links);
      if (links === 0) return;
      expect(found[0]).toMatchObject({ direction: "in", w3cTraceId: ID, spanId: SPAN });
      const { root } = await store.trace(found[0]?.traceId ?? "");
      expect(found[0]?.callId).toBe(root?.callId);
    },
  );

  it("over HTTP/2 links a request where Node has contexts in frames", async () => {
    const files = {
      "main.js": `
        const { connect, createServer } = require("node:http2");
        function handle(request, response) { response.end(); }
        const server = createServer(handle).listen(0, () => {
          const client = connect("http://127.0.0.1:" + server.address().port);
          const request = client.request({ ":path": "/", traceparent: "${HEADER}" });
          request.resume().on("end", () => { client.close(); server.close(); });
        });`,
    };
    const { store: opened } = await record(node, files);
    await using store = opened;
    const links = await store.links({ direction: "in" });
    const major = Number(name.replace("Node ", ""));
    expect(links).toHaveLength(major >= 24 ? 1 : 0);
    for (const link of links) expect(link).toMatchObject({ w3cTraceId: ID, spanId: SPAN });
  });
});
