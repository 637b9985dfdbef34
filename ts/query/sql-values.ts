/**
 * DuckDB's values as JSON.
 *
 *     9007199254740993n            // "9007199254740993": beyond 2^53
 *     TIMESTAMP '2026-11-23 08:00' // "2026-11-23T08:00:00Z"; with nanoseconds, nine decimals
 *
 * Integers are numbers up to 2^53 and strings beyond; decimals of at most 15 digits are numbers;
 * NaN and infinities are strings; lists and structs are arrays and objects. Limits: what is left
 * (blobs, intervals, …) reads as DuckDB prints it.
 */
import type { DuckDBType, DuckDBValue, DuckDBValueConverter } from "@duckdb/node-api";
import { loadDuckDB } from "./engine";
import type { JsonValue } from "./results";
import { isoTime } from "./timestamps";

/** Digits that a JavaScript number holds whatever they are. */
const EXACT_DIGITS = 15;
const SECOND_NS = 1_000_000_000n;

/** The converter of a query's cells. */
export async function sqlValueConverter(): Promise<DuckDBValueConverter<JsonValue>> {
  const duckdb = await loadDuckDB();
  const otherwise = duckdb.JsonDuckDBValueConverter as DuckDBValueConverter<JsonValue>;
  return function convert(
    value: DuckDBValue,
    type: DuckDBType,
    converter: DuckDBValueConverter<JsonValue>,
  ): JsonValue | null {
    if (value === null) return null;
    if (typeof value === "bigint") {
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : String(value);
    }
    if (value instanceof duckdb.DuckDBDecimalValue) {
      return value.width <= EXACT_DIGITS ? value.toDouble() : String(value);
    }
    if (value instanceof duckdb.DuckDBTimestampNanosecondsValue) return nanosecondText(value.nanos);
    if (
      value instanceof duckdb.DuckDBTimestampValue ||
      value instanceof duckdb.DuckDBTimestampMillisecondsValue ||
      value instanceof duckdb.DuckDBTimestampSecondsValue
    ) {
      return isoText(String(value));
    }
    if (value instanceof duckdb.DuckDBTimestampTZValue) {
      return isoText(String(new duckdb.DuckDBTimestampValue(value.micros)));
    }
    if (value instanceof duckdb.DuckDBIntervalValue) return String(value);
    return otherwise(value, type, converter);
  };
}

function nanosecondText(nanos: bigint): string {
  const fraction = ((nanos % SECOND_NS) + SECOND_NS) % SECOND_NS;
  return isoTime(Number((nanos - fraction) / SECOND_NS), Number(fraction));
}

/** `2026-11-23 08:00:00` as ISO 8601; `infinity` stays. */
function isoText(text: string): string {
  return /^\d{4}-/.test(text) ? `${text.replace(" ", "T")}Z` : text;
}
