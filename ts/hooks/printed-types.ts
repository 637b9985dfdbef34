/**
 * TypeScript that Node prints anew before it compiles it (`--experimental-transform-types`, Node 22 and
 * 24): it is printed here, by Node's own function, and probes go into what that gives. In its place
 * they would be printed, too: in other columns, and in what `String(f)` shows.
 *
 *     enum A { B }  →  var A = /*#__PURE__*\/ function(A) { … }(A || {}); //# sourceMappingURL=…
 *
 * The function is a variable of Node's loader, which costs some 50 ms to reach, once in a thread.
 * Limits: where there is no inspector, and before `registerHooks` is sound, the text of an ES module
 * gets its probes before it is printed; without an inspector that of any file.
 */
import Module from "node:module";
import { pathToFileURL } from "node:url";
import * as threads from "node:worker_threads";
import { native } from "../native/load";
import { closedOver } from "../runtime/node-internals";
import type { SourceKind } from "./transform";

type Print = (source: string, path: string, url: string) => string;

/** What a format is once the types are gone; undefined: Node finds out. */
const FORMATS: ReadonlyMap<unknown, "commonjs" | "module" | undefined> = new Map([
  ["commonjs-typescript", "commonjs"],
  ["module-typescript", "module"],
  ["typescript", undefined],
]);

/** A text without types. */
export interface Printed {
  readonly text: string;
  readonly format: "commonjs" | "module" | undefined;
  readonly kind: SourceKind;
}

/** Not on Node's own thread for hooks, where its warning would come once more. */
const isPrinting =
  (process.features as { typescript?: unknown }).typescript === "transform" &&
  (threads as { isInternalThread?: boolean }).isInternalThread !== true;
const { _compile: compile } = (Module as unknown as { prototype: { _compile: unknown } }).prototype;
let print: Print | undefined;
let isSought = false;

/** Whether this is a file to be recorded that Node prints, and lets us print. */
export function isPrinted(path: string, format: unknown): boolean {
  if (!isPrinting || !FORMATS.has(format) || !native.selects(path)) return false;
  if (!isSought) {
    isSought = true;
    const found = closedOver(compile, ["stripTypeScriptModuleTypes"]);
    print = found["stripTypeScriptModuleTypes"] as Print | undefined;
  }
  return print !== undefined;
}

/**
 * The text of such a file as Node would print it; undefined of any other, and of one that Node
 * refuses.
 *
 * @param place what Node calls the file: its path where it is required, its URL where it is imported
 */
export function printTypes(
  source: string,
  path: string,
  place: string,
  format: unknown,
): Printed | undefined {
  if (!isPrinted(path, format)) return undefined;
  try {
    const text = print?.(source, place, pathToFileURL(path).href);
    const plain = FORMATS.get(format);
    return text === undefined ? undefined : { text, format: plain, kind: plain ?? "commonjs" };
  } catch {
    // Node says why.
    return undefined;
  }
}
