/**
 * Values into the ring, as `crates/event/src/layout.rs` lays them out: what probes call.
 *
 * `put(q, 7)` → one word; `put(q, { id: 7 })` → the object, looked into (`put-nested.ts`), or a word
 * that says that it was not.
 * Limits: an object is looked into where the thread's budget allows (`budget.ts`).
 */
import {
  CUT_BUDGET,
  CUT_BYTES,
  CUT_DEPTH,
  STORED_SHIFT,
  TAG_ARRAY,
  TAG_CUT,
  TAG_ERROR,
  TAG_HOLE,
  TAG_OBJECT,
} from "../native/layout";
import { isArray, isNativeError, isProxy } from "./primordials";
import { putErrorHead, putNested, tagOf } from "./put-nested";
import { putText } from "./put-primitive";
import { forgetSeen } from "./seen";
import { MAY_LOOK, state } from "./state";
import {
  BOX_BITS,
  FALSE_BITS,
  NAN_BITS,
  NULL_BITS,
  roomEnd,
  tagged,
  takeBackAll,
  TRUE_BITS,
  UNDEFINED_BITS,
} from "./words";
import { f64, i32 } from "./writer";

/** High words of an object and an array that were not looked into. */
const CUT_OBJECT_BITS = BOX_BITS | TAG_CUT | (TAG_OBJECT << STORED_SHIFT);
const CUT_ARRAY_BITS = BOX_BITS | TAG_CUT | (TAG_ARRAY << STORED_SHIFT);

/**
 * Writes any value at word `q`. What is one word and told by its type alone is written here and by
 * no call: this is inlined into each probe, once an argument.
 *
 * @returns the word behind it.
 */
export function put(q: number, value: unknown): number {
  if (typeof value === "object" && value !== null) {
    if (state[MAY_LOOK] !== 0) return putRare(q, value);
    i32[2 * q] = CUT_BUDGET;
    i32[2 * q + 1] = isArray(value) ? CUT_ARRAY_BITS : CUT_OBJECT_BITS;
  } else if (typeof value === "number") {
    if (value === value) f64[q] = value;
    else i32[2 * q + 1] = NAN_BITS;
  } else if (typeof value === "string") return putText(q, value);
  else if (value === undefined) i32[2 * q + 1] = UNDEFINED_BITS;
  else if (value === true) i32[2 * q + 1] = TRUE_BITS;
  else if (value === false) i32[2 * q + 1] = FALSE_BITS;
  else if (value === null) i32[2 * q + 1] = NULL_BITS;
  else if (state[MAY_LOOK] !== 0) return putRare(q, value);
  else return tagged(q, TAG_CUT, tagOf(value), CUT_BUDGET);
  return q + 1;
}

function putRare(q: number, value: object | bigint | symbol): number {
  if (q > roomEnd()) return tagged(q, TAG_CUT, tagOf(value), CUT_BYTES);
  try {
    const end = putNested(q, value, 0);
    forgetSeen();
    return end;
  } catch {
    return putFailed(q, tagOf(value));
  }
}

/** Out of stack, most likely. */
function putFailed(q: number, tag: number): number {
  takeBackAll(q);
  return tagged(q, TAG_CUT, tag, CUT_DEPTH);
}

/**
 * Writes what is thrown at word `q`, of an error its head alone.
 *
 * @param stack gives an error's stack
 * @returns the word behind it
 */
export function putThrown(
  q: number,
  thrown: unknown,
  stack: (error: object) => string | undefined,
): number {
  if (!isNativeError(thrown) || isProxy(thrown)) return put(q, thrown);
  try {
    return putErrorHead(q, thrown, state[MAY_LOOK] === 0 ? undefined : stack(thrown));
  } catch {
    return putFailed(q, TAG_ERROR);
  }
}

/** Writes TAG_HOLE: there is no value. */
export function putNothing(q: number): number {
  return tagged(q, TAG_HOLE, 0, 0);
}
