/**
 * A function without a breakpoint (`off`), with a logpoint of the bare inspector that keeps the arguments (`bare`),
 * and with our breakpoints, without results (`ours`) and with them (`results`). Prints JSON: µs a hit, and what was
 * recorded. Arguments: which of them, calls, module of the package.
 */
const inspector = require("node:inspector");
const { mkdtempSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

const [which] = process.argv.slice(2);
const calls = Number(process.argv[3]);
const folder = mkdtempSync(join(tmpdir(), "bench-"));
writeFileSync(join(folder, "package.json"), "{}");
process.chdir(folder);
const path = join(folder, "loaded.js");
writeFileSync(path, "exports.f = function f(a, b) {\n  return a + b;\n};\n");
const { f } = require(path);
const FIRST = 200;
/** Calls between two turns of the event loop. */
const PIECE = 500;

/** The two breakpoints that ours are compared with: the entry keeps the arguments. */
function setLogpoints() {
  const kept = [];
  globalThis.log = (...values) => {
    kept[0] = values;
    return false;
  };
  const session = new inspector.Session();
  session.connect();
  let scriptId;
  session.on("Debugger.scriptParsed", ({ params }) => {
    if (params.url.endsWith("/loaded.js")) ({ scriptId } = params);
  });
  session.post("Debugger.enable", { maxScriptsCacheSize: 0 });
  const places = { "log(a,b)": 2, "log()": 15 };
  for (const [condition, columnNumber] of Object.entries(places)) {
    const location = { scriptId, lineNumber: 1, columnNumber };
    session.post("Debugger.setBreakpoint", { location, condition }, (error) => {
      if (error) throw error;
    });
  }
}

function record() {
  const { Breadcrumb } = require(process.argv[4]);
  return Breadcrumb.start({
    include: ["loaded.js"],
    store: ":memory:",
    maxCalls: 10,
    mode: which === "results" ? "values" : "time",
    inspector: { hits: 1e9, totalHits: 1e9, cpuMs: 1e9, pauseMs: 1e9 },
  });
}

async function main() {
  if (which === "bare") setLogpoints();
  const session = which === "ours" || which === "results" ? await record() : undefined;
  for (let i = 0; i < FIRST; i++) f(i, 1);
  const began = process.hrtime.bigint();
  for (let i = 0; i < calls; i++) {
    f(i, 1);
    if (i % PIECE === 0) await new Promise(setImmediate);
  }
  // A call has two hits.
  const us = Number(process.hrtime.bigint() - began) / calls / 2 / 1000;
  const counters = await session?.stop();
  const { recorded = 0, inspector: { pauses = 0 } = {} } = counters ?? {};
  process.stdout.write(JSON.stringify({ us, recorded, pauses }));
}

void main();
