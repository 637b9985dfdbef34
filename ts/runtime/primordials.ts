/**
 * Built-ins as they were when we were loaded, to be called whatever the program makes of them later.
 *
 * `hasOwn(object, "a")`, `charCodeAt(text, 0)`: methods take their `this` first. A probe uses a
 * built-in of a prototype, of a namespace or of the global object through here alone: a program may
 * put a getter in its place, and that one is called.
 * Limits: a program that changes them before we are loaded (`Breadcrumb.start()` in code) is met as
 * it is.
 */
import { types } from "node:util";

type Method<This, Args extends unknown[], R> = (this: This, ...args: Args) => R;

/** A method as a function of its `this`. */
function uncurry<This, Args extends unknown[], R>(
  method: Method<This, Args, R>,
): (self: This, ...args: Args) => R {
  return Function.prototype.call.bind(method) as (self: This, ...args: Args) => R;
}

/** The getter of a property of a prototype, as a function of its `this`. */
export function getter<This, R>(prototype: object, name: string): (self: This) => R {
  return uncurry(getDescriptor(prototype, name)?.get as Method<This, [], R>);
}

export const {
  create,
  getOwnPropertyDescriptor: getDescriptor,
  getOwnPropertySymbols: symbolsOf,
  getPrototypeOf,
  hasOwn,
  keys,
} = Object as Pick<
  ObjectConstructor,
  "create" | "getOwnPropertyDescriptor" | "getOwnPropertySymbols" | "hasOwn" | "keys"
> & {
  getPrototypeOf(value: object): object | null;
};
export const { apply, defineProperty, deleteProperty, ownKeys, setPrototypeOf } = Reflect;
export const { isArray } = Array;
export const { isView } = ArrayBuffer;
export const { asIntN } = BigInt;
export const { imul } = Math;
export const { compareExchange, load, store } = Atomics;
export const {
  isAnyArrayBuffer,
  isArrayBuffer,
  isBigIntObject,
  isBooleanObject,
  isBoxedPrimitive,
  isDataView,
  isDate,
  isExternal,
  isGeneratorObject,
  isMap,
  isMapIterator,
  isModuleNamespaceObject,
  isNativeError,
  isNumberObject,
  isPromise,
  isProxy,
  isRegExp,
  isSet,
  isSetIterator,
  isStringObject,
  isTypedArray,
  isWeakMap,
  isWeakSet,
} = types;
/** The exact clock. */
export const now: () => bigint = process.hrtime.bigint;
/** The class itself. */
export const Bytes: Uint8ArrayConstructor = Uint8Array;

/** What typed arrays inherit. */
export const TypedArray = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;

export const charCodeAt: (text: string, index: number) => number = uncurry(
  String.prototype.charCodeAt,
);
export const endsWith: (text: string, part: string) => boolean = uncurry(String.prototype.endsWith);
export const includes: (text: string, part: string) => boolean = uncurry(String.prototype.includes);
export const indexOf: (text: string, part: string, from?: number) => number = uncurry(
  String.prototype.indexOf,
);
export const lastIndexOf: (text: string, part: string) => number = uncurry(
  String.prototype.lastIndexOf,
);
export const lowerCase: (text: string) => string = uncurry(String.prototype.toLowerCase);
export const upperCase: (text: string) => string = uncurry(String.prototype.toUpperCase);
export const slice: (text: string, from: number, to?: number) => string = uncurry(
  String.prototype.slice,
);
export const startsWith: (text: string, part: string) => boolean = uncurry(
  String.prototype.startsWith,
);
export const bigintText: (value: bigint, radix: number) => string = uncurry(
  BigInt.prototype.toString,
) as never;
export const dateTime: (date: Date) => number = uncurry(Date.prototype.getTime);
export const fill: (array: Int32Array, value: number) => unknown = uncurry(
  TypedArray.fill as never,
);
export const symbolText: (symbol: symbol) => string | undefined = getter(
  Symbol.prototype,
  "description",
);
export const mapSize: (map: Map<unknown, unknown>) => number = getter(Map.prototype, "size");
export const setSize: (set: Set<unknown>) => number = getter(Set.prototype, "size");
const IteratorOfMaps = Object.getPrototypeOf(new Map().entries()) as MapIterator<Entry>;
const IteratorOfSets = Object.getPrototypeOf(new Set().values()) as SetIterator<unknown>;
type Entry = [key: unknown, value: unknown];
export const mapEntries: (map: Map<unknown, unknown>) => MapIterator<Entry> = uncurry(
  Map.prototype.entries,
);
export const nextEntry: (entries: MapIterator<Entry>) => IteratorResult<Entry> = uncurry(
  IteratorOfMaps.next as () => IteratorResult<Entry>,
);
export const setItems: (set: Set<unknown>) => SetIterator<unknown> = uncurry(Set.prototype.values);
export const nextItem: (items: SetIterator<unknown>) => IteratorResult<unknown> = uncurry(
  IteratorOfSets.next as () => IteratorResult<unknown>,
);
export const byteLength: (buffer: ArrayBuffer) => number = getter(
  ArrayBuffer.prototype,
  "byteLength",
);
export const sharedLength: (buffer: SharedArrayBuffer) => number = getter(
  SharedArrayBuffer.prototype,
  "byteLength",
);
/** Name of the built-in class of a typed array. */
export const typedName: (array: ArrayBufferView) => string = getter(
  TypedArray,
  Symbol.toStringTag as never,
);
export const viewByte: (view: DataView, at: number) => number = uncurry(
  DataView.prototype.getUint8,
);
const numberOf = uncurry(Number.prototype.valueOf);
const stringOf = uncurry(String.prototype.valueOf);
const booleanOf = uncurry(Boolean.prototype.valueOf);
const bigintOf = uncurry(BigInt.prototype.valueOf);
const symbolOf = uncurry(Symbol.prototype.valueOf);
/** The primitive in a boxed one. */
export function unboxed(value: object): unknown {
  if (isNumberObject(value)) return numberOf(value);
  if (isStringObject(value)) return stringOf(value);
  if (isBooleanObject(value)) return booleanOf(value);
  return isBigIntObject(value) ? bigintOf(value) : symbolOf(value);
}
export const typedLength: (array: ArrayBufferView) => number = getter(TypedArray, "length");
export const viewLength: (view: DataView) => number = getter(DataView.prototype, "byteLength");
export const regexpSource: (pattern: RegExp) => string = getter(RegExp.prototype, "source");
/** Each flag's letter, and whether an expression has it. `flags` would read the program's getters. */
export const regexpFlags: readonly (readonly [string, (pattern: RegExp) => boolean])[] = [
  ["d", getter(RegExp.prototype, "hasIndices")],
  ["g", getter(RegExp.prototype, "global")],
  ["i", getter(RegExp.prototype, "ignoreCase")],
  ["m", getter(RegExp.prototype, "multiline")],
  ["s", getter(RegExp.prototype, "dotAll")],
  ["u", getter(RegExp.prototype, "unicode")],
  ["v", getter(RegExp.prototype, "unicodeSets")],
  ["y", getter(RegExp.prototype, "sticky")],
];
const exec: (pattern: RegExp, text: string) => unknown = uncurry(RegExp.prototype.exec);
/** Whether an expression without flags matches somewhere; `test` would call the program's `exec`. */
export const matches = (pattern: RegExp, text: string): boolean => exec(pattern, text) !== null;

export const weakGet: <V>(table: WeakMap<object, V>, key: object) => V | undefined = uncurry(
  WeakMap.prototype.get,
) as never;
export const weakHas: (table: WeakMap<object, unknown>, key: object) => boolean = uncurry(
  WeakMap.prototype.has,
);
export const weakSet: <V>(table: WeakMap<object, V>, key: object, value: V) => unknown = uncurry(
  WeakMap.prototype.set,
) as never;
