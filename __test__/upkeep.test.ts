/**
 * What a user gets of a store that is merged: the same answers, fewer files, nothing disturbed.
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore, SCHEMA_VERSION, type Store } from "../ts/query/index";
import { cli, nodes, project, run } from "./support/program";

const ROUNDS = 3;
const MAIN = `
import { Breadcrumb } from "breadcrumb-tracer";
const session = await Breadcrumb.start({ include: ["src/**"], store: "store" });
const { order, fail } = await import("./src/work.mjs");
const first = Number(process.argv[2]);
for (let round = 0; round < ${ROUNDS}; round++) {
  for (let n = 0; n < 40; n++) order({ id: first + round * 100 + n, items: ["a", "b"] }, n);
  try { fail(round); } catch {}
  // A segment twice a second.
  await new Promise((resolve) => setTimeout(resolve, 600));
}
await session.stop();
`;
const WORK = `
export function order(order, n) { return order.items.map((item) => price(item, n)).length; }
function price(item, n) { return n % 7 === 0 ? { item, n } : n; }
export function fail(round) { throw new RangeError("round " + round); }
`;
const [, node] = nodes.at(-1)!;

/** A store of three runs with three segments or so each. */
async function recorded(): Promise<string> {
  const folder = project({ "main.mjs": MAIN, "src/work.mjs": WORK });
  const ended = await Promise.all(["0", "1000", "2000"].map((first) => record(folder, first)));
  expect(ended).toEqual([0, 0, 0]);
  return join(folder, "store");
}

function record(folder: string, first: string): Promise<number | null> {
  const child = spawn(node, ["main.mjs", first], { cwd: folder, stdio: "ignore" });
  return new Promise((resolve) => child.once("exit", resolve));
}

function summaries(dir: string): string[] {
  const segments = join(dir, "segments");
  return readdirSync(segments).flatMap((day) =>
    readdirSync(join(segments, day)).filter((name) => name.endsWith(".json")),
  );
}

/** Everything that questions tell, pages whole. */
async function answers(store: Store): Promise<unknown> {
  const [run0] = await store.runs();
  const { items: traces } = await store.traces({ limit: 1000 });
  return {
    runs: await store.runs(),
    traces,
    inRun: (await store.traces({ run: run0!.runId, function: "price", limit: 1000 })).items,
    trace: (await store.trace(traces[5]!.traceId)).calls.map((call) => call.toJSON()),
    calls: (await store.calls({ limit: 10_000 })).items,
    some: (await store.calls({ function: "fail", run: run0!.runId })).items,
    none: (await store.calls({ function: "nobody" })).items,
    exceptions: (await store.exceptions({ limit: 1000 })).items,
    stats: await store.stats({ sort: "calls" }),
    ofRun: await store.stats({ run: run0!.runId, sort: "calls" }),
    sql: (await store.sql("SELECT run_id, count(*) AS n FROM calls GROUP BY ALL ORDER BY ALL"))
      .rows,
  };
}

describe("a store that is merged", () => {
  it("gives the same answers from fewer files", async () => {
    const dir = await recorded();
    const before = summaries(dir).length;
    expect(before).toBeGreaterThanOrEqual(6);
    await using store = await openStore(dir);
    const expected = await answers(store);

    const merged = run(node, [cli, "compact", "--store", dir, "--json"], dir);
    expect(merged).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse(merged.stdout)).toMatchObject({ merged: before, into: 1, skipped: [] });
    // The open store, and a new one.
    expect(await answers(store)).toEqual(expected);
    await using again = await openStore(dir);
    expect(await answers(again)).toEqual(expected);
    expect(store.problems()).toEqual([]);

    expect(run(node, [cli, "compact", "--store", dir], dir)).toMatchObject({
      status: 0,
      stdout: "Nothing to merge.\n",
    });
  });

  it("hides the rows of a run that is being removed", async () => {
    const dir = await recorded();
    run(node, [cli, "compact", "--store", dir, "--quiet"], dir);
    await using store = await openStore(dir);
    const all = await store.calls({ limit: 10_000 });
    const [gone] = await store.runs();
    const path = join(dir, "runs", `${gone!.runId}.json`);
    renameSync(path, `${path}.removing`);
    const left = all.items.filter(({ runId }) => runId !== gone!.runId);
    expect(left.length).toBeGreaterThan(0);
    expect((await store.calls({ limit: 10_000 })).items).toEqual(left);
    const { rows } = await store.sql("SELECT count(*) AS n FROM calls");
    expect(rows).toEqual([{ n: left.length }]);
  });

  it("is followed while it is merged, every call once", async () => {
    const dir = await recorded();
    await using store = await openStore(dir);
    const tail = store.tail({ pollMs: 20 });
    const folder = join(dir, "..");
    const seen: string[] = [];
    const recordAndMerge = async () => {
      await record(folder, "5000");
      for (let i = 0; i < 3; i++) run(node, [cli, "compact", "--store", dir, "--quiet"], folder);
    };
    const merging = recordAndMerge();
    for await (const item of tail) {
      if (item.kind === "call") seen.push(`${item.call.runId} ${item.call.callId}`);
      if (seen.length === ROUNDS * (40 + 80 + 1)) break;
    }
    await merging;
    expect(new Set(seen).size).toBe(seen.length);
  });
});

it("another process that is at it is told of, and nothing is done", async () => {
  const dir = await recorded();
  const lock = join(dir, "upkeep.lock");
  // Held by this process, by way of flock(1).
  const holder = spawn("flock", [lock, "sleep", "30"], { stdio: "ignore" });
  try {
    await expect
      .poll(() => existsSync(lock) && run(node, [cli, "compact", "--store", dir], dir).status)
      .toBe(2);
    const ended = run(node, [cli, "compact", "--store", dir], dir);
    expect(ended.stderr).toMatch(/is being merged or pruned by another process/);
    expect(ended.stdout).toBe("");
    expect(readFileSync(join(dir, "store.json"), "utf8")).toContain(
      `"schemaVersion": ${SCHEMA_VERSION}`,
    );
  } finally {
    holder.kill();
  }
});

it("old runs go while a program records, and readers do not notice but by their absence", async () => {
  const dir = await recorded();
  const folder = join(dir, "..");
  await using store = await openStore(dir);
  expect(await store.runs()).toHaveLength(3);
  // Longer than the first look of the thread that keeps the store.
  const main = `import { Breadcrumb } from "breadcrumb-tracer";
    const session = await Breadcrumb.start({ include: ["src/**"], store: "store", retention: { maxRuns: 2 } });
    const { order } = await import("./src/work.mjs");
    for (let n = 0; n < 70; n++) { order({ id: n, items: ["a"] }, n); await new Promise((done) => setTimeout(done, 100)); }
    await session.stop();`;
  writeFileSync(join(folder, "long.mjs"), main);
  const child = spawn(node, ["long.mjs"], { cwd: folder, stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  while (child.exitCode === null && child.signalCode === null) {
    const { items } = await store.traces({ limit: 200 });
    for (const { traceId } of items.slice(-1)) await store.trace(traceId).catch(isGone);
    await store.stats();
    expect(store.problems()).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(await ended).toBe(0);
  const runs = await store.runs();
  expect(runs.map(({ pid }) => pid)[0]).toBe(child.pid);
  expect(runs).toHaveLength(2);
  expect((await store.calls({ run: runs[0]!.runId, limit: 1000 })).items).toHaveLength(210);
});

/** The trace's run went between two questions. */
function isGone(error: unknown): void {
  expect(error).toMatchObject({ code: "BC_ERR_NOT_FOUND" });
}
