/**
 * Any value into the ring, objects looked into: bounded, and without ever running the program's code
 * (no getter, trap, `toString`, `toJSON`).
 *
 * `{ id: 7, tags: ["a"] }` → TAG_OBJECT, its class, and two entries. What an object is, is asked of
 * V8; what it holds, of its own properties' descriptors.
 * Limits: those of `state.ts` at each level; whatever is cut carries its true size. An array of more
 * than MAX_LISTED items is not searched for properties beside them, since V8 lists all of them.
 */
import {
  CUT_DEPTH,
  PROMISE_FULFILLED,
  PROMISE_REJECTED,
  TAG_ACCESSOR,
  TAG_ARRAY,
  TAG_BOXED,
  TAG_CIRCULAR,
  TAG_CUT,
  TAG_DATE,
  TAG_ERROR,
  TAG_EXTENDED,
  TAG_FUNCTION,
  TAG_HOLE,
  TAG_IDENTIFIED,
  TAG_MAP,
  TAG_OBJECT,
  TAG_OPAQUE,
  TAG_PROMISE,
  TAG_PROXY,
  TAG_REGEXP,
  TAG_SET,
} from "../native/layout";
import { native } from "../native/load";
import { spend } from "./budget";
import { idOf } from "./identity";
import {
  dateTime,
  getDescriptor,
  getPrototypeOf,
  hasOwn,
  isAnyArrayBuffer,
  isArray,
  isBoxedPrimitive,
  isDate,
  isExternal,
  isGeneratorObject,
  isMap,
  isMapIterator,
  isModuleNamespaceObject,
  isNativeError,
  isPromise,
  isProxy,
  isRegExp,
  isSet,
  isSetIterator,
  isView,
  isWeakMap,
  isWeakSet,
  keys,
  mapEntries,
  mapSize,
  nextEntry,
  nextItem,
  regexpFlags,
  regexpSource,
  setItems,
  setSize,
  symbolsOf,
  typedName,
  unboxed,
} from "./primordials";
import { hasWideElements, putBytes, putTyped } from "./put-bytes";
import { putName, putPrimitive, putString, putSymbol } from "./put-primitive";
import { classOf, errorName, objectPrototype, ownText } from "./reflect";
import { see, seenAt } from "./seen";
import { DEPTH, IDENTITY, ITEMS, KEYS, MAY_LOOK, POS, state, STRING } from "./state";
import { bare, bound, NULL_BITS, tagged, takeBack, UNDEFINED_BITS } from "./words";
import { f64 } from "./writer";

/** Units kept of an error's message and stack, which are read rarely and in full. */
const MAX_ERROR_TEXT = 2000;
/** Levels that a chain of causes may go deeper than objects. */
const MAX_CAUSES = 4;
/** The longest array that is searched for properties beside its items. */
const MAX_LISTED = 32;

const NO_KEYS: readonly string[] = [];

/** The tag that a value would have, told without looking into it. */
export function tagOf(value: unknown): number {
  if (typeof value === "function") return TAG_FUNCTION;
  return isArray(value) ? TAG_ARRAY : TAG_OBJECT;
}

/** Writes any value. Gives the word behind it. */
export function putNested(q: number, value: unknown, depth: number): number {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) {
    return putPrimitive(q, value);
  }
  spend(1);
  if (isProxy(value)) return tagged(q, TAG_PROXY, 0, 0);
  if (typeof value === "function") {
    return putName(tagged(q, TAG_FUNCTION, 0, 0), ownText(value, "name") ?? "");
  }
  const at = state[IDENTITY] === 0 ? q : tagged(q, TAG_IDENTIFIED, 0, idOf(value));
  const place = seenAt(value);
  if (place !== 0) return tagged(at, TAG_CIRCULAR, 0, place - (state[POS] as number));
  if (depth >= (state[DEPTH] as number)) return putDeep(at, q, value, depth);
  see(value, q);
  return putObject(at, value, depth);
}

/** Beyond the depth limit: a chain of errors goes on for a while. */
function putDeep(at: number, q: number, value: object, depth: number): number {
  if (depth >= (state[DEPTH] as number) + MAX_CAUSES || !isNativeError(value)) {
    return tagged(at, TAG_CUT, tagOf(value), CUT_DEPTH);
  }
  see(value, q);
  return putObject(at, value, depth);
}

function putObject(q: number, value: object, depth: number): number {
  const prototype = getPrototypeOf(value);
  if (isArray(value)) {
    const names = value.length > MAX_LISTED ? NO_KEYS : keys(value);
    return putBuiltIn(q, value, prototype, names, behindIndices(names), "Array", depth);
  }
  if (prototype === objectPrototype) return putEntries(q, value, UNDEFINED_BITS, "", depth);
  if (prototype !== null) {
    const info = classOf(prototype);
    if (info.isPlain) return putNamed(q, value, info.name, depth);
  }
  return putOdd(q, value, prototype, depth);
}

function putNamed(q: number, value: object, name: string | undefined, depth: number): number {
  return putEntries(q, value, name === undefined ? UNDEFINED_BITS : 0, name ?? "", depth);
}

/** What may be a built-in object. */
function putOdd(q: number, value: object, prototype: object | null, depth: number): number {
  if (isNativeError(value)) {
    return putBuiltIn(q, value, prototype, NO_KEYS, 0, errorName(value), depth);
  }
  const kind = kindOf(value);
  if (kind !== "") return putBuiltIn(q, value, prototype, keys(value), 0, kind, depth);
  const name = prototype === null ? undefined : classOf(prototype).name;
  if (hasWideElements(value)) {
    const elements = typedName(value as ArrayBufferView);
    return putBuiltIn(q, value, prototype, NO_KEYS, 0, elements, depth);
  }
  if (isView(value) || isAnyArrayBuffer(value)) {
    return putBytes(q, value, name ?? "");
  }
  if (isBoxedPrimitive(value)) {
    return putPrimitive(tagged(q, TAG_BOXED, 0, 0), unboxed(value));
  }
  const opaque = opaqueName(value, name);
  if (opaque !== undefined) return putName(tagged(q, TAG_OPAQUE, 0, 0), opaque);
  if (prototype === null) return putEntries(q, value, NULL_BITS, "", depth);
  return putNamed(q, value, name, depth);
}

/** The name of the built-in class that may be extended; empty for another. */
function kindOf(value: object): string {
  if (isMap(value)) return "Map";
  if (isSet(value)) return "Set";
  if (isPromise(value)) return "Promise";
  if (isDate(value)) return "Date";
  return isRegExp(value) ? "RegExp" : "";
}

/** The name of what cannot be looked into; a module might run when it is. */
function opaqueName(value: object, name: string | undefined): string | undefined {
  if (isModuleNamespaceObject(value)) return "Module";
  if (isWeakMap(value)) return name ?? "WeakMap";
  if (isWeakSet(value)) return name ?? "WeakSet";
  if (isGeneratorObject(value)) return "Generator";
  if (isMapIterator(value)) return "Map Iterator";
  if (isSetIterator(value)) return "Set Iterator";
  return isExternal(value) ? "External" : undefined;
}

/** Writes a built-in object as its kind, and beside that its own properties from the `from`th on. */
function putBuiltIn(
  q: number,
  value: object,
  prototype: object | null,
  names: readonly string[],
  from: number,
  kind: string,
  depth: number,
): number {
  const info = prototype === null ? undefined : classOf(prototype);
  const isOwnClass = info === undefined || info.isBuiltIn || info.name === kind;
  const name = isOwnClass ? undefined : info.name;
  if (name === undefined && names.length === from) return putKind(q, value, depth);
  const end = bound();
  let at = name === undefined ? bare(q + 1, UNDEFINED_BITS) : putName(q + 1, name);
  at = putKind(at, value, depth);
  const max = state[KEYS] as number;
  let stored = 0;
  while (from + stored < names.length && stored < max && at < end) {
    const behind = putEntry(at, value, names[from + stored] as string, depth, end);
    if (behind === at) break;
    at = behind;
    stored += 1;
  }
  tagged(q, TAG_EXTENDED, stored, names.length - from);
  return at;
}

function putKind(q: number, value: object, depth: number): number {
  if (isArray(value)) return putArray(q, value, depth);
  if (isNativeError(value)) return putError(q, value, depth);
  if (isMap(value)) return putMap(q, value, depth);
  if (isSet(value)) return putSet(q, value, depth);
  if (isPromise(value)) return putPromise(q, value, depth);
  if (isDate(value)) {
    tagged(q, TAG_DATE, 0, 0);
    f64[q + 1] = dateTime(value);
    return q + 2;
  }
  if (isRegExp(value)) return putName(tagged(q, TAG_REGEXP, 0, 0), regexpText(value));
  return putTyped(q, value);
}

/** Where the names of an array's properties begin that are no items: they are listed last. */
function behindIndices(names: readonly string[]): number {
  let from = names.length;
  while (from > 0 && !isIndex(names[from - 1] as string)) from -= 1;
  return from;
}

function isIndex(name: string): boolean {
  return `${(name as unknown as number) >>> 0}` === name;
}

/** Writes an error's name, its message and its stack, if it is given. Gives the word behind it. */
export function putErrorHead(q: number, error: object, stack: string | undefined): number {
  spend(5);
  tagged(q, TAG_ERROR, 0, 0);
  let at = putString(q + 1, errorName(error), state[STRING] as number);
  at = putString(at, ownText(error, "message") ?? "", MAX_ERROR_TEXT);
  if (stack === undefined) return bare(at, UNDEFINED_BITS);
  spend(20);
  return putString(at, stack, MAX_ERROR_TEXT);
}

/** Writes an error, its causes, and what else it has. Gives the word behind it. */
function putError(q: number, error: object, depth: number): number {
  let at = putErrorHead(q, error, undefined);
  if (state[MAY_LOOK] === 0) return at;
  const names = keys(error);
  const end = bound();
  const max = state[KEYS] as number;
  let stored = 0;
  let total = 0;
  for (let i = -2; i < names.length; i++) {
    const key = i === -2 ? "cause" : i === -1 ? "errors" : (names[i] as string);
    if (i < 0 ? !hasOwn(error, key) : isOfErrors(key)) continue;
    total += 1;
    if (stored === max || at >= end) continue;
    const behind = putEntry(at, error, key, depth, end);
    if (behind === at) continue;
    at = behind;
    stored += 1;
  }
  tagged(q, TAG_ERROR, stored, total);
  return at;
}

/** Whether an error's property is written already. */
function isOfErrors(key: string): boolean {
  return (
    key === "name" || key === "message" || key === "stack" || key === "cause" || key === "errors"
  );
}

/** Writes a key and its value; `at` itself where there is no room for it. */
function putEntry(
  at: number,
  holder: object,
  key: string | symbol,
  depth: number,
  end: number,
): number {
  const from = typeof key === "symbol" ? putSymbol(at, key) : putName(at, key);
  if (from < end) return putProperty(from, holder, key, depth + 1);
  takeBack(at, from);
  return at;
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
  const max = state[ITEMS] as number;
  const count = length < max ? length : max;
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

function regexpText(pattern: RegExp): string {
  let text = `/${regexpSource(pattern)}/`;
  for (let i = 0; i < regexpFlags.length; i++) {
    const flag = regexpFlags[i] as (typeof regexpFlags)[number];
    if (flag[1](pattern)) text += flag[0];
  }
  return text;
}

function putPromise(q: number, promise: Promise<unknown>, depth: number): number {
  const settled = native.promiseState(promise);
  const hasValue = settled === PROMISE_FULFILLED || settled === PROMISE_REJECTED;
  if (!hasValue || q + 1 >= bound()) return tagged(q, TAG_PROMISE, 0, settled);
  tagged(q, TAG_PROMISE, 1, settled);
  return putNested(q + 1, native.promiseResult(promise), depth + 1);
}

function putMap(q: number, map: Map<unknown, unknown>, depth: number): number {
  const end = bound();
  const entries = mapEntries(map);
  const max = state[KEYS] as number;
  let at = q + 1;
  let stored = 0;
  while (stored < max && at < end) {
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
  const max = state[ITEMS] as number;
  let at = q + 1;
  let stored = 0;
  while (stored < max && at < end) {
    const next = nextItem(items);
    if (next.done === true) break;
    spend(1);
    at = putNested(at, next.value, depth + 1);
    stored += 1;
  }
  tagged(q, TAG_SET, stored, setSize(set));
  return at;
}

/** Writes an object's own enumerable properties. `bits`: its class, 0 for that of this name. */
function putEntries(q: number, value: object, bits: number, name: string, depth: number): number {
  // There is no way to list only some keys, so an object with many is paid for here.
  const names = keys(value);
  const symbols = symbolsOf(value);
  spend((names.length + symbols.length) >>> 2);
  const end = bound();
  const max = state[KEYS] as number;
  let total = names.length;
  let at = bits === 0 ? putName(q + 1, name) : bare(q + 1, bits);
  let stored = 0;
  while (stored < names.length && stored < max && at < end) {
    const behind = putEntry(at, value, names[stored] as string, depth, end);
    if (behind === at) break;
    at = behind;
    stored += 1;
  }
  for (let i = 0; i < symbols.length; i++) {
    const symbol = symbols[i] as symbol;
    // `propertyIsEnumerable` and `hasOwn` run a getter of another context's global object on Node 20.
    if (getDescriptor(value, symbol)?.enumerable !== true) continue;
    total += 1;
    if (stored >= max || at >= end) continue;
    const behind = putEntry(at, value, symbol, depth, end);
    if (behind === at) continue;
    at = behind;
    stored += 1;
  }
  tagged(q, TAG_OBJECT, stored, total);
  return at;
}
