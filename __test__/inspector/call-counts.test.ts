import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cli, nodes, project, run } from "../support/program";

const LIB = `
function hot(o) { return o.x + 1; }
function loop(n) { let s = 0; for (let i = 0; i < n; i++) s += hot({ x: i }); return s; }
function throws(n) { if (n > 0) throw new Error("no"); }
function rec(n) { return n === 0 ? 0 : 1 + rec(n - 1); }
function fails(a = missing()) { return a; }
function never() { return 1; }
function once() { return 1; }
const nested = (a) => (b) => a + b;
async function quick(n) { return n; }
async function waits(n) { for (let i = 0; i < n; i++) await i; return n; }
async function idle(n) { await n; }
class Cart {
  constructor(x) { this.x = x; }
  get size() { return this.x; }
  set size(x) { this.x = x; }
  #own() { return 1; }
  total() { return this.#own(); }
  static of(x) { return new Cart(x); }
}
module.exports = { loop, throws, rec, fails, never, once, nested, quick, waits, idle, Cart };
`;
/** Calls that were optimised before the recording, and how often each function is called in it. */
const CALLS = `
  l.loop(30_000);
  for (let i = 0; i < 9; i++) { try { l.throws(i % 2); } catch {} }
  l.rec(40);
  for (let i = 0; i < 5; i++) { try { l.fails(); } catch {} }
  l.once();
  for (let i = 0; i < 4; i++) l.nested(1)(2);
  for (let i = 0; i < 30; i++) await l.quick(i);
  for (let i = 0; i < 30; i++) await l.waits(3);
  for (let i = 0; i < 6; i++) { const c = l.Cart.of(1); c.size = c.size; c.total(); }
`;
const HAPPENED = {
  loop: 1,
  hot: 30_000,
  throws: 9,
  rec: 41,
  fails: 5,
  once: 1,
  nested: 4,
  "<anonymous in nested>": 4,
  quick: 30,
  "Cart.of": 6,
  "new Cart": 6,
  "get Cart.size": 6,
  "set Cart.size": 6,
  "Cart.total": 6,
  "Cart#own": 6,
};
const main = (inspector: string, calls: string, store = '":memory:"'): string => `
import { createRequire } from "node:module";
import { Session } from "node:inspector";
import { Breadcrumb } from "breadcrumb-tracer";
const l = createRequire(import.meta.url)("./src/lib.cjs");
for (let i = 0; i < 20; i++) l.loop(100_000);
const session = await Breadcrumb.start({ include: ["src/**"], store: ${store}, inspector: ${inspector} });
${calls}
const { inspector, counted } = await session.stop();
const known = ${store} === ":memory:" ? session.stats() : [];
const happened = Object.fromEntries(known.map((f) => [f.function, f.calls + f.counted]));
const recorded = Object.fromEntries(known.map((f) => [f.function, f.calls]));
console.log(JSON.stringify({ happened, recorded, counts: inspector.counts, refused: inspector.refused, counted }));
`;

interface Answer {
  readonly happened: Readonly<Record<string, number>>;
  readonly recorded: Readonly<Record<string, number>>;
  readonly counts?: string;
  readonly refused: number;
  readonly counted: number;
}

function answer(
  node: string,
  inspector: string,
  calls: string,
  env: Readonly<Record<string, string>> = {},
): Answer {
  const folder = project({ "src/lib.cjs": LIB, "main.mjs": main(inspector, calls) });
  const ended = run(node, ["main.mjs"], folder, env);
  expect(ended, ended.stderr).toMatchObject({ status: 0 });
  return JSON.parse(ended.stdout) as Answer;
}

const FEW = "{ hits: 2, totalHits: 30, counts: true }";

describe.each(nodes)("calls beyond the budget on %s", (_, node) => {
  it("are counted exactly", () => {
    const { happened, recorded, counts } = answer(node, FEW, CALLS);
    expect(counts).toBe("exact");
    const { waits: seen = 0, ...others } = happened;
    expect(others).toEqual(HAPPENED);
    // Where V8 counts each going on, only calls that breakpoints told of have a number.
    expect(seen).toBeLessThanOrEqual(30);
    expect(recorded["hot"]).toBeLessThan(HAPPENED.hot / 2);
  });

  it("are counted while they are captured", () => {
    const calls = `
      const twice = () => { for (let i = 0; i < 50; i++) l.once(); };
      twice();
      session.set({ include: [":rec"] });
      twice();
      session.set({ include: [":once"] });
      twice();`;
    expect(answer(node, FEW, calls).happened["once"]).toBe(100);
  });

  it("that a breakpoint told of are counted without V8, too", () => {
    const few = "{ hits: 2, totalHits: 2 }";
    const { happened, counts, refused, counted } = answer(node, few, "l.rec(40); l.throws(0);");
    expect([counts, counted]).toEqual([undefined, refused]);
    expect(happened["rec"]).toBe(3);
    expect(happened["throws"]).toBe(1);
  });

  it("are left to whoever measures coverage", () => {
    const env = { NODE_V8_COVERAGE: join(project({}), "coverage") };
    expect(answer(node, FEW, CALLS, env).counts).toMatch(/NODE_V8_COVERAGE/);
    const measured = `
      const other = new Session();
      other.connect();
      const ask = (method, options) => new Promise((done) => other.post(method, options, (_, result) => done(result)));
      await ask("Profiler.enable");
      await ask("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
      for (let i = 0; i < 7; i++) l.never();
      session.set({});
      const f = new Function("return 7");
      for (let i = 0; i < 7; i++) f();
      process.on("exit", async () => {
        const { result } = await ask("Profiler.takePreciseCoverage");
        const calls = result.flatMap(({ functions }) => functions).filter(({ ranges }) => ranges[0].count === 7);
        if (calls.length === 0) process.exitCode = 9;
      });`;
    expect(answer(node, FEW, measured).counts).toMatch(/somebody else/);
  });

  it("are no gaps, however often they were called", () => {
    const dir = join(project({}), "store");
    const budget = "{ hits: 0, totalHits: 0, counts: true }";
    const text = main(budget, CALLS, JSON.stringify(dir));
    const folder = project({ "src/lib.cjs": LIB, "main.mjs": text });
    expect(run(node, ["main.mjs"], folder)).toMatchObject({ status: 0 });
    const asked = run(process.execPath, [cli, "gaps", "--json", "--store", dir], folder);
    const { notCalled } = JSON.parse(asked.stdout) as {
      notCalled: readonly { function: string }[];
    };
    expect(notCalled.map((each) => each.function)).toEqual(["never", "idle"]);
  });
});
