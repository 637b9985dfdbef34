/**
 * The excerpt above an uncaught error with source maps: Node takes it from the original, and looks
 * the place up by the column of the text with probes. From here on it does so by the right one.
 *
 *     /app/in.ts:6                              /app/in.ts:6
 *       check(item) { throw new Error(); }  →     check(item) { throw new Error(); }
 *                                       ^                       ^
 * Limits: where Node's own modules cannot be reached (`node-internals.ts`) the caret stays wrong.
 */
import type { SourceMap, SourceMapping } from "node:module";
import { originalPlaceOf } from "./call-sites";
import { closedOver } from "./node-internals";

/** The excerpt for a place in a file with a source map; lines from 1, columns from 0. */
type ErrorSource = (file: string, line: number, column: number) => string | undefined;

/** What Node makes the excerpt from. */
interface SourceMaps {
  findSourceMap?(file: string): SourceMap | undefined;
  getErrorSource?(map: SourceMap, source: unknown, line: unknown, column: unknown): string;
}

/** What is used of Node's own modules. */
interface Internals {
  require?(name: "internal/source_map/prepare_stack_trace"): {
    readonly prepareStackTraceWithSourceMaps: unknown;
  };
  internalBinding?(name: "errors"): { setGetSourceMapErrorSource(callback: ErrorSource): void };
}

/** Called when the process is about to end of an error. `prepare`: Node's `Error.prepareStackTrace`. */
export function mapErrorSource(prepare: unknown): void {
  if (!process.sourceMapsEnabled) return;
  try {
    const internals = closedOver(prepare, ["require", "internalBinding"]) as Internals;
    const own = internals.require?.("internal/source_map/prepare_stack_trace");
    const names = ["findSourceMap", "getErrorSource"];
    const maps = closedOver(own?.prepareStackTraceWithSourceMaps, names) as SourceMaps;
    const { findSourceMap, getErrorSource } = maps;
    if (findSourceMap === undefined || getErrorSource === undefined) return;
    // As Node's `getSourceMapErrorSource`, which nothing leads to.
    internals.internalBinding?.("errors").setGetSourceMapErrorSource((file, line, column) => {
      const map = findSourceMap(file);
      if (map === undefined) return undefined;
      const place = originalPlaceOf(file, line, column + 1);
      const entry = map.findEntry(place[0] - 1, place[1] - 1) as Partial<SourceMapping>;
      const { originalSource, originalLine, originalColumn } = entry;
      return getErrorSource(map, originalSource, originalLine, originalColumn);
    });
  } catch {
    // Another Node than those that we know.
  }
}
