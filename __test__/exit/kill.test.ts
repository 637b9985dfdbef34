/**
 * SIGKILL at any moment: what the program had told the world before is in the store, and nothing
 * that makes no sense is. The moments are seeded; whichever comes, the same must hold.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { openStore, type Store } from "../../ts/query/index";
import { cli, nodes, project, register, run } from "../support/program";
import { seeded } from "../support/seeded";

const KILLS = process.env["BREADCRUMB_EXIT"] === "full" ? 100 : 5;
const MAX_WAIT_MS = 900;

/** Each thread appends the number of a step to its log once the step has returned. */
const BUSY = `
  const { Worker, isMainThread } = require("node:worker_threads");
  const fs = require("node:fs");
  if (isMainThread) new Worker(__filename);
  const log = fs.openSync(isMainThread ? "main.log" : "worker.log", "a");
  function mainStep(i) { return inner(i) }
  function workerStep(i) { return inner(i) }
  function inner(i) { return { i, text: "step " + i } }
  async function waits(i) { await null; return i }
  const step = isMainThread ? mainStep : workerStep;
  async function busy() {
    for (let i = 0; ; i++) {
      step(i);
      fs.writeSync(log, i + "\\n");
      if (i % 100 === 0) await waits(i);
      if (i % 1000 === 0) await new Promise((done) => setTimeout(done, i % 7000 === 0 ? 60 : 1));
    }
  }
  busy();`;

const moments = seeded(20_261_124);

describe.each(nodes)("SIGKILL on %s", (_name, node) => {
  const share = Math.ceil(KILLS / nodes.length);
  const waits = Array.from({ length: share }, () => Math.floor(moments() * MAX_WAIT_MS));

  it.each(waits)("after %i ms loses nothing that the program had told", async (wait) => {
    const folder = project({ "main.js": BUSY });
    await killAfter(wait, node, folder);
    run(node, [cli, "recover"], folder);
    const store = await openStore(join(folder, "store"));
    try {
      const [one, ...others] = await store.runs();
      expect(others).toEqual([]);
      expect(one).toMatchObject({
        status: "crashed",
        counters: { dropped: 0, malformedRecords: 0, unknownRecords: 0, evictedOpen: 0 },
      });
      for (const thread of ["main", "worker"]) {
        const { first, last, distinct, open } = await steps(store, `${thread}Step`);
        expect(last).toBeGreaterThanOrEqual(lastTold(join(folder, `${thread}.log`)));
        expect({ first, distinct }).toEqual({ first: last < 0 ? null : 0, distinct: last + 1 });
        expect(open).toBeLessThanOrEqual(1);
      }
    } finally {
      await store.close();
    }
  });
});

/** Runs the program and kills it some time after its first step. */
async function killAfter(ms: number, node: string, folder: string): Promise<void> {
  const options = { store: join(folder, "store"), overflow: "block", quiet: true, strict: true };
  const child = spawn(node, ["--require", register, "main.js"], {
    cwd: folder,
    env: { PATH: process.env["PATH"], BREADCRUMB_OPTIONS: JSON.stringify(options) },
    stdio: "ignore",
  });
  const ended = once(child, "exit");
  while (lastTold(join(folder, "main.log")) < 0) await sleep(5);
  await sleep(ms);
  child.kill("SIGKILL");
  expect(await ended).toEqual([null, "SIGKILL"]);
}

/** The last number of a log whose line is whole; -1 if there is none. */
function lastTold(log: string): number {
  if (!existsSync(log)) return -1;
  return Number(readFileSync(log, "utf8").split("\n").at(-2) ?? -1);
}

interface Steps {
  /** First and last number of a step that returned; -1: none. */
  readonly first: number | null;
  readonly last: number;
  readonly distinct: number;
  readonly open: number;
}

async function steps(store: Store, name: string): Promise<Steps> {
  const { rows } = await store.sql(`
    SELECT min(i) FILTER (returned) AS first, coalesce(max(i) FILTER (returned), -1) AS last,
      count(DISTINCT i) FILTER (returned) AS distinct, count(*) FILTER (NOT returned) AS open
    FROM (SELECT (arguments::JSON->>0)::INT AS i, status = 'returned' AS returned
      FROM calls WHERE function = '${name}')`);
  const { first, last, distinct, open } = rows[0] as Record<string, number | null>;
  return {
    first: first === null ? null : Number(first),
    last: Number(last),
    distinct: Number(distinct),
    open: Number(open),
  };
}
