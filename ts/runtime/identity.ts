/**
 * A number for each object of this thread, the same whenever it is met.
 *
 * `idOf(cart)` → 12. Objects are held weakly. Limits: an object is given one when it is first looked
 * into; numbers begin anew with each process.
 */
import { weakGet, weakSet } from "./primordials";

const ids = new WeakMap<object, number>();
let last = 0;

/** An object's number, from 1. */
export function idOf(value: object): number {
  const known = weakGet(ids, value);
  if (known !== undefined) return known;
  last += 1;
  weakSet(ids, value, last);
  return last;
}
