/** A server made of nested asynchronous middleware, asked over sockets. */
"use strict";
const http = require("node:http");
const Koa = require("koa");

const app = new Koa();
app.silent = true;
app.use(async (context, next) => {
  const marks = (context.state.marks = ["a"]);
  try {
    await next();
  } catch (error) {
    context.status = error.status ?? 500;
    marks.push(error.message);
  }
  marks.push("z");
  context.body = marks.join(" ");
});
app.use(async (context, next) => {
  context.state.marks.push("b");
  await new Promise((resolve) => setImmediate(resolve));
  await next();
  context.state.marks.push("y");
});
app.use((context) => {
  const n = Number(context.query.n);
  if (n % 5 === 0) context.throw(400, `not ${n}`);
  if (n % 7 === 0) return null.x;
  context.state.marks.push(String(n * n));
});
const server = app.listen(0, "127.0.0.1", async () => {
  const agent = new http.Agent({ keepAlive: true });
  const get = (n) => new Promise((resolve, reject) => {
    http.get({ agent, port: server.address().port, path: `/?n=${n}` }, (response) => {
      let text = `${response.statusCode} `;
      response.setEncoding("utf8").on("data", (part) => (text += part)).on("end", () => resolve(text));
    }).on("error", reject);
  });
  for (let at = 0; at < 20; at++) console.log(await Promise.all([0, 1, 2, 3, 4].map((n) => get(at * 5 + n + 1))));
  agent.destroy();
  server.close();
});
