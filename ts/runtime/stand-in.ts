/**
 * Functions of ours that stand where one of the engine's or of Node's stood: same name, same
 * length, and `toString` gives the text of the one whose place they take.
 *
 *     Function.prototype.toString = standIn({ toString() { … } }.toString, original)
 *
 * Limits: hand over methods or arrows, which have no `prototype` and cannot be constructed, as the
 * engine's own functions.
 */
import { defineProperty, weakGet, weakSet } from "./primordials";

type AnyFunction = (...args: never[]) => unknown;

const originals = new WeakMap<object, AnyFunction>();
const LOOKS = ["name", "length"] as const;

/** Gives `made` the looks of `original`. */
export function standIn<F extends AnyFunction>(made: F, original: AnyFunction): F {
  for (let i = 0; i < LOOKS.length; i++) {
    const key = LOOKS[i] as (typeof LOOKS)[number];
    const looks = { __proto__: null, configurable: true, value: original[key] };
    defineProperty(made, key, looks as PropertyDescriptor);
  }
  weakSet(originals, made, original);
  return made;
}

/** The function whose place this one took, or itself. */
export function stoodFor(value: unknown): unknown {
  return typeof value === "function" ? (weakGet(originals, value) ?? value) : value;
}
