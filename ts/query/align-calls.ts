/**
 * Walks two streams of calls side by side.
 *
 *     const { first, changed, onlyInA } = await alignCalls(a, b, { maxChanged: 50 });
 *
 * Calls of the same function at the same depth are a pair. Where the streams differ, the nearest place
 * ahead is looked for from which `RUN` calls are pairs again; what lies between is on one side only.
 * Limits: the view ahead is `AHEAD` calls, so after a longer stretch that differs the pairing is lost
 * until the sides happen to meet again.
 */
import { AHEAD, type CallStream } from "./call-stream";

/** Pairs in a row that are believed. */
const RUN = 4;

/** A pair of calls, or a call that has none. */
export interface Pair {
  /** Number of calls before it, and its id; null where the side has ended. */
  readonly a: Spot | null;
  readonly b: Spot | null;
}

/** A place in a stream. */
export interface Spot {
  readonly position: number;
  readonly callId: number;
}

/** What the walk found. */
export interface Alignment {
  /** Where the sides first differ: in what is called, or in how it ends. */
  readonly first: (Pair & { readonly kind: "call" | "outcome" }) | null;
  /** The first pairs with other arguments or results. */
  readonly changed: readonly Pair[];
  readonly changedCount: number;
  readonly pairs: number;
  readonly onlyInA: number;
  readonly onlyInB: number;
}

/** Walks both to their ends. */
export async function alignCalls(
  a: CallStream,
  b: CallStream,
  { maxChanged }: { readonly maxChanged: number },
): Promise<Alignment> {
  const changed: Pair[] = [];
  const sums = { changedCount: 0, pairs: 0, onlyInA: 0, onlyInB: 0 };
  let first: Alignment["first"] = null;
  for (;;) {
    // Asked only where it may have to read: an await for each call would take longer than the rest.
    const moreA = a.ahead > AHEAD || (await a.ready());
    const moreB = b.ahead > AHEAD || (await b.ready());
    if (!moreA && !moreB) break;
    if (moreA && moreB && isPair(a, 0, b, 0)) {
      sums.pairs++;
      if (a.get("status", 0) !== b.get("status", 0)) first ??= { kind: "outcome", ...spots(a, b) };
      if (differs(a, b)) {
        sums.changedCount++;
        if (changed.length < maxChanged) changed.push(spots(a, b));
      }
      a.skip(1);
      b.skip(1);
      continue;
    }
    first ??= { kind: "call", ...spots(a, b) };
    const [skipA, skipB] = nextPair(a, b);
    sums.onlyInA += skipA;
    sums.onlyInB += skipB;
    a.skip(skipA);
    b.skip(skipB);
  }
  return { first, changed, ...sums };
}

function isPair(a: CallStream, i: number, b: CallStream, j: number): boolean {
  return a.get("place", i) === b.get("place", j) && a.get("depth", i) === b.get("depth", j);
}

function differs(a: CallStream, b: CallStream): boolean {
  return (
    a.get("arguments", 0) !== b.get("arguments", 0) || a.get("result", 0) !== b.get("result", 0)
  );
}

/** How far to go on on each side to be at a pair again; where none is in sight, to the end of it. */
function nextPair(a: CallStream, b: CallStream): [number, number] {
  const [viewA, viewB] = [Math.min(a.ahead, AHEAD), Math.min(b.ahead, AHEAD)];
  for (let sum = 1; sum < viewA + viewB; sum++) {
    for (let i = Math.max(0, sum - viewB + 1); i <= Math.min(sum, viewA - 1); i++) {
      if (meets(a, i, b, sum - i)) return [i, sum - i];
    }
  }
  return [viewA, viewB];
}

function meets(a: CallStream, i: number, b: CallStream, j: number): boolean {
  const run = Math.min(RUN, a.ahead - i, b.ahead - j);
  for (let k = 0; k < run; k++) {
    if (!isPair(a, i + k, b, j + k)) return false;
  }
  return run > 0;
}

function spots(a: CallStream, b: CallStream): Pair {
  return { a: spot(a), b: spot(b) };
}

function spot(stream: CallStream): Spot | null {
  if (stream.ahead === 0) return null;
  return { position: stream.position, callId: stream.get("call", 0) };
}
