/**
 * The writing end of this thread's ring: where the next record goes, chunks, and the clock.
 *
 * A probe asks `due()` itself, writes its words, and moves `state[POS]`. All
 * that is rare is here: another chunk, another session, a clock reading.
 * Limits: one instance a thread (module state), made when this module is loaded.
 */
import { isMainThread } from "node:worker_threads";
import {
  CHUNK_BYTES,
  CHUNK_CLOSED,
  CHUNK_FREE,
  CHUNK_HEADER_WORDS,
  CHUNK_OPEN,
  CHUNK_WORDS,
  CHUNKS_OFFSET,
  CLOCK,
  COUNTED_OFFSET,
  DROPPED_OFFSET,
  EPOCH_OFFSET,
  FLAG_EXACT,
  FLAGS_SHIFT,
  LIMIT_EDGES,
  LIMITS,
  LIMITS_OFFSET,
  LOST,
  MAX_CHUNKS,
  MAX_FUNCTIONS,
  MAX_RECORD_WORDS,
  MODES_OFFSET,
  STATES_OFFSET,
  TICK_ASLEEP,
  TICK_OFFSET,
  TOKEN_MASK,
  WORDS_SHIFT,
} from "../native/layout";
import { native } from "../native/load";
import { fillBudget, refillBudget } from "./budget";
import { imul, load, now, store } from "./primordials";
import { LEFT, LIMIT, POS, SEEN, setLimits, state, TOKEN } from "./state";
import { forgetPlaces } from "./texts";

const memory = native.threadMemory();
/** The memory that all threads share. */
export const control = native.control();

/** The ring as words of 4 bytes. */
export const i32 = new Int32Array(memory);
/** The ring as numbers. */
export const f64 = new Float64Array(memory);
/** The ring as 64-bit integers. */
export const i64 = new BigInt64Array(memory);
/** The ring as bytes. */
export const u8 = new Uint8Array(memory);
/** The ring as UTF-16 units. */
export const u16 = new Uint16Array(memory);
/** Calls counted only, by function. */
const counted = new Uint32Array(memory, COUNTED_OFFSET, MAX_FUNCTIONS);
/** Calls dropped, by function. */
export const dropped = new Uint32Array(memory, DROPPED_OFFSET, MAX_FUNCTIONS);
/** Mode bytes, by function; shared by all threads. */
export const modes = new Uint8Array(control, MODES_OFFSET, MAX_FUNCTIONS);
/** The recorder's tick, one word. */
export const tick = new Int32Array(control, TICK_OFFSET, 1);
const limits = new Int32Array(control, LIMITS_OFFSET, LIMITS);
const epoch = new Int32Array(control, EPOCH_OFFSET, 1);
const states = new Int32Array(memory, STATES_OFFSET, MAX_CHUNKS);

/** True if `refresh()` must come before the next record. */
export function due(): boolean {
  return (
    (state[POS] as number) > (state[LIMIT] as number) ||
    tick[0] !== state[SEEN] ||
    (state[LEFT] = (state[LEFT] as number) - 1) < 0
  );
}

/** Room that a record may take, in words, and two clock readings. */
const SLACK = MAX_RECORD_WORDS + 8;
/**
 * Clock readings a millisecond that are had for every event: 256 of 25 ns are 0.6 % of a core, and
 * make every time of a thread with fewer events exact.
 */
const EXACT_READINGS = 256;
/** Beyond these, as many again for every 8 to 23 events; then for every 32 to 95. */
const NEAR_READINGS = 256;
const INTERVAL = 8;
/** Bits of a random number that are added to the interval. */
const JITTER_BITS = 4;
/** The wide interval, as a power of two of the narrow one. */
const WIDE_SHIFT = 2;

/** Word where this chunk begins. */
export let base = 0;

let exactLeft = EXACT_READINGS;
let chunk = -1;
let order = 0;
/** The session that this thread records in, 0 for none. */
export let attached = 0;
let random = 1;
/** The tick in which the ring was last found full: it is asked again in another one. */
let fullTick = TICK_ASLEEP;
let lost = false;

/** Says that a record could not be written: the recorder must not take silence for an exit. */
export function loseRecord(): void {
  lost = true;
}

/**
 * Makes room for a record and reads the clock into the ring.
 *
 * One function, its steps written out: it is rare, and as long as this the optimiser inlines it
 * into no probe (V8 does so up to 460 bytes of bytecode). With it each probe had 4 KiB of code.
 *
 * @returns whether a record may be written; if not, nothing records, or the ring is full.
 */
export function refresh(): boolean {
  if (epoch[0] !== attached && !attach()) return false;
  if (attached === 0) return false;
  const current = tick[0] as number;
  if ((state[POS] as number) > (state[LIMIT] as number)) {
    if (fullTick !== TICK_ASLEEP && fullTick === current) return false;
    if (chunk >= 0) store(states, chunk, CHUNK_CLOSED);
    state[LIMIT] = -1;
    const next = findFree();
    if (next < 0) {
      chunk = -1;
      fullTick = current;
      lost = true;
      return false;
    }
    chunk = next;
    order += 1;
    fullTick = TICK_ASLEEP;
    const start = (CHUNKS_OFFSET + next * CHUNK_BYTES) / 8;
    const token = state[TOKEN] as number;
    i32[2 * start] = order;
    i32[2 * start + 1] = token === TOKEN_MASK ? 1 : token + 1;
    i64[start + 1] = now();
    store(states, next, CHUNK_OPEN);
    forgetPlaces();
    base = start;
    state[POS] = start + CHUNK_HEADER_WORDS;
    state[LIMIT] = start + CHUNK_WORDS - SLACK;
    if (lost) {
      lost = false;
      const p = start + CHUNK_HEADER_WORDS;
      i32[2 * p + 1] = 0;
      i32[2 * p] = LOST | (1 << WORDS_SHIFT);
      state[POS] = p + 1;
    }
  }
  if (current !== state[SEEN]) {
    state[SEEN] = current;
    refillBudget();
    exactLeft = EXACT_READINGS;
    if (current === TICK_ASLEEP) native.wake();
  }
  exactLeft -= 1;
  if (exactLeft >= 0) {
    state[LEFT] = 0;
    writeClock(FLAG_EXACT << FLAGS_SHIFT);
    return true;
  }
  // Jittered, so that a loop of as many events as the interval does not charge one function for
  // all (Lehmer's generator with Knuth's constants).
  random = (imul(random, 1664525) + 1013904223) | 0;
  const wide = exactLeft < -NEAR_READINGS ? WIDE_SHIFT : 0;
  state[LEFT] = (INTERVAL << wide) + (random >>> (32 - JITTER_BITS - wide));
  writeClock(0);
  return true;
}

function attach(): boolean {
  const session = epoch[0] as number;
  attached = session;
  chunk = -1;
  order = 0;
  state[POS] = 0;
  state[LIMIT] = -1;
  lost = false;
  fullTick = TICK_ASLEEP;
  setLimits(limits);
  fillBudget();
  return session !== 0 && native.attach(isMainThread);
}

/** Whether this thread writes to the session that records. */
export function isAttached(): boolean {
  return attached !== 0 && epoch[0] === attached;
}

/** Whether a session records. */
export function records(): boolean {
  return epoch[0] !== 0;
}

/** Whether an edge of the program is recorded. `edge`: EDGE_*. No call need have been recorded in this thread before. */
export function recordsEdge(edge: number): boolean {
  return records() && ((limits[LIMIT_EDGES] as number) & edge) !== 0;
}

/** Whether counters may be touched: they are the ring's, and the recorder must know this thread. */
export function canCount(): boolean {
  return epoch[0] === attached || attach();
}

/** Counts a call of a function whose calls are not recorded. */
export function count(id: number): void {
  if (!canCount()) return;
  counted[id] = (counted[id] as number) + 1;
}

/** Counts calls of a function that no probe told of. */
export function countMany(id: number, calls: number): void {
  if (!canCount()) return;
  counted[id] = (counted[id] as number) + calls;
}

/** Functions ran, and nobody knows how often. */
export function noteRan(ids: readonly number[]): void {
  if (!canCount()) return;
  native.ran(ids);
}

/** Stacks of a profile go to the store. `part`: JSON of `ProfilePart`. */
export function pushSamples(part: string): void {
  if (!canCount()) return;
  native.samples(part);
}

/** Reads the clock for the next record alone. Call it with room for a record ahead. */
export function exactClock(): void {
  writeClock(FLAG_EXACT << FLAGS_SHIFT);
}

function writeClock(flags: number): void {
  const p = state[POS] as number;
  i32[2 * p + 1] = 0;
  i64[p + 1] = now();
  i32[2 * p] = CLOCK | (2 << WORDS_SHIFT) | flags;
  state[POS] = p + 2;
}

/** A chunk to write into, made or waited for where there is none; -1: there is none to be had. */
function findFree(): number {
  do {
    for (let i = 1; i <= MAX_CHUNKS; i++) {
      const candidate = (chunk + i) % MAX_CHUNKS;
      if (load(states, candidate) === CHUNK_FREE) return candidate;
    }
  } while (native.acquire());
  return -1;
}
