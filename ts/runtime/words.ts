/**
 * Words of a value in the ring: `tagged(q, TAG_ARRAY, 2, 5)` writes the head of an array of five
 * items, two of which follow.
 *
 * Limits: who writes sees to it that there is room (`bound`).
 */
import {
  BOX,
  STORED_SHIFT,
  TAG_FALSE,
  TAG_NAN,
  TAG_NULL,
  TAG_STRING_AT,
  TAG_TRUE,
  TAG_UNDEFINED,
} from "../native/layout";
import { forgetSeen } from "./seen";
import { POS, state, WORDS } from "./state";
import { forgetPlaces } from "./texts";
import { i32 } from "./writer";

/** Room kept for what must follow a value that filled the record. */
const RESERVE = 16;

/** `BOX` as the signed integer that JavaScript's bit operations make of it. */
export const BOX_BITS: number = BOX | 0;
/** `undefined`, `null`, a boolean, as the high word has them. */
export const UNDEFINED_BITS: number = BOX_BITS | TAG_UNDEFINED;
export const NULL_BITS: number = BOX_BITS | TAG_NULL;
export const FALSE_BITS: number = BOX_BITS | TAG_FALSE;
export const TRUE_BITS: number = BOX_BITS | TAG_TRUE;
export const NAN_BITS: number = BOX_BITS | TAG_NAN;
export const STRING_AT_BITS: number = BOX_BITS | TAG_STRING_AT;

/** Writes the word of a tag. Gives the word behind it. */
export function tagged(q: number, tag: number, stored: number, payload: number): number {
  i32[2 * q] = payload;
  i32[2 * q + 1] = BOX_BITS | tag | (stored << STORED_SHIFT);
  return q + 1;
}

/** Writes a value that its high word alone tells. What the low word holds does not matter. */
export function bare(q: number, bits: number): number {
  i32[2 * q + 1] = bits;
  return q + 1;
}

/** The word behind the last one that this record may fill. */
export function bound(): number {
  return (state[POS] as number) + (state[WORDS] as number) - RESERVE;
}

/** The word behind which objects are no longer begun. */
export function roomEnd(): number {
  return bound() - RESERVE;
}

/**
 * Zeroes words that were written and are not to be part of the record: the recorder takes a word
 * behind a record that is not zero for the next record.
 */
export function takeBack(from: number, to: number): void {
  forgetPlaces();
  forgetSeen(from);
  for (let q = from; q < to; q++) {
    i32[2 * q] = 0;
    i32[2 * q + 1] = 0;
  }
}

/** Zeroes whatever a value that was begun at `q` may have written. */
export function takeBackAll(q: number): void {
  takeBack(q, bound() + RESERVE);
}
