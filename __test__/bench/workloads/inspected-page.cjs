/**
 * The page, loaded before it is recorded, as a child process that does what it is told: `{ start }` begins to record a
 * variant, by its name, `{ during }` asks for pages for so many ms, `{ stop }` ends the recording. Answers to `during`: CPU of a
 * request in µs, and the times of the slowest hundredth and of all in ms; to `stop` the calls recorded.
 * Arguments: module of the package.
 */
"use strict";
const http = require("node:http");
const { get, listen } = require("./page-server.cjs");

const { Breadcrumb } = require(process.argv[2]);
const OWN = ["page-server.cjs"];
const ALL = [...OWN, "npm:express", "npm:router", "npm:lodash", "npm:handlebars"];
/** A call hits two breakpoints. */
const FEW = { hits: 50, totalHits: 50, pauseMs: 0 };
const NO_RESULTS = { hits: 100, totalHits: 100, pauseMs: 0 };
/** What is recorded. */
const VARIANTS = {
  plain: undefined,
  "its own functions, 100 hits": { include: OWN, inspector: FEW },
  "its own functions, 100 calls": { include: OWN, inspector: NO_RESULTS },
  "its own functions, with results": { include: OWN, inspector: true },
  "all 1,200 functions, 100 calls": { include: ALL, inspector: NO_RESULTS },
};

let session;

async function main() {
  const server = await listen();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (at) => get(server, agent, `/orders/${at % 7}`);
  process.on("message", async (told) => process.send(await obey(told, ask)));
  process.send(Object.keys(VARIANTS));
}

async function obey({ start, during: ms, stop }, ask) {
  if (ms !== undefined) return during(ask, ms);
  const options = VARIANTS[start];
  if (options !== undefined) {
    session = await Breadcrumb.start({ store: ":memory:", maxCalls: 1000, ...options });
  }
  if (stop !== true || session === undefined) return { recorded: 0 };
  const { recorded } = await session.stop();
  session = undefined;
  return { recorded };
}

/** Asks one page after the other. */
async function during(ask, ms) {
  const times = [];
  const cpu = process.cpuUsage();
  const until = performance.now() + ms;
  for (let at = 0; performance.now() < until; at++) {
    const began = performance.now();
    await ask(at);
    times.push(performance.now() - began);
  }
  const { user, system } = process.cpuUsage(cpu);
  times.sort((a, b) => a - b);
  return {
    cpuUs: (user + system) / times.length,
    p99Ms: times[Math.floor(times.length * 0.99)],
    mostMs: times.at(-1),
    requests: times.length,
  };
}

void main();
