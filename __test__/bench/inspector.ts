/**
 * `npm run bench -- inspector`: what breakpoints cost.
 *
 * A hit: off (no breakpoint), a logpoint of the bare inspector, ours without results, ours with them. What must hold:
 * without results 1.2 times a bare logpoint.
 *
 * A throw that is caught: in a function without breakpoints, with ours, and in another file while ours are there.
 *
 * A page that was loaded before: breakpoints in its own functions, and in all of Express, lodash and Handlebars, each in a process of its
 * own, in turn, a little of one after a little of the other, with as many hits in the time that it works as it would have of all time; twice
 * without any, which tells how far two of the same differ. What must hold: with 100 hits a second in its own functions and no
 * results 1.05 times the CPU of a request.
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
const LATER_MS = 6000;
/** Of one before the next one's turn. */
const TURN_MS = 200;

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
interface PageCost {
  /** CPU of one. */
  readonly cpuUs: number;
  readonly p99Ms: number;
  readonly mostMs: number;
  /** Calls, since the beginning. */
  readonly recorded: number;
}
type PageCosts = ReadonlyMap<string, PageCost>;

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

/** The page in a process for each variant: what requests cost at first, and then. */
async function measurePage(): Promise<readonly [first: PageCosts, later: PageCosts]> {
  const start = (): ChildProcess => fork(join(WORKLOADS, "inspected-page.cjs"), [DIST]);
  const one = start();
  const names = await answer<string[]>(one);
  const pages = new Map([[names[0] as string, one]]);
  for (const name of names.slice(1)) {
    const page = start();
    pages.set(name, page);
    await answer(page);
  }
  const during = async (ms: number): Promise<PageCosts> => {
    for (const page of pages.values()) await ask(page, { report: true });
    for (let done = 0; done < ms; done += TURN_MS) {
      for (const page of pages.values()) await ask(page, { ask: TURN_MS });
    }
    const costs = new Map<string, PageCost>();
    for (const [name, page] of pages) costs.set(name, await ask<PageCost>(page, { report: true }));
    return costs;
  };
  await during(2000);
  for (const [name, page] of pages) await ask(page, { start: name, among: pages.size });
  const costs = [await during(FIRST_MS), await during(LATER_MS)] as const;
  for (const page of pages.values()) page.disconnect();
  return costs;
}

/** Prints a line for each variant. Gives the ratio of the one that is bounded. */
async function benchPage(rounds: number): Promise<number> {
  const costs: (readonly [PageCosts, PageCosts])[] = [];
  for (let round = 0; round < rounds; round++) costs.push(await measurePage());
  const of = (at: 0 | 1, name: string, figure: keyof PageCost): number[] =>
    costs.map((round) => round[at].get(name)?.[figure] as number);
  const ratio = (at: 0 | 1, name: string): Ratio => {
    const plain = of(at, "plain", "cpuUs");
    return spreadOf(of(at, name, "cpuUs").map((us, round) => us / (plain[round] as number)));
  };
  const middle = (figures: readonly number[]): string => spreadOf(figures).median.toFixed(1);
  const names = [...(costs[0] as readonly [PageCosts, PageCosts])[0].keys()];
  const lines = names.map((name) => [
    name,
    formatRatio(ratio(1, name)),
    `${middle(of(1, name, "p99Ms"))} ms`,
    `${middle(of(1, name, "mostMs"))} ms`,
    formatRatio(ratio(0, name)),
    `${middle(of(0, name, "mostMs"))} ms`,
    middle(of(1, name, "recorded").map((calls) => (1000 * calls) / (FIRST_MS + LATER_MS))),
  ]);
  const columns = [
    "the page",
    "CPU of a request",
    "p99",
    "slowest",
    "first 8 s: CPU",
    "slowest",
    "calls recorded a second of its own",
  ];
  console.log(formatTable([columns, ...lines]));
  return ratio(1, BOUNDED).median;
}
