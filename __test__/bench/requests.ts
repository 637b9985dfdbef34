/**
 * `npm run bench -- requests`: what it takes that a request belongs to the call which made it, in µs of CPU of its thread: where it goes out, with
 * `propagate` less without; where it comes, with a header less without.
 *
 * What must hold: 5 µs for both. Arguments: `--rounds 5`, `--nodes 20,24`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeBinary } from "../../scripts/node-versions.mjs";
import { formatTable, spreadOf } from "./statistics.ts";
import { ROOT, type Size } from "./workload.ts";

const MOST_US = 5;

/** µs of a request out, of one that came without a header, and with one. */
interface Cost {
  readonly out: number;
  readonly plain: number;
  readonly linked: number;
}

/** What the workload takes where requests are recorded. */
export function measureRequests(node: string, propagate: boolean, size: Size): Cost {
  const store = mkdtempSync(join(tmpdir(), "breadcrumb-bench-"));
  try {
    const script = join(import.meta.dirname, "workloads/requests.cjs");
    const options = { all: true, overflow: "drop", quiet: true, strict: true, store, propagate };
    const args = ["--require", join(ROOT, "dist/register.js"), script];
    const child = spawnSync(node, args, {
      cwd: ROOT,
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"],
        BENCH_SIZE: size,
        BREADCRUMB_OPTIONS: JSON.stringify(options),
      },
    });
    if (child.status !== 0) throw new Error(child.stderr);
    return JSON.parse(child.stdout) as Cost;
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}

/** Measures and prints. Gives 1 where the edges of a request cost more than they may. */
export function benchRequests(rounds: number, majors: readonly number[] = [24]): number {
  const table = [["", "out, µs", "in, µs", "both, µs"]];
  let most = 0;
  for (const major of majors) {
    const node = nodeBinary(major);
    const costs = Array.from({ length: rounds }, () => {
      const without = measureRequests(node, false, "full");
      const { out, plain, linked } = measureRequests(node, true, "full");
      return { out: out - without.out, came: linked - plain };
    });
    const both = spreadOf(costs.map(({ out, came }) => out + came));
    most = Math.max(most, both.median);
    const cells = [spreadOf(costs.map((c) => c.out)), spreadOf(costs.map((c) => c.came)), both];
    const text = cells.map(
      ({ median, min, max }) => `${median.toFixed(1)} (${min.toFixed(1)}–${max.toFixed(1)})`,
    );
    table.push([`Node ${major}`, ...text]);
  }
  console.log(formatTable(table));
  return most > MOST_US ? 1 : 0;
}
