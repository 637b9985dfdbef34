import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nodes, packageRoot, project, run } from "../support/program";

/** Functions of every form, of which none is called while they load. */
const PLAIN = `
function inner(x) { return { y: x * 2 }; }
function outer(a, b) { const r = inner(a.n); return [r, b]; }
function thrower(s) { inner(1); throw new Error(s); }
function catches(s) { try { thrower(s); } catch { return "caught " + inner(2).y; } }
function sums(n) { let s = 0; while (n--) { s += inner(n).y; } return s; }
function head(n) { while (n--) inner(n); }
function each(list) { for (const item of list) inner(item); }
function empty() {}
function taken({ a, b: [c = inner(7)] = [] }, ...rest) { const { y } = inner(a); return [y, c, rest.length]; }
function either(x) { if (x) { return inner(x); } else return; }
function own() { "use strict"; function later() { return 1; } return arguments.length + later(); }
const arrow = (x) => x + 1n;
const passes = (x) => ({ f: (y) => inner(x + y), x });
class P {
  #v;
  field = inner(3);
  constructor(v) { this.#v = v; }
  get g() { return this.#v; }
  set g(v) { this.#v = v; }
  static make(v) { return new P(v); }
}
class Q extends P {
  w = inner(8);
  m(a, b = inner(9)) { return super.g + a + b.y; }
}
`;
const CALLS_PLAIN = `
  out.push(l.outer({ n: 4 }, "x"), l.catches("bad"));
  for (const text of ["again", "and again"]) {
    try { l.thrower(text); } catch (error) { out.push(error.message, error.stack.split("\\n")[1]); }
  }
  out.push(l.sums(2), l.head(2), l.each([1, 2]), l.empty(), l.arrow(3n), l.passes(1).f(2));
  out.push(l.taken({ a: 1, b: [] }, 1, 2), l.either(0), l.either(1), l.own(1, 2));
  const q = new l.Q(5);
  q.g = 6;
  out.push(q.g, q.m(1), l.P.make(-0).g, Number.isNaN(l.arrow.length));
`;

/** Asynchronous ones, whose turns come in one order however long they take. */
const ASYNC = `
function note(x) { return x + 1; }
async function one(x) { note(x); await turns(x); note(x * 10); return { got: x }; }
async function imm(x) { return x; }
async function rec(n) { if (n === 0) { await null; return "end"; } const r = await rec(n - 1); note(n); return r + n; }
async function loose(n) { if (n > 0) loose(n - 1); await turns(n === 0 ? 9 : 1); note(100 + n); return n; }
async function many(n) { const all = await Promise.all([one(1), one(3), one(2)]); note(50); return all.length + n; }
async function fails(n) { await null; note(n); throw new Error("f" + n); }
async function failsAtOnce(n) { throw new Error("s" + n); }
async function noResult(n) { await turns(1); }
const arrow = async (x) => (await imm(x)) + 1;
async function tree(n) { if (n === 0) return 1; const [a, b] = await Promise.all([tree(n - 1), tree(n - 1)]); return a + b; }
async function caller() { try { await fails(1); } catch { note(7); } await one(0); return "ok"; }
`;
const CALLS_ASYNC = `
  out.push(await l.one(1), await l.imm(3), await Promise.all([l.one(2), l.one(1)]), await l.rec(3));
  out.push(await l.loose(2));
  await turns(20);
  out.push(await l.many(1));
  for (const f of [l.fails, l.failsAtOnce]) try { await f(3); } catch (error) { out.push(error.message); }
  out.push(await l.noResult(1), await l.arrow(4), await l.tree(3), await l.caller(), l.note(5));
`;
const TURNS = `async function turns(n) { for (; n > 0; n--) await new Promise(setImmediate); }\n`;

/** What stands for a result that V8 does not show. */
const HIDDEN = { $type: "unknown", $cut: "hidden" };
const ALL = "{ hits: 1e6, totalHits: 1e6, cpuMs: 1e6, pauseMs: 1e6 }";
/** Without results: the program never pauses. */
const TIMES = `mode: "time", inspector: { ...${ALL}, pauseMs: 0 }`;
/** Prints what the program had of the functions, and the rows of their calls without times. */
const rowsOf = (
  load: string,
  early: string,
  calls: string,
  options = `inspector: ${ALL}`,
): string => `
import { createRequire } from "node:module";
import { Breadcrumb } from "breadcrumb-tracer";
${TURNS}
const require = createRequire(import.meta.url);
globalThis.turns = turns;
const early = process.argv[2] === "inspector";
${early}
let l = early ? ${load} : undefined;
const session = await Breadcrumb.start({
  include: ["src/**"], store: ":memory:", overflow: "block", values: { budget: 0 }, ${options},
});
l ??= ${load};
const out = [];
${calls}
const { inspector } = await session.stop();
const calls = [...session.calls({ limit: 1e5 })].sort((a, b) => a.callId - b.callId);
const ids = new Map(calls.map(({ callId }, at) => [callId, at]));
const rows = calls.map((call) => [
  ids.get(call.callId), ids.get(call.parentId), ids.get(call.rootId), call.parentKind, call.depth, call.function,
  call.file, call.line, call.status, call.arguments, call.result,
]);
const known = (_, value) => typeof value === "bigint" ? String(value) : Object.is(value, -0) ? "-0" : value;
console.log(JSON.stringify({ out, rows, backends: session.coverage().files.map((file) => file.backend), seen: inspector !== undefined }, known));
`;

interface Answer {
  readonly out: readonly unknown[];
  readonly rows: readonly (readonly unknown[])[];
  readonly backends: readonly string[];
  readonly seen: boolean;
}

/** The answers of both backends for the same program. */
function both(
  node: string,
  files: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Answer[] {
  const folder = project(files);
  return ["probe", "inspector"].map((backend) => {
    const ended = run(node, [...args, "main.mjs", backend], folder);
    expect(ended, ended.stderr).toMatchObject({ status: 0 });
    expect(ended.stderr).toMatch(backend === "probe" ? /^$/ : /recorded by breakpoints/);
    return JSON.parse(ended.stdout) as Answer;
  });
}

function expectSame([probe, inspector]: readonly Answer[], atLeast: number): void {
  expect(inspector?.out).toEqual(probe?.out);
  expect(inspector?.rows).toEqual(probe?.rows);
  expect(probe?.rows.length).toBeGreaterThanOrEqual(atLeast);
  expect([probe?.backends, probe?.seen]).toEqual([["probe"], false]);
  expect([inspector?.backends, inspector?.seen]).toEqual([["inspector"], true]);
}

describe.each(nodes)("breakpoints in loaded files on %s", (name, node) => {
  const exportsOf = (text: string): string[] =>
    [...text.matchAll(/^(?:async )?(?:function|class|const) (\w+)/gm)].map(
      (match) => match[1] ?? "",
    );

  it("tell of calls what probes tell, in CommonJS", () => {
    const names = exportsOf(PLAIN).join(", ");
    const files = {
      "src/lib.js": `${PLAIN}module.exports = { ${names} };`,
      "main.mjs": rowsOf(`require("./src/lib.js")`, "", CALLS_PLAIN),
    };
    expectSame(both(node, files), 44);
  });

  it("tell of calls what probes tell, in an ES module", () => {
    const files = {
      "src/lib.mjs": `${PLAIN}export { ${exportsOf(PLAIN).join(", ")} };`,
      "main.mjs": rowsOf(`await import("./src/lib.mjs")`, "", CALLS_PLAIN),
    };
    expectSame(both(node, files), 44);
  });

  it("tell of asynchronous calls what probes tell, however they overlap", () => {
    const files = {
      "src/lib.mjs": `${ASYNC}export { ${exportsOf(ASYNC).join(", ")} };`,
      "main.mjs": rowsOf(`await import("./src/lib.mjs")`, "", CALLS_ASYNC),
    };
    expectSame(both(node, files), 60);
  });

  it("tell of calls what probes tell where the program never pauses", () => {
    const recursive = `
function down(n) { return n === 0 ? inner(n).y : down(n - 1); }
function odd(n) { try { return n === 0 ? thrower("deep") : even(n - 1); } catch { return inner(n).y; } }
function even(n) { return n === 0 ? thrower("deep") : odd(n - 1); }
`;
    const text = `${PLAIN}${recursive}`;
    const calls = `
  for (let round = 0; round < 4; round++) {${CALLS_PLAIN}
    out.push(l.down(round), l.down(0), l.odd(round), l.inner(round).y, l.inner(1).y);
    for (let i = 0; i < 3; i++) out.push(l.arrow(1n), l.outer({ n: i }, i).length, l.down(i));
    await turns(1);
  }`;
    const files = {
      "src/lib.js": `${text}module.exports = { ${exportsOf(text).join(", ")} };`,
      "main.mjs": rowsOf(`require("./src/lib.js")`, "", calls, TIMES),
    };
    expectSame(both(node, files), 4 * 60);
  });

  it("tell of what a source map says, as probes do", () => {
    const map = {
      version: 3,
      sources: ["../lib/original.ts"],
      names: [],
      // Line 1 of what was made is line 3 of what was written.
      mappings: "AAEA",
    };
    const comment = `//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString("base64")}`;
    const files = {
      "src/lib.js": `exports.f = function f(a) { return a + 1; };\n${comment}\n`,
      "main.mjs": rowsOf(`require("./src/lib.js")`, "", "out.push(l.f(1));"),
    };
    const answers = both(node, files);
    expectSame(answers, 1);
    expect(answers[1]?.rows[0]).toEqual(expect.arrayContaining(["f", "lib/original.ts", 3]));
  });

  it("tell of TypeScript that Node strips, as probes do", () => {
    // Node 20 strips none.
    if (name === "Node 20") return;
    const text = `interface A { n: number }
      export function f(a: A, b?: string): number { const c: number = a.n; return c as number; }
      export const g = async <T,>(x: T): Promise<T> => { await null; return x; };`;
    const files = {
      "src/lib.ts": text,
      "package.json": `{"type":"module"}`,
      "main.mjs": rowsOf(
        `await import("./src/lib.ts")`,
        "",
        "out.push(l.f({ n: 1 }), await l.g('x'));",
      ),
    };
    const folder = project(files);
    const answers = ["probe", "inspector"].map((backend) => {
      const args = ["--experimental-strip-types", "--no-warnings", "main.mjs", backend];
      const ended = run(node, args, folder);
      expect(ended, ended.stderr).toMatchObject({ status: 0 });
      return JSON.parse(ended.stdout) as Answer;
    });
    expectSame(answers, 2);
  });

  it("tell of a library what probes tell", () => {
    const text = "Hi {{name}} {{#each items}}<{{this.a}}>{{else}}none{{/each}} {{{raw}}}";
    const work = `
      const render = Handlebars.compile(${JSON.stringify(text)});
      const out = [render({ name: "A&B", items: [{ a: 1 }, { a: 2 }], raw: "<b>" }), render({ name: "x", items: [] })];`;
    const start = `const session = await Breadcrumb.start({
      include: ["npm:handlebars"], store: ":memory:", overflow: "block", values: { budget: 0 }, inspector: ${ALL} });`;
    const files = {
      "main.mjs": `
        import { createRequire } from "node:module";
        import { Breadcrumb } from "breadcrumb-tracer";
        const require = createRequire(${JSON.stringify(join(packageRoot, "package.json"))});
        if (process.argv[2] === "inspector") require("handlebars");
        ${start.replace("const", "let")}
        const Handlebars = require("handlebars");
        if (process.argv[2] === "probe") {
          // What it calls while it loads is left out.
          await session.stop();
          ${start.replace("const ", "")}
        }
        ${work}
        await session.stop();
        const calls = [...session.calls({ limit: 1e5 })].sort((a, b) => a.callId - b.callId);
        const ids = new Map(calls.map(({ callId }, at) => [callId, at]));
        const rows = calls.map((call) => [ids.get(call.parentId), call.function, call.file, call.line, call.status, call.arguments, call.result]);
        console.log(JSON.stringify({ out, rows }));`,
    };
    const [probe, inspector] = both(node, files);
    expect(inspector?.out).toEqual(["Hi A&amp;B <1><2> <b>", "Hi x none "]);
    expect(inspector).toEqual(probe);
    expect(inspector?.rows.length).toBeGreaterThan(500);
  });

  it("tell of a `return` that V8 does not show that there was one", () => {
    const folder = project({
      "src/lib.js": `
        exports.last = (f) => { try { f(); return 1; } finally { exports.note(); } };
        exports.find = function (list) { for (const item of list) { if (item > 1) return item; } };
        exports.note = () => {};
        exports.standard = (a) => a + 1
        exports.curried = (a) => (b) => a + b`,
      "main.mjs": `
        import { Breadcrumb } from "breadcrumb-tracer";
        import lib from "./src/lib.js";
        const session = await Breadcrumb.start({ include: ["src/**"], store: ":memory:", inspector: ${ALL} });
        lib.last(() => 1);
        try { lib.last(() => { throw 1; }); } catch {}
        lib.find([1, 2]);
        lib.find([1]);
        lib.standard(1);
        lib.curried(1)(2);
        await session.stop();
        console.log(JSON.stringify(session.calls().sort((a, b) => a.callId - b.callId).map((call) => [call.function, call.status, call.result])));`,
    });
    const undefinedValue = { $type: "undefined" };
    expect(JSON.parse(run(node, ["main.mjs"], folder).stdout)).toEqual([
      ["last", "returned", HIDDEN],
      ["note", "returned", undefinedValue],
      ["last", "threw", null],
      ["note", "returned", undefinedValue],
      ["find", "returned", HIDDEN],
      ["find", "returned", undefinedValue],
      ["standard", "returned", 2],
      ["curried", "returned", HIDDEN],
      ["<anonymous in curried>", "returned", HIDDEN],
    ]);
  });

  it("tell of every call and return in code that is minified, large, or was collected", () => {
    const cases = Array.from({ length: 1200 }, (_, n) => `case ${n}: x = list(x);break;`);
    const folder = project({
      "src/lib.js": `
        exports.short=function(a){if(a)return{a}};exports.either=(a)=>{if(a)return 1;else return 2};
        exports.early=(a)=>{if(a)return 3;exports.bare();return 4};exports.bare=()=>exports.list
        exports.large=function(n,x){const list=(y)=>y;switch(n){${cases.join("\n")}\ncase -1:return "last"}};
        exports.maps=(list)=>list.map(function (item) { if (item.a === 1 && item.b) { return 2; } return item; });`,
      "main.mjs": `
        import { createRequire } from "node:module";
        import { setFlagsFromString } from "node:v8";
        import { runInNewContext } from "node:vm";
        import { Breadcrumb } from "breadcrumb-tracer";
        const lib = createRequire(import.meta.url)("./src/lib.js");
        const work = () => [lib.short(0), lib.short(1), lib.either(0), lib.either(1), lib.early(1), lib.early(0), lib.large(1199, 5), lib.large(-1), lib.maps([{}, { a: 1, b: 2 }])];
        // So often that the callback has baseline code, and its closures are collected.
        for (let i = 0; i < 300; i++) work();
        setFlagsFromString("--expose-gc");
        runInNewContext("gc")();
        const session = await Breadcrumb.start({ include: ["src/**"], store: ":memory:", inspector: ${ALL} });
        work();
        await session.stop();
        console.log(JSON.stringify(session.calls().sort((a, b) => a.callId - b.callId).map((call) => [call.function, call.status, call.result])));`,
    });
    const nothing = { $type: "undefined" };
    const { stdout, stderr } = run(node, ["main.mjs"], folder);
    const calls = JSON.parse(stdout || "[]") as [string, string, unknown][];
    expect(calls, stderr).toEqual([
      ["short", "returned", HIDDEN],
      ["short", "returned", { a: 1 }],
      ["either", "returned", 2],
      ["either", "returned", 1],
      ["early", "returned", 3],
      ["early", "returned", 4],
      ["bare", "returned", nothing],
      ["large", "returned", nothing],
      ["list", "returned", 5],
      ["large", "returned", "last"],
      ["maps", "returned", [{}, 2]],
      ["<anonymous in maps>", "returned", {}],
      ["<anonymous in maps>", "returned", 2],
    ]);
  });

  it("leave constructors alone that have to call super()", () => {
    const lib = `
      class A { constructor() { this.z = 1; } }
      exports.Arrow = class extends A { constructor() { super(); this.g = () => this; } };
      exports.Late = class extends A { constructor() { const f = () => super(); f(); } };
      exports.Eval = class extends A { constructor(x) { super(x); eval("1"); } };
      exports.Never = class extends A { constructor(x) { if (x) super(); this.g = () => this; } };
      exports.Inner = class extends A { constructor() { super(); const h = (x) => x; this.h = h(2); } };
      exports.Plain = class { constructor(a) { this.a = () => a; } };`;
    const main = (start: string, stop: string) => `
      const lib = require("./src/lib.js");
      const { Breadcrumb } = require("${packageRoot}");
      (async () => {
        ${start}
        for (const [name, Class] of Object.entries(lib)) {
          for (let i = 0; i < 3; i++) {
            try { console.log(name, Object.keys(new Class(i % 2))); } catch (error) { console.log(name, error.stack.split("\\n").slice(0, 2)); }
          }
        }
        ${stop}
      })();`;
    const options = `{ include: ["src/**"], store: ":memory:", inspector: ${ALL} }`;
    const recorded = main(
      `const session = await Breadcrumb.start(${options});`,
      `await session.stop(); console.error(session.calls().map((call) => call.function).join());`,
    );
    const outputs = [main("", ""), recorded].map((text) => {
      const folder = project({ "src/lib.js": lib, "main.js": text });
      const { status, signal, stdout, stderr } = run(node, ["main.js"], folder);
      expect({ status, signal }).toEqual({ status: 0, signal: null });
      return { stdout: stdout.replaceAll(folder, ""), stderr };
    });
    expect(outputs[1]?.stdout).toBe(outputs[0]?.stdout);
    expect(outputs[1]?.stderr).toMatch(/new Plain,new Plain,new Plain/);
    expect(outputs[1]?.stderr).not.toMatch(/Arrow|Late|Eval|Never/);
  });
});
