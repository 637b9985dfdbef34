/**
 * The page, loaded before it is recorded: seconds without and with breakpoints in all of it, in turn. Prints JSON:
 * for each variant of each round CPU of a request in µs, and the times of the slowest hundredth and of all in ms; `first`: in
 * the seconds after the start.
 * Arguments: rounds, seconds, module of the package.
 */
"use strict";
const http = require("node:http");
const { get, listen } = require("./page-server.cjs");

const [rounds, seconds] = process.argv.slice(2, 4).map(Number);
const { Breadcrumb } = require(process.argv[4]);
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
/** V8 makes all optimised code anew meanwhile. */
const FIRST_MS = 8000;

async function main() {
  const server = await listen();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (at) => get(server, agent, `/orders/${at % 7}`);
  await during(ask, 2000);
  const costs = [];
  for (let round = 0; round < rounds; round++) {
    const cost = {};
    for (const [name, options] of turned(Object.entries(VARIANTS), round)) {
      const session =
        options && (await Breadcrumb.start({ store: ":memory:", maxCalls: 1000, ...options }));
      const first = await during(ask, FIRST_MS);
      cost[name] = {
        ...(await during(ask, seconds * 1000)),
        firstUs: first.cpuUs,
        firstMs: first.mostMs,
      };
      if (session === undefined) continue;
      const { recorded, inspector: counters } = await session.stop();
      Object.assign(cost[name], { recorded, counters });
    }
    costs.push(cost);
  }
  agent.destroy();
  server.close(() => process.stdout.write(JSON.stringify(costs)));
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

function turned(list, by) {
  return list.map((_, at) => list[(at + by) % list.length]);
}

void main();
