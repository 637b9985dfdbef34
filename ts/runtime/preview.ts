/**
 * Values into the ring, as `crates/event/src/layout.rs` lays them out: bounded, and without ever
 * running the program's code (no getter, trap, `toString`, `toJSON`).
 *
 * `{ id: 7, tags: ["a"] }` → TAG_OBJECT, its class, and two entries.
 * Limits: MAX_STRING units of a string, MAX_KEYS entries and MAX_ITEMS items at each of MAX_DEPTH
 * levels, MAX_RECORD_WORDS in all; whatever is cut carries its true size. The full model of values
 * replaces `putObject`, and nothing else.
 */
import {
  BOX,
  CUT_BUDGET,
  CUT_BYTES,
  CUT_DEPTH,
  MAX_RECORD_WORDS,
  STORED_SHIFT,
  TAG_ACCESSOR,
  TAG_ARRAY,
  TAG_BIGINT,
  TAG_BIGINT64,
  TAG_BYTES,
  TAG_CIRCULAR,
  TAG_CUT,
  TAG_DATE,
  TAG_ERROR,
  TAG_FALSE,
  TAG_FUNCTION,
  TAG_HOLE,
  TAG_MAP,
  TAG_NAN,
  TAG_NULL,
  TAG_OBJECT,
  TAG_PROMISE,
  TAG_PROXY,
  TAG_REGEXP,
  TAG_SET,
  TAG_STRING16,
  TAG_STRING_AT,
  TAG_STRING8,
  TAG_SYMBOL,
  TAG_TRUE,
  TAG_UNDEFINED,
} from "../native/layout";
import { copyAscii, LEAST } from "./ascii";
import { spend } from "./budget";
import {
  asIntN,
  bigintText,
  byteLength,
  charCodeAt,
  dateTime,
  getDescriptor,
  hasOwn,
  isAnyArrayBuffer,
  isArray,
  isArrayBuffer,
  isDataView,
  isDate,
  isExternal,
  isMap,
  isModuleNamespaceObject,
  isNativeError,
  isPromise,
  isProxy,
  isRegExp,
  isSet,
  isTypedArray,
  isView,
  keys,
  mapEntries,
  mapSize,
  nextEntry,
  nextItem,
  regexpFlags,
  regexpSource,
  setItems,
  setSize,
  symbolText,
  typedLength,
  viewLength,
} from "./primordials";
import { className, errorName, ownText } from "./reflect";
import { MAY_LOOK, POS, state } from "./state";
import { forgetPlaces, LONG, placeOf, placeText, SHORT, slotOf } from "./texts";
import { base, f64, i32, i64, u16, u8 } from "./writer";

/** UTF-16 units kept of a string that is an argument, a result, a property. */
const MAX_STRING = 200;
/** Units of a long string, as a power of two, that cost as much as a node of an object: 0.5 µs. */
const NODE_SHIFT = 10;
/** Units kept of an error's message and stack, which are read rarely and in full. */
const MAX_ERROR_TEXT = 2000;
const MAX_KEYS = 12;
const MAX_ITEMS = 10;
const MAX_DEPTH = 3;
/** Room kept for what must follow a value that filled the record. */
const RESERVE = 16;
/** Words behind a record's beginning where objects are no longer begun. */
const ROOM = MAX_RECORD_WORDS - 2 * RESERVE;

/** `BOX` as the signed integer that JavaScript's bit operations make of it. */
const BOX_BITS = BOX | 0;
/** `undefined`, `null`, a boolean, as the high word has them. */
const UNDEFINED_BITS = BOX_BITS | TAG_UNDEFINED;
const NULL_BITS = BOX_BITS | TAG_NULL;
const FALSE_BITS = BOX_BITS | TAG_FALSE;
const TRUE_BITS = BOX_BITS | TAG_TRUE;
const NAN_BITS = BOX_BITS | TAG_NAN;
const STRING_AT_BITS = BOX_BITS | TAG_STRING_AT;

function tagged(q: number, tag: number, stored: number, payload: number): number {
  i32[2 * q] = payload;
  i32[2 * q + 1] = BOX_BITS | tag | (stored << STORED_SHIFT);
  return q + 1;
}

/** Writes a value that its high word alone tells. What the low word holds does not matter. */
function bare(q: number, bits: number): number {
  i32[2 * q + 1] = bits;
  return q + 1;
}

/** The word behind the last one that this record may fill. */
function bound(): number {
  return (state[POS] as number) + MAX_RECORD_WORDS - RESERVE;
}

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
  if (q > (state[POS] as number) + ROOM) return putNoRoom(q);
  try {
    const end = putNested(q, value, 0);
    for (let i = 0; i < MAX_DEPTH; i++) path[i] = undefined;
    return end;
  } catch {
    // Out of stack, most likely.
    takeBack(q, bound() + RESERVE);
    return tagged(q, TAG_CUT, tagOf(value), CUT_DEPTH);
  }
}

/**
 * Zeroes words that were written and are not to be part of the record: the recorder takes a word
 * behind a record that is not zero for the next record.
 */
function takeBack(from: number, to: number): void {
  forgetPlaces();
  for (let q = from; q < to; q++) {
    i32[2 * q] = 0;
    i32[2 * q + 1] = 0;
  }
}

/** The tag that a value would have, told without looking into it. */
function tagOf(value: unknown): number {
  if (typeof value === "function") return TAG_FUNCTION;
  return isArray(value) ? TAG_ARRAY : TAG_OBJECT;
}

/** Writes a string of a call's own: where it stands in this chunk, if it does. */
function putText(q: number, text: string): number {
  const length = text.length;
  if (length < SHORT) return putString(q, text, MAX_STRING);
  const slot = slotOf(text, length);
  const place = placeOf(slot, text);
  // Its length still stands there, unless a record was begun there again.
  if (place !== 0 && i32[2 * place] === length) {
    i32[2 * q] = place - base;
    i32[2 * q + 1] = STRING_AT_BITS;
    return q + 1;
  }
  if (length > LONG) {
    // To read one character of a string that was put together, V8 puts it together in memory: a
    // program that appends to one would pay for its whole length each time.
    if (state[MAY_LOOK] === 0) return tagged(q, TAG_STRING8, 0, length);
    spend(length >>> NODE_SHIFT);
  }
  const end = putString(q, text, MAX_STRING);
  // Near the record's end it may have been cut shorter than need be.
  if (end < (state[POS] as number) + ROOM) placeText(slot, text, q);
  return end;
}

/** Writes a string, or the first `max` units of it. */
function putString(q: number, text: string, max: number): number {
  const length = text.length;
  let stored = length < max ? length : max;
  const room = (bound() - q - 1) * 4;
  if (stored > room) stored = room < 0 ? 0 : room;
  if (stored < LEAST || !copyAscii(q + 1, text, length, stored)) {
    const start = (q + 1) * 8;
    for (let i = 0; i < stored; i++) {
      const unit = charCodeAt(text, i);
      if (unit > 255) return putWide(q, text, stored);
      u8[start + i] = unit;
    }
  }
  tagged(q, TAG_STRING8, stored, length);
  return q + 1 + ((stored + 7) >>> 3);
}

function putWide(q: number, text: string, stored: number): number {
  const start = (q + 1) * 4;
  for (let i = 0; i < stored; i++) u16[start + i] = charCodeAt(text, i);
  tagged(q, TAG_STRING16, stored, text.length);
  return q + 1 + ((stored + 3) >>> 2);
}

/** The objects around the one that is looked into, by depth. */
const path: (object | undefined)[] = [undefined, undefined, undefined];

function putNested(q: number, value: unknown, depth: number): number {
  if (typeof value === "bigint") return putBigint(q, value);
  if (typeof value === "symbol") {
    tagged(q, TAG_SYMBOL, 0, 0);
    return putString(q + 1, symbolText(value) ?? "", MAX_STRING);
  }
  if (value === null || (typeof value !== "object" && typeof value !== "function")) {
    return put(q, value);
  }
  spend(1);
  if (isProxy(value)) return tagged(q, TAG_PROXY, 0, 0);
  if (typeof value === "function") {
    tagged(q, TAG_FUNCTION, 0, 0);
    return putString(q + 1, ownText(value, "name") ?? "", MAX_STRING);
  }
  if (isNativeError(value)) return putError(q, value, undefined);
  for (let i = 0; i < depth; i++) if (path[i] === value) return tagged(q, TAG_CIRCULAR, 0, 0);
  if (depth >= MAX_DEPTH) return tagged(q, TAG_CUT, tagOf(value), CUT_DEPTH);
  path[depth] = value;
  return isArray(value) ? putArray(q, value, depth) : putObject(q, value, depth);
}

function putBigint(q: number, value: bigint): number {
  if (asIntN(64, value) === value) {
    tagged(q, TAG_BIGINT64, 0, 0);
    i64[q + 1] = value;
    return q + 2;
  }
  const negative = value < 0n;
  tagged(q, TAG_BIGINT, 0, negative ? 1 : 0);
  // Hexadecimal is linear in the number of digits; decimal is not.
  const digits = bigintText(negative ? -value : value, 16);
  spend(digits.length >>> 4);
  return putString(q + 1, digits, MAX_STRING);
}

function putError(q: number, error: object, stack: string | undefined): number {
  spend(5);
  tagged(q, TAG_ERROR, 0, 0);
  let at = putString(q + 1, errorName(error), MAX_STRING);
  at = putString(at, ownText(error, "message") ?? "", MAX_ERROR_TEXT);
  if (stack === undefined) return bare(at, UNDEFINED_BITS);
  spend(20);
  return putString(at, stack, MAX_ERROR_TEXT);
}

/**
 * Writes what is thrown at word `q`.
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
    return putError(q, thrown, state[MAY_LOOK] === 0 ? undefined : stack(thrown));
  } catch {
    // Out of stack, most likely.
    takeBack(q, bound() + RESERVE);
    return tagged(q, TAG_CUT, TAG_ERROR, CUT_DEPTH);
  }
}

/** Writes an own property's value, a getter as TAG_ACCESSOR, nothing as TAG_HOLE. */
function putProperty(q: number, holder: object, key: PropertyKey, depth: number): number {
  const property = getDescriptor(holder, key);
  spend(1);
  if (property === undefined) return tagged(q, TAG_HOLE, 0, 0);
  // A descriptor is an object of the program's realm: what it does not own, a getter may stand for.
  if (!hasOwn(property, "value")) return tagged(q, TAG_ACCESSOR, 0, 0);
  return putNested(q, property.value, depth);
}

function putArray(q: number, array: unknown[], depth: number): number {
  const length = array.length;
  const count = length < MAX_ITEMS ? length : MAX_ITEMS;
  const end = bound();
  let at = q + 1;
  let stored = 0;
  while (stored < count && at < end) {
    at = putProperty(at, array, stored, depth + 1);
    stored += 1;
  }
  tagged(q, TAG_ARRAY, stored, length);
  return at;
}

function putObject(q: number, value: object, depth: number): number {
  if (isPromise(value)) return tagged(q, TAG_PROMISE, 0, 0);
  if (isDate(value)) {
    tagged(q, TAG_DATE, 0, 0);
    f64[q + 1] = dateTime(value);
    return q + 2;
  }
  if (isRegExp(value)) {
    tagged(q, TAG_REGEXP, 0, 0);
    return putString(q + 1, regexpText(value), MAX_STRING);
  }
  if (isView(value) || isAnyArrayBuffer(value)) return putBytes(q, value);
  if (isMap(value)) return putMap(q, value, depth);
  if (isSet(value)) return putSet(q, value, depth);
  if (isModuleNamespaceObject(value) || isExternal(value)) {
    return tagged(q, TAG_CUT, TAG_OBJECT, CUT_DEPTH);
  }
  return putEntries(q, value, depth);
}

function regexpText(pattern: RegExp): string {
  let text = `/${regexpSource(pattern)}/`;
  for (let i = 0; i < regexpFlags.length; i++) {
    const flag = regexpFlags[i] as (typeof regexpFlags)[number];
    if (flag[1](pattern)) text += flag[0];
  }
  return text;
}

function putMap(q: number, map: Map<unknown, unknown>, depth: number): number {
  const end = bound();
  const entries = mapEntries(map);
  let at = q + 1;
  let stored = 0;
  while (stored < MAX_KEYS && at < end) {
    const next = nextEntry(entries);
    if (next.done === true) break;
    spend(2);
    const from = at;
    at = putNested(from, next.value[0], depth + 1);
    if (at >= end) {
      // An entry is a key and a value, or nothing.
      takeBack(from, at);
      at = from;
      break;
    }
    at = putNested(at, next.value[1], depth + 1);
    stored += 1;
  }
  tagged(q, TAG_MAP, stored, mapSize(map));
  return at;
}

function putSet(q: number, set: Set<unknown>, depth: number): number {
  const end = bound();
  const items = setItems(set);
  let at = q + 1;
  let stored = 0;
  while (stored < MAX_ITEMS && at < end) {
    const next = nextItem(items);
    if (next.done === true) break;
    spend(1);
    at = putNested(at, next.value, depth + 1);
    stored += 1;
  }
  tagged(q, TAG_SET, stored, setSize(set));
  return at;
}

function putBytes(q: number, value: ArrayBufferView | ArrayBufferLike): number {
  let length = 0;
  if (isTypedArray(value)) length = typedLength(value);
  else if (isDataView(value)) length = viewLength(value);
  else if (isArrayBuffer(value)) length = byteLength(value);
  tagged(q, TAG_BYTES, 0, length);
  return putString(q + 1, className(value) ?? "", MAX_STRING);
}

function putEntries(q: number, value: object, depth: number): number {
  // There is no way to list only some keys, so an object with many is paid for here.
  const names = keys(value);
  spend(names.length >>> 2);
  const name = className(value);
  const end = bound();
  let at = q + 1;
  if (name === undefined) at = tagged(at, TAG_UNDEFINED, 0, 0);
  else if (name === null) at = tagged(at, TAG_NULL, 0, 0);
  else at = putString(at, name, MAX_STRING);
  const count = names.length < MAX_KEYS ? names.length : MAX_KEYS;
  let stored = 0;
  while (stored < count && at < end) {
    const key = names[stored] as string;
    const from = putString(at, key, MAX_STRING);
    if (from >= end) {
      takeBack(at, from);
      break;
    }
    at = putProperty(from, value, key, depth + 1);
    stored += 1;
  }
  tagged(q, TAG_OBJECT, stored, names.length);
  return at;
}

/** Marks the place of an argument that found no room. */
function putNoRoom(q: number): number {
  return tagged(q, TAG_CUT, TAG_OBJECT, CUT_BYTES);
}
