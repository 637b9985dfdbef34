import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { runningProcesses } from "../ts/control/running-processes";
import { openStore } from "../ts/query/index";
import { unlikeSchema } from "./cli/support/json-schema";
import { cli, project, run } from "./support/program";

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
