/**
 * Questions about the program's objects that never run its code: own data properties, along a
 * prototype chain without proxies.
 *
 * `className(new Cart())` → "Cart"; `errorName(new TypeError())` → "TypeError".
 */
import { types } from "node:util";

const getDescriptor = Object.getOwnPropertyDescriptor;
const { getPrototypeOf } = Object;
const objectPrototype = Object.prototype;
/** A chain longer than this is no chain of classes. */
const MAX_CHAIN = 16;

const classNames = new WeakMap<object, string | undefined>();

/** The value of an own data property if it is a string. */
export function ownText(value: object, key: string): string | undefined {
  const property = getDescriptor(value, key);
  const text: unknown = property?.value;
  return typeof text === "string" ? text : undefined;
}

/** The name of an object's class: undefined for a plain object, null for one without prototype. */
export function className(value: object): string | null | undefined {
  const prototype = getPrototypeOf(value) as object | null;
  if (prototype === null) return null;
  if (prototype === objectPrototype) return undefined;
  if (classNames.has(prototype)) return classNames.get(prototype);
  const name = constructorName(prototype);
  classNames.set(prototype, name);
  return name;
}

function constructorName(prototype: object): string | undefined {
  let holder: object | null = prototype;
  for (let i = 0; i < MAX_CHAIN && holder !== null && !types.isProxy(holder); i++) {
    const maker: unknown = getDescriptor(holder, "constructor")?.value;
    if (typeof maker === "function" && !types.isProxy(maker)) {
      const name = ownText(maker, "name");
      // Another realm's plain object.
      return name === "Object" ? undefined : name;
    }
    holder = getPrototypeOf(holder) as object | null;
  }
  return undefined;
}

/** An error's name, own or inherited. */
export function errorName(error: object): string {
  let holder: object | null = error;
  for (let i = 0; i < MAX_CHAIN && holder !== null && !types.isProxy(holder); i++) {
    const name = ownText(holder, "name");
    if (name !== undefined) return name;
    holder = getPrototypeOf(holder) as object | null;
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
    if (types.isProxy(holder)) return false;
    const property = getDescriptor(holder, key);
    if (property !== undefined) return typeof property.value === "string";
    holder = getPrototypeOf(holder) as object | null;
  }
  return holder === null;
}
