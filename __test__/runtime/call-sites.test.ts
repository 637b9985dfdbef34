import { describe, expect, it } from "vitest";
import { nodes, project, register, run } from "../support/program";

const WORKERS = `
const { Worker, isMainThread } = require("node:worker_threads");
function fail() { null.property; }
function busy() {
  for (;;) try { fail(); } catch (error) { error.stack.length; }
}
async function main() {
  for (let i = 0; i < 8; i++) {
    const worker = new Worker(__filename);
    await new Promise((resolve) => worker.once("online", resolve));
    await new Promise((resolve) => setTimeout(resolve, 10));
    console.log(await worker.terminate());
  }
}
if (isMainThread) main(); else busy();
`;

const TIMEOUT = `
const vm = require("node:vm");
function fail() { null.property; }
const context = vm.createContext({ fail });
const code = "for (;;) try { fail(); } catch (error) { error.stack.length; }";
for (let i = 0; i < 4; i++) {
  try { vm.runInContext(code, context, { timeout: 20 }); } catch (error) { console.log(error.code); }
}
`;

const OVERFLOW = `
let depth = 0;
function dive() { depth += 1; try { new Error("deep").stack.length; } finally { dive(); } }
try { dive(); } catch (error) { console.log(error.name, error.message, depth > 100); }
function fail() { null.property; }
try { fail(); } catch (error) { console.log(error.stack.split("\\n")[1]); }
`;

const REFLECTED = `
let site;
Error.prepareStackTrace = (_error, sites) => { site = sites[0]; return ""; };
new Error().stack;
const { constructor } = site, own = Object.getPrototypeOf(site);
const looks = (f) => [f.name, f.length, String(f), Object.getOwnPropertyNames(f).join()];
console.log(own.constructor === constructor, constructor.prototype === own, site instanceof constructor);
console.log(Object.getPrototypeOf(own) === Object.prototype, ...looks(constructor));
console.log(Object.getOwnPropertyDescriptor(constructor, "prototype").writable);
console.log(constructor.prototype.getColumnNumber.call(site));
for (const make of [() => constructor(), () => new constructor()]) {
  try { make(); } catch (error) { console.log(error.message); }
}
`;

/** Nobody's method any more is the `load` that has begun; nor is `_compile`, once it is replaced. */
const REPLACED = `
Error.stackTraceLimit = 30;
const Module = require("node:module");
const { load, _compile } = Module.prototype;
const show = () => console.log(new Error("e").stack.match(/Module\\.\\S+/g).join(" "));
show();
Module.prototype.load = function (file) { return load.call(this, file) };
show();
Module.prototype._compile = function (text, file) { return _compile.call(this, text, file) };
show();
`;

/** What waits, or is the result of an arrow function, over several lines: V8 notes the last place in it. */
const LINES = `
const own = (error) => error.stack.split("\\n").filter((line) => line.includes("app.js")).slice(0, 3);
const show = (error) => console.log(error.message, own(error).join());
function* inner() { yield 1; throw new Error("inner") }
const o = { p: { inner, fails() { throw new Error("fails") } } };
const all = [
  function* () { yield* inner(
    1
  ); },
  function* () {
    const x =
      yield* o.p.
        inner(1,
          2);
  },
  function* () { yield* [1, inner][1](
  ); },
  function* () { yield* o
    .p
    .inner(); },
  async () => { await {
    get then() { throw new Error("then") } }; },
  async () => { await ({ a: 1,
    b: o.p
      .inner(), get then() { throw new Error("after") } }); },
  async () => { for await (const x of o
    .p
    .inner
    .call(3).missing.deeper) ; },
  () => o
    .p
    .fails(),
  () => o
    .p.missing.deeper,
  () => new
    missing(1,
      2),
  () => (0,
    o.p.fails)(),
];
for (const one of all) {
  try {
    const made = one();
    if (made.catch) made.catch(show); else [...made];
  } catch (error) { show(error) }
}
setImmediate(() => {
  Error.prepareStackTrace = (_error, sites) =>
    sites.slice(0, 3).map((site) => [site.getLineNumber(), site.getColumnNumber()].join()).join(" ");
  try { [...all[1]()] } catch (error) { console.log(error.stack) }
});
`;

describe.each(nodes)("call sites on %s", (_name, node) => {
  function traced(text: string): string {
    const folder = project({ "app.js": text });
    const env = { BREADCRUMB_DIR: `${folder}/store`, BREADCRUMB_OPTIONS: '{"all":true}' };
    const { stdout, stderr, status } = run(node, ["--require", register, "app.js"], folder, env);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    return stdout.replaceAll(folder, "");
  }

  it("a worker that formats stacks can be terminated", () => {
    expect(traced(WORKERS)).toBe("1\n".repeat(8));
  });

  it("a script that formats stacks runs into its timeout", () => {
    expect(traced(TIMEOUT)).toBe("ERR_SCRIPT_EXECUTION_TIMEOUT\n".repeat(4));
  });

  it("their class is the engine's in all that it shows", () => {
    const looks = "CallSite 0 function CallSite() { [native code] } length,name,prototype";
    const text = `true true true\ntrue ${looks}\nfalse\n1\nNot supported\nNot supported\n`;
    expect(traced(REFLECTED)).toBe(text);
  });

  it("Node's own methods are called what they are without probes", () => {
    const folder = project({ "app.js": REPLACED });
    const plain = run(node, ["app.js"], folder).stdout;
    expect(plain).toMatch(/^Module\._compile .*Module\.load/);
    expect(traced(REPLACED)).toBe(plain);
  });

  it("what stands over several lines is on the line that V8 says", () => {
    const folder = project({ "app.js": LINES });
    const plain = run(node, ["app.js"], folder).stdout.replaceAll(folder, "");
    expect(plain.match(/app\.js/g)?.length).toBeGreaterThan(20);
    expect(traced(LINES)).toBe(plain);
  });

  it("a stack at its end leaves later ones as they should be", () => {
    const text = "RangeError Maximum call stack size exceeded true\n    at fail (/app.js:5:24)\n";
    expect(traced(OVERFLOW)).toBe(text);
  });
});
