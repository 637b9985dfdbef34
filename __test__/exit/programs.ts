/**
 * Programs that each die in a way of their own, and what a recording must hold of them.
 *
 * `{ main, ends: "finished", calls: { "step returned": 300 } }`
 */

/** A way to die. */
export interface Death {
  readonly name: string;
  readonly main: string;
  /** Name of its file; `main.js` if it is left out. */
  readonly file?: string;
  /** Further options of Node. */
  readonly flags?: readonly string[];
  /** How the run's record says that it ended; `replaced`: it finished, to be another program. */
  readonly ends: "finished" | "crashed" | "replaced";
  /** The signal in the run's record. */
  readonly signal?: NodeJS.Signals;
  /** Number of calls by function and status. Functions without a name are left out. */
  readonly calls: Readonly<Record<string, number>>;
  /**
   * Standard error holds addresses, process ids, or an excerpt that a known gap lets differ: only
   * its being there is compared.
   */
  readonly noisy?: boolean;
  /** Command line around it: `NODE` stands for Node with its options. */
  readonly shell?: string;
  /** Oldest Node that can do it. */
  readonly since?: number;
}

const STEPS = "function step(i) { return i } for (let i = 0; i < 300; i++) step(i);";
const DEEP = `${STEPS} function a() { b(); } function b() { c(); }`;
const WORKER = `const { Worker, isMainThread, parentPort } = require("node:worker_threads");
  function step(i) { return i } for (let i = 0; i < 300; i++) step(i);
  function told(...what) { console.log(...what) }`;

/** Sends a signal from another process once the program is in its loop. */
const killedInLoop = (signal: string): string => `${STEPS}
  const go = "go-" + process.pid;
  require("node:child_process").spawn("sh", ["-c",
    "until [ -e " + go + " ]; do sleep 0.02; done; kill -${signal} $PPID"], { stdio: "ignore" });
  function busy() { require("node:fs").writeFileSync(go, ""); for (;;) idle() }
  const idle = (0, () => {});
  busy();`;

const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR2", "SIGKILL"] as const;

const bySelf = (signal: NodeJS.Signals): Death => ({
  name: `${signal} to itself`,
  main: `${STEPS} function a() { process.kill(process.pid, "${signal}"); for (;;); } a();`,
  ends: "crashed",
  ...(signal !== "SIGKILL" && { signal }),
  calls: { "step returned": 300, "a open": 1 },
});

const fromOutside = (signal: NodeJS.Signals): Death => ({
  name: `${signal} from outside in a busy loop`,
  main: killedInLoop(signal.slice("SIG".length)),
  ends: "crashed",
  ...(signal !== "SIGKILL" && { signal }),
  calls: { "step returned": 300, "busy open": 1 },
});

const inWorker = (
  name: string,
  main: string,
  calls: Record<string, number>,
  noisy = false,
): Death => ({
  name: `a worker that ${name}`,
  main: `${WORKER} ${main}`,
  ends: "finished",
  calls: { "step returned": 600, ...calls },
  noisy,
});

/** Every way to die. */
export const DEATHS: readonly Death[] = [
  {
    name: "process.exit at top level",
    main: `${STEPS} process.exit(3);`,
    ends: "finished",
    calls: { "step returned": 300 },
  },
  {
    name: "process.exit while a module is required",
    main: `${STEPS} function half() { require("node:fs").writeFileSync("half.js", "function inner() { process.exit(21) } inner()"); require("./half.js") } half();`,
    ends: "finished",
    calls: { "step returned": 300, "half open": 1, "inner open": 1 },
  },
  {
    name: "process.exit while an ES module is evaluated",
    file: "main.mjs",
    main: `import process from "node:process"; ${STEPS} await null; function top() { process.exit(22) } top();`,
    ends: "finished",
    calls: { "step returned": 300, "top open": 1 },
  },
  {
    name: "a top-level await that nothing ends",
    file: "main.mjs",
    main: `import "node:process"; ${STEPS} async function never() { await new Promise(() => {}) } await never();`,
    ends: "finished",
    calls: { "step returned": 300, "never open": 1 },
    noisy: true,
  },
  {
    name: "process.exit in a microtask",
    main: `${STEPS} async function soon() { await null; process.exit(23) } soon(); setTimeout(() => step(0), 60_000);`,
    ends: "finished",
    calls: { "step returned": 300, "soon open": 1 },
  },
  {
    name: "process.exit in process.nextTick",
    main: `${STEPS} function next() { process.exit(24) } process.nextTick(next); Promise.resolve().then(() => step(0));`,
    ends: "finished",
    calls: { "step returned": 300, "next open": 1 },
  },
  {
    name: "process.exit in setImmediate",
    main: `${STEPS} function turn() { process.exit(25) } setImmediate(turn); setImmediate(() => step(0));`,
    ends: "finished",
    calls: { "step returned": 300, "turn open": 1 },
  },
  {
    name: "process.exit in a beforeExit listener",
    main: `${STEPS} function idleAgain() { step(1); process.exit(26) } process.on("beforeExit", idleAgain);`,
    ends: "finished",
    calls: { "step returned": 301, "idleAgain open": 1 },
  },
  {
    name: "the end of the event loop, put off by a beforeExit listener",
    main: `${STEPS} let left = 3; function again() { if (left-- > 0) setTimeout(step, 1, left); else process.exitCode = 27 } process.on("beforeExit", again);`,
    ends: "finished",
    calls: { "step returned": 303, "again returned": 4 },
  },
  {
    name: "process.exit in a timer",
    main: `${STEPS} function later() { process.exit(4) } setTimeout(later, 5); setTimeout(() => step(0), 60_000);`,
    ends: "finished",
    calls: { "step returned": 300, "later open": 1 },
  },
  {
    name: "process.exit in an exit listener",
    main: `${STEPS} function last() { step(1); process.exit(5) } process.on("exit", last);`,
    ends: "finished",
    calls: { "step returned": 301, "last open": 1 },
  },
  {
    name: "process.exit deep in traced functions",
    main: `${DEEP} function c() { try { process.exit(6) } finally { step(1) } } a();`,
    ends: "finished",
    calls: { "step returned": 300, "a open": 1, "b open": 1, "c open": 1 },
  },
  {
    name: "an exit listener that calls traced code",
    main: `${STEPS} function last(code) { for (let i = 0; i < 50; i++) step(i); console.log(code) } process.on("exit", last);`,
    ends: "finished",
    calls: { "step returned": 350, "last returned": 1 },
  },
  {
    name: "uncaught exception",
    main: `${DEEP} function c() { throw new TypeError("no") } a();`,
    ends: "finished",
    calls: { "step returned": 300, "a threw": 1, "b threw": 1, "c threw": 1 },
  },
  {
    name: "uncaught exception that is no error",
    main: `${DEEP} function c() { throw { code: 7 } } a();`,
    ends: "finished",
    calls: { "step returned": 300, "a threw": 1, "b threw": 1, "c threw": 1 },
  },
  {
    name: "an exception in the listener of uncaught ones",
    main: `${STEPS} process.on("uncaughtException", function again() { throw new Error("again") }); function c() { throw new Error("first") } c();`,
    ends: "finished",
    calls: { "step returned": 300, "again threw": 1, "c threw": 1 },
  },
  {
    name: "unhandled rejection",
    main: `${STEPS} async function c() { await null; throw new RangeError("no") } c(); setTimeout(() => {}, 60_000);`,
    ends: "finished",
    calls: { "step returned": 300, "c threw": 1 },
  },
  {
    name: "uncaught exception in a timer",
    main: `${STEPS} function late() { throw new Error("late") } setTimeout(late, 1); setTimeout(() => step(0), 60_000);`,
    ends: "finished",
    calls: { "step returned": 300, "late threw": 1 },
  },
  {
    name: "an uncaught exception that is survived",
    main: `${STEPS} process.on("uncaughtException", function told(e) { console.log(e.message) }); setTimeout(step, 5, 1); function c() { throw new Error("no") } c();`,
    ends: "finished",
    calls: { "step returned": 301, "c threw": 1, "told returned": 1 },
  },
  ...SIGNALS.map(bySelf),
  ...SIGNALS.map(fromOutside),
  {
    name: "a signal with a listener",
    main: `${STEPS} process.on("SIGTERM", function asked() { step(0); process.exit(9) }); process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 60_000);`,
    ends: "finished",
    calls: { "step returned": 301, "asked open": 1 },
  },
  {
    name: "a signal whose listener was removed",
    main: `${STEPS} function never() {} process.on("SIGHUP", never); process.off("SIGHUP", never); function a() { process.kill(process.pid, "SIGHUP"); for (;;); } a();`,
    ends: "crashed",
    calls: { "step returned": 300, "a open": 1 },
  },
  {
    name: "what a program and its children know of signals",
    main: `${STEPS} const { spawnSync } = require("node:child_process");
      const count = (signal) => process.listenerCount(signal); console.log(["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"].map(count));
      const masks = spawnSync("grep", ["Sig[BIC]", "/proc/self/status"], { encoding: "utf8" }); console.log(masks.stdout);
      const own = require("node:fs").readFileSync("/proc/self/status", "utf8"); console.log(/SigIgn.*/.exec(own)[0]);
      for (const signal of ["HUP", "INT", "QUIT", "TERM", "ABRT", "ALRM", "USR2"]) console.log(spawnSync("sh", ["-c", "ulimit -c 0; kill -" + signal + " $$"]).signal);`,
    ends: "finished",
    calls: { "step returned": 300, "count returned": 4 },
  },
  {
    name: "process.abort",
    main: `${DEEP} function c() { process.abort() } a();`,
    ends: "crashed",
    signal: "SIGABRT",
    calls: { "step returned": 300, "a open": 1, "b open": 1, "c open": 1 },
    noisy: true,
  },
  {
    name: "out of memory",
    main: `${STEPS} function fill() { const all = []; for (;;) all.push(new Array(1000).fill({})) } fill();`,
    flags: ["--max-old-space-size=30"],
    ends: "crashed",
    signal: "SIGABRT",
    calls: { "step returned": 300, "fill open": 1 },
    noisy: true,
  },
  {
    name: "stack overflow caught",
    main: `${STEPS} const over = (() => { const f = () => f() + 1; return f })(); function tries() { try { over() } catch (e) { console.log(e instanceof RangeError, e.message) } return 1 } tries(); step(1);`,
    ends: "finished",
    calls: { "step returned": 301, "tries returned": 1 },
  },
  {
    name: "stack overflow uncaught",
    main: `${STEPS} function tries() { (() => { const f = () => f() + 1; return f })()() } tries();`,
    ends: "finished",
    calls: { "step returned": 300, "tries threw": 1 },
    noisy: true,
  },
  inWorker(
    "calls process.exit",
    `if (isMainThread) new Worker(__filename).on("exit", told); else { function w() { process.exit(7) } w() }`,
    { "w open": 1, "told returned": 1 },
  ),
  inWorker(
    "throws",
    `if (isMainThread) new Worker(__filename).on("error", (e) => told(e.message)).on("exit", told); else { function w() { throw new Error("in it") } w() }`,
    { "w threw": 1, "told returned": 2 },
  ),
  inWorker(
    "throws, nobody listening",
    `if (isMainThread) new Worker(__filename); else { function w() { throw new Error("in it") } w() }`,
    { "w threw": 1 },
  ),
  inWorker(
    "lets a rejection go",
    `if (isMainThread) new Worker(__filename).on("error", (e) => told(e.message)).on("exit", told); else { async function w() { await null; throw new Error("in it") } w() }`,
    { "w threw": 1, "told returned": 2 },
  ),
  inWorker(
    "overflows its stack",
    `if (isMainThread) new Worker(__filename).on("error", (e) => told(e.name)).on("exit", told); else { function w() { (() => { const f = () => f() + 1; return f })()() } w() }`,
    { "w threw": 1, "told returned": 2 },
  ),
  inWorker(
    "is refused abort, chdir and execve",
    `if (isMainThread) new Worker(__filename).on("exit", told); else { function w(name) { try { process[name]?.("/", []) } catch (e) { console.log(e.code, e.message) } } w("abort"); w("chdir"); w("execve") }`,
    { "w returned": 3, "told returned": 1 },
    true,
  ),
  inWorker(
    "calls traced code in its exit listener",
    `if (isMainThread) new Worker(__filename).on("exit", told); else { process.on("exit", function last() { for (let i = 0; i < 50; i++) step(i) }) }`,
    { "step returned": 650, "last returned": 1, "told returned": 1 },
  ),
  inWorker(
    "is terminated in a busy loop",
    `if (isMainThread) { const w = new Worker(__filename); w.on("message", () => w.terminate().then(told)) }
     else { function w() { parentPort.postMessage(1); for (;;); } w() }`,
    { "w open": 1, "told returned": 1 },
  ),
  inWorker(
    "runs out of memory",
    `if (isMainThread) new Worker(__filename, { resourceLimits: { maxOldGenerationSizeMb: 20 } }).on("error", (e) => told(e.code)).on("exit", told);
     else { function w() { let all; for (;;) all = { all } } w() }`,
    { "w open": 1, "told returned": 2 },
    true,
  ),
  {
    name: "process.exit while workers run",
    main: `${WORKER} if (isMainThread) { new Worker(__filename).on("message", function done() { process.exit(8) }) } else { function w() { parentPort.postMessage(1); for (;;); } w() }`,
    ends: "finished",
    calls: { "step returned": 600, "w open": 1, "done open": 1 },
  },
  {
    name: "standard output closed early",
    main: `${STEPS} function line(i) { console.log("line", i) } process.stdout.on("error", function closed(e) { process.exitCode = e.code === "EPIPE" ? 5 : 6 });
      const fs = require("node:fs");
      function wait() { for (;;) try { fs.writeSync(1, "more\\n") } catch (e) { if (e.code !== "EAGAIN") return e.code } }
      line(1); const why = wait(); process.exitCode = why === "EPIPE" ? 11 : 12;`,
    shell: "{ NODE; echo code $? >&2; } | head -n 1",
    ends: "finished",
    calls: { "step returned": 300, "line returned": 1, "wait returned": 1 },
  },
  {
    name: "process.execve",
    main: `${STEPS} function swap() { process.execve("/bin/sh", ["sh", "-c", "echo swapped; exit 13"], process.env) } swap();`,
    since: 22,
    ends: "replaced",
    calls: { "step returned": 300, "swap open": 1 },
  },
  {
    name: "process.execve that is refused, then process.exit",
    main: `${STEPS} function swap(...args) { try { process.execve(...args) } catch (e) { console.log(e.stack) } } swap(1); swap("/bin/sh", ["\0"]); swap("/bin/sh", [], { a: 1 });
      console.log(process.execve.name, process.execve.length, String(process.execve), Object.getOwnPropertyDescriptor(process, "execve")); step(0); process.exit(14);`,
    since: 22,
    ends: "finished",
    calls: { "step returned": 301, "swap returned": 3 },
    noisy: true,
  },
  {
    name: "process.execve that the system refuses",
    main: `${STEPS} function swap() { try { process.execve("/nowhere", []) } catch (e) { console.log(e.stack) } } swap(); step(0);`,
    since: 26,
    ends: "finished",
    calls: { "step returned": 301, "swap returned": 1 },
    noisy: true,
  },
];
