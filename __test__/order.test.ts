/**
 * The order of asynchronous work, plain against traced: random programs of ticks, microtasks,
 * promises and their rejections, async functions, emitters, streams, resources, and timers or
 * immediates, each of which also says what the program's own `AsyncLocalStorage` holds.
 *
 * Limits: timers of one delay, or immediates, never both in one program: the order of the two is
 * not the program's to say.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cli, nodes, project, run } from "./support/program";

/** What a step does before it takes its own steps. */
const KINDS = [
  "tick",
  "microtask",
  "resolved",
  "rejected",
  "later",
  "call",
  "awaits",
  "thenable",
  "all",
  "race",
  "iterates",
  "emits",
  "store",
  "enters",
  "generator",
  "settled",
  "returned",
  "unhandled",
  "handledLate",
  "reads",
  "pipes",
  "once",
  "dispatches",
  "exits",
  "snapshot",
  "binds",
  "resource",
] as const;

interface Step {
  readonly kind: (typeof KINDS)[number];
  readonly steps: readonly Step[];
}

/** Levels of steps in steps. */
const LEVELS = 4;

function stepsOf(levels: number): fc.Arbitrary<Step[]> {
  if (levels === 0) return fc.constant([]);
  const step = fc.record({ kind: fc.constantFrom(...KINDS), steps: stepsOf(levels - 1) });
  return fc.array(step, { maxLength: 3, size: "max" });
}

const program = fc.record({
  later: fc.constantFrom("setTimeout(f, 1)", "setImmediate(f)"),
  steps: stepsOf(LEVELS),
});

/** Each kind as text, around the steps below it. `end` counts one piece of work as done. */
const TEXT: Readonly<Record<Step["kind"], (say: string, inner: string) => string>> = {
  tick: (say, inner) => `go((f) => process.nextTick(f), () => { ${say} ${inner} });`,
  microtask: (say, inner) => `go((f) => queueMicrotask(f), () => { ${say} ${inner} });`,
  resolved: (say, inner) => `go((f) => Promise.resolve().then(f), () => { ${say} ${inner} });`,
  rejected: (say, inner) =>
    `go((f) => Promise.reject(new Error("x")).catch(f), (error) => { ${say} log(error.message); ${inner} });`,
  later: (say, inner) => `go(later, function delayed() { ${say} ${inner} });`,
  call: (say, inner) => `(function called() { ${say} ${inner} })();`,
  awaits: (say, inner) =>
    `go(async (f) => { await null; await f(); }, async () => { ${say} await 1; ${inner} ${say} });`,
  thenable: (say, inner) =>
    `go(async (f) => { await { then(ok) { ${say} ok(); } }; f(); }, () => { ${inner} });`,
  all: (say, inner) =>
    `go((f) => Promise.all([1, Promise.resolve(2), (async () => { await 3; ${say} })()]).then(f), () => { ${inner} });`,
  race: (say, inner) =>
    `go((f) => Promise.any([Promise.reject(1), (async () => 2)()]).then(f), () => { ${say} ${inner} });`,
  iterates: (say, inner) =>
    `go(async (f) => { for await (const x of (async function* () { yield 1; ${say} yield 2; })()) log(x); f(); }, () => { ${inner} });`,
  emits: (say, inner) =>
    `new EventEmitter().on("e", function listens() { ${say} ${inner} }).emit("e");`,
  store: (say, inner) => `storage.run(++stores, () => { ${say} ${inner} });`,
  enters: (say, inner) => `storage.enterWith(++stores); ${say} ${inner}`,
  generator: (say, inner) =>
    `for (const x of (function* () { ${say} yield 1; ${inner} yield 2; })()) log(x);`,
  settled: (say, inner) =>
    `go((f) => Promise.allSettled([Promise.reject(1), { then(ok) { ${say} ok(); } }]).then(f), () => { ${inner} });`,
  returned: (say, inner) =>
    `go(async (f) => { await (async () => Promise.resolve(1))(); f(); }, () => { ${say} ${inner} });`,
  unhandled: (say, inner) => `${say} Promise.reject(new Error("u" + ++stores)); ${inner}`,
  handledLate: (say, inner) =>
    `go((f) => { const lost = Promise.reject(new Error("l" + ++stores)); later(() => lost.catch(f)); }, () => { ${say} ${inner} });`,
  reads: (say, inner) =>
    `go((f) => Readable.from([1, 2]).on("data", (x) => { ${say} log(x); }).on("end", f), () => { ${inner} });`,
  pipes: (say, inner) =>
    `go((f) => pipeline(
      Readable.from(["a", "b"]),
      new Transform({ transform(chunk, _, next) { ${say} next(null, chunk); } }),
      new Writable({ write(chunk, _, next) { log("written"); process.nextTick(next); } }),
      f,
    ), () => { ${inner} });`,
  once: (say, inner) =>
    `go((f) => { const bus = new EventEmitter(); once(bus, "e").then(f); process.nextTick(() => bus.emit("e")); }, () => { ${say} ${inner} });`,
  dispatches: (say, inner) =>
    `{ const target = new EventTarget(); target.addEventListener("e", () => { ${say} ${inner} }); target.dispatchEvent(new Event("e")); }`,
  exits: (say, inner) => `storage.exit(() => { ${say} ${inner} });`,
  snapshot: (say, inner) =>
    `go((f) => { const back = AsyncLocalStorage.snapshot(); storage.run(++stores, () => queueMicrotask(() => back(f))); }, () => { ${say} ${inner} });`,
  binds: (say, inner) =>
    `go((f) => { const bound = AsyncLocalStorage.bind(f); storage.run(++stores, () => process.nextTick(bound)); }, () => { ${say} ${inner} });`,
  resource: (say, inner) =>
    `go((f) => { const own = new AsyncResource("Own"); storage.run(++stores, () => later(() => own.runInAsyncScope(f))); }, () => { ${say} ${inner} });`,
};

function text(steps: readonly Step[], path: string): string {
  return steps
    .map(({ kind, steps: below }, i) => {
      const here = `${path}.${i}`;
      return TEXT[kind](`log("${here} ${kind}");`, text(below, here));
    })
    .join("\n");
}

/** A file that runs the programs one behind the other. */
function file(programs: readonly { later: string; steps: readonly Step[] }[]): string {
  const bodies = programs.map(
    ({ later, steps }, i) => `(run) => {
      const { log, go, storage } = run;
      const later = (f) => ${later};
      let stores = 0;
      function main() { ${text(steps, String(i))} }
      main();
    }`,
  );
  return `
    const { AsyncLocalStorage, AsyncResource } = require("node:async_hooks");
    const { EventEmitter, once } = require("node:events");
    const { pipeline, Readable, Transform, Writable } = require("node:stream");
    const programs = [${bodies.join(",\n")}];
    const lines = [];
    process.on("unhandledRejection", (error) => lines.push("unhandled " + error.message));
    process.on("rejectionHandled", () => lines.push("handled"));
    next();
    function next() {
      const program = programs.shift();
      if (program === undefined) return console.log(lines.join("\\n"));
      const storage = new AsyncLocalStorage();
      let open = 1;
      const end = () => { if (--open === 0) setTimeout(next, 1); };
      program({
        storage,
        log(what) { lines.push(what + " " + storage.getStore()); },
        go(how, f) {
          open++;
          how((...values) => {
            const result = f(...values);
            if (result instanceof Promise) result.then(end);
            else end();
            return result;
          });
        },
      });
      end();
    }`;
}

/** Programs a run, new ones each time: the seed stands in the message of a failure. */
const PROGRAMS = 150;

describe.each(nodes)("the order of asynchronous work on %s", (_name, node) => {
  it("is that of the plain program", { timeout: 120_000 }, () => {
    const seed = Math.trunc(Math.random() * 2 ** 31);
    const programs = fc.sample(program, { numRuns: PROGRAMS, seed });
    const folder = project({ "main.js": file(programs) });
    const plain = run(node, ["main.js"], folder);
    expect(plain).toMatchObject({ status: 0, stderr: "" });
    const expected = plain.stdout.split("\n");
    expect(expected.length).toBeGreaterThan(PROGRAMS);
    const traced = run(node, [cli, "run", "--quiet", "--", node, "main.js"], folder);
    expect({ ...traced, stdout: "" }).toEqual({ ...plain, stdout: "" });
    const lines = traced.stdout.split("\n");
    const at = expected.findIndex((line, i) => line !== lines[i]);
    // A line begins with the number of its program.
    expect(lines[at], `seed ${seed}, program ${expected[at]?.split(".")[0]}`).toBe(expected[at]);
    expect(lines).toHaveLength(expected.length);
  });
});
