/**
 * A function of ours that stands where one of Node's or a library's stood, and goes again.
 *
 *     const there = replace(socket, "_destroy", (original) => ({ _destroy(…) { … } }))
 *     putBack(there)
 *
 * Limits: what the program has put around ours meanwhile stays, and goes on to call it.
 */
import { defineProperty, getDescriptor, weakGet, weakSet } from "../runtime/primordials";
import { holderOf, ownData } from "../runtime/reflect";
import { standIn } from "../runtime/stand-in";

/** Any method. */
export type Method = (this: never, ...args: never[]) => unknown;

/** What stood where, and what stands there now. */
export interface Replaced {
  readonly holder: object;
  readonly name: string;
  readonly original: Method;
  readonly made: Method;
}

/**
 * Replaces a method of an object, on the object that it inherits it from.
 *
 * @param make given the original, an object with what is to stand there: a method, which has a `prototype` only if the original has
 * @returns undefined where there is no such method, or the program has closed the object
 */
export function replace(
  object: object,
  name: string,
  make: (original: Method) => Readonly<Record<string, Method>>,
): Replaced | undefined {
  const holder = holderOf(object, name);
  if (holder === null) return undefined;
  const original = ownData(holder, name);
  if (typeof original !== "function") return undefined;
  const made = standIn(make(original as Method)[name] as Method, original as Method);
  const prototype = getDescriptor(original, "prototype");
  if (prototype !== undefined) defineProperty(made, "prototype", prototype);
  if (!set(holder, name, made)) return undefined;
  return { holder, name, original: original as Method, made };
}

/** Methods of ours that stay. */
const staying = new WeakMap<object, true>();

/** Replaces a method of what objects that are met one by one inherit, or own. */
export function replaceOnce(
  object: object,
  name: string,
  make: (original: Method) => Readonly<Record<string, Method>>,
): void {
  const method = (object as Record<string, unknown>)[name];
  if (typeof method !== "function" || weakGet(staying, method) === true) return;
  const replaced = replace(object, name, make);
  if (replaced !== undefined) weakSet(staying, replaced.made, true);
}

/** Puts the original back. False where something of the program's stands there now. */
export function putBack({ holder, name, original, made }: Replaced): boolean {
  return ownData(holder, name) === made && set(holder, name, original);
}

function set(holder: object, name: string, value: Method): boolean {
  return defineProperty(holder, name, { __proto__: null, value } as PropertyDescriptor);
}
