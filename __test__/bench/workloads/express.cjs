/** An Express server with one route, which knows nothing of Breadcrumb. Tells its port, and its CPU time when asked. */
const express = require("express");
const { total } = require("./express-cart.cjs");

const app = express();
app.get("/cart/:n", async (request, response) => {
  response.json(await total(Number(request.params.n)));
});
const server = app.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send({ cpuUs: user + system });
});
