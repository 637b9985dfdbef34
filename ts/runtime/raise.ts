/**
 * Records about exceptions: what is thrown, caught, the end of the process, and what is known of an error
 * by its stack alone.
 *
 * `raise(THROW, f, new Error("b"))` → THROW, f's token, the error with its stack (`thrown.ts`).
 * Limits: what leaves a function that is not asynchronous, and is thrown by no statement, is not seen by
 * its probes. It is told when the program has its stack formatted, if it has.
 */
import {
  CATCH,
  FLAGS_SHIFT,
  FLAG_EMITTED,
  FLAG_SAME,
  KIND_MASK,
  MODE_MASK,
  MODE_TIME,
  STACK,
  THROW,
  TOKEN_EXACT,
  TOKEN_MASK,
  UNCAUGHT,
  UNWIND,
  VALUES_SHIFT,
  WORDS_SHIFT,
} from "../native/layout";
import { functionOf } from "./call-sites";
import { isNativeError, isProxy } from "./primordials";
import { errorName, ownText } from "./reflect";
import { frameOf, framesAtPause, framesHere, framesOf, onFormat, stackOf } from "./stack";
import { LIMIT, POS, state } from "./state";
import { hasToldStack, isTold, putWhole, tellStack, thrownValues } from "./thrown";
import { due, exactClock, f64, i32, loseRecord, modes, refresh } from "./writer";

type Stack = (error: object) => string | undefined;

/** Token of the top level of a module, in THROW and CATCH. */
export const TOP = -1;

/** The value that the last exception record carried; at first, one that nobody throws. */
let lastError: unknown = {};
/** A record about an exception is being written, for which its stack may be formatted. */
let isRaising = false;
/** The debugger has stopped the program at what is thrown. */
let isPaused = false;
/** A call was left by something that no probe has seen so far. */
let isUnseen = false;

/** Heading of an error's stack, as V8 would write it now. */
function headingOf(error: object): string {
  const message = ownText(error, "message") ?? "";
  const heading = errorName(error);
  return message === "" ? heading : `${heading}: ${message}`;
}

/** The first frame alone of an error that is new. */
function placeOf(error: object): string | undefined {
  return isTold(error) ? undefined : frameOf(error);
}

/** The stack of an error as it is thrown. */
function thrownStack(error: object): string | undefined {
  const frames = isPaused ? framesAtPause() : framesHere(throwProbe);
  if (frames === undefined) return undefined;
  tellStack(error);
  return `${headingOf(error)}${frames}`;
}

/** The stack of an error by the record that tells of it: where it is thrown, or its own at the end. */
const STACKS: Readonly<Record<number, Stack>> = {
  [THROW]: thrownStack,
  [UNWIND]: placeOf,
  [CATCH]: placeOf,
  [UNCAUGHT]: stackOf,
};

/**
 * A record about an exception.
 *
 * @param kind one of those of `STACKS`, with its flags
 * @param f a token, TOP, or 0
 * @param clause number of a CATCH's clause
 */
export function raise(kind: number, f: number, error: unknown, clause?: number): void {
  if (due() && !refresh()) return loseRecord();
  if (f > 0 && (f & TOKEN_EXACT) !== 0) exactClock();
  const p = state[POS] as number;
  let q = p + 1;
  let rest = FLAG_SAME << FLAGS_SHIFT;
  if (error !== lastError) {
    isRaising = true;
    try {
      q = putWhole(q, error, STACKS[kind & KIND_MASK] as Stack);
    } finally {
      isRaising = false;
    }
    rest = thrownValues << VALUES_SHIFT;
  }
  lastError = error;
  if (clause !== undefined) f64[q++] = clause;
  i32[2 * p + 1] = f === TOP ? 0 : f & TOKEN_MASK;
  i32[2 * p] = kind | ((q - p) << WORDS_SHIFT) | rest;
  state[POS] = q;
}

/** The head of a `catch` clause that does not name what it catches. */
export function catchUnnamed(f: number, clause: number): void {
  if (due() && !refresh()) return loseRecord();
  if (f > 0 && (f & TOKEN_EXACT) !== 0) exactClock();
  const p = state[POS] as number;
  f64[p + 1] = clause;
  i32[2 * p + 1] = f === TOP ? 0 : f & TOKEN_MASK;
  i32[2 * p] = CATCH | (2 << WORDS_SHIFT);
  state[POS] = p + 2;
}

/** A call ends by an exception that its probe is not told. */
export function leftUnseen(): void {
  isUnseen = true;
}

/** The program has the stack of an error formatted: it is told, unless a record has told it with it. */
function tellFormatted(error: object, sites: readonly NodeJS.CallSite[]): void {
  if (isRaising || (state[LIMIT] as number) < 0) return;
  if (!isNativeError(error) || isProxy(error) || hasToldStack(error)) return;
  const isKnown = isTold(error);
  if (!isUnseen && !isKnown) return;
  const id = recordedIn(sites);
  if (id < 0 && !isKnown) return;
  if (due() && !refresh()) return;
  isUnseen = false;
  tellStack(error);
  const p = state[POS] as number;
  const q = putWhole(p + 1, error, (one) => `${headingOf(one)}${framesOf(sites)}`);
  i32[2 * p + 1] = id + 1;
  i32[2 * p] = STACK | ((q - p) << WORDS_SHIFT) | (thrownValues << VALUES_SHIFT);
  state[POS] = q;
}

/** Id of the innermost function in a stack whose calls are recorded; -1 for none. */
function recordedIn(sites: readonly NodeJS.CallSite[]): number {
  for (let i = 0; i < sites.length; i++) {
    const id = functionOf(sites[i] as NodeJS.CallSite);
    if (id !== undefined && ((modes[id] as number) & MODE_MASK) >= MODE_TIME) return id;
  }
  return -1;
}

onFormat(tellFormatted);

/** What a `throw` statement throws. */
export function throwProbe(f: number, error: unknown): unknown {
  if (f > 0 || (f === TOP && (state[LIMIT] as number) >= 0)) raise(THROW, f, error);
  return error;
}

/** What is thrown in a call, where the debugger has stopped the program at it. */
export function thrownAtPause(f: number, error: unknown): void {
  isPaused = true;
  try {
    raise(THROW, f, error);
  } finally {
    isPaused = false;
  }
}

/** The process is about to die of this. `emitted`: a `process.emit` of the program's is at that. */
export function uncaught(error: unknown, emitted: boolean): void {
  const kind = emitted ? UNCAUGHT | (FLAG_EMITTED << FLAGS_SHIFT) : UNCAUGHT;
  if ((state[LIMIT] as number) >= 0) raise(kind, 0, error);
}
