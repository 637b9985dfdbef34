/**
 * What a call's assignments come to: `$bc.a(f, id, k, value)` says that its function's assignment `k` gave something this
 * value, and gives it back.
 *
 *     sum = 0; sum += 5   // ASSIGNED 0: 0, ASSIGNED 1: 5
 *
 * A call that makes an assignment again and again tells its first EACH values, and when the call ends the last one, with how
 * many there were in between. How often it did stands in a slot that belongs to the last call that made it: where two calls
 * of a function take turns, each begins anew. Limits: one instance a thread; objects are as they were when told, the last
 * of many as it is then.
 */
import {
  ASSIGNED,
  MAX_FUNCTION_ASSIGNMENTS,
  MODE_VARIABLES,
  TOKEN_LINES,
  TOKEN_MASK,
  TOKEN_NO_VALUES,
  VALUES_SHIFT,
  WORDS_SHIFT,
} from "../native/layout";
import { put } from "./preview";
import { imul } from "./primordials";
import { LIMIT, POS, state } from "./state";
import { i32, loseRecord, modes, refresh } from "./writer";

/** Bits of a token that say whether values are wanted. */
const TOLD = TOKEN_LINES | TOKEN_NO_VALUES;
/** Values of one assignment that are told at once. */
const EACH = 100;
/** As many as a function has assignments at most: a power of two. */
const SLOTS = MAX_FUNCTION_ASSIGNMENTS;
const SHIFT = Math.clz32(SLOTS - 1);
/** Spreads functions over the slots: 2^32 by the golden ratio. */
const SPREAD = 0x9e3779b1;
/** The most that is counted. */
const MOST = 0x7fff_ffff;
/** Low bits of a token by which calls with values to tell are known. */
const SOME = 63;

/** Words of a slot: the call that it belongs to, by its token, which is no other's before 2^27 more of them; */
const CALL = 0;
/** how often that made the assignment; */
const TIMES = 1;
/** and, if it was too often, the assignment's number. */
const NUMBER = 2;
const WORDS = 4;

const slots = new Int32Array(WORDS * SLOTS);
/** By slot: the last value of an assignment that was made too often. */
const last: unknown[] = Array.from({ length: SLOTS });
/** Slots of such assignments, and by bits of their calls how many. */
const often: number[] = [];
const oftenOf = new Uint16Array(SOME + 1);

/** An assignment was made, of function `id`, in the call with this token. Gives the value. */
export function assigned<T>(f: number, id: number, number: number, value: T): T {
  const isTold = (f & TOLD) === TOKEN_LINES && ((modes[id] as number) & MODE_VARIABLES) !== 0;
  if (isTold) note(f, id, number, value);
  return value;
}

function note(f: number, id: number, number: number, value: unknown): void {
  const slot = ((imul(id, SPREAD) >>> SHIFT) + number) & (SLOTS - 1);
  const at = WORDS * slot;
  if (f !== slots[at]) takeSlot(at, f);
  const times = (slots[at + TIMES] as number) + 1;
  if (times <= MOST) slots[at + TIMES] = times;
  if (times <= EACH) return tell(f, number, 0, value);
  if (times === EACH + 1) holdBack(at, f, number);
  last[slot] = value;
}

/** A call makes an assignment that another one made before, or none. */
function takeSlot(at: number, f: number): void {
  if ((slots[at + TIMES] as number) > EACH) tellLast(at);
  slots[at + CALL] = f;
  slots[at + TIMES] = 0;
}

/** Values of a slot's assignment are not told at once any more. */
function holdBack(at: number, f: number, number: number): void {
  slots[at + NUMBER] = number;
  often[often.length] = at;
  oftenOf[f & SOME] = (oftenOf[f & SOME] as number) + 1;
}

/** A call with TOKEN_LINES ends. */
export function endVariables(f: number): void {
  if (oftenOf[f & SOME] === 0) return;
  let i = 0;
  while (i < often.length) {
    const at = often[i] as number;
    // Which takes it out.
    if (slots[at + CALL] === f) tellLast(at);
    else i += 1;
  }
}

/** Tells the last value of an assignment that was made too often; it begins anew. */
function tellLast(at: number): void {
  const f = slots[at + CALL] as number;
  const slot = at / WORDS;
  tell(f, slots[at + NUMBER] as number, (slots[at + TIMES] as number) - EACH - 1, last[slot]);
  last[slot] = undefined;
  slots[at + TIMES] = 0;
  oftenOf[f & SOME] = (oftenOf[f & SOME] as number) - 1;
  let to = 0;
  for (let from = 0; from < often.length; from++) {
    const each = often[from] as number;
    if (each !== at) often[to++] = each;
  }
  often.length = to;
}

function tell(f: number, number: number, between: number, value: unknown): void {
  // Its call has read the clock.
  if ((state[POS] as number) > (state[LIMIT] as number) && !refresh()) return loseRecord();
  const p = state[POS] as number;
  const q = put(p + 2, value);
  i32[2 * p + 3] = between;
  i32[2 * p + 2] = number;
  i32[2 * p + 1] = f & TOKEN_MASK;
  i32[2 * p] = ASSIGNED | ((q - p) << WORDS_SHIFT) | (1 << VALUES_SHIFT);
  state[POS] = q;
}
