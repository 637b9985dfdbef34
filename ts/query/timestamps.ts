/**
 * Times between users, TypeScript and DuckDB without losing a nanosecond.
 *
 *     parseTime("2026-11-23T08:00:00.000000123Z")  // 1795420800000000123n
 *     isoTime(1795420800, 123)                     // "2026-11-23T08:00:00.000000123Z"
 *
 * DuckDB gives a timestamp as two numbers, whole seconds and the nanoseconds in them: a bigint a
 * row costs ten times as much. Limits: UTC, years 1677 to 2262.
 */
import { BreadcrumbError } from "../errors";

/** A time: a Date, ms since 1970, or ISO 8601 with up to nine decimals (UTC where no zone is named). */
export type TimeLike = Date | number | string;

const ISO =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9})\d*)?)?\s*(Z|[+-]\d\d:?\d\d)?$/i;

/** Nanoseconds since 1970 of a user's time. `what` names the option in the error. */
export function parseTime(time: TimeLike, what: string): bigint {
  if (typeof time !== "string") {
    const ms = Number(time);
    if (Number.isFinite(ms) && Math.abs(ms) <= 9e12) {
      return BigInt(Math.trunc(ms)) * 1_000_000n + BigInt(Math.round((ms % 1) * 1e6));
    }
  } else {
    const match = ISO.exec(time.trim());
    if (match) {
      const [, date, clock = "00:00", fraction = "", zone = "Z"] = match;
      const ms = Date.parse(`${date}T${clock}${zone.toUpperCase()}`);
      if (Number.isFinite(ms)) return BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
    }
  }
  throw new BreadcrumbError(
    "BC_ERR_BAD_OPTION",
    `${what} is no time: got ${JSON.stringify(time)}; give a Date, ms since 1970, or ISO 8601 such as 2026-11-23T08:00:00Z`,
  );
}

/** The two select items for a TIMESTAMP_NS column, named `<column>_s` and `<column>_n`. */
export function timeColumns(column: string): string {
  return (
    `(epoch_ns(${column}) // 1000000000)::DOUBLE AS ${column}_s, ` +
    `(epoch_ns(${column}) % 1000000000)::DOUBLE AS ${column}_n`
  );
}

let lastSecond = Number.NaN;
let lastPrefix = "";

/** ISO 8601 with nine decimals. */
export function isoTime(seconds: number, nanoseconds: number): string {
  // Rows of a page mostly fall into the same second: a Date for each would be most of the cost.
  if (seconds !== lastSecond) {
    lastPrefix = new Date(seconds * 1000).toISOString().slice(0, -4);
    lastSecond = seconds;
  }
  return `${lastPrefix}${String(nanoseconds).padStart(9, "0")}Z`;
}
