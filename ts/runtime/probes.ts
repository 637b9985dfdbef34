/**
 * The probes: what instrumented code calls as `$bc.…` (docs/internal/instrument/design.md).
 *
 * `$bc.e2(12, a, b)` → an ENTER record in the ring and the call's token; 0 where nothing is
 * recorded. A call whose arguments are numbers, booleans, `undefined` or `null` makes no native
 * call and no object.
 * Limits: a probe never throws, but where the stack or the heap is at its end already.
 */
import {
  CATCH,
  ENTER,
  FLAGS_SHIFT,
  FLAG_CLOSING,
  FLAG_GENERATOR,
  FRESH_CALLS,
  MAX_FUNCTIONS,
  MODE_COUNT,
  MODE_EXACT,
  MODE_FRESH,
  MODE_LINES,
  MODE_MASK,
  MODE_TIME,
  MODE_VALUES,
  MODE_VARIABLES,
  RESUME,
  RETURN,
  SUSPEND,
  TAG_CUT,
  TOKEN_EXACT,
  TOKEN_FRESH,
  TOKEN_LINES,
  TOKEN_MASK,
  TOKEN_NO_VALUES,
  UNWIND,
  VALUES_SHIFT,
  WORDS_SHIFT,
} from "../native/layout";
import { lookFreely } from "./budget";
import { begins, leaves, nextLap, resumes } from "./context";
import { blockRuns, endLines } from "./lines";
import { beginScope, putLocal, putLocals, readLocal, type Reader } from "./locals";
import { put } from "./preview";
import { compareExchange } from "./primordials";
import { catchUnnamed, leftUnseen, raise, throwProbe, TOP } from "./raise";
import { declareConstant, type Realm } from "./script-constant";
import { BOTTOM, LIMIT, POS, state, TOKEN } from "./state";
import { assigned, endVariables } from "./variables";
import { tagged } from "./words";
import { count, dropped, due, exactClock, i32, loseRecord, modes, refresh } from "./writer";

/** Bits of what is told between a call's enter and its exit. */
const TOLD = MODE_LINES | MODE_VARIABLES;
/** Of a mode's bit for lines, that of a token. */
const LINES_UNIT = TOKEN_LINES / MODE_LINES;
/** The most that a token is without bits, or with that for lines. */
const LINES_TOKEN_MASK = TOKEN_MASK | TOKEN_LINES;

/** Writes an ENTER's header and moves on. Gives its token. */
function written(p: number, q: number, id: number, values: number): number {
  i32[2 * p + 1] = id;
  i32[2 * p] = ENTER | ((q - p) << WORDS_SHIFT) | (values << VALUES_SHIFT);
  state[POS] = q;
  const last = state[TOKEN] as number;
  return (state[TOKEN] = last === TOKEN_MASK ? nextLap() : last + 1);
}

/** The same for a call that runs. */
function entered(p: number, q: number, id: number, values: number): number {
  const token = written(p, q, id, values);
  if (state[BOTTOM] === 0) begins(token, true);
  return token;
}

/** A call whose values are not wanted. `mode`: below MODE_VALUES. */
function enterBare(id: number, mode: number): number {
  if (mode !== MODE_TIME) return mode === MODE_COUNT ? counts(id) : 0;
  if (due() && !refresh()) return drop(id);
  const p = state[POS] as number;
  return entered(p, p + 1, id, 0) | TOKEN_NO_VALUES;
}

/** Any call: of generators, with many arguments, or in a mode with bits beside. */
export function enterSlowly(id: number, flags: number, values: readonly unknown[]): number {
  const mode = modes[id] as number;
  const level = mode & MODE_MASK;
  if (level < MODE_TIME) return enterBare(id, level);
  if (due() && !refresh()) return drop(id);
  let bits = 0;
  if ((mode & MODE_EXACT) !== 0) {
    exactClock();
    bits = TOKEN_EXACT;
  }
  const p = state[POS] as number;
  let q = p + 1;
  let stored = 0;
  if (level === MODE_VALUES) {
    stored = values.length;
    const isFresh = (mode & MODE_FRESH) !== 0;
    if (isFresh) bits |= freshen(id, mode);
    for (let i = 0; i < stored; i++) q = isFresh ? putFreely(q, values[i]) : put(q, values[i]);
  } else {
    bits |= TOKEN_NO_VALUES;
  }
  bits |= (mode & MODE_LINES) * LINES_UNIT;
  const token = written(p, q, id, stored);
  if (flags !== 0) i32[2 * p] = (i32[2 * p] as number) | (flags << FLAGS_SHIFT);
  if (state[BOTTOM] === 0) begins(token, flags !== FLAG_GENERATOR);
  return token | bits;
}

/** How many calls of a function with MODE_FRESH have begun. */
const fresh = new Uint8Array(MAX_FUNCTIONS);

/** One of the first calls of a function: its objects are looked into. Gives its token's bit. */
function freshen(id: number, mode: number): number {
  const calls = (fresh[id] as number) + 1;
  fresh[id] = calls < FRESH_CALLS ? calls : 0;
  // Not over a mode that another thread has set since.
  if (calls >= FRESH_CALLS) compareExchange(modes, id, mode, mode & ~MODE_FRESH);
  return TOKEN_FRESH;
}

/** A call that is counted only. */
function counts(id: number): number {
  count(id);
  return 0;
}

function drop(id: number): number {
  dropped[id] = (dropped[id] as number) + 1;
  return 0;
}

/** A call that is not off. Short, so that counting is inlined wherever calls were recorded before. */
function record0(id: number): number {
  const mode = modes[id] as number;
  return mode === MODE_COUNT ? counts(id) : enter0(id, mode);
}

function enter0(id: number, mode: number): number {
  if (mode < MODE_VALUES) return enterBare(id, mode);
  if ((mode & ~TOLD) !== MODE_VALUES) return enterSlowly(id, 0, []);
  if (due() && !refresh()) return drop(id);
  const p = state[POS] as number;
  return entered(p, p + 1, id, 0) | ((mode & MODE_LINES) * LINES_UNIT);
}

function record1(id: number, a: unknown): number {
  const mode = modes[id] as number;
  return mode === MODE_COUNT ? counts(id) : enter1(id, mode, a);
}

function enter1(id: number, mode: number, a: unknown): number {
  if (mode < MODE_VALUES) return enterBare(id, mode);
  if ((mode & ~TOLD) !== MODE_VALUES) return enterSlowly(id, 0, [a]);
  if (due() && !refresh()) return drop(id);
  const p = state[POS] as number;
  let q = p + 1;
  q = put(q, a);
  return entered(p, q, id, 1) | ((mode & MODE_LINES) * LINES_UNIT);
}

function record2(id: number, a: unknown, b: unknown): number {
  const mode = modes[id] as number;
  return mode === MODE_COUNT ? counts(id) : enter2(id, mode, a, b);
}

function enter2(id: number, mode: number, a: unknown, b: unknown): number {
  if (mode < MODE_VALUES) return enterBare(id, mode);
  if ((mode & ~TOLD) !== MODE_VALUES) return enterSlowly(id, 0, [a, b]);
  if (due() && !refresh()) return drop(id);
  const p = state[POS] as number;
  let q = p + 1;
  q = put(q, a);
  q = put(q, b);
  return entered(p, q, id, 2) | ((mode & MODE_LINES) * LINES_UNIT);
}

function record3(id: number, a: unknown, b: unknown, c: unknown): number {
  const mode = modes[id] as number;
  return mode === MODE_COUNT ? counts(id) : enter3(id, mode, a, b, c);
}

function enter3(id: number, mode: number, a: unknown, b: unknown, c: unknown): number {
  if (mode < MODE_VALUES) return enterBare(id, mode);
  if ((mode & ~TOLD) !== MODE_VALUES) return enterSlowly(id, 0, [a, b, c]);
  if (due() && !refresh()) return drop(id);
  const p = state[POS] as number;
  let q = p + 1;
  q = put(q, a);
  q = put(q, b);
  q = put(q, c);
  return entered(p, q, id, 3) | ((mode & MODE_LINES) * LINES_UNIT);
}

function record4(id: number, a: unknown, b: unknown, c: unknown, d: unknown): number {
  const mode = modes[id] as number;
  return mode === MODE_COUNT ? counts(id) : enter4(id, mode, a, b, c, d);
}

function enter4(id: number, mode: number, a: unknown, b: unknown, c: unknown, d: unknown): number {
  if (mode < MODE_VALUES) return enterBare(id, mode);
  if ((mode & ~TOLD) !== MODE_VALUES) return enterSlowly(id, 0, [a, b, c, d]);
  if (due() && !refresh()) return drop(id);
  const p = state[POS] as number;
  let q = p + 1;
  q = put(q, a);
  q = put(q, b);
  q = put(q, c);
  q = put(q, d);
  return entered(p, q, id, 4) | ((mode & MODE_LINES) * LINES_UNIT);
}

/** What a call with TOKEN_LINES did goes into the ring before its end. */
function endTold(f: number): void {
  endVariables(f);
  endLines(f);
}

function exit(f: number, done: number | undefined, value: unknown): void {
  if ((f & TOKEN_MASK) === state[BOTTOM]) leaves();
  if ((f & TOKEN_LINES) !== 0) endTold(f);
  if (due() && !refresh()) return loseRecord();
  if (done !== 1 || f > LINES_TOKEN_MASK) return exitRarely(f, done, value);
  const p = state[POS] as number;
  const q = put(p + 1, value);
  i32[2 * p + 1] = f & TOKEN_MASK;
  i32[2 * p] = RETURN | ((q - p) << WORDS_SHIFT) | (1 << VALUES_SHIFT);
  state[POS] = q;
}

/** The exit of a call with a result that is not known. `why`: CUT_PAUSES and those below it. */
export function exitUnknown(f: number, why: number): void {
  if ((f & TOKEN_NO_VALUES) !== 0) return exit(f, 1, undefined);
  if ((f & TOKEN_MASK) === state[BOTTOM]) leaves();
  if (due() && !refresh()) return loseRecord();
  if ((f & TOKEN_EXACT) !== 0) exactClock();
  const p = state[POS] as number;
  const q = tagged(p + 1, TAG_CUT, TAG_CUT, why);
  i32[2 * p + 1] = f & TOKEN_MASK;
  i32[2 * p] = RETURN | ((q - p) << WORDS_SHIFT) | (1 << VALUES_SHIFT);
  state[POS] = q;
}

/** An exit by an exception, or of a call whose token has bits. There is room for it. */
function exitRarely(f: number, done: number | undefined, value: unknown): void {
  if ((f & TOKEN_EXACT) !== 0) exactClock();
  const p = state[POS] as number;
  let q = p + 1;
  let head = UNWIND;
  if (done !== 1) leftUnseen();
  else {
    head = RETURN;
    if ((f & TOKEN_NO_VALUES) === 0) {
      q = (f & TOKEN_FRESH) === 0 ? put(q, value) : putFreely(q, value);
      head |= 1 << VALUES_SHIFT;
    }
  }
  i32[2 * p + 1] = f & TOKEN_MASK;
  i32[2 * p] = head | ((q - p) << WORDS_SHIFT);
  state[POS] = q;
}

/** Writes a value that is looked into whatever the budget. */
function putFreely(q: number, value: unknown): number {
  lookFreely(true);
  try {
    return put(q, value);
  } finally {
    lookFreely(false);
  }
}

/** A record of one word. `kind`: with its flags. */
function mark(kind: number, f: number): void {
  if (due() && !refresh()) return loseRecord();
  if ((f & TOKEN_EXACT) !== 0) exactClock();
  const p = state[POS] as number;
  i32[2 * p + 1] = f & TOKEN_MASK;
  i32[2 * p] = kind | (1 << WORDS_SHIFT);
  state[POS] = p + 1;
}

/** The end of an asynchronous function by an exception. */
function unwind(f: number, error: unknown): void {
  if (f === 0) return;
  if ((f & TOKEN_MASK) === state[BOTTOM]) leaves();
  if ((f & TOKEN_LINES) !== 0) endTold(f);
  raise(UNWIND, f, error);
}

/** What breakpoints in files without probes tell: their number and arguments. */
let hit: (point: number, values: readonly unknown[]) => boolean = () => false;

/** Sets what breakpoints tell. It answers whether the program is to pause there. */
export function onHit(action: typeof hit): void {
  hit = action;
}

/** What a library's file has told. */
let library: (name: string, exports: unknown) => void = () => {};

/** Sets what is told of a library's file that has run: its name, what it exports. */
export function onLibrary(action: typeof library): void {
  library = action;
}

/**
 * The object that instrumented code knows as `$bc`. The enters test the mode and nothing else: so
 * short that the optimiser inlines them where a function is off, and keeps its budget of inlining
 * for the program.
 */
export const probes = Object.freeze({
  e0: (id: number) => (modes[id] === 0 ? 0 : record0(id)),
  e1: (id: number, a: unknown) => (modes[id] === 0 ? 0 : record1(id, a)),
  e2: (id: number, a: unknown, b: unknown) => (modes[id] === 0 ? 0 : record2(id, a, b)),
  e3: (id: number, a: unknown, b: unknown, c: unknown) =>
    modes[id] === 0 ? 0 : record3(id, a, b, c),
  e4: (id: number, a: unknown, b: unknown, c: unknown, d: unknown) =>
    modes[id] === 0 ? 0 : record4(id, a, b, c, d),
  e5: (id: number, a: unknown, b: unknown, c: unknown, d: unknown, e: unknown) =>
    modes[id] === 0 ? 0 : enterSlowly(id, 0, [a, b, c, d, e]),
  e6: (id: number, a: unknown, b: unknown, c: unknown, d: unknown, e: unknown, f: unknown) =>
    modes[id] === 0 ? 0 : enterSlowly(id, 0, [a, b, c, d, e, f]),
  e7: (
    id: number,
    a: unknown,
    b: unknown,
    c: unknown,
    d: unknown,
    e: unknown,
    f: unknown,
    g: unknown,
  ) => (modes[id] === 0 ? 0 : enterSlowly(id, 0, [a, b, c, d, e, f, g])),
  e8: (
    id: number,
    a: unknown,
    b: unknown,
    c: unknown,
    d: unknown,
    e: unknown,
    f: unknown,
    g: unknown,
    h: unknown,
  ) => (modes[id] === 0 ? 0 : enterSlowly(id, 0, [a, b, c, d, e, f, g, h])),
  g0: (id: number) => (modes[id] === 0 ? 0 : enterSlowly(id, FLAG_GENERATOR, [])),
  g1: (id: number, a: unknown) => (modes[id] === 0 ? 0 : enterSlowly(id, FLAG_GENERATOR, [a])),
  g2: (id: number, a: unknown, b: unknown) =>
    modes[id] === 0 ? 0 : enterSlowly(id, FLAG_GENERATOR, [a, b]),
  g3: (id: number, a: unknown, b: unknown, c: unknown) =>
    modes[id] === 0 ? 0 : enterSlowly(id, FLAG_GENERATOR, [a, b, c]),
  g4: (id: number, a: unknown, b: unknown, c: unknown, d: unknown) =>
    modes[id] === 0 ? 0 : enterSlowly(id, FLAG_GENERATOR, [a, b, c, d]),
  g5: (id: number, a: unknown, b: unknown, c: unknown, d: unknown, e: unknown) =>
    modes[id] === 0 ? 0 : enterSlowly(id, FLAG_GENERATOR, [a, b, c, d, e]),
  g6: (id: number, a: unknown, b: unknown, c: unknown, d: unknown, e: unknown, f: unknown) =>
    modes[id] === 0 ? 0 : enterSlowly(id, FLAG_GENERATOR, [a, b, c, d, e, f]),
  g7: (
    id: number,
    a: unknown,
    b: unknown,
    c: unknown,
    d: unknown,
    e: unknown,
    f: unknown,
    g: unknown,
  ) => (modes[id] === 0 ? 0 : enterSlowly(id, FLAG_GENERATOR, [a, b, c, d, e, f, g])),
  g8: (
    id: number,
    a: unknown,
    b: unknown,
    c: unknown,
    d: unknown,
    e: unknown,
    f: unknown,
    g: unknown,
    h: unknown,
  ) => (modes[id] === 0 ? 0 : enterSlowly(id, FLAG_GENERATOR, [a, b, c, d, e, f, g, h])),
  x: exit,
  q(f: number, value: unknown): unknown {
    if (f !== 0) exit(f, 1, value);
    return value;
  },
  u: unwind,
  s(f: number, value: unknown): unknown {
    if (f !== 0) {
      if ((f & TOKEN_MASK) === state[BOTTOM]) leaves();
      mark(SUSPEND, f);
    }
    return value;
  },
  r(f: number, value: unknown): unknown {
    if (f !== 0) {
      if (state[BOTTOM] === 0) resumes(f);
      mark(RESUME, f);
    }
    return value;
  },
  h(f: number): void {
    if (f === 0) return;
    if (state[BOTTOM] === 0) resumes(f);
    mark(RESUME | (FLAG_CLOSING << FLAGS_SHIFT), f);
  },
  t: throwProbe,
  c(f: number, error: unknown, clause: number): void {
    if (f > 0 && state[BOTTOM] === 0) resumes(f);
    if (f > 0 || (f === TOP && (state[LIMIT] as number) >= 0)) {
      raise(CATCH, f, error, clause);
    }
  },
  k(f: number, clause: number): void {
    if (f > 0 && state[BOTTOM] === 0) resumes(f);
    if (f > 0 || (f === TOP && (state[LIMIT] as number) >= 0)) catchUnnamed(f, clause);
  },
  y(f: number, done: number | undefined, value: unknown, reader: Reader | undefined): void {
    if (done !== 1) putLocals(f, reader);
    exit(f, done, value);
  },
  p(f: number, error: unknown, reader: Reader | undefined): void {
    putLocals(f, reader);
    unwind(f, error);
  },
  n: blockRuns,
  a: assigned,
  i: (f: number, id: number, number: number, before: unknown) => {
    assigned(f, id, number, typeof before === "bigint" ? before + 1n : (before as number) + 1);
    return before;
  },
  d: (f: number, id: number, number: number, before: unknown) => {
    assigned(f, id, number, typeof before === "bigint" ? before - 1n : (before as number) - 1);
    return before;
  },
  g: (f: number, id: number, number: number, value: unknown, ...targets: unknown[]) => {
    for (let i = 0; i < targets.length; i++) assigned(f, id, number + i, targets[i]);
    return value;
  },
  b: (point: number, ...values: unknown[]): boolean => hit(point, values),
  m: (name: string, exports: unknown): void => library(name, exports),
  l: beginScope,
  v: putLocal,
  w: readLocal,
});

/** Defines `$bc` for instrumented code, in this realm or in another. */
export function installProbes(realm?: Realm): void {
  declareConstant("$bc", probes, realm);
}
