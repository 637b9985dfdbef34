/**
 * The page, loaded before it is recorded, as a child process that does what it is told: `{ start }` begins to record a variant, by its
 * name, for as many that take turns as `{ among }` says; `{ ask }` asks for pages for so many ms; `{ report }` tells what they cost since
 * the last report: CPU of a request in µs, all that the process took meanwhile, and the times of the slowest hundredth and of all in ms; and
 * how many calls were recorded so far.
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
/** What holds where nobody says. */
const USUAL = { hits: 20, totalHits: 100 };
/** What is recorded. The second of those that are not tells how far two of the same differ. */
const VARIANTS = {
  plain: undefined,
  "plain again": undefined,
  "its own functions, 100 hits": { include: OWN, inspector: FEW },
  "its own functions, 100 calls": { include: OWN, inspector: NO_RESULTS },
  "its own functions, with results": { include: OWN, inspector: USUAL },
  "all 1,200 functions, 100 calls": { include: ALL, inspector: NO_RESULTS },
};

let session;
let times = [];
/** µs of CPU while pages were asked for. */
let used = 0;

async function main() {
  const server = await listen();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  process.on("message", async (told) => process.send((await obey(told, server, agent)) ?? "done"));
  process.on("disconnect", () => process.exit());
  process.send(Object.keys(VARIANTS));
}

async function obey({ start, among, ask: ms, report }, server, agent) {
  if (report) return cost();
  if (start !== undefined) return record(VARIANTS[start], among);
  const before = process.cpuUsage();
  for (const until = performance.now() + ms; performance.now() < until;) {
    const began = performance.now();
    await get(server, agent, `/orders/${times.length % 7}`);
    times.push(performance.now() - began);
  }
  const { user, system } = process.cpuUsage(before);
  used += user + system;
}

/** It works for a part of the time alone, in which it is to have as many hits as in all of it. */
async function record(options, among) {
  if (options === undefined) return;
  const { inspector } = options;
  const part = ({ hits, totalHits, ...rest }) => ({
    ...rest,
    hits: Math.ceil(hits / among),
    totalHits: Math.ceil(totalHits / among),
  });
  session = await Breadcrumb.start({
    store: ":memory:",
    maxCalls: 1000,
    ...options,
    inspector: part(inspector),
  });
}

function cost() {
  const sorted = times.toSorted((a, b) => a - b);
  const cpuUs = used / sorted.length;
  times = [];
  used = 0;
  return {
    cpuUs,
    p99Ms: sorted[Math.floor(sorted.length * 0.99)],
    mostMs: sorted.at(-1),
    recorded: session?.counters().recorded ?? 0,
  };
}

void main();
