/**
 * `npm run bench -- edges`: what the edges of a program take, in µs of CPU of its thread: a request that it makes and serves itself, where
 * its calls are recorded, where both belong to one trace by `traceparent`, and where both are rows.
 *
 * What must hold: a request with its edges, at both ends, 5 µs over its recorded calls alone. Arguments: `--rounds 5`, `--nodes 20,24`.
 */
import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeBinary } from "../../scripts/node-versions.mjs";
import { answer, inTurn, type Pieces } from "./in-turn.ts";
import { formatTable, spreadOf } from "./statistics.ts";
import { ROOT } from "./workload.ts";

const MOST_US = 5;
/** What is recorded. */
const KINDS = {
  plain: undefined,
  calls: { propagate: false, edges: false },
  "one trace": { propagate: true, edges: false },
  rows: { propagate: true, edges: true },
} as const;
type Kind = keyof typeof KINDS;
const NAMES = Object.keys(KINDS) as Kind[];
const FULL = { first: 5000, count: 20_000, piece: 250 };

async function start(node: string, kind: Kind, how: string, folder: string): Promise<ChildProcess> {
  const options = KINDS[kind];
  const all = { all: true, overflow: "drop", quiet: true, strict: true, store: join(folder, kind) };
  const child = fork(join(import.meta.dirname, "workloads/edges.cjs"), [how], {
    execPath: node,
    execArgv: options === undefined ? [] : ["--require", join(ROOT, "dist/register.js")],
    cwd: ROOT,
    env: {
      PATH: process.env["PATH"],
      ...(options && { BREADCRUMB_OPTIONS: JSON.stringify({ ...all, ...options }) }),
    },
  });
  await answer(child);
  return child;
}

/** µs of CPU of a request of each kind. `how`: `get`, by `node:http`, or `fetch`. */
export async function measureEdges(
  node: string,
  how: string,
  pieces: Pieces = FULL,
): Promise<ReadonlyMap<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), "breadcrumb-bench-"));
  const children: (readonly [Kind, ChildProcess])[] = [];
  try {
    for (const kind of NAMES) children.push([kind, await start(node, kind, how, folder)]);
    return await inTurn(children, pieces);
  } finally {
    await Promise.all(children.map(([, child]) => end(child)));
    rmSync(folder, { recursive: true, force: true });
  }
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.disconnect();
  });
}

/** Measures and prints. Gives 1 where the edges of a request cost more than they may. */
export async function benchEdges(
  rounds: number,
  majors: readonly number[] = [24],
): Promise<number> {
  const table = [["a request, µs", "plain", "calls", "one trace", "rows", "rows over calls"]];
  let most = 0;
  for (const major of majors) {
    for (const how of ["get", "fetch"]) {
      const costs: ReadonlyMap<string, number>[] = [];
      for (let round = 0; round < rounds; round++) {
        costs.push(await measureEdges(nodeBinary(major), how));
      }
      const of = (kind: Kind): number[] => costs.map((cost) => cost.get(kind) as number);
      const calls = of("calls");
      const over = of("rows").map((us, at) => us - (calls[at] as number));
      most = Math.max(most, spreadOf(over).median);
      table.push([`${how}, Node ${major}`, ...[...NAMES.map(of), over].map(cell)]);
    }
  }
  console.log(formatTable(table));
  return most > MOST_US ? 1 : 0;
}

function cell(figures: readonly number[]): string {
  const { median, min, max } = spreadOf(figures);
  return `${median.toFixed(1)} (${min.toFixed(1)}–${max.toFixed(1)})`;
}
