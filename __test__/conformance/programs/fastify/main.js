/** A server with hooks, schemas, plugins and errors, without a socket. */
"use strict";
const fastify = require("fastify");

const app = fastify({ genReqId: () => "id" });
app.register(async (scope) => {
  scope.decorateRequest("user", null);
  scope.addHook("preHandler", async (request) => void (request.user = { name: request.headers["x-user"] ?? "nobody" }));
  scope.get("/me", (request) => ({ ...request.user, id: request.id }));
  scope.post("/sum", {
    schema: {
      body: { type: "object", required: ["n"], properties: { n: { type: "array", items: { type: "number" } } } },
      response: { 200: { type: "object", properties: { sum: { type: "number" } } } },
    },
    handler: async ({ body }) => ({ sum: body.n.reduce((a, b) => a + b, 0), hidden: true }),
  });
  scope.get("/fail/:kind", async ({ params }) => {
    if (params.kind === "type") return null.x;
    throw Object.assign(new Error(`no ${params.kind}`), { statusCode: 418 });
  });
});
app.setErrorHandler((error, _request, reply) => reply.code(error.statusCode ?? 500).send({ error: error.message }));
(async () => {
  for (let at = 0; at < 100; at++) {
    const answers = await Promise.all([
      app.inject({ url: "/me", headers: { "x-user": `u${at}` } }),
      app.inject({ method: "POST", url: "/sum", payload: { n: at % 5 ? [at, 1] : ["x"] } }),
      app.inject(`/fail/${at % 2 ? "type" : "other"}`),
      app.inject("/nowhere"),
    ]);
    if (at % 10 < 2) console.log(answers.map(({ statusCode, body }) => `${statusCode} ${body}`).join("\n"));
  }
  await app.close();
})();
