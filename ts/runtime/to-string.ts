/**
 * `Function.prototype.toString` as the program would have it without us: the original text of an
 * instrumented function or class.
 *
 * `String(f)` → the slice of the source file, not the text with probes.
 * The text is found through the probe's id in it (`crates/instrument`), so no closure is kept.
 * Limits: another realm's `Function.prototype.toString` is replaced only where code with probes is
 * put into that realm (`ts/hooks/runners.ts`).
 */
import { native } from "../native/load";
import { apply, includes } from "./primordials";
import { standIn, stoodFor } from "./stand-in";

const MARK = "$bc.";

/** Replaces `Function.prototype.toString` of a realm. */
export function installToString(
  realm: { readonly Function: FunctionConstructor } = globalThis,
): void {
  const { prototype } = realm.Function as unknown as { prototype: Record<string, unknown> };
  const original = prototype["toString"] as () => string;
  // A method has no `prototype` and cannot be constructed, as the native one.
  const { toString } = {
    toString(this: unknown): string {
      const text = apply(original, stoodFor(this), []);
      return includes(text, MARK) ? (native.unsplice(text) ?? text) : text;
    },
  };
  if (realm !== globalThis) Object.setPrototypeOf(toString, prototype);
  Object.defineProperty(prototype, "toString", {
    configurable: true,
    enumerable: false,
    writable: true,
    value: standIn(toString, original),
  });
}
