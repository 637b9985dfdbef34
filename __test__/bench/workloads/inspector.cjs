/**
 * One function of four files each: without a breakpoint, with a logpoint of the bare inspector that keeps the
 * arguments, and with our breakpoints, without results and with them. Prints JSON of µs a hit, the median of
 * rounds in turn. Arguments: rounds, calls a round, module of the package.
 */
const inspector = require("node:inspector");
const { mkdtempSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

const [rounds, calls] = process.argv.slice(2, 4).map(Number);
const { Breadcrumb } = require(process.argv[4]);
const folder = mkdtempSync(join(tmpdir(), "bench-"));
writeFileSync(join(folder, "package.json"), "{}");
process.chdir(folder);
const TEXT = "exports.f = function f(a, b) {\n  return a + b;\n};\n";
const NAMES = ["off", "bare", "ours", "results"];
const functions = NAMES.map((name) => {
  const path = join(folder, `${name}.js`);
  writeFileSync(path, TEXT);
  return require(path).f;
});

/** The two breakpoints that ours are compared with: the entry keeps the arguments. */
function setLogpoints() {
  const session = new inspector.Session();
  session.connect();
  let scriptId;
  const listener = ({ params }) => {
    if (params.url.endsWith("/bare.js")) ({ scriptId } = params);
  };
  session.on("Debugger.scriptParsed", listener);
  session.post("Debugger.enable");
  session.off("Debugger.scriptParsed", listener);
  const places = { "log(a,b)": 2, "log()": 15 };
  for (const [condition, columnNumber] of Object.entries(places)) {
    const location = { scriptId, lineNumber: 1, columnNumber };
    session.post("Debugger.setBreakpoint", { location, condition }, (error) => {
      if (error) throw error;
    });
  }
}

async function main() {
  const kept = [];
  globalThis.log = (...values) => {
    kept[0] = values;
    return false;
  };
  setLogpoints();
  const session = await Breadcrumb.start({
    include: ["ours.js", "results.js"],
    store: ":memory:",
    maxCalls: 10,
    inspector: { hits: 1e9, totalHits: 1e9, cpuMs: 1e9, pauseMs: 1e9 },
  });
  const micros = NAMES.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [at, f] of functions.entries()) {
      session.set({ capture: NAMES[at] === "results" ? "values" : "time" });
      const began = process.hrtime.bigint();
      for (let i = 0; i < calls; i++) f(i, 1);
      // A call has two hits.
      micros[at].push(Number(process.hrtime.bigint() - began) / calls / 2 / 1000);
      await new Promise(setImmediate);
    }
  }
  const { recorded, inspector: counts } = await session.stop();
  const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
  const costs = Object.fromEntries(NAMES.map((name, at) => [name, median(micros[at])]));
  process.stdout.write(JSON.stringify({ ...costs, recorded, pauses: counts.pauses }));
}

void main();
