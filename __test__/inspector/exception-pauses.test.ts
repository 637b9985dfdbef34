import { describe, expect, it } from "vitest";
import { nodes, project, run } from "../support/program";

const ALL = "{ hits: 1e6, totalHits: 1e6, cpuMs: 1e6, pauseMs: 1e6 }";
const LIB = `
class Declined extends Error { constructor(message, options) { super(message, options); this.name = "Declined"; this.code = 402; } }
function first(n) { throw new Error("first " + n); }
function total(items) { let sum = 0; for (const item of items) { if (item.price < 0) throw new RangeError("bad " + item.sku); sum += item.price; } return sum; }
function checkout(cart) { const rate = 2; return total(cart.items) * rate; }
function order(cart) { try { return checkout(cart); } catch (error) { return error.message; } }
function wraps(cart) { try { return checkout(cart); } catch (cause) { throw new Declined("no", { cause }); } }
function again(n) { try { first(n); } catch (error) { throw error; } }
function primitive(n) { const kept = [n]; if (kept) throw "text " + n; }
function nothing() { const kept = 1; if (kept) throw undefined; }
function last(n) { try { first(n); } finally { note(n); } }
function note(n) { return n; }
function nested(n) { try { try { first(n); } catch (a) { note(1); throw new TypeError("inner"); } } catch (b) { note(2); } return n; }
function pattern(n) { try { first(n); } catch { return n; } }
function deep(n) { if (n === 0) throw new Error("bottom"); return deep(n - 1); }
function closes(n) { const held = { n }; const inner = (m) => { const own = m + held.n; if (own) throw new Error("closed"); }; inner(2); }
function hides(item) { const name = "outer"; { const name = "inner"; if (item) throw new Error(name); } return name; }
class Cart { constructor() { this.size = 3; } fail(by) { const left = this.size - by; if (left) throw new Error("full"); } }
async function waits(n) { await null; const m = n + 1; if (m) throw new Error("late " + n); }
async function atOnce(n) { const m = n + 1; if (m) throw new Error("soon " + n); }
async function asks(n) { const before = n; return waits(before); }
`;
const NAMES = [...LIB.matchAll(/^(?:async )?(?:function|class) (\w+)/gm)].map((match) => match[1]);
const CALLS = `
const tries = [
  () => l.order({ items: [{ sku: "a", price: 1 }, { sku: "b", price: -1 }] }), () => l.wraps({ items: [{ sku: "c", price: -1 }] }),
  () => l.first(1), () => l.again(2), () => l.primitive(3), () => l.nothing(), () => l.last(4), () => l.nested(5), () => l.pattern(6),
  () => l.deep(3), () => l.closes(1), () => l.hides(1), () => new l.Cart().fail(1), () => l.waits(1), () => l.atOnce(2), () => l.asks(3),
];
for (const each of tries) try { out.push(await each()); } catch (error) { out.push(String(error?.message ?? error)); }
`;

/** Prints what the program had, and the rows of exceptions. */
const mainOf = (calls: string, options = ""): string => `
import { createRequire } from "node:module";
import { Breadcrumb } from "breadcrumb-tracer";
import { openStore } from "breadcrumb-tracer/query";
const require = createRequire(import.meta.url);
let l = process.argv[2] === "inspector" ? require("./src/lib.js") : undefined;
const session = await Breadcrumb.start({
  include: ["src/**"], store: "./store", overflow: "block", values: { budget: 0 }, inspector: ${ALL}, ${options}
});
l ??= require("./src/lib.js");
const out = [];
${calls}
await session.stop();
const reader = await openStore("./store");
const { items } = await reader.exceptions({ limit: 1000 });
const { items: recorded } = await reader.calls({ limit: 1000 });
await reader.close();
const exceptions = items.sort((a, b) => a.exceptionId - b.exceptionId).map(({ name, message, stack, function: f, line, handled, calls, thrownFrom, caughtBy, causes, crossed }) => ({
  name, message, stack: stack?.split("\\n").slice(0, 3), function: f, line, handled, calls, thrownFrom,
  caughtBy: caughtBy && [caughtBy.function, caughtBy.line], causes: causes.map((cause) => [cause.name, cause.message, cause.exceptionId !== null]),
  crossed: crossed.map((call) => [call.function, call.locals]),
}));
const threw = recorded.filter(({ status }) => status === "threw").map((call) => call.function).sort();
const returned = recorded.filter(({ status }) => status === "returned").map((call) => call.function).sort();
console.log(JSON.stringify({ out, exceptions, threw, returned, counters: session.counters().inspector }).replaceAll(process.cwd(), ".").replace(/(?<="column":|src.lib.js:\\d+:)\\d+/g, "0"));
`;

interface Told {
  readonly name: string;
  readonly message: string;
  readonly stack?: readonly string[];
  readonly handled: string;
  readonly calls: number;
  readonly function: string | null;
  readonly thrownFrom: { readonly line: number } | null;
  readonly caughtBy: readonly [string, number] | null;
  readonly crossed: readonly (readonly [string, unknown])[];
}

interface Answer {
  readonly out: readonly unknown[];
  readonly exceptions: readonly Told[];
  readonly threw: readonly string[];
  readonly returned: readonly string[];
  readonly counters?: {
    readonly exceptions: number;
    readonly withoutException: number;
    readonly pauseNs: number;
  };
}

function answerOf(
  node: string,
  files: Readonly<Record<string, string>>,
  backend: string,
  args: readonly string[] = [],
): Answer {
  const ended = run(node, [...args, "main.mjs", backend], project(files));
  expect(ended, ended.stderr).toMatchObject({ status: 0, signal: null });
  return JSON.parse(ended.stdout) as Answer;
}

const lib = (text: string): string => `${text}\nmodule.exports = { ${NAMES.join(", ")} };`;

describe.each(nodes)("exceptions in loaded files on %s", (name, node) => {
  it.each(["", "locals: true"])("are told as probes tell them (%s)", (options) => {
    const files = { "src/lib.js": lib(LIB), "main.mjs": mainOf(CALLS, options) };
    const probe = answerOf(node, files, "probe");
    const inspector = answerOf(node, files, "inspector");
    expect(inspector.out).toEqual(probe.out);
    expect(inspector.threw).toEqual(probe.threw);
    expect(inspector.exceptions).toEqual(probe.exceptions);
    expect(inspector.exceptions.length).toBeGreaterThan(15);
    expect(inspector.counters?.withoutException).toBe(0);
  });

  /** What `src/lib.js` of a text did, in a program of its own. */
  const told = (text: string, calls: string, options = "", args: readonly string[] = []): Answer =>
    answerOf(node, { "src/lib.js": text, "main.mjs": mainOf(calls, options) }, "inspector", args);

  it("are told where nothing was thrown by a statement, and who catches them is not inspected", () => {
    const answer = told(
      `exports.read = (text) => { const kept = text; return exports.parse(kept); };
      exports.parse = (text) => JSON.parse(text);
      exports.name = function name(of) { const deep = of.a; return deep.b; };
      exports.wraps = function wraps(f) { const kept = f; return kept(); };`,
      `for (const each of [() => l.read("{"), () => l.name({}), () => l.wraps(() => { throw new URIError("foreign"); })]) {
        try { each(); } catch {}
      }`,
    );
    const seen = answer.exceptions.map((one) => [
      one.name,
      one.thrownFrom?.line,
      one.handled,
      one.crossed.map(([f]) => f),
    ]);
    const foreign = name === "Node 20" ? ["unknown", undefined] : ["URIError", 12];
    expect(seen).toEqual([
      ["SyntaxError", 2, "unknown", ["parse", "read"]],
      ["TypeError", 3, "unknown", ["name"]],
      [...foreign, "unknown", ["wraps"]],
    ]);
    expect(answer.exceptions[1]?.stack?.[1]).toMatch(
      /^ {4}at (?:Object\.|exports\.)?name \(.\/src\/lib\.js:3:/,
    );
  });

  it("are those that are thrown: no rejections by hand, nothing that other code catches itself", () => {
    const answer = told(
      `exports.rejects = function rejects(with_) { const kept = with_; return new Promise((_, reject) => reject(kept)); };
      exports.settles = async function settles(with_) { const { promise, reject } = later(); reject(with_); await promise.catch(() => {}); return 1; };
      function later() { let reject; const promise = new Promise((_, no) => { reject = no; }); return { promise, reject }; }
      exports.calls = function calls(f) { const kept = f; return kept(); };`,
      `await l.rejects(new Error("by hand")).catch(() => {});
      out.push(await l.settles(new Error("by hand, too")), await Promise.reject(new Error("outside")).catch(() => 2));
      out.push(l.calls(() => { try { throw new Error("outside"); } catch { return 3; } }));`,
    );
    expect(answer.out).toEqual([1, 2, 3]);
    expect(answer.exceptions).toEqual([]);
    expect(answer.counters).toMatchObject({ exceptions: 0, withoutException: 0 });
  });

  it("are counted where there is no time for pauses", () => {
    const answer = told(
      `exports.fails = function fails(n) { const kept = n; if (kept) throw new Error("no " + n); };`,
      `for (let i = 1; i < 9; i++) try { l.fails(i); } catch { out.push(i); }`,
      "inspector: { hits: 1e6, totalHits: 1e6, cpuMs: 1e6, pauseMs: 0 },",
    );
    expect(answer.exceptions.map((one) => [one.name, one.message])).toEqual(
      answer.out.map(() => ["unknown", ""]),
    );
    expect(answer.threw.length).toBe(8);
    expect(answer.counters).toMatchObject({ exceptions: 0, withoutException: 8 });
  });

  it("of one place are paused for a few times a second", () => {
    const answer = told(
      `exports.fails = function fails(n) { const kept = n; if (kept) throw new Error("no " + n); };`,
      `for (let i = 1; i <= 100; i++) try { l.fails(i); } catch { out.push(i); }`,
      "inspector: { hits: 12, totalHits: 1e6, cpuMs: 1e6, pauseMs: 1e6 },",
    );
    const { exceptions = 0, withoutException = 0 } = answer.counters ?? {};
    expect(answer.out.length).toBe(100);
    // More only where it took more than a second.
    expect(exceptions % 3).toBe(0);
    expect(exceptions + withoutException).toBe(answer.threw.length);
  });

  it("have no pauses on stacks that are too deep or full", () => {
    const answer = told(
      `exports.bottom = function bottom(n) { const kept = n; if (kept) throw new Error("deep"); };
      exports.endless = function endless(n) { const kept = n; return exports.endless(kept + 1) + 1; };`,
      `const deep = (n) => n === 0 ? l.bottom(1) : deep(n - 1);
      try { deep(400); } catch (error) { out.push(error.message); }
      try { l.endless(0); } catch (error) { out.push(error.name); }`,
    );
    expect(answer.out).toEqual(["deep", "RangeError"]);
    expect(answer.counters?.exceptions).toBe(0);
    expect(answer.exceptions.every((one) => one.name === "unknown")).toBe(true);
  });

  it("keep variables of the same name apart, and run no getter of them", () => {
    const answer = told(
      `exports.hides = function hides(item) { const name = "outer"; let hit = 0; const trap = { get a() { hit += 1; return 1; } };
        for (const name of ["inner"]) { if (item) throw new Error(String(hit)); } return [name, trap]; };
      exports.hits = () => hit;`,
      `try { l.hides(1); } catch (error) { out.push(error.message); }`,
      "locals: true,",
    );
    const trap = { a: { $type: "accessor" } };
    expect(answer.exceptions[0]?.crossed).toEqual([
      [
        "hides",
        [
          { scope: "block", line: 2, variables: { name: "inner" } },
          { scope: "function", line: 1, variables: { item: 1, name: "outer", hit: 0, trap } },
        ],
      ],
    ]);
  });

  it.each(["", "locals: true,"])("leave the program as it is (%s)", (options) => {
    const library = `
      exports.fails = function fails(n) { const kept = n; if (kept) throw new Error("no " + n); };
      exports.late = async function late(n) { await null; const kept = n; if (kept) throw new TypeError("late " + n); };`;
    const main = (start: string, end: string): string => `
      const l = require("./src/lib.js");
      (async () => {
        ${start}
        for (const [i, action] of [(e) => { e.message = "changed"; }, (e) => { e.name = "Other"; }, (e) => { delete e.message; }].entries()) {
          try { l.fails(i + 1); } catch (error) { action(error); console.log(error.stack); }
        }
        Error.prepareStackTrace = (error, sites) => error.message + sites.length;
        try { l.fails(9); } catch (error) { error.message = "mine "; console.log(typeof error.stack, Object.keys(error)); }
        delete Error.prepareStackTrace;
        try { await l.late(1); } catch (error) { error.message = "later"; console.log(error.stack.split("\\n")[0]); }
        process.on("exit", (code) => console.log("exit", code));
        ${end}
      })();`;
    const start = `await require("breadcrumb-tracer").Breadcrumb.start({ include: ["src/**"], store: "./store", inspector: ${ALL}, ${options} });`;
    for (const end of [
      "setImmediate(() => l.fails(3));",
      "l.late(2);",
      "process.on('uncaughtException', (e) => { console.log(e.stack.split('\\n')[0]); process.exit(3); }); setImmediate(() => l.fails(4));",
      "process.on('unhandledRejection', (e) => { e.message = 'seen'; console.log(e.stack.split('\\n')[0]); }); l.late(5);",
      "setImmediate(() => { try { l.fails(6); } catch (error) { error.message = 'again'; throw error; } });",
    ]) {
      const [plain, recorded] = [main("await null;", end), main(start, end)].map((text) => {
        const folder = project({ "src/lib.js": library, "main.js": text });
        const { status, signal, stdout, stderr } = run(node, ["main.js"], folder);
        const said = stderr.replace(/^breadcrumb: .*\n/gm, "");
        return {
          status,
          signal,
          stdout: stdout.replaceAll(folder, ""),
          stderr: said.replaceAll(folder, ""),
        };
      });
      expect(recorded).toEqual({ ...plain, stderr: plain?.stderr });
    }
  });

  it("call no function of the program's that formats stacks and was there before", () => {
    const files = {
      "src/lib.js":
        "exports.fails = function fails(n) { const kept = n; if (kept) throw new Error('no ' + n); };",
      "main.js": `
        const { fails } = require("./src/lib.js");
        let formatted = 0;
        Error.prepareStackTrace = (error, sites) => { formatted += 1; return String(sites.length); };
        (async () => {
          const { Breadcrumb } = require("breadcrumb-tracer");
          const session = await Breadcrumb.start({ include: ["src/**"], store: ":memory:", inspector: ${ALL} });
          formatted = 0;
          for (let n = 1; n < 4; n++) try { fails(n); } catch {}
          const told = [formatted];
          await session.stop();
          console.log(JSON.stringify([...told, session.counters().inspector.exceptions]));
        })();`,
    };
    const ended = run(node, ["main.js"], project(files));
    expect(ended, ended.stderr).toMatchObject({ status: 0, signal: null });
    expect(JSON.parse(ended.stdout)).toEqual([0, 3]);
  });

  it("are paused for only while functions are captured and nobody else may debug", () => {
    const answer = told(
      `exports.fails = function fails(n) { const kept = n; if (kept) throw new Error("no " + n); };`,
      `const { default: inspector } = await import("node:inspector");
      const { post } = inspector.Session.prototype;
      inspector.Session.prototype.post = function (method, ...rest) {
        if (method === "Debugger.setPauseOnExceptions") out.push(rest[0].state);
        return post.call(this, method, ...rest);
      };
      const fails = (n) => { try { l.fails(n); } catch {} };
      fails(1);
      session.set({ capture: "dormant" });
      fails(2);
      session.set({ capture: "values" });
      fails(3);
      inspector.open(0);
      session.set({ capture: "values" });
      fails(4);
      inspector.close();
      session.set({ capture: "values" });
      fails(5);
      await session.stop();
      fails(6);`,
    );
    expect(answer.out).toEqual(["none", "all", "none", "all", "none"]);
    const messages = answer.exceptions.map((one) => one.message);
    expect(messages).toEqual(["no 1", "no 3", "", "no 5"]);
  });

  it.each(["uncaught", "unhandled", "handled"])(
    "that end the process are told as probes tell them (%s)",
    (how) => {
      const library = `
      function fails(n) { const kept = n; if (kept) throw new Error("no " + n); }
      exports.outer = function outer(n) { const kept = n; return fails(kept); };
      exports.late = async function late(n) { await null; const kept = n; if (kept) throw new TypeError("late " + n); };`;
      const ends = {
        uncaught: "setImmediate(() => l.outer(1));",
        unhandled: "l.late(1);",
        handled: "process.on('uncaughtException', () => {}); setImmediate(() => l.outer(1));",
      };
      const main = `
      const { Breadcrumb } = require("breadcrumb-tracer");
      let l = process.argv[2] === "inspector" ? require("./src/lib.js") : undefined;
      (async () => {
        await Breadcrumb.start({ include: ["src/**"], store: "./store", overflow: "block", inspector: ${ALL} });
        l ??= require("./src/lib.js");
        ${ends[how as keyof typeof ends]}
      })();`;
      const read = `
      import { openStore } from "breadcrumb-tracer/query";
      const reader = await openStore("./store");
      const { items } = await reader.exceptions();
      const { items: calls } = await reader.calls();
      await reader.close();
      console.log(JSON.stringify([items.map((one) => [one.name, one.message, one.handled, one.calls, one.crossed.map((call) => call.function)]), calls.map((call) => [call.function, call.status]).sort()]));`;
      const [probe, inspector] = ["probe", "inspector"].map((backend) => {
        const folder = project({ "src/lib.js": library, "main.js": main, "read.mjs": read });
        const { status } = run(node, ["main.js", backend], folder);
        return [status, JSON.parse(run(node, ["read.mjs"], folder).stdout) as unknown];
      });
      expect(inspector).toEqual(probe);
    },
  );

  it("are no results of functions that begin where they return", () => {
    const answer = told(
      `exports.get = (of) => of.a.b;
      exports.bare = (of) => of;`,
      `for (const each of [{}, { a: { b: 1 } }, {}]) try { out.push(l.get(each), l.bare(2)); } catch (error) { out.push(error.name); }
      session.set({ capture: "time" });
      for (const each of [{}, { a: { b: 1 } }, {}]) try { out.push(l.get(each)); } catch (error) { out.push(error.name); }`,
    );
    expect(answer.out).toEqual(["TypeError", 1, 2, "TypeError", "TypeError", 1, "TypeError"]);
    expect(answer.threw).toEqual(["get", "get", "get", "get"]);
    expect(answer.returned).toEqual(["bare", "get", "get"]);
  });
});
