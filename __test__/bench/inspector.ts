/**
 * `npm run bench -- inspector`: what a hit of a breakpoint costs, in one process: off (no breakpoint), a logpoint of
 * the bare inspector, ours without results, ours with them. What must hold: without results 1.2 times a bare
 * logpoint.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** Times of a bare logpoint that a hit may cost. */
const MOST = 1.2;

/** µs a hit, medians. */
export interface HitCosts {
  readonly off: number;
  readonly bare: number;
  readonly ours: number;
  readonly results: number;
  readonly recorded: number;
  readonly pauses: number;
}

/** Measures. */
export function measureHits(rounds: number, calls: number): HitCosts {
  const folder = import.meta.dirname;
  const program = join(folder, "workloads/inspector.cjs");
  const dist = join(folder, "../../dist/index.js");
  const args = [program, String(rounds), String(calls), dist];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as HitCosts;
}

/** Measures and prints. Gives 1 where a hit costs more than it may. */
export function benchInspector(rounds: number): number {
  const { off, bare, ours, results } = measureHits(rounds, 1000);
  const say = (name: string, us: number, more = ""): void =>
    console.log(`${name.padEnd(26)}${us.toFixed(1).padStart(8)} µs${more}`);
  say("no breakpoint", off);
  say("a bare logpoint", bare);
  say("ours, without results", ours, `  ${(ours / bare).toFixed(2)} (at most ${MOST})`);
  say("ours, with results", results, `  ${(results / bare).toFixed(2)}`);
  return ours / bare > MOST ? 1 : 0;
}
