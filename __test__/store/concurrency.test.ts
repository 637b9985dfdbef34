/**
 * Many writers, readers and mergers on one store, killed at random: every row once, no reader error.
 *
 * Two rounds of small programs here; `npm run test:store` runs twenty of ten writers with a million
 * calls each.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openStore } from "../../ts/query/index";
import { cli, nodes, project, register, run } from "../support/program";
import { seeded } from "../support/seeded";
import { writerProgram } from "./support/writer-program";

const FULL = process.env["BREADCRUMB_STORE"] === "full";
const ROUNDS = FULL ? 20 : 2;
const WRITERS = FULL ? 10 : 4;
const READERS = FULL ? 4 : 2;
// A multiple of a turn, so that the sum below is exact.
const CALLS = FULL ? 1_000_200 : 120_000;
/** About how long a writer takes. */
const LASTS_MS = FULL ? 8000 : 1200;
const SEED = 20_261_125;

const WRITER = writerProgram({ pauseMs: 5 });
const [, node] = nodes.at(-1)!;

function ended(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => child.once("exit", (code) => resolve(code === 0)));
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Asks until it is told to end, twice at least; rows of a run only become more. */
async function read(dir: string, goesOn: () => boolean): Promise<void> {
  const known = new Map<string, number>();
  let asked = 0;
  await using store = await openStore(dir);
  while (goesOn() || asked < 2) {
    const sums = new Map<string, number>();
    for (const { runId, storedCalls } of await store.runs()) sums.set(runId, storedCalls);
    expect([...sums.keys()]).toEqual(expect.arrayContaining([...known.keys()]));
    for (const [runId, calls] of sums) {
      expect(calls).toBeGreaterThanOrEqual(known.get(runId) ?? 0);
      known.set(runId, calls);
    }
    const { items } = await store.traces({ limit: 5 });
    if (items[0]) await store.trace(items[0].traceId);
    await store.stats({ limit: 5 });
    await store.calls({ function: "leaf", limit: 5 });
    expect(store.problems()).toEqual([]);
    asked++;
    await sleep(20);
  }
}

/** Merges again and again, and is killed in between. */
async function mergeAndKill(
  dir: string,
  chance: () => number,
  goesOn: () => boolean,
): Promise<void> {
  while (goesOn()) {
    const child = spawn(node, [cli, "compact", "--store", dir], { stdio: "ignore" });
    const end = ended(child);
    const patience = sleep(chance() * 400).then(() => child.kill("SIGKILL"));
    await Promise.all([end, patience]);
  }
}

/** Runs that were killed while they wrote, over all rounds; each is counted before and after merging. */
let crashed = 0;
afterAll(() => expect(crashed).toBeGreaterThan(1));

test.each(Array.from({ length: ROUNDS }, (_, round) => round))(
  "round %i of writers, readers and mergers",
  async (round) => {
    const chance = seeded(SEED + round);
    const folder = project({ "writer.js": WRITER });
    const dir = join(folder, "store");
    run(node, [cli, "run", "--store", dir, "--quiet", "--", node, "writer.js", "3"], folder);
    const killed = new Set<number>();
    const pids: number[] = [];
    let writing = true;
    const writers = Array.from({ length: WRITERS }, async (_, index) => {
      const env = { ...process.env, BREADCRUMB_DIR: dir, BREADCRUMB_OVERFLOW: "block" };
      const args = ["--require", register, "writer.js", String(CALLS)];
      const child = spawn(node, args, { cwd: folder, env, stdio: "ignore" });
      pids.push(child.pid!);
      if (index % 2 === 1) {
        const patience = 200 + chance() * LASTS_MS;
        setTimeout(() => {
          if (child.exitCode === null && child.kill("SIGKILL")) killed.add(child.pid!);
        }, patience);
      }
      await ended(child);
    });
    const others = Promise.all([
      ...Array.from({ length: READERS }, () => read(dir, () => writing)),
      mergeAndKill(dir, chance, () => writing),
    ]);
    await Promise.all(writers);
    writing = false;
    await others;

    expect(run(node, [cli, "recover"], folder)).toMatchObject({ status: 0, stderr: "" });
    const check = async () => {
      await using store = await openStore(dir);
      const { rows } = await store.sql(
        "SELECT run_id, count(*) AS n, count(DISTINCT call_id) AS ids FROM calls GROUP BY ALL",
      );
      const byRun = new Map(rows.map((row) => [row["run_id"] as string, row]));
      const runs = (await store.runs()).filter(({ pid }) => pids.includes(pid));
      // Who was killed before recording began left nothing.
      const unheard = pids.filter((pid) => !runs.some((one) => one.pid === pid));
      expect([...killed]).toEqual(expect.arrayContaining(unheard));
      expect(runs).toHaveLength(WRITERS - unheard.length);
      const recorded = new Set((await store.runs()).map(({ runId }) => runId));
      expect([...byRun.keys()].filter((runId) => !recorded.has(runId))).toEqual([]);
      for (const { runId, pid, status, counters, storedCalls } of runs) {
        const row = byRun.get(runId);
        const { n, ids } = { n: Number(row?.["n"] ?? 0), ids: Number(row?.["ids"] ?? 0) };
        expect({ runId, n, ids }).toEqual({ runId, n: storedCalls, ids: n });
        expect(n).toBe(counters.recorded);
        // Each work makes three calls, and each turn is one.
        const whole = CALLS + Math.ceil(CALLS / 600);
        if (status === "crashed") {
          expect(killed.has(pid)).toBe(true);
          crashed++;
        }
        if (status === "finished") expect(n + counters.dropped + counters.counted).toBe(whole);
      }
      expect(store.problems()).toEqual([]);
      return rows.length;
    };
    const before = await check();
    // Whatever a killed merging left is no trouble to the next one.
    expect(run(node, [cli, "compact", "--store", dir, "--quiet"], folder)).toMatchObject({
      status: 0,
      stderr: "",
    });
    expect(await check()).toBe(before);
  },
);
