/**
 * The variables that an exception leaves behind, into the ring: a LOCALS record a scope, the innermost
 * first, before the UNWIND of their call. Where they are read before it is certain that the call ends, they
 * are held until then.
 *
 * The instrumenter's readers (`()=>{$bc.l(12,1,$bcl0);$bc.v(a);$bc.w(()=>b)}`) run here, when the call
 * is over: nothing pauses, and nothing of the program is called.
 * Limits: A_SECOND calls of a function and second, MAX_SCOPES scopes of a call, MAX_LOCALS variables of
 * a scope; values as those of arguments. Calls beyond say that they were passed over.
 */
import {
  FLAG_LOCALS_CUT,
  FLAG_LOCALS_SKIPPED,
  FLAG_LOCALS_UNINITIALIZED,
  FLAGS_SHIFT,
  LOCALS,
  MAX_FUNCTIONS,
  MAX_RECORD_WORDS,
  TOKEN_MASK,
  TOKEN_NO_VALUES,
  VALUES_SHIFT,
  WORDS_SHIFT,
} from "../native/layout";
import { put, putNothing } from "./preview";
import { isNativeError, now } from "./primordials";
import { errorName } from "./reflect";
import { LIMIT, POS, SEEN, state } from "./state";
import { apart } from "./texts";
import { due, f64, i32, loseRecord, refresh, tick } from "./writer";
import { takeBack } from "./words";

/** What reads the variables of a scope, by calling the three probes below. */
export type Reader = () => void;

/** Records that are held: the words of each. */
export type Held = readonly Int32Array[];

/** Calls of a function whose variables are read in a second. */
const A_SECOND = 10;
const SECOND_NS = 1_000_000_000n;
/** Bits of what is kept of a function that count its calls. */
const COUNT_BITS = 4;
const COUNT_MASK = (1 << COUNT_BITS) - 1;
const MAX_SCOPES = 16;
const MAX_LOCALS = 100;
/** Words of a record behind which no value is begun. */
const ROOM = MAX_RECORD_WORDS - 32;
/** The header, the function and the scope. */
const HEAD_WORDS = 3;

/** By function: the last second in which variables were read, and how often; made when needed. */
let read: Uint32Array | undefined;
const seconds = new BigInt64Array(1);
/** The low word of the second that it is. */
const second = new Int32Array(seconds.buffer, 0, 1);

let token = 0;
/** Where the record begins, and where its next word goes; 0 where there is none. */
let first = 0;
let behind = 0;
let stored = 0;
let flags = 0;
let isInnermost = false;
let isOpen = false;
let outer: Reader | undefined;

/** Writes the variables of a call that ends by an exception. `reader`: of the innermost scope. */
export function putLocals(f: number, reader: Reader | undefined): void {
  if (f === 0 || (f & TOKEN_NO_VALUES) !== 0) return;
  readScopes(f, reader, (head) => {
    i32[2 * first] = head;
    state[POS] = behind;
  });
}

/** The same records, to be written when the call has ended. */
export function holdLocals(f: number, reader: Reader): Held {
  const held: Int32Array[] = [];
  if ((f & TOKEN_NO_VALUES) !== 0) return held;
  apart(() => {
    readScopes(f, reader, (head) => {
      // Its first word never reaches the ring: the recorder would take what follows for a record.
      const words = i32.slice(2 * first, 2 * behind);
      words[0] = head;
      held.push(words);
      takeBack(first, behind);
    });
  });
  return held;
}

/** Reads scopes, the innermost first. `take` gets the first word of each one's record, whose others stand in the ring. */
function readScopes(f: number, reader: Reader | undefined, take: (head: number) => void): void {
  token = f & TOKEN_MASK;
  isInnermost = true;
  outer = reader;
  for (let scopes = 0; outer !== undefined && scopes < MAX_SCOPES; scopes++) {
    const head = readScope(outer);
    if (head === 0) return;
    take(head);
  }
}

/** Writes what was held, before the UNWIND of its call. */
export function putHeld(held: Held): void {
  for (const words of held) {
    if (due() && !refresh()) return loseRecord();
    const p = state[POS] as number;
    i32.set(words.subarray(1), 2 * p + 1);
    i32[2 * p] = words[0] as number;
    state[POS] = p + words.length / 2;
  }
}

/**
 * Writes a record but for its first word, which it gives, 0 if there was no room, and sets `outer` to the reader of
 * the scope around.
 */
function readScope(reader: Reader): number {
  const isDue = (state[POS] as number) > (state[LIMIT] as number) || tick[0] !== state[SEEN];
  if (isDue && !refresh()) {
    loseRecord();
    return 0;
  }
  outer = undefined;
  behind = 0;
  flags = 0;
  try {
    reader();
  } catch (error) {
    if (isNativeError(error) && errorName(error) === "ReferenceError") {
      flags |= FLAG_LOCALS_UNINITIALIZED;
    } else {
      // Out of stack, most likely: what was begun is no part of the record.
      flags |= FLAG_LOCALS_CUT;
      if (behind !== 0) takeBack(behind, (state[POS] as number) + MAX_RECORD_WORDS);
    }
  }
  if (behind === 0) return 0;
  i32[2 * first + 1] = token;
  const size = ((behind - first) << WORDS_SHIFT) | ((stored + HEAD_WORDS - 1) << VALUES_SHIFT);
  return LOCALS | (flags << FLAGS_SHIFT) | size;
}

/** Counts a call of a function whose variables are to be read: whether they may be. */
function mayRead(id: number): boolean {
  read ??= new Uint32Array(MAX_FUNCTIONS);
  seconds[0] = now() / SECOND_NS;
  const since = ((second[0] as number) << COUNT_BITS) >>> 0;
  const known = read[id] as number;
  const count = known >>> COUNT_BITS === since >>> COUNT_BITS ? known & COUNT_MASK : 0;
  if (count >= A_SECOND) return false;
  read[id] = since | (count + 1);
  return true;
}

/**
 * `$bc.l`: a scope begins, of this function, the so many-th; `around`: the reader of the one around. Whether its
 * variables are stored.
 */
export function beginScope(id: number, scope: number, around: Reader | undefined): boolean {
  first = state[POS] as number;
  f64[first + 1] = id;
  f64[first + 2] = scope;
  behind = first + HEAD_WORDS;
  stored = 0;
  isOpen = !isInnermost || mayRead(id);
  isInnermost = false;
  if (isOpen) outer = around;
  else flags |= FLAG_LOCALS_SKIPPED;
  return isOpen;
}

/** Whether one more variable is stored. */
function hasRoom(): boolean {
  if (!isOpen) return false;
  if (stored < MAX_LOCALS && behind <= first + ROOM) return true;
  flags |= FLAG_LOCALS_CUT;
  return false;
}

/** `$bc.v`: the value of the next variable. */
export function putLocal(value: unknown): void {
  if (!hasRoom()) return;
  const end = put(behind, value);
  behind = end;
  stored += 1;
}

/** `$bc.w`: the next variable, which may have no value yet whatever those before it have. */
export function readLocal(variable: () => unknown): void {
  if (!hasRoom()) return;
  let value: unknown;
  try {
    value = variable();
  } catch {
    behind = putNothing(behind);
    stored += 1;
    return;
  }
  putLocal(value);
}
