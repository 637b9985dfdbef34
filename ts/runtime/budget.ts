/**
 * How much of this thread's time goes into looking into objects: a bucket of *nodes* (properties
 * and items visited), filled a little each millisecond and never beyond its size. An object met
 * when the bucket is empty is recorded as one that was not looked into, and says so. A long string
 * that was not met before costs a node for each KiB.
 *
 * Limits: a visit costs 0.2 to 1 µs, so the refill is a few percent of a core at most; one huge
 * object may overdraw the bucket, and is paid off before the next is looked into.
 */
import { BUDGET, MAY_LOOK, state } from "./state";

/** Milliseconds whose share is given at once to a thread that has not used it. */
const BURST = 400;

let nodes = 0;
let free = false;

/** From now on, or no longer, objects are looked into whatever it costs. */
export function lookFreely(freely: boolean): void {
  free = freely;
  state[MAY_LOOK] = freely || nodes > 0 ? 1 : 0;
}

/** Takes `count` nodes. */
export function spend(count: number): void {
  if (free) return;
  nodes -= count;
  if (nodes <= 0) state[MAY_LOOK] = 0;
}

/** A session begins: the bucket is full, without end where there is no limit. */
export function fillBudget(): void {
  const refill = state[BUDGET] as number;
  nodes = refill === 0 ? Infinity : refill * BURST;
  state[MAY_LOOK] = 1;
}

/** A millisecond has passed (or more: then too little is refilled, never too much). */
export function refillBudget(): void {
  const refill = state[BUDGET] as number;
  const size = refill * BURST;
  if (nodes < size) nodes = nodes + refill > size ? size : nodes + refill;
  if (nodes > 0) state[MAY_LOOK] = 1;
}
