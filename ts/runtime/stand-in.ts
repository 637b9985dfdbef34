/**
 * Functions of ours that stand where one of the engine's or of Node's stood: same name, same
 * length, and `toString` gives the text of the one whose place they take.
 *
 *     Function.prototype.toString = standIn({ toString() { … } }.toString, original)
 *
 * Limits: hand over methods or arrows, which have no `prototype` and cannot be constructed, as the
 * engine's own functions.
 */
type AnyFunction = (...args: never[]) => unknown;

const originals = new WeakMap<object, AnyFunction>();
const { apply } = Reflect;
const get = WeakMap.prototype.get;

/** Gives `made` the looks of `original`. */
export function standIn<F extends AnyFunction>(made: F, original: AnyFunction): F {
  for (const key of ["name", "length"] as const) {
    Object.defineProperty(made, key, { configurable: true, value: original[key] });
  }
  originals.set(made, original);
  return made;
}

/** The function whose place this one took, or itself. */
export function stoodFor(value: unknown): unknown {
  return apply(get, originals, [value]) ?? value;
}
