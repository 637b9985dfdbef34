/**
 * Strings that stand in the ring's present chunk already: programs hand the same few around, and a
 * string met again is one word that points to it.
 *
 * Limits: a handful of strings is kept alive until others take their places, of the long ones
 * LONG_SLOTS; strings of less than SHORT units are not worth it.
 */
import { charCodeAt, fill } from "./primordials";

/** Units below which a string is written each time. */
export const SHORT = 8;
/** Units above which no character of a string is looked at to find it. */
export const LONG = 4096;
const LONG_SLOTS = 4;
const SLOTS = 128;

const texts: string[] = Array.from({ length: SLOTS }, () => "");
/** Word of the ring where each stands; 0: not in this chunk. */
const places = new Int32Array(SLOTS);

/** What is written will stand elsewhere. */
let isApart = false;

/** The slot of a string of `length` units, at least SHORT. */
export function slotOf(text: string, length: number): number {
  if (length > LONG) return length % LONG_SLOTS;
  const hash = length + 7 * charCodeAt(text, length - 1) + 31 * charCodeAt(text, length >> 1);
  return LONG_SLOTS + (hash % (SLOTS - LONG_SLOTS));
}

/** The word where a string stands, 0 if it is not known to. */
export function placeOf(slot: number, text: string): number {
  const place = places[slot] as number;
  return place !== 0 && texts[slot] === text && !isApart ? place : 0;
}

/** From now on a string stands at this word. */
export function placeText(slot: number, text: string, place: number): void {
  texts[slot] = text;
  places[slot] = place;
}

/** While `action` writes words that will stand elsewhere, each string is written out. */
export function apart(action: () => void): void {
  isApart = true;
  try {
    action();
  } finally {
    isApart = false;
  }
}

/** Another chunk begins, or words were taken back. */
export function forgetPlaces(): void {
  fill(places, 0);
}
