/**
 * `Function.prototype.toString` as the program would have it without us: the original text of an
 * instrumented function or class.
 *
 * `String(f)` → the slice of the source file, not the text with probes.
 * The text is found through the probe's id in it (`crates/instrument`), so no closure is kept.
 * Limits: another realm's `Function.prototype.toString` is not replaced.
 */
import { native } from "../native/load";
import { apply, includes } from "./primordials";
import { standIn, stoodFor } from "./stand-in";

const MARK = "$bc.";

/** Replaces `Function.prototype.toString`. */
export function installToString(): void {
  const prototype = Function.prototype as unknown as Record<string, unknown>;
  const original = prototype["toString"] as () => string;
  // A method has no `prototype` and cannot be constructed, as the native one.
  const { toString } = {
    toString(this: unknown): string {
      const text = apply(original, stoodFor(this), []);
      return includes(text, MARK) ? (native.unsplice(text) ?? text) : text;
    },
  };
  Object.defineProperty(Function.prototype, "toString", {
    configurable: true,
    enumerable: false,
    writable: true,
    value: standIn(toString, original),
  });
}
