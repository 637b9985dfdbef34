/** A server of plugins, asked without and over sockets. */
"use strict";
const http = require("node:http");
const Hapi = require("@hapi/hapi");

const shop = {
  name: "shop",
  register: async (server, { rate }) => {
    server.method("total", async (n) => { await null; if (n > 90) throw new RangeError("too many"); return n * rate; }, { cache: { expiresIn: 60_000, generateTimeout: 1000 } });
    server.decorate("toolkit", "twice", function (value) { return this.response({ twice: [value, value] }).code(201); });
    server.route([
      { method: "GET", path: "/total/{n}", handler: async ({ params, server: own }) => ({ total: await own.methods.total(Number(params.n)) }) },
      { method: "GET", path: "/twice/{what*2}", handler: ({ params }, h) => h.twice(params.what) },
      { method: "POST", path: "/echo", options: { payload: { maxBytes: 200 }, pre: [{ method: ({ payload }) => Object.keys(payload).length, assign: "count" }] }, handler: ({ pre, payload }) => ({ ...payload, count: pre.count }) },
      { method: "GET", path: "/own", options: { auth: "token" }, handler: ({ auth }) => auth.credentials },
      { method: "GET", path: "/broken", handler: () => null.nothing },
    ]);
  },
};
(async () => {
  const server = Hapi.server({ port: 0, host: "127.0.0.1", debug: false, compression: false });
  server.auth.scheme("token", () => ({ authenticate: ({ headers }, h) => (headers.token === "yes" ? h.authenticated({ credentials: { user: "a" } }) : h.unauthenticated(new Error("no token"))) }));
  server.auth.strategy("token", "token");
  await server.register({ plugin: shop, options: { rate: 3 } });
  server.ext("onPreResponse", ({ response }, h) => { if (response.isBoom) response.output.payload.told = response.message; return h.continue; });
  server.events.on({ name: "request", channels: "error" }, (request, { error }) => console.log("logged", request.path, `${error}`));
  const seen = [];
  server.events.on("response", ({ path }) => seen.push(path));
  await server.start();
  const { port } = server.info;
  for (const [url, more] of [["/total/4"], ["/total/4"], ["/total/99"], ["/twice/a/b"], ["/own"], ["/own", { headers: { token: "yes" } }], ["/broken"], ["/nowhere"], ["/echo", { method: "POST", payload: { a: 1 } }], ["/echo", { method: "POST", payload: { a: "x".repeat(300) } }]]) {
    const { statusCode, payload } = await server.inject({ url, ...more });
    console.log(url, statusCode, payload);
  }
  const get = (path) => new Promise((resolve, reject) => {
    http.get({ port, path, agent: false }, (response) => { let text = `${response.statusCode} `; response.setEncoding("utf8").on("data", (part) => (text += part)).on("end", () => resolve(text)); }).on("error", reject);
  });
  for (let at = 0; at < 10; at++) console.log(await Promise.all([1, 2, 3].map((n) => get(`/total/${at * 3 + n}`))));
  await server.stop();
  console.log(seen.length);
})();
