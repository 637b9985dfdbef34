/**
 * `<run>-<root in base 36>`, as the view `calls` writes it and as users shorten it.
 *
 *     traceId("019ab3c4-…", 123456)   // "019ab3c4-…-2N9C"
 *     splitTraceId("019a-2n9c")       // { run: "019a", rootId: 123456 }
 *
 * Limits: digits are upper case as DuckDB's to_base has them; any case is read.
 */

/** The id of a trace. */
export function traceId(runId: string, rootId: number): string {
  return `${runId}-${rootId.toString(36).toUpperCase()}`;
}

/** The parts of an id; null for a text that is none. */
export function splitTraceId(id: string): { run: string; rootId: number } | null {
  const match = /^(.+)-([0-9a-z]{1,11})$/i.exec(id);
  if (!match) return null;
  const rootId = Number.parseInt(match[2] as string, 36);
  return Number.isSafeInteger(rootId) ? { run: match[1] as string, rootId } : null;
}
