/**
 * Primitives into the ring: exactly, but for strings, of which the first units are kept with the true
 * length.
 */
import { TAG_BIGINT, TAG_BIGINT64, TAG_STRING16, TAG_STRING8, TAG_SYMBOL } from "../native/layout";
import { copyAscii, LEAST } from "./ascii";
import { spend } from "./budget";
import { asIntN, bigintText, charCodeAt, symbolText } from "./primordials";
import { MAY_LOOK, state, STRING } from "./state";
import { LONG, placeOf, placeText, SHORT, slotOf } from "./texts";
import {
  bare,
  bound,
  FALSE_BITS,
  NAN_BITS,
  NULL_BITS,
  roomEnd,
  STRING_AT_BITS,
  tagged,
  TRUE_BITS,
  UNDEFINED_BITS,
} from "./words";
import { base, f64, i32, i64, u16, u8 } from "./writer";

/** Units of a long string, as a power of two, that cost as much as a node of an object: 0.5 µs. */
const NODE_SHIFT = 10;

/** Writes a primitive. Gives the word behind it. */
export function putPrimitive(q: number, value: unknown): number {
  switch (typeof value) {
    case "number":
      if (value !== value) return bare(q, NAN_BITS);
      f64[q] = value;
      return q + 1;
    case "string":
      return putText(q, value);
    case "bigint":
      return putBigint(q, value);
    case "symbol":
      return putSymbol(q, value);
    case "boolean":
      return bare(q, value ? TRUE_BITS : FALSE_BITS);
    default:
      return bare(q, value === null ? NULL_BITS : UNDEFINED_BITS);
  }
}

/** Writes a string: where it stands in this chunk, if it does. */
export function putText(q: number, text: string): number {
  const length = text.length;
  if (length < SHORT) return putString(q, text, state[STRING] as number);
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
  const end = putString(q, text, state[STRING] as number);
  // Near the record's end it may have been cut shorter than need be.
  if (end < roomEnd()) placeText(slot, text, q);
  return end;
}

/** Writes a name, such as that of a class. */
export function putName(q: number, name: string): number {
  return putString(q, name, state[STRING] as number);
}

/** Writes a string, or the first `max` units of it. */
export function putString(q: number, text: string, max: number): number {
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

/** Writes a symbol by its description. */
export function putSymbol(q: number, symbol: symbol): number {
  return putName(tagged(q, TAG_SYMBOL, 0, 0), symbolText(symbol) ?? "");
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
  return putName(q + 1, digits);
}
