/**
 * What is thrown, into the ring: the value, the number of the object that it is, its causes, the errors
 * that it stands for.
 *
 * `throw new Error("b", { cause: a })` → b, its number, 1, a, a's number.
 * Limits: MAX_CAUSES causes, MAX_ERRORS errors; only what are own properties with a value. The number
 * is known as long as the object lives.
 */
import { MAX_RECORD_WORDS } from "../native/layout";
import { isArray, isNativeError, isProxy, weakGet, weakHas, weakSet } from "./primordials";
import { putThrown } from "./preview";
import { ownData } from "./reflect";
import { POS, state } from "./state";
import { f64 } from "./writer";
import { takeBack } from "./words";

const MAX_CAUSES = 5;
const MAX_ERRORS = 10;
const MAX_NUMBER = 2 ** 31;
/** Words of a record behind which no related error is begun. */
const ROOM = MAX_RECORD_WORDS - 64;

const numbers = new WeakMap<object, number>();
/** Those whose stack was told. */
const stacks = new WeakMap<object, true>();
let lastNumber = 0;
/** Values of the last that was written. */
export let thrownValues = 1;

const noStack = (): undefined => undefined;

/** Whether a record has told this object. */
export function isTold(error: object): boolean {
  return weakHas(numbers, error);
}

/** Whether one has told its stack. */
export function hasToldStack(error: object): boolean {
  return weakHas(stacks, error);
}

/** The next record tells an error's stack. */
export function tellStack(error: object): void {
  weakSet(stacks, error, true);
}

/** The same for the same object; 0 for what is none. */
function numberOf(value: unknown): number {
  if ((typeof value !== "object" || value === null) && typeof value !== "function") return 0;
  const known = weakGet(numbers, value);
  if (known !== undefined) return known;
  lastNumber = lastNumber === MAX_NUMBER ? 1 : lastNumber + 1;
  weakSet(numbers, value, lastNumber);
  return lastNumber;
}

/**
 * Writes what is thrown at word `q`, as so many values as `thrownValues` says then.
 *
 * @param stack gives an error's stack
 * @returns the word behind it
 */
export function putWhole(
  q: number,
  thrown: unknown,
  stack: (error: object) => string | undefined,
): number {
  let at = putThrown(q, thrown, stack);
  thrownValues = 1;
  const end = at;
  try {
    const number = numberOf(thrown);
    if (number === 0) return at;
    f64[at] = number;
    at += 1;
    thrownValues = 2;
    return isError(thrown) ? putRelated(at, thrown) : at;
  } catch {
    // Out of stack, most likely.
    takeBack(end, (state[POS] as number) + MAX_RECORD_WORDS);
    thrownValues = 1;
    return end;
  }
}

function isError(value: unknown): value is Error {
  return isNativeError(value) && !isProxy(value);
}

function putRelated(q: number, error: Error): number {
  const errors = ownData(error, "errors");
  const hasErrors = isArray(errors) && !isProxy(errors);
  let cause = ownData(error, "cause");
  if (cause === undefined && !hasErrors) return q;
  const room = (state[POS] as number) + ROOM;
  let at = q + 1;
  let causes = 0;
  while (cause !== undefined && causes < MAX_CAUSES && at < room) {
    at = putOne(at, cause);
    causes += 1;
    cause = isError(cause) ? ownData(cause, "cause") : undefined;
  }
  f64[q] = causes;
  let count = 0;
  if (hasErrors) {
    for (; count < errors.length && count < MAX_ERRORS && at < room; count++) {
      at = putOne(at, ownData(errors, `${count}`));
    }
  }
  thrownValues = 3 + 2 * (causes + count);
  return at;
}

function putOne(q: number, value: unknown): number {
  const at = putThrown(q, value, noStack);
  f64[at] = numberOf(value);
  return at + 1;
}
