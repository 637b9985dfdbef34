/**
 * Questions about the program's objects that never run its code: own data properties, along a
 * prototype chain without proxies.
 *
 * `classOf(Cart.prototype).name` → "Cart"; `errorName(new TypeError())` → "TypeError".
 */
import {
  getDescriptor,
  getPrototypeOf,
  hasOwn,
  isProxy,
  TypedArray,
  weakGet,
  weakHas,
  weakSet,
} from "./primordials";

/** What a plain object inherits. */
export const objectPrototype: object = Object.prototype;
/** A chain longer than this is no chain of classes. */
const MAX_CHAIN = 16;

/** What objects with the same prototype have in common. */
export interface ClassInfo {
  /** Name of the class; undefined where there is none, or it is that of plain objects. */
  readonly name: string | undefined;
  /** Nothing that it inherits from is built in: its objects are entries and nothing else. */
  readonly isPlain: boolean;
  /** The prototype is a built-in one itself. */
  readonly isBuiltIn: boolean;
}

const infos = new WeakMap<object, ClassInfo>();
const builtIns = new WeakMap<object, true>();
const iterators = Object.getPrototypeOf(Object.getPrototypeOf([].values())) as object;
const asyncIterators = Object.getPrototypeOf(
  Object.getPrototypeOf(Object.getPrototypeOf((async function* () {})()) as object) as object,
) as object;
const { prototype: errorPrototype } = Error;
for (const prototype of [
  ...[Array, Map, Set, WeakMap, WeakSet, WeakRef, Promise, Date, RegExp].map((c) => c.prototype),
  ...[ArrayBuffer, SharedArrayBuffer, DataView, Buffer].map((c) => c.prototype as object),
  ...[Number, String, Boolean, BigInt, Symbol, Function].map((c) => c.prototype as object),
  ...[EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError].map(
    (c) => c.prototype,
  ),
  errorPrototype,
  TypedArray,
  iterators,
  asyncIterators,
]) {
  builtIns.set(prototype, true);
}

/** The value of an own data property if it is a string. */
export function ownText(value: object, key: string): string | undefined {
  const text = ownData(value, key);
  return typeof text === "string" ? text : undefined;
}

/** The value of an own data property; undefined where there is none. */
export function ownData(value: object, key: PropertyKey): unknown {
  const property = getDescriptor(value, key);
  return property !== undefined && hasOwn(property, "value") ? property.value : undefined;
}

/** The object itself, or of those that it inherits from the first that has a property of this name; null where none has. */
export function holderOf(value: object, key: PropertyKey): object | null {
  let holder: object | null = value;
  while (holder !== null && !hasOwn(holder, key)) holder = getPrototypeOf(holder);
  return holder;
}

/** What is known of the objects with this prototype. */
export function classOf(prototype: object): ClassInfo {
  const known = weakGet(infos, prototype);
  if (known !== undefined) return known;
  const info = {
    name: constructorName(prototype),
    isPlain: isPlainClass(prototype),
    isBuiltIn: weakHas(builtIns, prototype),
  };
  weakSet(infos, prototype, info);
  return info;
}

/** Whether the chain ends at this realm's plain object, and meets nothing built in before. */
function isPlainClass(prototype: object): boolean {
  let holder: object | null = prototype;
  for (let i = 0; i < MAX_CHAIN && holder !== null && !isProxy(holder); i++) {
    if (holder === objectPrototype) return true;
    if (weakHas(builtIns, holder)) return false;
    holder = getPrototypeOf(holder);
  }
  return false;
}

function constructorName(prototype: object): string | undefined {
  let holder: object | null = prototype;
  for (let i = 0; i < MAX_CHAIN && holder !== null && !isProxy(holder); i++) {
    const maker = ownData(holder, "constructor");
    if (typeof maker === "function" && !isProxy(maker)) {
      const name = ownText(maker, "name");
      // Another realm's plain object.
      return name === "Object" ? undefined : name;
    }
    holder = getPrototypeOf(holder);
  }
  return undefined;
}

/** An error's name, own or inherited. */
export function errorName(error: object): string {
  let holder: object | null = error;
  for (let i = 0; i < MAX_CHAIN && holder !== null && !isProxy(holder); i++) {
    const name = ownText(holder, "name");
    if (name !== undefined) return name;
    holder = getPrototypeOf(holder);
  }
  return "Error";
}

/**
 * Whether an error's heading, `name: message`, can be told without running the program's code: V8
 * formats a stack when it is first read, and asks for both.
 */
export function hasPlainHeading(error: object): boolean {
  return isPlain(error, "name") && isPlain(error, "message");
}

/** Whether a look-up of `key` ends at a string that is a data property, or at nothing. */
function isPlain(value: object, key: string): boolean {
  let holder: object | null = value;
  for (let i = 0; i < MAX_CHAIN && holder !== null; i++) {
    if (isProxy(holder)) return false;
    if (getDescriptor(holder, key) !== undefined) return ownText(holder, key) !== undefined;
    holder = getPrototypeOf(holder);
  }
  return holder === null;
}
