import { describe, expect, it } from "vitest";
import { cli, nodes, project, run } from "../support/program";

const LIB = `
exports.inner = (x) => ({ y: x });
exports.add = function add(a, b) { exports.inner(a); return a + b; };
`;
const WAITS = `
exports.pay = function pay(id) { if (id % 2) throw new Error("declined"); return "paid " + id; };
exports.settled = async function settled(id) { await null; return id; };
exports.waits = async function waits(ms) { await new Promise((resolve) => setTimeout(resolve, ms)); return ms; };
`;
/** What stands for a result that was not paused for, since a debugger may be attached. */
const UNWATCHED = { $type: "unknown", $cut: "debugger" };
const HEAD = `
import { createRequire } from "node:module";
import { Breadcrumb } from "breadcrumb-tracer";
const require = createRequire(import.meta.url);
const names = (session) => session.calls().map((call) => call.function).sort();
const include = ["src/**"];
const store = ":memory:";
// However slow the machine.
const every = { hits: 1e6, totalHits: 1e6, cpuMs: 1e6, pauseMs: 1e6 };
`;

/** Runs a program beside `src/lib.js` and returns what it printed as JSON, and its standard error. */
function json(
  node: string,
  main: string,
  args: readonly string[] = [],
): { readonly answer: unknown; readonly stderr: string } {
  const folder = project({ "src/lib.js": LIB, "other/waits.js": WAITS, "main.mjs": HEAD + main });
  const ended = run(node, [...args, "main.mjs"], folder);
  expect(ended, ended.stderr).toMatchObject({ status: 0, signal: null });
  return { answer: JSON.parse(ended.stdout), stderr: ended.stderr };
}

describe.each(nodes)("files that were loaded before on %s", (_name, node) => {
  it("are told apart from those that come later, which get probes", () => {
    const { answer, stderr } = json(
      node,
      `const before = require("./src/lib.js");
      const session = await Breadcrumb.start({ include, store, inspector: true });
      delete require.cache[require.resolve("./src/lib.js")];
      const after = require("./src/lib.js");
      before.add(1, 2);
      after.add(3, 4);
      await session.stop();
      const files = session.coverage().files.map(({ file, status, backend, functions }) => [file, status, backend, functions]);
      console.log(JSON.stringify([before === after, files, names(session)]));`,
    );
    expect(answer).toEqual([
      false,
      [
        ["src/lib.js", "inspected", "inspector", 2],
        ["src/lib.js", "instrumented", "probe", 2],
      ],
      ["add", "add", "inner", "inner"],
    ]);
    expect(stderr).toMatch(
      /^breadcrumb: 1 matching file was loaded before start\(\) \(.*lib\.js\) and will be recorded by breakpoints, .*--require breadcrumb-tracer\/register\n$/,
    );
  });

  it("have their backend in the store", () => {
    const { answer } = json(
      node,
      `import { openStore } from "breadcrumb-tracer/query";
      const { add } = require("./src/lib.js");
      const session = await Breadcrumb.start({ include, store: "./store", inspector: every });
      add(1, 2);
      await session.stop();
      const reader = await openStore("./store");
      const { items } = await reader.calls({ backend: "inspector" });
      const [{ counters }] = await reader.runs();
      const calls = items.map((call) => [call.function, call.backend, call.result]);
      console.log(JSON.stringify([calls.sort(), counters.inspector, session.counters().inspector]));
      await reader.close();`,
    );
    const [calls, stored, told] = answer as [unknown, { hits: number }, unknown];
    expect(calls).toEqual([
      ["add", "inspector", 3],
      ["inner", "inspector", { y: 1 }],
    ]);
    expect(stored).toEqual(told);
    expect(stored.hits).toBe(4);
  });

  it("keep within the budget, and say what was left out", () => {
    const { answer } = json(
      node,
      `const { add, inner } = require("./src/lib.js");
      const inspector = { hits: 5, totalHits: 8, cpuMs: 1e6, pauseMs: 0 };
      const session = await Breadcrumb.start({ include, store, inspector });
      const began = performance.now();
      const sums = [];
      for (let i = 0; i < 50; i++) sums.push(add(i, 1));
      // One, unless the machine is slow.
      const seconds = 1 + Math.ceil((performance.now() - began) / 1000);
      const first = session.counters();
      await new Promise((resolve) => setTimeout(resolve, 1100));
      sums.push(add(100, 1));
      const { recorded, inspector: counts } = await session.stop();
      const results = session.calls().map((call) => call.result);
      console.log(JSON.stringify({
        sums: [sums.length, sums[50]],
        isWithin: first.recorded <= 8 * seconds,
        wasRefused: first.inspector.refused > 0,
        hasMoreLater: recorded > first.recorded,
        lack: counts.withoutResult - recorded,
        pauses: counts.pauses,
        saysWhy: results.every(({ $type, $cut }) => $type === "unknown" && $cut === "pauses"),
      }));`,
    );
    const [isWithin, wasRefused, hasMoreLater, saysWhy] = [true, true, true, true];
    const sums = [51, 101];
    const expected = { sums, isWithin, wasRefused, hasMoreLater, lack: 0, pauses: 0, saysWhy };
    expect(answer).toEqual(expected);
  });

  it("leave nothing behind, and can be taken again", () => {
    const { answer } = json(
      node,
      `import inspector from "node:inspector";
      let open = 0;
      for (const name of ["connect", "disconnect"]) {
        const { [name]: original } = inspector.Session.prototype;
        inspector.Session.prototype[name] = function () { open += name === "connect" ? 1 : -1; return original.call(this); };
      }
      const { add } = require("./src/lib.js");
      const globals = new Set(Reflect.ownKeys(globalThis));
      const rounds = [];
      for (let i = 0; i < 3; i++) {
        const session = await Breadcrumb.start({ include, store, inspector: every });
        const during = open;
        add(i, 1);
        const { inspector: counts } = await session.stop();
        add(i, 2);
        rounds.push([during, open, names(session), counts.hits === session.counters().inspector.hits]);
      }
      console.log(JSON.stringify([rounds, Reflect.ownKeys(globalThis).filter((key) => !globals.has(key)).map(String)]));`,
    );
    const round = [1, 0, ["add", "inner"], true];
    expect(answer).toEqual([[round, round, round], ["Symbol(breadcrumb-tracer.core)"]]);
  });

  it("do not keep the process, and survive its end without stop()", () => {
    const folder = project({
      "src/lib.js": LIB,
      "main.mjs": `${HEAD}
        const { add } = require("./src/lib.js");
        await Breadcrumb.start({ include, store: "./store", inspector: { ...every, hits: 1 } });
        for (let i = 0; i < 9; i++) add(i, 1);
        console.log("done");`,
    });
    const ended = run(node, ["main.mjs"], folder);
    expect(ended, ended.stderr).toMatchObject({ status: 0, signal: null, stdout: "done\n" });
  });

  it("heed what set() says", () => {
    const { answer } = json(
      node,
      `const { add } = require("./src/lib.js");
      const session = await Breadcrumb.start({ include, store, inspector: every });
      session.set({ include: [":add"] });
      add(1, 2);
      session.set({ capture: "dormant" });
      const { hits } = session.counters().inspector;
      add(3, 4);
      const still = session.counters().inspector.hits - hits;
      session.set({ include: [":*inner"], capture: "time" });
      add(5, 6);
      session.set({ capture: "count" });
      add(7, 8);
      const { counted } = await session.stop();
      console.log(JSON.stringify([still, counted, session.calls().map((call) => [call.function, call.arguments, call.result]).reverse()]));`,
    );
    expect(answer).toEqual([
      0,
      2,
      [
        ["add", [1, 2], 3],
        ["inner", null, null],
      ],
    ]);
  });

  it("heed what another process says, within a second", () => {
    const { answer } = json(
      node,
      `import { openStore } from "breadcrumb-tracer/query";
      import { execFileSync } from "node:child_process";
      import { setTimeout as sleep } from "node:timers/promises";
      const { add } = require("./src/lib.js");
      const cli = (...args) => execFileSync(process.execPath, ["${cli}", ...args, "--pid", String(process.pid)]);
      const session = await Breadcrumb.start({ include, store: "./store", inspector: every });
      add(1, 2);
      cli("stop");
      add(3, 4);
      await sleep(1500);
      const before = session.counters().inspector.hits;
      add(5, 6);
      const after = session.counters().inspector.hits;
      cli("start", "--include", ":add");
      await sleep(1500);
      add(7, 8);
      await session.stop();
      const reader = await openStore("./store");
      const { items } = await reader.calls({ function: "add" });
      console.log(JSON.stringify([after - before, items.map((call) => call.arguments).sort()]));
      await reader.close();`,
    );
    expect(answer).toEqual([
      0,
      [
        [1, 2],
        [7, 8],
      ],
    ]);
  });

  it("run no code of the program while they are captured", () => {
    const { answer } = json(
      node,
      `const { add, inner } = require("./src/lib.js");
      let touched = 0;
      const touch = () => { touched += 1; return 1; };
      const session = await Breadcrumb.start({ include, store, inspector: every });
      const trap = new Proxy({}, new Proxy({}, { get: touch }));
      const bomb = { get a() { return touch(); }, toString: touch, toJSON: touch, [Symbol.toPrimitive]: touch };
      inner(trap); inner(bomb);
      await session.stop();
      console.log(JSON.stringify([touched, names(session).length]));`,
    );
    expect(answer).toEqual([0, 2]);
  });

  it("are not recorded where that was not asked for, which coverage() says", () => {
    const { answer, stderr } = json(
      node,
      `const { add } = require("./src/lib.js");
      const session = await Breadcrumb.start({ include, store });
      add(1, 2);
      const { recorded } = await session.stop();
      console.log(JSON.stringify([recorded, session.coverage().files]));`,
    );
    const reason = "breakpoints were not asked for (inspector: true)";
    const file = { file: "src/lib.js", status: "too-early", functions: 0, reason, leftAlone: [] };
    expect(answer).toEqual([0, [file]]);
    expect(stderr).toMatch(/lib\.js\) and will not be recorded\. Load them after it/);
  });

  it("are recorded without results where a debugger may be attached from the start", () => {
    const { answer } = json(
      node,
      `const { add } = require("./src/lib.js");
      const session = await Breadcrumb.start({ include, store, inspector: every });
      add(1, 2);
      const { inspector: counts } = await session.stop();
      console.log(JSON.stringify([counts.pauses, session.calls().map((call) => call.result)]));`,
      ["--inspect=0"],
    );
    expect(answer).toEqual([0, [UNWATCHED, UNWATCHED]]);
  });

  it("do not pause for results once a debugger may be attached", () => {
    const { answer } = json(
      node,
      `import inspector from "node:inspector";
      const { add } = require("./src/lib.js");
      const session = await Breadcrumb.start({ include, store, inspector: every });
      inspector.open(0);
      const sum = add(1, 2);
      inspector.close();
      add(3, 4);
      const { inspector: counts } = await session.stop();
      console.log(JSON.stringify([sum, counts.pauses, counts.withoutResult, session.calls().map((call) => call.result).reverse()]));`,
    );
    expect(answer).toEqual([3, 2, 2, [UNWATCHED, UNWATCHED, { y: 3 }, 7]]);
  });

  it("go on after so many hits that their session is made anew, and take no more memory", () => {
    const { answer } = json(
      node,
      `import inspector from "node:inspector";
      let sessions = 0;
      const { connect } = inspector.Session.prototype;
      inspector.Session.prototype.connect = function () { sessions += 1; return connect.call(this); };
      const { inner } = require("./src/lib.js");
      const budget = { hits: 1e9, totalHits: 1e9, cpuMs: 1e6 };
      const session = await Breadcrumb.start({ include, store, mode: "time", overflow: "block", inspector: budget });
      for (let i = 1; i <= 22_000; i++) {
        inner(i);
        if (i % 1000 === 0) await new Promise(setImmediate);
      }
      const heap = process.memoryUsage().heapUsed;
      const { recorded } = await session.stop();
      console.log(JSON.stringify([recorded, sessions, heap < 64e6]));`,
    );
    expect(answer).toEqual([22_000, 3, true]);
  });

  it("lose the ends of calls that wait, too, once their share is used up", () => {
    const { answer } = json(
      node,
      `const { waits } = require("./other/waits.js");
      const session = await Breadcrumb.start({ include: ["other/**"], store, inspector: { ...every, hits: 2, pauseMs: 0 } });
      const long = waits(200);
      for (let i = 0; i < 500; i++) waits(0);
      const sum = await long;
      const { recorded, inspector: { hits } } = await session.stop();
      console.log(JSON.stringify([sum, recorded, hits < 50]));`,
    );
    // Two calls of it and of the arrow function in it.
    expect(answer).toEqual([200, 4, true]);
  });

  it("give no call the result of another, where the one threw and the other is over the budget", () => {
    const { answer } = json(
      node,
      `const { pay } = require("./other/waits.js");
      const session = await Breadcrumb.start({ include: ["other/**"], store, inspector: { ...every, hits: 3 } });
      for (let i = 1; i <= 40; i++) {
        try { pay(i); } catch {}
        if (i % 3 === 0) await new Promise(setImmediate);
        if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1100));
      }
      await session.stop();
      const wrong = session.calls().filter(({ arguments: [id], status, result }) =>
        id % 2 === 1 ? status !== "threw" : result !== "paid " + id);
      console.log(JSON.stringify([session.calls().length > 2, wrong]));`,
    );
    expect(answer).toEqual([true, []]);
  });

  it("see an asynchronous call return that is called in a continuation and handed on", () => {
    const { answer } = json(
      node,
      `const { settled } = require("./other/waits.js");
      const session = await Breadcrumb.start({ include: ["other/**"], store, inspector: every });
      const handsOn = async (id) => { await null; return settled(id); };
      const sums = [];
      for (let i = 0; i < 3; i++) sums.push(await handsOn(i), await Promise.resolve(i).then(settled));
      await session.stop();
      console.log(JSON.stringify([sums, session.calls().map(({ status, result }) => [status, result]).sort()]));`,
    );
    const calls = [0, 0, 1, 1, 2, 2];
    expect(answer).toEqual([calls, calls.map((id) => ["returned", id])]);
  });

  it.each(["--jitless", "--no-sparkplug"])("are recorded with %s", (flag) => {
    const { answer } = json(
      node,
      `const { add } = require("./src/lib.js");
      const session = await Breadcrumb.start({ include, store, inspector: every });
      const sum = add(1, 2);
      await session.stop();
      console.log(JSON.stringify([sum, names(session).length]));`,
      [flag],
    );
    expect(answer).toEqual([3, 2]);
  });

  it("come back after a stack that was too deep", () => {
    const { answer } = json(
      node,
      `const { add } = require("./src/lib.js");
      const session = await Breadcrumb.start({ include, store, inspector: every });
      const deep = (n) => (n === 0 ? add(1, 2) : deep(n - 1));
      deep(2000);
      let ended = "";
      const endless = () => { add(1, 2); endless(); };
      try { endless(); } catch (error) { ended = error.name; }
      debugger;
      await new Promise((resolve) => setTimeout(resolve, 1100));
      add(3, 4);
      await session.stop();
      const { refused } = session.counters().inspector;
      const [last] = session.calls({ function: "add", limit: 1 });
      console.log(JSON.stringify([ended, refused > 1, last.arguments, last.result, last.depth]));`,
    );
    expect(answer).toEqual(["RangeError", true, [3, 4], 7, 0]);
  });
});
