/**
 * Buffers and typed arrays into the ring: class, true length, and the first bytes or elements.
 *
 * `Buffer.from("abc")` → its class and three bytes; `new Float64Array(1000)` → the first elements.
 * Elements are read by their number, which never asks the program: neither a subclass nor a property
 * of the array's own has a say. Limits: HEAD_BYTES; elements as the items of arrays.
 */
import { TAG_BYTES, TAG_TYPED } from "../native/layout";
import { spend } from "./budget";
import {
  byteLength,
  Bytes,
  isArrayBuffer,
  isDataView,
  isTypedArray,
  sharedLength,
  typedLength,
  typedName,
  viewByte,
  viewLength,
} from "./primordials";
import { putName, putPrimitive } from "./put-primitive";
import { ITEMS, state } from "./state";
import { bound, tagged } from "./words";
import { u8 } from "./writer";

/** Bytes of a buffer that are kept: the recorder looks for secrets in them, and shows fewer. */
const HEAD_BYTES = 64;

type Elements = ArrayBufferView & { readonly [at: number]: number | bigint };

/** Whether this is a typed array whose elements are not single bytes. */
export function hasWideElements(value: object): boolean {
  if (!isTypedArray(value)) return false;
  const name = typedName(value);
  return name !== "Uint8Array" && name !== "Int8Array" && name !== "Uint8ClampedArray";
}

/** Writes a typed array. Gives the word behind it. */
export function putTyped(q: number, value: object): number {
  const array = value as Elements;
  const length = typedLength(array);
  const items = state[ITEMS] as number;
  const count = length < items ? length : items;
  const end = bound();
  let at = putName(q + 1, typedName(array));
  let stored = 0;
  while (stored < count && at < end) {
    at = putPrimitive(at, array[stored]);
    stored += 1;
  }
  spend(stored);
  tagged(q, TAG_TYPED, stored, length);
  return at;
}

/** Writes a buffer, a view of it, an array of single bytes. `name`: its class's. */
export function putBytes(q: number, value: object, name: string): number {
  const from = putName(q + 1, name);
  const room = (bound() - from) * 8;
  const max = room < 0 ? 0 : room < HEAD_BYTES ? room : HEAD_BYTES;
  const length = lengthOf(value);
  const stored = length < max ? length : max;
  const bytes = stored === 0 ? undefined : bytesOf(value, stored);
  if (bytes === undefined) {
    const view = value as DataView;
    for (let i = 0; i < stored; i++) u8[from * 8 + i] = viewByte(view, i);
  } else {
    for (let i = 0; i < stored; i++) u8[from * 8 + i] = bytes[i] as number;
  }
  tagged(q, TAG_BYTES, stored, length);
  return from + ((stored + 7) >>> 3);
}

/** Bytes; 0 of what is detached from its memory. */
function lengthOf(value: object): number {
  if (isTypedArray(value)) return typedLength(value);
  if (isArrayBuffer(value)) return byteLength(value);
  try {
    return isDataView(value) ? viewLength(value) : sharedLength(value as SharedArrayBuffer);
  } catch {
    return 0;
  }
}

/** What gives the bytes by their number; undefined for a DataView. */
function bytesOf(value: object, count: number): ArrayLike<number> | undefined {
  if (isTypedArray(value)) return value as Uint8Array;
  if (isDataView(value)) return undefined;
  return new Bytes(value as ArrayBuffer, 0, count);
}
