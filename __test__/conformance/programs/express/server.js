/** A server and its client in one process: a thousand requests, one connection. */
"use strict";
const express = require("express");
const { createHash } = require("node:crypto");
const http = require("node:http");

const REQUESTS = 1000;
const app = express();
app.disable("etag");
app.use(express.json());
app.use((request, response, next) => {
  response.set("x-path", request.path);
  next();
});
const items = express.Router();
items.param("id", (request, _response, next, id) => {
  request.item = { id: Number(id), name: `item ${id}` };
  next();
});
items.get("/:id", (request, response) => response.json(request.item));
items.post("/:id", async (request, response) => {
  await null;
  response.status(201).json({ ...request.item, ...request.body });
});
app.use("/items", items);
app.get("/slow", async (_request, response) => {
  await new Promise((resolve) => setImmediate(resolve));
  response.send("slow");
});
app.get("/broken", async () => {
  throw new Error("broken on purpose");
});
app.use((error, _request, response, _next) => response.status(500).send(error.message));

const server = app.listen(0, "127.0.0.1", async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const hash = createHash("sha256");
  const statuses = {};
  for (let at = 0; at < REQUESTS; at++) {
    const { status, headers, body } = await ask(agent, at);
    statuses[status] = (statuses[status] ?? 0) + 1;
    hash.update(`${status} ${headers["content-type"]} ${headers["x-path"]} ${body}\n`);
  }
  agent.destroy();
  server.close(() => console.log(statuses, hash.digest("hex")));
});

function ask(agent, at) {
  const paths = [`/items/${at}`, "/slow", "/broken", "/nowhere", `/items/${at}?q=1`];
  const body = at % 5 === 4 ? JSON.stringify({ at, tags: ["a", "b"] }) : undefined;
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        agent,
        port: server.address().port,
        host: "127.0.0.1",
        path: paths[at % paths.length],
        method: body === undefined ? "GET" : "POST",
        headers: body === undefined ? {} : { "content-type": "application/json" },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part) => (text += part));
        response.on("end", () =>
          resolve({ status: response.statusCode, headers: response.headers, body: text }),
        );
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}
