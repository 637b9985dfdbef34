/** A page as services make them: Express routes, lodash shapes the data, Handlebars renders it. */
"use strict";
const http = require("node:http");
const { get, listen } = require("./page-server.cjs");

const requests = process.env["BENCH_SIZE"] === "small" ? 20 : 12_000;

async function main() {
  const server = await listen();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  let characters = 0;
  for (let at = 0; at < requests; at++) {
    characters += (await get(server, agent, `/orders/${at % 7}`)).length;
  }
  agent.destroy();
  server.close(() => console.log(characters));
}

void main();
