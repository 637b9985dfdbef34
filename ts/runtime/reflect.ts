/**
 * Questions about the program's objects that never run its code: own data properties, along a
 * prototype chain without proxies.
 *
 * `className(new Cart())` → "Cart"; `errorName(new TypeError())` → "TypeError".
 */
import {
  getDescriptor,
  getPrototypeOf,
  hasOwn,
  isProxy,
  weakGet,
  weakHas,
  weakSet,
} from "./primordials";

const objectPrototype = Object.prototype;
/** A chain longer than this is no chain of classes. */
const MAX_CHAIN = 16;

const classNames = new WeakMap<object, string | undefined>();

/** The value of an own data property if it is a string. */
export function ownText(value: object, key: string): string | undefined {
  const text = ownData(value, key);
  return typeof text === "string" ? text : undefined;
}

/** The value of an own data property; undefined where there is none. */
function ownData(value: object, key: string): unknown {
  const property = getDescriptor(value, key);
  return property !== undefined && hasOwn(property, "value") ? property.value : undefined;
}

/** The name of an object's class: undefined for a plain object, null for one without prototype. */
export function className(value: object): string | null | undefined {
  const prototype = getPrototypeOf(value);
  if (prototype === null) return null;
  if (prototype === objectPrototype) return undefined;
  if (weakHas(classNames, prototype)) return weakGet(classNames, prototype);
  const name = constructorName(prototype);
  weakSet(classNames, prototype, name);
  return name;
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
    if (hasOwn(holder, key)) return ownText(holder, key) !== undefined;
    holder = getPrototypeOf(holder);
  }
  return holder === null;
}
