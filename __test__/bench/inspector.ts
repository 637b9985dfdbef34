/**
 * `npm run bench -- inspector`: what breakpoints cost.
 *
 * A hit: off (no breakpoint), a logpoint of the bare inspector, ours without results, ours with them. What must hold:
 * without results 1.2 times a bare logpoint.
 *
 * A throw that is caught: in a function without breakpoints, with ours, and in another file while ours are there.
 *
 * A page that was loaded before: breakpoints in its own functions, and in all of Express, lodash and Handlebars, in turn, each beside a
 * process that serves the same pages at the same time without: what else the machine does both have. The variant without any tells how
 * far two of the same differ. What must hold: with 100 hits a second in its own functions and no results 1.05 times the CPU of a request.
 */
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { answer, ask, inTurn } from "./in-turn.ts";
import { formatRatio, formatTable, type Ratio, spreadOf } from "./statistics.ts";

/** Times of a bare logpoint that a hit may cost. */
const MOST = 1.2;
/** Times of its plain CPU that a request may cost. */
const MOST_OF_PAGE = 1.05;
const BOUNDED = "its own functions, 100 hits";
const WORKLOADS = join(import.meta.dirname, "workloads");
const DIST = join(import.meta.dirname, "../../dist/index.js");
/** V8 makes all optimised code anew meanwhile. */
const FIRST_MS = 8000;
const LATER_MS = 5000;

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

/** What requests cost for a time. */
interface During {
  /** CPU of one. */
  readonly cpuUs: number;
  readonly p99Ms: number;
  readonly mostMs: number;
}

/** What one variant of the page cost, and the same time without. */
interface PageCost {
  readonly first: During;
  readonly firstPlain: During;
  readonly later: During;
  readonly plain: During;
  readonly recorded: number;
}

/** What calls cost with hits of each kind, and what was recorded of them, with the first ones. */
export function measureHits(calls: number): Promise<ReadonlyMap<string, CallCost>> {
  return hitsInTurn(HITS, calls);
}

async function hitsInTurn(
  kinds: readonly string[],
  calls: number,
): Promise<ReadonlyMap<string, CallCost>> {
  const children: (readonly [string, ChildProcess])[] = [];
  for (const kind of kinds) children.push([kind, await startChild(kind)]);
  const ns = await inTurn(children, { first: FIRST, count: calls, piece: PIECE });
  const costs = new Map<string, CallCost>();
  for (const [kind, child] of children) {
    costs.set(kind, { us: (ns.get(kind) as number) / 1000, ...(await ask<Recorded>(child, 0)) });
  }
  return costs;
}

type Recorded = Pick<CallCost, "recorded" | "pauses">;

async function startChild(kind: string): Promise<ChildProcess> {
  const child = fork(join(WORKLOADS, "inspector.cjs"), [kind, DIST], { cwd: WORKLOADS });
  await answer(child);
  return child;
}

/** Costs of kinds, round by round. */
async function costsOf(
  kinds: readonly string[],
  calls: number,
  rounds: number,
): Promise<(kind: string) => number[]> {
  const costs: ReadonlyMap<string, CallCost>[] = [];
  for (let round = 0; round < rounds; round++) costs.push(await hitsInTurn(kinds, calls));
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
  const most = await benchPage(rounds);
  return ratios("ours").median > MOST || most > MOST_OF_PAGE ? 1 : 0;
}

/** The page in two processes: what each variant cost, round by round. */
async function measurePage(rounds: number): Promise<ReadonlyMap<string, PageCost>[]> {
  const start = (): ChildProcess => fork(join(WORKLOADS, "inspected-page.cjs"), [DIST]);
  const [page, beside] = [start(), start()];
  const [names] = await Promise.all([answer<string[]>(page), answer(beside)]);
  const both = (during: number): Promise<[During, During]> =>
    Promise.all([ask<During>(page, { during }), ask<During>(beside, { during })]);
  const costs: Map<string, PageCost>[] = [];
  for (let round = 0; round < rounds; round++) {
    const cost = new Map<string, PageCost>();
    for (const name of turned(names, round)) {
      await ask(page, { start: name });
      const [first, firstPlain] = await both(FIRST_MS);
      const [later, plain] = await both(LATER_MS);
      const { recorded } = await ask<{ recorded: number }>(page, { stop: true });
      cost.set(name, { first, firstPlain, later, plain, recorded });
    }
    costs.push(cost);
  }
  page.disconnect();
  beside.disconnect();
  page.kill();
  beside.kill();
  return costs;
}

function turned<T>(list: readonly T[], by: number): T[] {
  return list.map((_, at) => list[(at + by) % list.length] as T);
}

/** Prints a line for each variant. Gives the ratio of the one that is bounded. */
async function benchPage(rounds: number): Promise<number> {
  const costs = await measurePage(rounds);
  const of = (name: string, figure: (cost: PageCost) => number): number[] =>
    costs.map((round) => figure(round.get(name) as PageCost));
  const ratio = (name: string): Ratio =>
    spreadOf(of(name, ({ later, plain }) => later.cpuUs / plain.cpuUs));
  const firstRatio = (name: string): Ratio =>
    spreadOf(of(name, ({ first, firstPlain }) => first.cpuUs / firstPlain.cpuUs));
  const middle = (name: string, figure: (cost: PageCost) => number): string =>
    spreadOf(of(name, figure)).median.toFixed(1);
  const lines = [...(costs[0] as ReadonlyMap<string, PageCost>).keys()].map((name) => [
    name,
    formatRatio(ratio(name)),
    `${middle(name, ({ later }) => later.p99Ms)} ms`,
    `${middle(name, ({ later }) => later.mostMs)} ms`,
    formatRatio(firstRatio(name)),
    `${middle(name, ({ first }) => first.mostMs)} ms`,
    middle(name, ({ recorded }) => (1000 * recorded) / (FIRST_MS + LATER_MS)),
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
  return ratio(BOUNDED).median;
}
