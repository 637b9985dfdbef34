/**
 * Files that a `_compile` of the program's compiles by itself (`v8-compile-cache` does, by `vm.Script`):
 * their texts never come to ours, so they have no probes, and are listed as left alone.
 *
 *     expectCompile("a.js") → the program's _compile → ours: sawCompile("a.js"), or not
 *
 * A file is listed from the moment that its text goes to the program's `_compile`, until it comes to ours.
 * Limits: these files are not recorded. Their text goes into a cache of the program's own, which says
 * whether V8 took it: with probes it would say otherwise, to runs without us, too.
 */
import { native } from "../native/load";

const WHY = "a Module.prototype._compile of the program compiled it by itself";

/** The program's `_compile` is about to get a file's text. */
export function expectCompile(filename: string): void {
  if (native.selects(filename)) native.awaitText(filename, WHY);
}

/** A file's text came to ours. */
export function sawCompile(filename: string): void {
  native.sawText(filename);
}
