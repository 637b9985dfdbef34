/**
 * `npm run bench -- inspector`: what breakpoints cost.
 *
 * A hit: off (no breakpoint), a logpoint of the bare inspector, ours without results, ours with them. What must hold: without results 1.2 times a bare logpoint.
 *
 * A throw that is caught: in a function without breakpoints, with ours, and in another file while ours are there.
 *
 * A page that was loaded before: seconds without and with breakpoints in its own functions, and in all of Express,
 * lodash and Handlebars, in turn. What must hold: with 100 hits a second in its own functions and no
 * results 1.05 times the CPU of a request.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { formatRatio, formatTable, spreadOf } from "./statistics.ts";

/** Times of a bare logpoint that a hit may cost. */
const MOST = 1.2;
/** Times of its plain CPU that a request may cost. */
const MOST_OF_PAGE = 1.05;
const BOUNDED = "its own functions, 100 hits";
const SECONDS = 5;
/** Those and the eight before. */
const SECONDS_OF_SESSION = 13;

/** What there is to a hit. */
const HITS = ["off", "bare", "ours", "results"] as const;
/** Where something is thrown and caught. */
const THROWS = ["thrown-off", "thrown", "thrown-elsewhere"] as const;
const THROWN = 300;

/** What a hit costs. */
export interface HitCost {
  /** µs. */
  readonly us: number;
  readonly recorded: number;
  readonly pauses: number;
}

/** What one variant of the page cost. */
interface PageCost {
  readonly cpuUs: number;
  readonly p99Ms: number;
  readonly mostMs: number;
  readonly firstUs: number;
  readonly firstMs: number;
  readonly recorded?: number;
}

/** Measures hits: each kind in a process of its own, in turn. */
export function measureHits(
  rounds: number,
  calls: number,
): Record<(typeof HITS)[number], readonly HitCost[]> {
  const costs: Record<(typeof HITS)[number], HitCost[]> = {
    off: [],
    bare: [],
    ours: [],
    results: [],
  };
  for (let round = 0; round < rounds; round++) {
    for (const kind of HITS) costs[kind].push(measure("inspector.cjs", [kind, calls]));
  }
  return costs;
}

function measure<T>(program: string, args: readonly (number | string)[]): T {
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
  const hits = measureHits(rounds, 2000);
  const ratios = HITS.map((kind) =>
    hits[kind].map(({ us }, round) => us / (hits.bare[round]?.us as number)),
  );
  const lines = HITS.map((kind, at) => [
    kind,
    `${spreadOf(hits[kind].map(({ us }) => us)).median.toFixed(1)} µs`,
    formatRatio(spreadOf(ratios[at] as number[])),
  ]);
  console.log(formatTable([["a hit", "", "of a bare logpoint"], ...lines]));
  console.log();
  console.log(formatTable([["a throw", ""], ...THROWS.map((kind) => throwLine(kind, rounds))]));
  console.log();
  const most = benchPage(rounds);
  return spreadOf(ratios[2] as number[]).median > MOST || most > MOST_OF_PAGE ? 1 : 0;
}

function throwLine(kind: (typeof THROWS)[number], rounds: number): string[] {
  const costs = Array.from({ length: rounds }, () =>
    measure<HitCost>("inspector.cjs", [kind, THROWN]),
  );
  return [kind, `${spreadOf(costs.map(({ us }) => us)).median.toFixed(1)} µs`];
}

/** Prints a line for each variant. Gives the ratio of the one that is bounded. */
function benchPage(rounds: number): number {
  const costs = measure<readonly Record<string, PageCost>[]>("inspected-page.cjs", [
    rounds,
    SECONDS,
  ]);
  const cpu = ({ cpuUs }: PageCost): number => cpuUs;
  const of = (name: string, figure: (cost: PageCost) => number): number[] =>
    costs.map((round) => figure(round[name] as PageCost));
  const plain = of("plain", cpu);
  const ratios = (name: string, figure: (cost: PageCost) => number): number[] =>
    of(name, figure).map((us, round) => us / (plain[round] as number));
  const middle = (name: string, figure: (cost: PageCost) => number): string =>
    spreadOf(of(name, figure)).median.toFixed(1);
  const lines = Object.keys(costs[0] as object).map((name) => [
    name,
    formatRatio(spreadOf(ratios(name, cpu))),
    `${middle(name, ({ p99Ms }) => p99Ms)} ms`,
    `${middle(name, ({ mostMs }) => mostMs)} ms`,
    formatRatio(spreadOf(ratios(name, ({ firstUs }) => firstUs))),
    `${middle(name, ({ firstMs }) => firstMs)} ms`,
    (Number(middle(name, ({ recorded = 0 }) => recorded)) / SECONDS_OF_SESSION).toFixed(1),
  ]);
  const columns = [
    "the page",
    "CPU of a request",
    "p99",
    "slowest",
    "first 8 s: CPU",
    "slowest",
    "calls recorded a second",
  ];
  console.log(formatTable([columns, ...lines]));
  return spreadOf(ratios(BOUNDED, cpu)).median;
}
