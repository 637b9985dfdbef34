import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { runningProcesses } from "../ts/control/running-processes";
import type { Keep } from "../ts/options/keep";
import type { RootCondition } from "../ts/options/keep-when";
import { type CallFilter, openStore } from "../ts/query/index";
import { unlikeSchema } from "./cli/support/json-schema";
import { cli, nodes, project, register, run } from "./support/program";

/** 40 requests at once, of which four fail, deep down and caught, and two are slow by their callbacks. */
const REQUESTS = `
function load(n) {
  if (n % 10 === 3) throw new Error("no " + n);
  return n;
}
async function request(n) {
  try {
    await null;
    if (n % 20 === 7) setTimeout(function late() { load(0); }, 300);
    return load(n);
  } catch {
    return -1;
  }
}
for (let n = 0; n < 40; n++) setImmediate(() => request(n));
`;
const WAITING = `${REQUESTS}
setTimeout(() => require("node:fs").writeFileSync("begun", ""), 1000);
// No function of the program's, which would begin a trace a second.
setInterval(Boolean, 1000);
`;

const begun: ChildProcess[] = [];
afterEach(async () => {
  for (const child of begun.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill();
      await once(child, "exit");
    }
  }
});

/** What a store has: arguments of its requests, and calls by function, stored or not. */
async function stored(folder: string) {
  const store = await openStore(join(folder, ".breadcrumb"));
  try {
    const page = await store.calls({ function: "request", limit: 100 });
    const requests = page.items.map((call) => (call.arguments as unknown[] | null)?.[0]);
    const [record] = await store.runs();
    const calls: Record<string, number> = {};
    for (const { function: name, ...sums } of await store.stats()) {
      calls[name] = sums.calls + sums.counted;
    }
    return { requests: requests.toSorted((a, b) => Number(a) - Number(b)), record, calls };
  } finally {
    await store.close();
  }
}

function traced(keep: string): string {
  const folder = project({ "app.js": REQUESTS });
  const { status, stderr } = run(process.execPath, [cli, "run", "--keep", keep, "app.js"], folder);
  expect(stderr).toContain("traces: ");
  expect(status).toBe(0);
  return folder;
}

test("errors are stored whole, and every other call is counted", async () => {
  const { requests, record, calls } = await stored(traced("errors"));
  expect(requests).toEqual([3, 13, 23, 33]);
  // request, load and the arrow of setImmediate; and two callbacks.
  expect(record?.counters).toMatchObject({ exceptions: 4, tracesKept: 4, keep: { errors: true } });
  const { recorded = 0, counted = 0, dropped } = record?.counters ?? {};
  expect([recorded, Number(recorded) + Number(counted), dropped]).toEqual([12, 124, 0]);
  expect(calls).toMatchObject({ request: 40, load: 42, late: 2 });
});

test("slow ones, by what their callbacks take, and those that begin with a function", async () => {
  // Where the machine stands still for a moment, others are as slow.
  const slow = (await stored(traced("slow>250ms"))).requests;
  expect(slow).toEqual(expect.arrayContaining([7, 27]));
  expect((await stored(traced("root=app.js:request"))).requests).toEqual([]);
  expect((await stored(traced("root=:<anonymous>"))).requests).toHaveLength(40);
});

async function waiting(): Promise<{ readonly folder: string; readonly child: ChildProcess }> {
  const folder = project({ "app.js": WAITING });
  const args = [cli, "run", "--keep", "last=1h", "app.js"];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: "ignore" });
  begun.push(child);
  while (!existsSync(join(folder, "begun"))) await new Promise((done) => setTimeout(done, 20));
  return { folder, child };
}

test("what is held is dumped from outside", async () => {
  const { folder } = await waiting();
  expect((await stored(folder)).requests).toEqual([]);
  const { processes } = await runningProcesses();
  const own = processes.find(({ status }) => status.store === join(folder, ".breadcrumb"));
  const pid = own?.status.pid ?? 0;
  const ask = (...args: string[]) =>
    run(process.execPath, [cli, "dump", "--pid", String(pid), ...args], folder);
  const dumped = ask("--last", "30m");
  expect(dumped.stdout).toBe(`${pid} (app.js): 41 traces of the last 30m stored.\n`);
  expect((await stored(folder)).requests).toHaveLength(40);
  const again = ask("--json");
  expect(unlikeSchema("dump", JSON.parse(again.stdout))).toEqual([]);
  expect(JSON.parse(again.stdout).processes).toMatchObject([
    { pid, storesAll: false, error: null },
  ]);
  expect(ask("--last", "soon").stderr).toContain("--last is a time such as");
});

/** Says what it is at, in a loop that lets nothing else happen. */
const LOOPING = `
const { existsSync, writeFileSync } = require("node:fs");
function work(n) { return n; }
function loop(until) { while (!existsSync(until)); }
setImmediate(() => {
  for (let n = 0; n < 40; n++) work(n);
  writeFileSync("listeners", String(process.listenerCount("SIGUSR2")));
  loop("enough");
});
`;

test.runIf(process.platform !== "win32")(
  "a signal dumps while JavaScript is in a loop, and ends nothing",
  async () => {
    const folder = project({ "app.js": LOOPING });
    const child = spawn(process.execPath, ["--require", register, "app.js"], {
      cwd: folder,
      stdio: "ignore",
      env: {
        ...process.env,
        BREADCRUMB_KEEP: "none,last=1h",
        BREADCRUMB_DUMP_SIGNAL: "SIGUSR2",
        BREADCRUMB_INCLUDE: "app.js",
      },
    });
    begun.push(child);
    await vi.waitUntil(() => existsSync(join(folder, "listeners")), { timeout: 20_000 });
    expect(readFileSync(join(folder, "listeners"), "utf8")).toBe("0");
    const works = async () => {
      const store = await openStore(join(folder, ".breadcrumb"));
      const { items } = await store.calls({ function: "work", limit: 100 });
      await store.close();
      return items.length;
    };
    expect(await works()).toBe(0);
    child.kill("SIGUSR2");
    await vi.waitUntil(async () => (await works()) === 40, { timeout: 20_000, interval: 50 });
    for (let n = 0; n < 10; n++) child.kill("SIGUSR2");
    writeFileSync(join(folder, "enough"), "");
    if (child.exitCode === null) await once(child, "exit");
    expect([child.exitCode, child.signalCode]).toEqual([0, null]);
  },
);

test.runIf(process.platform !== "win32")(
  "it ends no process that has nothing to record either",
  () => {
    const folder = project({
      "app.js": `process.kill(process.pid, "SIGUSR2"); setTimeout(() => console.log("lives"), 100);`,
    });
    const env = { BREADCRUMB_INCLUDE: "src/**", BREADCRUMB_DUMP_SIGNAL: "SIGUSR2" };
    const ended = run(process.execPath, ["--require", register, "app.js"], folder, env);
    expect(ended).toEqual({ status: 0, signal: null, stdout: "lives\n", stderr: "" });
  },
);

test.runIf(process.platform !== "win32")(
  "a listener of the program's has the signal, before and after; when all is over it ends nothing",
  () => {
    const folder = project({
      "app.mjs": `
        import { Breadcrumb } from "breadcrumb-tracer";
        const options = { include: ["work.mjs"], keep: "none,last=1m", dumpSignal: "SIGUSR2" };
        const signal = () => {
          process.kill(process.pid, "SIGUSR2");
          return new Promise((done) => setTimeout(done, 100));
        };
        let heard = 0;
        const listener = () => void (heard += 1);
        process.on("SIGUSR2", listener);
        const first = await Breadcrumb.start(options);
        await signal();
        await first.stop();
        process.off("SIGUSR2", listener);
        const second = await Breadcrumb.start(options);
        const { work } = await import("./work.mjs");
        work(1);
        const kept = () => second.counters().tracesKept;
        for (let waits = 0; waits < 50 && kept() === 0; waits++) await signal();
        console.log(heard, kept());
        process.on("SIGUSR2", listener);
        work(2);
        await signal();
        console.log(heard, kept());
        await second.stop();
        await signal();
        process.off("SIGUSR2", listener);
        const third = await Breadcrumb.start(options);
        await third.stop();
        await signal();
        console.log("over");
      `,
      "work.mjs": "export function work(n) { return n; }",
    });
    const { stdout, stderr, signal } = run(process.execPath, ["app.mjs"], folder);
    expect([stderr, signal]).toEqual(["", null]);
    expect(stdout).toBe("1 1\n2 1\nover\n");
  },
);

test("after a kill it is in the store", async () => {
  const { folder } = await waiting();
  const { processes } = await runningProcesses();
  const own = processes.find(({ status }) => status.store === join(folder, ".breadcrumb"));
  process.kill(own?.status.pid ?? 0, "SIGKILL");
  const child = begun.at(-1);
  if (child?.exitCode === null) await once(child, "exit");
  run(process.execPath, [cli, "recover"], folder);
  const { requests, record } = await stored(folder);
  expect(requests).toHaveLength(40);
  expect(record?.status).toBe("crashed");
});

test("a program dumps by itself, also where all is stored anyway", () => {
  const folder = project({
    "app.mjs": `
      import { Breadcrumb } from "breadcrumb-tracer";
      const session = await Breadcrumb.start({ include: ["work.mjs"], keep: "none,last=1m", store: "held" });
      const { work } = await import("./work.mjs");
      work(1); work(2);
      console.log(JSON.stringify(session.dump({ last: "1m" })), session.counters().tracesKept);
      await session.stop();
      const all = await Breadcrumb.start({ include: ["work.mjs"], store: "all" });
      console.log(JSON.stringify(Breadcrumb.dump()));
      await all.stop();
    `,
    "work.mjs": "export function work(n) { return n; }",
  });
  const { stdout, stderr } = run(process.execPath, ["app.mjs"], folder);
  expect(stderr).toBe("");
  expect(stdout).toBe('{"storesAll":false,"traces":2} 2\n{"storesAll":true,"traces":0}\n');
});

/** Roots of many kinds, and which of them a policy keeps. */
const ROOTS = `
export function order(item, options) {
  if (item.n === 3) throw new TypeError("no three");
  if (item.n === 5) throw new RangeError("no five");
  return item.n % 2 === 0 ? { total: item.n * 1.5, text: "n" + item.n } : item.n;
}
export function many(n) {
  for (let i = 0; i < n; i++) one(i);
  return n;
}
function one(i) { return i; }
export async function later(n) {
  await null;
  if (n === 2) throw new TypeError("later");
  return [n, { n }];
}
`;
const CONDITIONS: readonly RootCondition[] = [
  { function: "order" },
  { function: "o*r", file: "w*.mjs" },
  { status: "threw" },
  { function: "order", where: [{ path: "arguments[0].n", op: ">=", value: 4 }] },
  { where: [{ path: "args.item.tenant", value: "acme" }] },
  { where: [{ path: "args.item.tenant", op: "!=", value: "acme" }] },
  {
    where: [
      { path: "args.options.list[1]", op: "exists" },
      { path: "args.item.n", op: "<", value: 3 },
    ],
  },
  { where: [{ path: "result", op: ">", value: 4 }] },
  { where: [{ path: "result.text", op: "matches", value: "^n[0-3]$" }] },
  { where: [{ path: "result", op: "contains", value: '"total":6' }] },
  { where: [{ path: "args.n", value: 2 }] },
  { where: [{ path: "result[1].n", op: "<=", value: 1 }] },
  { where: [{ path: "args.item.password", op: "contains", value: "redacted" }] },
  { where: [{ path: "args.item.password", value: "swordfish" }] },
  { where: [{ path: "args.item.long", op: "contains", value: "tail" }] },
];

test.each(nodes)("what a policy keeps is what the same question finds: %s", async (_name, node) => {
  const folder = project({
    "app.mjs": `
      import { Breadcrumb } from "breadcrumb-tracer";
      const policies = JSON.parse(process.argv[2]);
      for (const [index, keep] of policies.entries()) {
        const session = await Breadcrumb.start({ include: ["work.mjs"], keep, store: "s" + index });
        const { order, many, later } = await import("./work.mjs");
        for (let n = 0; n < 8; n++) {
          const tenant = n % 3 ? "acme" : "other";
          const item = { n, tenant, password: "swordfish", long: "x".repeat(300) + "tail" };
          try { order(item, { list: Array(n).fill(n) }); } catch {}
        }
        many(1); many(4);
        await Promise.allSettled([0, 1, 2].map((n) => later(n)));
        await session.stop();
      }
    `,
    "work.mjs": ROOTS,
  });
  const policies: Keep[] = ["all", ...CONDITIONS.map((condition) => ({ when: [condition] }))];
  policies.push({ when: [{ exceptionName: "Type*" }, { minCalls: 3, maxCalls: 5 }] });
  const { status, stderr } = run(node, ["app.mjs", JSON.stringify(policies)], folder);
  expect([status, stderr]).toEqual([0, ""]);
  const roots = async (index: number, filter: CallFilter) => {
    await using store = await openStore(join(folder, `s${index}`));
    const { items } = await store.calls({ ...filter, parent: null, limit: 100 });
    const [record] = await store.runs();
    const { recorded = 0, counted = 0, dropped } = record?.counters ?? {};
    expect([Number(recorded) + Number(counted), dropped]).toEqual([18, 0]);
    return items.map((call) => [call.function, call.arguments, call.result]).toReversed();
  };
  expect(await roots(0, {})).toHaveLength(13);
  let found = 0;
  for (const [index, condition] of CONDITIONS.entries()) {
    const kept = await roots(index + 1, {});
    expect(kept, JSON.stringify(condition)).toEqual(await roots(0, condition as CallFilter));
    found += Number(kept.length > 0 && kept.length < 13);
  }
  // No secret is matched, nor what was cut.
  expect(found).toBe(CONDITIONS.length - 2);
  const others = await roots(CONDITIONS.length + 1, {});
  expect(others.map(([name]) => name)).toEqual(["order", "many", "later"]);
});

test("by the exception that ended the root, and by the number of its calls", async () => {
  const folder = project({ "app.js": REQUESTS });
  const keep = "when exceptionName=Error, when function=<anonymous>* and calls>4";
  const { stderr } = run(process.execPath, [cli, "run", "--keep", keep, "app.js"], folder);
  expect(stderr).toContain("traces: ");
  // The exceptions are caught within; a trace with a callback has its call of load, too.
  expect((await stored(folder)).requests).toEqual([7, 27]);
});

test("a pattern that is none is refused before the command runs", () => {
  const folder = project({ "app.js": "console.log('ran')" });
  const bad = run(process.execPath, [cli, "run", "--keep", "when args.a~/(/", "app.js"], folder);
  expect([bad.status, bad.stdout]).toEqual([2, ""]);
  expect(bad.stderr).toContain('Option "keep": when: the regular expression "(" cannot be used');
});
