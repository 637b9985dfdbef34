/**
 * The writing end of this thread's ring: where the next record goes, chunks, and the clock.
 *
 * A probe asks `p > limit || tick[0] !== seen() …` itself, writes its words, and moves `pos`. All
 * that is rare is here: another chunk, another session, a clock reading.
 * Limits: one instance a thread (module state), made when this module is loaded.
 */
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
import { refillBudget } from "./budget";
import { forgetPlaces } from "./texts";

const memory = native.threadMemory();
const control = native.control();

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
const epoch = new Int32Array(control, EPOCH_OFFSET, 1);
const states = new Int32Array(memory, STATES_OFFSET, MAX_CHUNKS);

const now = process.hrtime.bigint;
const store = Atomics.store;
const load = Atomics.load;

/** Room that a record may take, in words, and two clock readings. */
const SLACK = MAX_RECORD_WORDS + 8;

/** Word (of 8 bytes) where the next record begins. */
export let pos = 0;
/** The last `pos` with room for a record in this chunk; -1 where there is no chunk. */
export let limit = -1;
/** Word where this chunk begins. */
export let base = 0;
/** The tick when the clock was last read. */
export let seen = TICK_ASLEEP;
/** Events until the clock is read again. */
export let left = 0;
/** The last token given. */
export let token = 0;

/**
 * Clock readings a millisecond that are had for every event: 256 of 35 ns are 0.9 % of a core, and
 * make every time of a thread with fewer events exact.
 */
const EXACT_READINGS = 256;

let exactLeft = EXACT_READINGS;
let chunk = -1;
let order = 0;
let attached = 0;
let random = 1;
/** The tick in which the ring was last found full: it is asked again in another one. */
let fullTick = TICK_ASLEEP;
let lost = false;

/** Moves the writer behind a record that ends at word `end`. */
export function setPos(end: number): void {
  pos = end;
}

/** Counts one event down; true when the clock is due. */
export function due(): boolean {
  return --left < 0;
}

/** The next token. */
export function nextToken(): number {
  token = token === TOKEN_MASK ? 1 : token + 1;
  return token;
}

/** Says that a record could not be written: the recorder must not take silence for an exit. */
export function loseRecord(): void {
  lost = true;
}

/**
 * Makes room for a record and reads the clock into the ring.
 *
 * @returns the word where the record may begin, or -1: nothing records, or the ring is full.
 */
export function refresh(): number {
  if (epoch[0] !== attached && !attach()) return -1;
  const current = tick[0] as number;
  if (pos > limit && !advance(current)) return -1;
  if (current !== seen) {
    seen = current;
    refillBudget();
    exactLeft = EXACT_READINGS;
    if (current === TICK_ASLEEP) native.wake();
  }
  if (--exactLeft >= 0) {
    left = 0;
    writeClock(FLAG_EXACT << FLAGS_SHIFT);
    return pos;
  }
  // Jittered, so that a loop of as many events as the interval does not charge one function for
  // all (Lehmer's generator with Knuth's constants).
  random = (Math.imul(random, 1664525) + 1013904223) | 0;
  left = 8 + (random >>> 28);
  writeClock(0);
  return pos;
}

/** Counts a call of a function whose calls are not recorded. */
export function count(id: number): void {
  // The counters are the ring's: the recorder must know this thread.
  if (epoch[0] !== attached && !attach()) return;
  counted[id] = (counted[id] as number) + 1;
}

/** Reads the clock for the next record alone. Call it with room for a record ahead. */
export function exactClock(): void {
  writeClock(FLAG_EXACT << FLAGS_SHIFT);
}

function writeClock(flags: number): void {
  i32[2 * pos + 1] = 0;
  i64[pos + 1] = now();
  i32[2 * pos] = CLOCK | (2 << WORDS_SHIFT) | flags;
  pos += 2;
}

function attach(): boolean {
  const current = epoch[0] as number;
  attached = current;
  chunk = -1;
  order = 0;
  pos = 0;
  limit = -1;
  lost = false;
  fullTick = TICK_ASLEEP;
  return current !== 0 && native.attach();
}

/** Closes this chunk and opens a free one. */
function advance(current: number): boolean {
  if (fullTick !== TICK_ASLEEP && fullTick === current) return false;
  if (attached === 0) return false;
  if (chunk >= 0) {
    store(states, chunk, CHUNK_CLOSED);
    limit = -1;
  }
  let next = findFree();
  while (next < 0) {
    if (!native.acquire()) {
      chunk = -1;
      fullTick = current;
      lost = true;
      return false;
    }
    next = findFree();
  }
  open(next);
  return true;
}

function findFree(): number {
  for (let i = 1; i <= MAX_CHUNKS; i++) {
    const candidate = (chunk + i) % MAX_CHUNKS;
    if (load(states, candidate) === CHUNK_FREE) return candidate;
  }
  return -1;
}

function open(next: number): void {
  chunk = next;
  order += 1;
  fullTick = TICK_ASLEEP;
  const start = (CHUNKS_OFFSET + next * CHUNK_BYTES) / 8;
  i32[2 * start] = order;
  i32[2 * start + 1] = token === TOKEN_MASK ? 1 : token + 1;
  i64[start + 1] = now();
  store(states, next, CHUNK_OPEN);
  forgetPlaces();
  base = start;
  pos = start + CHUNK_HEADER_WORDS;
  limit = start + CHUNK_WORDS - SLACK;
  if (lost) {
    lost = false;
    i32[2 * pos + 1] = 0;
    i32[2 * pos] = LOST | (1 << WORDS_SHIFT);
    pos += 1;
  }
}
