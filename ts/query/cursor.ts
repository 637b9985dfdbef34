/**
 * Where a page ended, as an opaque text.
 *
 *     const cursor = encodeCursor("traces", ["1795420800000000123", "019a…", 7]);
 *     decodeCursor("traces", cursor)   // the same three
 *
 * A cursor names the last row by its sort key, so that rows that arrive meanwhile move nothing.
 * Limits: it belongs to one question; with other filters it still means "after that row".
 */
import { BreadcrumbError } from "../errors";

/** Sort key of a row: time in ns since 1970 as text, run, id in the run. */
export type SortKey = readonly [timeNs: string, runId: string, id: number];

/** The cursor of a row. */
export function encodeCursor(question: string, key: SortKey): string {
  return Buffer.from(JSON.stringify([question, ...key])).toString("base64url");
}

/** The row of a cursor. Throws `BC_ERR_BAD_OPTION` for a text that is no cursor of this question. */
export function decodeCursor(question: string, cursor: string): SortKey {
  try {
    const [from, timeNs, runId, id] = JSON.parse(
      Buffer.from(cursor, "base64url").toString(),
    ) as unknown[];
    if (
      from === question &&
      typeof timeNs === "string" &&
      /^-?\d{1,19}$/.test(timeNs) &&
      typeof runId === "string" &&
      Number.isSafeInteger(id)
    ) {
      return [timeNs, runId, id as number];
    }
  } catch {
    // Told below, together with cursors of other questions.
  }
  throw new BreadcrumbError(
    "BC_ERR_BAD_OPTION",
    `cursor is not one that ${question}() returned: got ${JSON.stringify(cursor)}`,
  );
}
