/**
 * Files that a `_compile` of the program's compiles by itself (`v8-compile-cache` does, by `vm.Script`):
 * their texts never come to ours, so they have no probes, and are listed as left alone.
 *
 *     expectCompile("a.js") → the program's _compile → ours: sawCompile("a.js"), or not
 *
 * That ours was not called is certain once the file has run, or runs. Nothing of ours is on the stack
 * then, so it is told when the next file comes, and when somebody asks.
 * Limits: where nobody asks, a file behind which none comes is not listed.
 */
import Module from "node:module";
import { native } from "../native/load";

/** A module as far as it matters. */
interface Loading {
  readonly loaded?: unknown;
  readonly children?: { readonly length?: number };
}

const WHY = "a Module.prototype._compile of the program compiled it by itself";
const { _cache: cache } = Module as unknown as {
  readonly _cache: Readonly<Record<string, Loading | undefined>>;
};
/** Files whose text went to the program's `_compile`. */
const expected = new Set<string>();

/** The program's `_compile` is about to get a file's text. */
export function expectCompile(filename: string): void {
  tellUncompiled(hasBegun);
  if (native.selects(filename)) expected.add(filename);
}

/** A file's text came to ours. */
export function sawCompile(filename: string): void {
  expected.delete(filename);
}

/** Lists those that did not come. `isTold`: which of them. */
export function tellUncompiled(isTold: (filename: string) => boolean = () => true): void {
  for (const filename of expected) {
    if (!isTold(filename)) continue;
    expected.delete(filename);
    native.leaveAlone(filename, WHY);
  }
}

function hasBegun(filename: string): boolean {
  const module = cache[filename];
  return module?.loaded === true || (module?.children?.length ?? 0) > 0;
}
