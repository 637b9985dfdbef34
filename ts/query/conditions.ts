/**
 * The WHERE of a question, with every value bound.
 *
 *     const where = new Conditions("p");
 *     where.text("function", "Cart.*");    // "function" LIKE $p0 ESCAPE '\'
 *     `… WHERE ${where.sql()}`, where.parameters
 *
 * Limits: column names are ours, never a user's.
 */
import { BreadcrumbError } from "../errors";
import type { Parameters } from "./engine";
import type { Segment } from "./segment-summary";
import { parseTime, type TimeLike } from "./timestamps";

/** Rows of a page unless told. */
export const DEFAULT_LIMIT = 100;
/** Most rows of a page: they stand in memory at once. */
export const MAX_LIMIT = 100_000;
/** What a time in a summary may be off by: nanoseconds beyond 2^53 lose their last digits. */
const ROUNDING_NS = 1024;

/** Conditions, joined by AND. */
export class Conditions {
  readonly parameters: Parameters = {};
  readonly #parts: string[] = [];
  readonly #prefix: string;
  #count = 0;

  /** Names its parameters `<prefix>0`, `<prefix>1`. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Adds one; each `?` in it stands for the next value. */
  add(sql: string, ...values: (string | number | bigint)[]): void {
    let next = 0;
    this.addSql(sql.replaceAll("?", () => this.bind(values[next++] as string | number | bigint)));
  }

  /** Adds one whose values are bound already. */
  addSql(sql: string): void {
    this.#parts.push(sql);
  }

  /** Binds a value. What stands for it in the SQL. */
  bind(value: string | number | bigint): string {
    const name = `${this.#prefix}${this.#count++}`;
    // A bigint would be bound as HUGEINT and keep DuckDB from comparing with a file's statistics.
    this.parameters[name] = typeof value === "bigint" ? String(value) : value;
    return typeof value === "string" ? `$${name}::VARCHAR` : `$${name}::BIGINT`;
  }

  /** A text equal to `pattern`, in which `*` stands for any characters. */
  text(column: string, pattern: string | undefined): void {
    if (pattern === undefined) return;
    if (!pattern.includes("*")) return this.add(`"${column}" = ?`, pattern);
    const like = pattern.replaceAll(/[\\%_]/g, String.raw`\$&`).replaceAll("*", "%");
    this.add(`"${column}" LIKE ? ESCAPE '\\'`, like);
  }

  /** One of some words; `column` is of the same name unless told. Throws `BC_ERR_BAD_OPTION` for another. */
  word(
    name: string,
    word: string | undefined,
    words: readonly string[],
    column = `"${name}"`,
  ): void {
    if (word === undefined) return;
    if (!words.includes(word)) {
      throw new BreadcrumbError(
        "BC_ERR_BAD_OPTION",
        `${name} is ${words.map((w) => `"${w}"`).join(" or ")}: got ${JSON.stringify(word)}`,
      );
    }
    this.add(`${column} = ?`, word);
  }

  /** One of some texts. */
  oneOf(column: string, texts: readonly string[]): void {
    const marks = texts.map(() => "?").join(", ");
    if (texts.length === 0) this.add("false");
    else this.add(`"${column}" IN (${marks})`, ...texts);
  }

  /** A time in a span. */
  span(column: string, span: Span): void {
    if (span.sinceNs !== undefined) this.add(`"${column}" >= make_timestamp_ns(?)`, span.sinceNs);
    if (span.untilNs !== undefined) this.add(`"${column}" < make_timestamp_ns(?)`, span.untilNs);
  }

  /** The conditions as SQL. */
  sql(): string {
    return this.#parts.length === 0 ? "true" : this.#parts.join(" AND ");
  }
}

/** A span of time in ns since 1970: from `sinceNs` to before `untilNs`. */
export interface Span {
  readonly sinceNs?: bigint;
  readonly untilNs?: bigint;
}

/** That a time is in a span of our own making, as SQL. */
export function spanSql(column: string, { sinceNs, untilNs }: Span): string {
  const parts = [
    ...(sinceNs === undefined ? [] : [`"${column}" >= make_timestamp_ns(${sinceNs})`]),
    ...(untilNs === undefined ? [] : [`"${column}" < make_timestamp_ns(${untilNs})`]),
  ];
  return parts.length === 0 ? "true" : parts.join(" AND ");
}

/** The span of a question's `since` and `until`. Throws `BC_ERR_BAD_OPTION`. */
export function parseSpan(filter: {
  readonly since?: TimeLike | undefined;
  readonly until?: TimeLike | undefined;
}): Span {
  return {
    ...(filter.since === undefined ? {} : { sinceNs: parseTime(filter.since, "since") }),
    ...(filter.until === undefined ? {} : { untilNs: parseTime(filter.until, "until") }),
  };
}

/** Whether a segment may have calls that began in the span. */
export function mayStartIn(segment: Segment, span: Span): boolean {
  if (!segment.startedAtNs) return false;
  const [min, max] = segment.startedAtNs;
  if (span.sinceNs !== undefined && max + ROUNDING_NS < Number(span.sinceNs)) return false;
  return span.untilNs === undefined || min - ROUNDING_NS < Number(span.untilNs);
}

/** Whether all calls of a segment began in the span. */
export function surelyStartsIn(segment: Segment, span: Span): boolean {
  if (!segment.startedAtNs) return true;
  const [min, max] = segment.startedAtNs;
  if (span.sinceNs !== undefined && min - ROUNDING_NS < Number(span.sinceNs)) return false;
  return span.untilNs === undefined || max + ROUNDING_NS < Number(span.untilNs);
}

/** A question's limit. Throws `BC_ERR_BAD_OPTION` for what is no whole number from 1. */
export function checkLimit(limit: number | undefined, otherwise = DEFAULT_LIMIT): number {
  return checkWhole("limit", limit ?? otherwise, 1, MAX_LIMIT);
}

/** A whole number in bounds. Throws `BC_ERR_BAD_OPTION`. */
export function checkWhole(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new BreadcrumbError(
    "BC_ERR_BAD_OPTION",
    `${name} is a whole number from ${min} to ${max}: got ${String(value)}`,
  );
}

/** A duration in ms as ns. Throws `BC_ERR_BAD_OPTION`. */
export function durationNs(name: string, ms: number): bigint {
  if (typeof ms === "number" && ms >= 0 && ms < 9e12) return BigInt(Math.round(ms * 1e6));
  throw new BreadcrumbError("BC_ERR_BAD_OPTION", `${name} is a number of ms: got ${String(ms)}`);
}
