/**
 * Where a page ended, as an opaque text.
 *
 *     const cursor = encodeCursor("traces", { startedAt: "2026-11-23T08:00:00.000000123Z", runId: "019a…", id: 7 });
 *     decodeCursor("traces", cursor)   // the same
 *
 * A cursor names the last row by its sort key, so that rows that arrive meanwhile move nothing.
 * Limits: it belongs to one question; with other filters it still means "after that row".
 */
import { BreadcrumbError } from "../errors";
import type { Conditions } from "./conditions";
import type { Found, Order } from "./newest-first";
import { parseTime } from "./timestamps";

/** The cursor of a row. */
export function encodeCursor(question: string, { startedAt, runId, id }: Found): string {
  return Buffer.from(JSON.stringify([question, startedAt, runId, id])).toString("base64url");
}

/** The row of a cursor. Throws `BC_ERR_BAD_OPTION` for a text that is no cursor of this question. */
export function decodeCursor(question: string, cursor: string): Found {
  try {
    const [from, startedAt, runId, id] = JSON.parse(
      Buffer.from(cursor, "base64url").toString(),
    ) as unknown[];
    if (
      from === question &&
      typeof startedAt === "string" &&
      typeof runId === "string" &&
      Number.isSafeInteger(id)
    ) {
      parseTime(startedAt, "cursor");
      return { startedAt, runId, id: id as number };
    }
  } catch {
    // Told below, together with cursors of other questions.
  }
  throw new BreadcrumbError(
    "BC_ERR_BAD_OPTION",
    `cursor is not one that ${question}() returned: got ${JSON.stringify(cursor)}`,
  );
}

/** Adds the condition for rows after the cursor's. */
export function addCursor(
  where: Conditions,
  after: Found,
  time: string,
  id: string,
  order: Order = "newest",
): void {
  const timeNs = parseTime(after.startedAt, "cursor");
  const beyond = order === "newest" ? "<" : ">";
  where.add(
    `("${time}" ${beyond} make_timestamp_ns(?) OR ("${time}" = make_timestamp_ns(?)
      AND (run_id ${beyond} ? OR (run_id = ? AND "${id}" ${beyond} ?))))`,
    timeNs,
    timeNs,
    after.runId,
    after.runId,
    after.id,
  );
}
