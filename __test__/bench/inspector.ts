/**
 * `npm run bench -- inspector`: what breakpoints cost.
 *
 * A hit: off (no breakpoint), a logpoint of the bare inspector, ours without results, ours with them. What must hold:
 * without results 1.2 times a bare logpoint.
 *
 * A throw that is caught: in a function without breakpoints, with ours, and in another file while ours are there.
 *
 * A page that was loaded before: seconds without and with breakpoints in its own functions, and in all of Express,
 * lodash and Handlebars, in turn. What must hold: with 100 hits a second in its own functions and no
 * results 1.05 times the CPU of a request.
 */
import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { join } from "node:path";
import { formatRatio, formatTable, type Ratio, spreadOf } from "./statistics.ts";

/** Times of a bare logpoint that a hit may cost. */
const MOST = 1.2;
/** Times of its plain CPU that a request may cost. */
const MOST_OF_PAGE = 1.05;
const BOUNDED = "its own functions, 100 hits";
const WORKLOADS = join(import.meta.dirname, "workloads");
const DIST = join(import.meta.dirname, "../../dist/index.js");
const SECONDS = 5;
/** Those and the eight before. */
const SECONDS_OF_SESSION = 13;

/** What there is to a hit. */
const HITS = ["off", "bare", "ours", "results"] as const;
/** Where something is thrown and caught. */
const THROWS = ["thrown-off", "thrown", "thrown-elsewhere"] as const;
/** Calls before those that are measured: by then most of what they run is optimised. */
export const FIRST = 500;
/** Calls of one kind before the next one's turn. */
const PIECE = 50;
const CALLS = 2000;
const THROWN = 300;

/** What a call costs. */
export interface CallCost {
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

/** What calls cost with hits of each kind, and what was recorded of them, with the first ones. */
export function measureHits(calls: number): Promise<ReadonlyMap<string, CallCost>> {
  return inTurn(HITS, calls);
}

/** Each kind in a process of its own, a few calls of one after a few of the other: all meet the same machine. */
async function inTurn(
  kinds: readonly string[],
  calls: number,
): Promise<ReadonlyMap<string, CallCost>> {
  const children = await Promise.all(kinds.map((kind) => startChild(kind)));
  const ns = kinds.map(() => 0);
  for (let done = -FIRST; done < calls; done += PIECE) {
    for (const [at, child] of children.entries()) {
      const took = await ask<number>(child, PIECE);
      if (done >= 0) ns[at] = (ns[at] as number) + took;
    }
  }
  const ends = await Promise.all(children.map((child) => ask<Recorded>(child, 0)));
  return new Map(
    kinds.map((kind, at) => [
      kind,
      { us: (ns[at] as number) / calls / 1000, ...(ends[at] as Recorded) },
    ]),
  );
}

type Recorded = Pick<CallCost, "recorded" | "pauses">;

async function startChild(kind: string): Promise<ChildProcess> {
  const child = fork(join(WORKLOADS, "inspector.cjs"), [kind, DIST], { cwd: WORKLOADS });
  await answer(child);
  return child;
}

function ask<T>(child: ChildProcess, calls: number): Promise<T> {
  child.send(calls);
  return answer(child);
}

/** A child's next message. Rejects if it ends instead. */
function answer<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`ended with ${code}`));
    child.once("exit", ended);
    child.once("message", (message) => {
      child.off("exit", ended);
      resolve(message as T);
    });
  });
}

/** Costs of kinds, round by round. */
async function costsOf(
  kinds: readonly string[],
  calls: number,
  rounds: number,
): Promise<(kind: string) => number[]> {
  const costs: ReadonlyMap<string, CallCost>[] = [];
  for (let round = 0; round < rounds; round++) costs.push(await inTurn(kinds, calls));
  return (kind) => costs.map((round) => round.get(kind)?.us as number);
}

/** Measures and prints. Gives 1 where something costs more than it may. */
export async function benchInspector(rounds: number): Promise<number> {
  const hits = await costsOf(HITS, CALLS, rounds);
  const ratios = (kind: string): Ratio =>
    spreadOf(hits(kind).map((us, round) => us / (hits("bare")[round] as number)));
  const lines = HITS.map((kind) => [
    kind,
    // A call has two hits.
    `${(spreadOf(hits(kind)).median / 2).toFixed(1)} µs`,
    formatRatio(ratios(kind)),
  ]);
  console.log(formatTable([["a hit", "", "of a bare logpoint"], ...lines]));
  console.log();
  const throws = await costsOf(THROWS, THROWN, rounds);
  const throwLines = THROWS.map((kind) => [kind, `${spreadOf(throws(kind)).median.toFixed(1)} µs`]);
  console.log(formatTable([["a throw", ""], ...throwLines]));
  console.log();
  const most = benchPage(rounds);
  return ratios("ours").median > MOST || most > MOST_OF_PAGE ? 1 : 0;
}

function measurePage(rounds: number): readonly Record<string, PageCost>[] {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [join(WORKLOADS, "inspected-page.cjs"), String(rounds), String(SECONDS), DIST],
    { encoding: "utf8", cwd: WORKLOADS },
  );
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as readonly Record<string, PageCost>[];
}

/** Prints a line for each variant. Gives the ratio of the one that is bounded. */
function benchPage(rounds: number): number {
  const costs = measurePage(rounds);
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
