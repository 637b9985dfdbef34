/**
 * A constant of the scope that all scripts of a realm share: code anywhere in it can name it, and no
 * list of the global object's properties has it.
 *
 *     declareConstant("$bc", probes) → `$bc.e0(1)` in any script, module or function
 *
 * Programs do list those properties: to find leaks, to freeze them, to declare a variable for each.
 */
import { Script } from "node:vm";

/** Where to declare it: a realm's global object, and the context that `node:vm` knows it by. */
export interface Realm {
  readonly global: object;
  readonly context: object;
}

/** Declares a constant in this realm, or in another. Throws where there is one already. */
export function declareConstant(name: string, value: unknown, realm?: Realm): void {
  const global = realm?.global ?? globalThis;
  const script = new Script(`const ${name} = globalThis.${name}`);
  Object.defineProperty(global, name, { value, configurable: true });
  try {
    if (realm === undefined) script.runInThisContext();
    else script.runInContext(realm.context);
  } finally {
    Reflect.deleteProperty(global, name);
  }
}
