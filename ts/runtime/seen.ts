/**
 * The objects of the value that is being written, and where they stand: one that is met again is a
 * word that points to the first.
 *
 * Limits: the first MAX_SEEN of a value; one beyond is looked into each time, as far as depth goes.
 */
const MAX_SEEN = 64;

const objects: (object | undefined)[] = Array.from({ length: MAX_SEEN });
const places = new Int32Array(MAX_SEEN);
let count = 0;

/** The word where an object stands; 0 if it is new. */
export function seenAt(value: object): number {
  for (let i = 0; i < count; i++) if (objects[i] === value) return places[i] as number;
  return 0;
}

/** An object is written at this word. */
export function see(value: object, place: number): void {
  if (count === MAX_SEEN) return;
  objects[count] = value;
  places[count] = place;
  count += 1;
}

/** Of a value that is written nothing is kept alive; nor of what stood from this word on. */
export function forgetSeen(from = 0): void {
  while (count > 0 && (places[count - 1] as number) >= from) {
    count -= 1;
    objects[count] = undefined;
  }
}
