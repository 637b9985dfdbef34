/**
 * Keeps our hook around those that the program registers later, so that the text gets its probes
 * after every other loader has had it (`tsx`, `import-in-the-middle`, one of the program's own).
 *
 * The hook that is registered last runs first, around the others: whenever the program has
 * registered one, ours is registered again.
 * Limits: a loader that is registered with a copy of `module.register` from before, as ES modules
 * have one by name in a program that calls `Breadcrumb.start()` itself, is not noticed.
 */
import Module from "node:module";
import { standIn } from "../runtime/stand-in";

type Register = (this: unknown, ...rest: unknown[]) => unknown;

/**
 * Calls `before` each time the program calls `Module[name]`, and `again` where it has without an
 * error.
 */
export function keepOutermost(
  name: "register" | "registerHooks",
  again: () => void,
  before?: () => void,
): void {
  const { apply } = Reflect;
  const functions = Module as unknown as Record<string, Register>;
  const original = functions[name] as Register;
  const made = function (this: unknown, ...rest: unknown[]): unknown {
    before?.();
    const answer = apply(original, this, rest);
    again();
    return answer;
  };
  const descriptor = Object.getOwnPropertyDescriptor(functions, name);
  // What ES modules import by name is a copy, made when the first one does: after a preload.
  Object.defineProperty(functions, name, { ...descriptor, value: standIn(made, original) });
}
