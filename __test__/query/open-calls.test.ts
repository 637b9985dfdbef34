/**
 * What a reader sees of a program that still runs: also the calls that have not ended.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { openStore, type Store } from "../../ts/query/index";
import { cli, nodes, project, run } from "../support/program";

const [, node] = nodes.at(-1)!;
/** Lines on the standard input are steps: each ends the innermost call that waits. */
const MAIN = `
import { Breadcrumb } from "breadcrumb-tracer";
import { createInterface } from "node:readline";
const session = await Breadcrumb.start({ include: ["src/**"], store: "store" });
const work = await import("./src/work.mjs");
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const step = async () => {
  const { value } = await lines.next();
  if (value === "die") process.kill(process.pid, "SIGKILL");
};
await work.serve({ id: 7, name: "Ada" }, step, console.log);
await session.stop();
console.log("stopped");
process.stdin.destroy();
`;
const WORK = `
export async function serve(order, step, say) {
  const sum = add(1, 2);
  say("waits");
  await pay(order.id, step);
  say("paid");
  await step();
  return sum;
}
async function pay(id, step) { await step(); return "paid " + id; }
function add(a, b) { return a + b; }
`;
/** The cursor of a tail that has handed out nothing. */
const START = Buffer.from(JSON.stringify(["tail 2", {}, null])).toString("base64url");
/** What each further call is to wait for. */
const TRIES = 400;

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

interface Program {
  readonly dir: string;
  readonly child: ChildProcess;
  /** Takes a step; without one, the program dies. */
  step(line: string): void;
  /** Until it has said so. */
  said(word: string): Promise<void>;
  readonly ended: Promise<unknown>;
}

function start(): Program {
  const folder = project({ "main.mjs": MAIN, "src/work.mjs": WORK });
  const child = spawn(node, ["main.mjs"], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  let said = "";
  child.stdout.on("data", (text: Buffer) => (said += text.toString()));
  return {
    dir: join(folder, "store"),
    child,
    step: (line) => child.stdin.write(`${line}\n`),
    said: async (word) => eventually(async () => expect(said).toContain(word)),
    ended: new Promise((resolve) => child.once("close", resolve)),
  };
}

/** Asks again until it holds. */
async function eventually<T>(holds: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await holds();
    } catch (error) {
      if (attempt === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

async function statuses(store: Store): Promise<Record<string, string>> {
  const { items } = await store.calls({ order: "oldest" });
  const found = Object.fromEntries(items.map((call) => [call.function, call.status]));
  expect(items).toHaveLength(Object.keys(found).length);
  return found;
}

it("shows calls in flight, and each of them once when it has ended", async () => {
  const program = start();
  await program.said("waits");
  await eventually(async () => expect(existsSync(join(program.dir, "store.json"))).toBe(true));
  await using store = await openStore(program.dir);
  const tail = store.tail({ from: START, pollMs: 10 });

  await eventually(async () =>
    expect(await statuses(store)).toEqual({ serve: "open", add: "returned", pay: "open" }),
  );
  const { items: roots } = await store.traces();
  expect(roots).toMatchObject([{ function: "serve", status: "open", durationNs: null, calls: 3 }]);
  const trace = await store.trace("latest");
  const shown = trace.calls.map((call) => [
    call.function,
    call.status,
    call.depth,
    call.durationNs,
  ]);
  expect(shown).toEqual([
    ["serve", "open", 0, null],
    ["add", "returned", 1, expect.any(Number)],
    ["pay", "open", 1, null],
  ]);
  const levels = await store.callLevels("latest");
  expect(levels.calls.map(({ call }) => call.function)).toEqual(["serve", "add", "pay"]);
  const pay = trace.calls[2]!;
  const path = await store.callPath(pay.runId, pay.callId);
  expect(path.map((call) => call.function)).toEqual(["serve", "pay"]);
  const [order] = trace.calls[0]!.arguments as unknown[];
  expect(order).toEqual({ id: 7, name: "Ada" });
  expect((await store.search("Ada")).items).toMatchObject([{ kind: "call", function: "serve" }]);
  const { rows } = await store.sql(
    "SELECT function, status, trace_id, started_at IS NOT NULL AS began FROM calls ORDER BY function",
  );
  const traceId = roots[0]!.traceId;
  expect(rows).toEqual([
    { function: "add", status: "returned", trace_id: traceId, began: true },
    { function: "pay", status: "open", trace_id: traceId, began: true },
    { function: "serve", status: "open", trace_id: traceId, began: true },
  ]);
  expect(await store.runs()).toMatchObject([{ storedCalls: 1, openCalls: 2, status: "running" }]);
  expect((await store.gaps()).notCalled).toEqual([]);
  expect((await store.stats()).map((one) => one.function)).toEqual(["add"]);
  expect(store.problems()).toEqual([]);

  program.step("on");
  await program.said("paid");
  await eventually(async () =>
    expect(await statuses(store)).toEqual({ serve: "open", add: "returned", pay: "returned" }),
  );
  program.step("on");
  await program.said("stopped");
  await program.ended;
  expect(await statuses(store)).toEqual({ serve: "returned", add: "returned", pay: "returned" });
  expect(await store.runs()).toMatchObject([{ storedCalls: 3, openCalls: 0, status: "finished" }]);
  expect(readdirSync(join(program.dir, "runs")).filter((name) => !name.endsWith(".json"))).toEqual(
    [],
  );
  const yielded: string[] = [];
  for await (const item of tail) {
    if (item.kind === "call") yielded.push(item.call.function);
    if (yielded.length === 3) break;
  }
  expect(yielded).toEqual(["add", "pay", "serve"]);
});

it("shows the calls of a program that was killed once, before and after its recovery", async () => {
  const program = start();
  await program.said("waits");
  await using store = await openStore(program.dir);
  const open = { serve: "open", add: "returned", pay: "open" };
  await eventually(async () => expect(await statuses(store)).toEqual(open));
  program.step("die");
  await program.ended;
  expect(await statuses(store)).toEqual(open);
  const recovered = run(node, [cli, "recover"], program.dir);
  expect(recovered.status, recovered.stderr).toBe(0);
  expect(await statuses(store)).toEqual(open);
  expect(await store.runs()).toMatchObject([{ storedCalls: 3, openCalls: 0, status: "crashed" }]);
});
