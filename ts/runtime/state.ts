/**
 * What the probes keep from one event to the next, as numbers in memory of their own.
 *
 * `state[POS]` is a load from a constant address in optimised code. A variable of a module is a slot
 * of a context there: each reading tests whether it holds a small integer, each writing makes one,
 * and with five of them a call was a quarter dearer.
 * Limits: 32-bit integers only; one instance a thread.
 */
import {
  LIMIT_BUDGET,
  LIMIT_DEPTH,
  LIMIT_IDENTITY,
  LIMIT_ITEMS,
  LIMIT_PROPAGATE,
  LIMIT_KEYS,
  LIMIT_STRING,
  LIMIT_WORDS,
  LIMITS,
} from "../native/layout";

/** Words of the state. Beyond 64 bytes V8 keeps a typed array's memory outside its heap, where it
 * never moves. */
const STATE_WORDS = 32;

/** The state of this thread's writer. */
export const state: Int32Array = new Int32Array(STATE_WORDS);

/** Word (of 8 bytes) of the ring where the next record begins. */
export const POS = 0;
/** The last POS with room for a record in this chunk; -1 where there is no chunk. */
export const LIMIT = 1;
/** The tick when the clock was last read. */
export const SEEN = 2;
/** Events until the clock is read again. */
export const LEFT = 3;
/** The last token given. */
export const TOKEN = 4;
/** 1 while objects may be looked into. */
export const MAY_LOOK = 5;
/** Token of the recorded call at the bottom of the JavaScript stack; 0 where none runs. */
export const BOTTOM = 6;
/** The first of the limits of values, by LIMIT_* of the layout. */
const LIMITS_AT = 8;
/** Levels of objects in objects. */
export const DEPTH: number = LIMITS_AT + LIMIT_DEPTH;
/** Keys of an object, entries of a map. */
export const KEYS: number = LIMITS_AT + LIMIT_KEYS;
/** Items of an array, a set, a typed array. */
export const ITEMS: number = LIMITS_AT + LIMIT_ITEMS;
/** UTF-16 units kept of a string that is an argument, a result, a property. */
export const STRING: number = LIMITS_AT + LIMIT_STRING;
/** Words of a record, at most. */
export const WORDS: number = LIMITS_AT + LIMIT_WORDS;
/** Properties looked into in a millisecond; 0: any number. */
export const BUDGET: number = LIMITS_AT + LIMIT_BUDGET;
/** 1 if objects are told apart by numbers. */
export const IDENTITY: number = LIMITS_AT + LIMIT_IDENTITY;
/** 1 if requests go out with the ids of their trace. */
export const PROPAGATE: number = LIMITS_AT + LIMIT_PROPAGATE;

/** Takes over the limits of a session. */
export function setLimits(limits: Int32Array): void {
  for (let i = 0; i < LIMITS; i++) state[LIMITS_AT + i] = limits[i] as number;
}

state[LIMIT] = -1;
state[MAY_LOOK] = 1;
