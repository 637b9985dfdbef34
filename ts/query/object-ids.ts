/**
 * Values without the numbers by which their objects are told apart, which are others in each run.
 *
 *     withoutObjectIds([{ $id: 12, sku: 1 }])            // [{ sku: 1 }]
 *     withoutObjectIdsSql("arguments_json")              // the same of a column's JSON text
 *
 * Limits: the text is taken as docs/values.md has it: a number stands at the head of its object. A
 * property of the program's own that is called `$id` is recorded as `$$id`.
 */
import type { JsonValue } from "./results";

const KEY = "$id";

/** The value without them. */
export function withoutObjectIds(value: JsonValue): JsonValue;
export function withoutObjectIds(value: JsonValue | undefined): JsonValue | undefined;
export function withoutObjectIds(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value))
    return (value as readonly JsonValue[]).map((item) => withoutObjectIds(item));
  const entries = Object.entries(value).filter(([key]) => key !== KEY);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutObjectIds(inner)]));
}

/** A JSON text without them, as SQL. In a text of the program's, the quotes of the mark are escaped. */
export function withoutObjectIdsSql(column: string): string {
  const removed = String.raw`regexp_replace(${column}, '\{"\$id":\d+,?', '{', 'g')`;
  // Looking for a few characters takes a fraction of the time that replacing does.
  return `CASE WHEN contains(${column}, '{"${KEY}":') THEN ${removed} ELSE ${column} END`;
}
