/** What the example records: parcels, of which the heavy ones are refused. */
import { setImmediate } from "node:timers/promises";

const MAX_GRAMS = 8000;

function price(grams) {
  return grams <= 2000 ? 399 : 399 + Math.ceil((grams - 2000) / 1000) * 120;
}

export async function ship({ id, grams }) {
  await setImmediate();
  if (grams > MAX_GRAMS) throw new RangeError(`parcel ${id} is too heavy`);
  return { id, cents: price(grams) };
}
