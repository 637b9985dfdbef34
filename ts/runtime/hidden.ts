/**
 * What is noted on objects that no program can see: under a symbol by which Node keeps something on objects of other kinds, or in a weak
 * table where this host offers none.
 *
 *     const opens = hidden<Open>("module_source_private_symbol");
 *     opens.set(request, open); opens.get(request)
 *
 * To enter an object in a weak table takes 2 µs, with what the collector does about it; this takes a fifth of that.
 * Limits: for objects that Node itself notes nothing on, such as messages of HTTP.
 */
import { native } from "../native/load";
import { weakGet, weakSet } from "./primordials";

/** Notes on objects. */
export interface Hidden<T> {
  readonly get: (object: object) => T | undefined;
  readonly set: (object: object, value: T) => void;
}

/** Symbols of Node's that only modules have. */
type Name = "module_source_private_symbol" | "module_export_names_private_symbol";

/** Notes of one sort. `name`: each sort has its own. */
export function hidden<T>(name: Name): Hidden<T> {
  const symbol = native.privateSymbols()?.[name];
  if (symbol === undefined) {
    const table = new WeakMap<object, T>();
    return {
      get: (object) => weakGet(table, object),
      set: (object, value) => void weakSet(table, object, value),
    };
  }
  return {
    get: (object) => (object as Record<symbol, T | undefined>)[symbol],
    set: (object, value) => {
      (object as Record<symbol, T | undefined>)[symbol] = value;
    },
  };
}
