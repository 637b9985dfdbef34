/**
 * Functions of two sides, compared.
 *
 *     compareFunctions(statsOfA, statsOfB, { ratio: 1.5, minMs: 1 })   // { added, removed, slower, faster, … }
 *
 * A function is the same by its name and file; of several with one name in a file, those on the same
 * line, and then the others in their order. Limits: none.
 */
import type { FunctionChange } from "./diff-result";
import type { FunctionStats } from "./function-sums";

/** From when on a function is slower or faster. */
export interface Thresholds {
  readonly ratio: number;
  readonly minMs: number;
}

/** What changed, each the weightiest first. */
export interface FunctionChanges {
  readonly added: readonly FunctionStats[];
  readonly removed: readonly FunctionStats[];
  readonly slower: readonly FunctionChange[];
  readonly faster: readonly FunctionChange[];
  readonly counts: readonly FunctionChange[];
}

/** Compares them. */
export function compareFunctions(
  a: readonly FunctionStats[],
  b: readonly FunctionStats[],
  { ratio, minMs }: Thresholds,
): FunctionChanges {
  const { pairs, onlyA, onlyB } = pair(a, b);
  const changes = pairs.map(([before, after]) => change(before, after));
  const weighty = changes.filter(({ differenceNs }) => Math.abs(differenceNs) >= minMs * 1e6);
  const slower = weighty.filter((c) => c.ratio !== null && c.ratio >= ratio);
  const faster = weighty.filter((c) => c.ratio !== null && c.ratio <= 1 / ratio);
  const counts = changes.filter((c) => happened(c.a) !== happened(c.b));
  const byTotal = (x: FunctionStats, y: FunctionStats) => y.totalNs - x.totalNs;
  return {
    added: onlyB.toSorted(byTotal),
    removed: onlyA.toSorted(byTotal),
    slower: slower.toSorted((x, y) => y.differenceNs - x.differenceNs),
    faster: faster.toSorted((x, y) => x.differenceNs - y.differenceNs),
    counts: counts.toSorted(
      (x, y) => Math.abs(happened(y.b) - happened(y.a)) - Math.abs(happened(x.b) - happened(x.a)),
    ),
  };
}

function happened({ calls, counted, dropped }: FunctionStats): number {
  return calls + counted + dropped;
}

function change(a: FunctionStats, b: FunctionStats): FunctionChange {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  return {
    function: b.function,
    file: b.file,
    line: b.line,
    a,
    b,
    // A mean of 0 is one below the clock's resolution: taken as a nanosecond.
    ratio: meanA === null || meanB === null ? null : Math.max(meanB, 1) / Math.max(meanA, 1),
    differenceNs: Math.round(((meanB ?? 0) - (meanA ?? 0)) * (b.calls - b.open)),
  };
}

function meanOf({ calls, open, totalNs }: FunctionStats): number | null {
  return calls > open ? totalNs / (calls - open) : null;
}

type Pairs = {
  readonly pairs: readonly (readonly [FunctionStats, FunctionStats])[];
  readonly onlyA: readonly FunctionStats[];
  readonly onlyB: readonly FunctionStats[];
};

function pair(a: readonly FunctionStats[], b: readonly FunctionStats[]): Pairs {
  const pairs: [FunctionStats, FunctionStats][] = [];
  const onlyA: FunctionStats[] = [];
  const onlyB: FunctionStats[] = [];
  const [namedA, namedB] = [byName(a), byName(b)];
  for (const name of new Set([...namedA.keys(), ...namedB.keys()])) {
    const left = namedA.get(name) ?? [];
    const right = namedB.get(name) ?? [];
    const unmoved = left.flatMap((one) => {
      const same = right.find((other) => other.line === one.line && other.col === one.col);
      return same ? [[one, same] as [FunctionStats, FunctionStats]] : [];
    });
    const restA = left.filter((one) => !unmoved.some(([known]) => known === one));
    const restB = right.filter((one) => !unmoved.some(([, known]) => known === one));
    const moved = Math.min(restA.length, restB.length);
    pairs.push(...unmoved);
    for (let i = 0; i < moved; i++) pairs.push([restA[i], restB[i]] as (typeof pairs)[0]);
    onlyA.push(...restA.slice(moved));
    onlyB.push(...restB.slice(moved));
  }
  return { pairs, onlyA, onlyB };
}

function byName(functions: readonly FunctionStats[]): Map<string, FunctionStats[]> {
  const named = new Map<string, FunctionStats[]>();
  for (const one of functions.toSorted((x, y) => x.line - y.line || x.col - y.col)) {
    const key = JSON.stringify([one.file, one.function]);
    named.set(key, [...(named.get(key) ?? []), one]);
  }
  return named;
}
