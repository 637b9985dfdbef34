/**
 * `npm run bench -- inspector`: what breakpoints cost.
 *
 * A hit, in one process: off (no breakpoint), a logpoint of the bare inspector, ours without results, ours with
 * them. What must hold: without results 1.2 times a bare logpoint.
 *
 * A page whose Express, lodash and Handlebars were loaded before: seconds without and with breakpoints in all
 * of them, in turn. What must hold: with 100 hits a second and no results 1.05 times the CPU of a request.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { formatRatio, formatTable, spreadOf } from "./statistics.ts";

/** Times of a bare logpoint that a hit may cost. */
const MOST = 1.2;
/** Times of its plain CPU that a request may cost. */
const MOST_OF_PAGE = 1.05;
const SECONDS = 5;

/** µs a hit, medians. */
export interface HitCosts {
  readonly off: number;
  readonly bare: number;
  readonly ours: number;
  readonly results: number;
  readonly recorded: number;
  readonly pauses: number;
}

/** What one variant of the page cost. */
interface PageCost {
  readonly cpuUs: number;
  readonly p99Ms: number;
  readonly mostMs: number;
  readonly requests: number;
  readonly recorded?: number;
}

/** Measures hits. */
export function measureHits(rounds: number, calls: number): HitCosts {
  return measure<HitCosts>("inspector.cjs", [rounds, calls]);
}

function measure<T>(program: string, args: readonly number[]): T {
  const folder = join(import.meta.dirname, "workloads");
  const dist = join(import.meta.dirname, "../../dist/index.js");
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [join(folder, program), ...args.map(String), dist],
    { encoding: "utf8", cwd: folder },
  );
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as T;
}

/** Measures and prints. Gives 1 where something costs more than it may. */
export function benchInspector(rounds: number): number {
  const { off, bare, ours, results } = measureHits(rounds, 1000);
  const say = (name: string, us: number, more = ""): void =>
    console.log(`${name.padEnd(26)}${us.toFixed(1).padStart(8)} µs${more}`);
  say("no breakpoint", off);
  say("a bare logpoint", bare);
  say("ours, without results", ours, `  ${(ours / bare).toFixed(2)} (at most ${MOST})`);
  say("ours, with results", results, `  ${(results / bare).toFixed(2)}`);
  console.log();
  const most = benchPage(rounds);
  return ours / bare > MOST || most > MOST_OF_PAGE ? 1 : 0;
}

/** Prints a line for each variant. Gives the ratio of the one that is bounded. */
function benchPage(rounds: number): number {
  const costs = measure<readonly Record<string, PageCost>[]>("inspected-page.cjs", [
    rounds,
    SECONDS,
  ]);
  const of = (name: string, figure: (cost: PageCost) => number): number[] =>
    costs.map((round) => figure(round[name] as PageCost));
  const plain = of("plain", ({ cpuUs }) => cpuUs);
  const ratios = (name: string): number[] =>
    of(name, ({ cpuUs }) => cpuUs).map((us, round) => us / (plain[round] as number));
  const middle = (name: string, figure: (cost: PageCost) => number): string =>
    spreadOf(of(name, figure)).median.toFixed(1);
  const lines = Object.keys(costs[0] as object)
    .toSorted()
    .map((name) => [
      name,
      formatRatio(spreadOf(ratios(name))),
      `${middle(name, ({ p99Ms }) => p99Ms)} ms`,
      `${middle(name, ({ mostMs }) => mostMs)} ms`,
      (Number(middle(name, ({ recorded = 0 }) => recorded)) / SECONDS).toFixed(1),
    ]);
  const columns = ["the page", "CPU of a request", "p99", "slowest", "calls recorded a second"];
  console.log(formatTable([columns, ...lines]));
  return spreadOf(ratios("100 hits")).median;
}
