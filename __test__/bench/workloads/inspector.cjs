/**
 * A function without a breakpoint (`off`), with a logpoint of the bare inspector that keeps the arguments (`bare`),
 * and with our breakpoints, without results (`ours`) and with them (`results`). What is thrown and caught: by a function
 * without breakpoints (`thrown-off`), with ours (`thrown`), and in another file meanwhile (`thrown-elsewhere`). A
 * child: answers a number of calls with the ns that they took, and 0 with what was recorded. Arguments: which of them,
 * module of the package.
 */
const inspector = require("node:inspector");
const { mkdtempSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

const [which] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "bench-"));
writeFileSync(join(folder, "package.json"), "{}");
process.chdir(folder);
const path = join(folder, "loaded.js");
writeFileSync(
  path,
  "exports.f = function f(a, b) {\n  return a + b;\n};\n" +
    "exports.fails = function fails(a) {\n  const b = a;\n  if (b > 0) throw new Error(`no ${b}`);\n};\n",
);
const { f, fails } = require(path);
/** What is done again and again. */
const steps = {
  "thrown-off": () => fails(1),
  thrown: () => fails(1),
  "thrown-elsewhere": () => {
    throw new Error("no");
  },
};
const records = ["ours", "results", "thrown", "thrown-elsewhere"].includes(which);
const isThrown = which.startsWith("thrown");
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
  const { Breadcrumb } = require(process.argv[3]);
  return Breadcrumb.start({
    include: ["loaded.js"],
    store: ":memory:",
    maxCalls: 10,
    mode: which === "results" ? "values" : "time",
    inspector: { hits: 1e9, totalHits: 1e9, cpuMs: 1e9, pauseMs: which === "ours" ? 0 : 1e9 },
  });
}

function step(i) {
  if (!isThrown) return f(i, 1);
  try {
    return steps[which]();
  } catch {
    return undefined;
  }
}

/** How long so many of them take, ns. */
function run(count) {
  const began = process.hrtime.bigint();
  for (let i = 0; i < count; i++) step(i);
  return Number(process.hrtime.bigint() - began);
}

async function main() {
  if (which === "bare") setLogpoints();
  const session = records ? await record() : undefined;
  process.on("message", async (count) => {
    if (count > 0) process.send(run(count));
    else {
      const { recorded = 0, inspector: { pauses = 0 } = {} } = (await session?.stop()) ?? {};
      process.send({ recorded, pauses });
      process.disconnect();
    }
  });
  process.send("ready");
}

void main();
