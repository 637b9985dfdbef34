/**
 * What a store keeps: options, or the text of BREADCRUMB_RETENTION, → limits in ms and bytes.
 *
 *     retentionLimits({ maxAge: "30d" })             // { maxAgeMs: 2592000000, maxBytes: null, … }
 *     retentionOf("age=30d,bytes=10GB,runs=1000")    // { maxAge: "30d", maxBytes: "10GB", maxRuns: "1000" }
 *
 * Whoever names a limit names them all: those left out are none.
 */
import { badOption } from "../errors";
import { checkObject } from "./check-object";
import { parseDuration } from "./duration";

/** What a store keeps. */
export interface RetentionOptions {
  /** Runs that ended longer ago go: `"30d"`, `"12h"`. */
  readonly maxAge?: string;
  /** The same for runs that crashed or ended with an exit code other than 0. @default as `maxAge` */
  readonly maxErrorAge?: string;
  /** Bytes of the store: `"10GB"`, `"500MB"`, or a number. */
  readonly maxBytes?: string | number;
  /** Number of runs. */
  readonly maxRuns?: string | number;
}

/** What a store keeps, as the addon takes it; null is no limit. */
export interface RetentionLimits {
  readonly maxAgeMs: number | null;
  readonly maxErrorAgeMs: number | null;
  readonly maxBytes: number | null;
  readonly maxRuns: number | null;
}

/** How an option is called where it was given. */
export type NameOption = (option: keyof RetentionOptions) => string;

/** What a store keeps where nobody says. */
export const DEFAULT_RETENTION: RetentionOptions = {
  maxAge: "30d",
  maxErrorAge: "90d",
  maxBytes: "10GB",
};

const NAMES: Readonly<Record<string, keyof RetentionOptions>> = {
  age: "maxAge",
  "error-age": "maxErrorAge",
  bytes: "maxBytes",
  runs: "maxRuns",
};
const SIZES: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** The text of BREADCRUMB_RETENTION; false for `off`. Throws BC_ERR_BAD_OPTION. */
export function retentionOf(
  text: string,
  where = "BREADCRUMB_RETENTION",
): RetentionOptions | false {
  if (text.trim() === "off") return false;
  const options: { -readonly [Name in keyof RetentionOptions]: string } = {};
  for (const part of text.split(",")) {
    const [key = "", value = ""] = part.split("=", 2).map((word) => word.trim());
    const name = Object.hasOwn(NAMES, key) ? NAMES[key] : undefined;
    if (name === undefined || value === "") {
      throw badOption(
        `${where} is off, or limits such as age=30d,error-age=90d,bytes=10GB,runs=1000; got ${JSON.stringify(text)}`,
      );
    }
    options[name] = value;
  }
  const written = (option: keyof RetentionOptions): string =>
    Object.keys(NAMES).find((key) => NAMES[key] === option) ?? option;
  retentionLimits(options, (option) => `${where}: ${written(option)}`);
  return options;
}

/** Checks limits. Throws BC_ERR_BAD_OPTION. */
export function retentionLimits(
  options: RetentionOptions,
  nameOf: NameOption = (option) => `Option "retention.${option}"`,
): RetentionLimits {
  const rule = 'Option "retention" is an object of limits, or false';
  checkObject(options, rule, Object.values(NAMES), "retention.");
  const limit = (
    option: keyof RetentionOptions,
    parse: (text: string) => number | null,
    kind: string,
  ): number | null => {
    const value = options[option];
    if (value === undefined) return null;
    const amount = Math.round(parse(String(value)) ?? NaN);
    if (Number.isSafeInteger(amount)) return amount;
    throw badOption(`${nameOf(option)} is ${kind}; got ${JSON.stringify(value)}`);
  };
  return {
    maxAgeMs: limit("maxAge", parseDuration, "a time such as 30d or 12h"),
    maxErrorAgeMs: limit("maxErrorAge", parseDuration, "a time such as 90d"),
    maxBytes: limit("maxBytes", parseSize, "a size such as 10GB or 500MB"),
    maxRuns: limit("maxRuns", parseCount, "a number of runs from 0"),
  };
}

/** Bytes of a size such as `10GB`, or of a number; null for what is none. */
export function parseSize(text: string): number | null {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(text.toLowerCase()) ?? [];
  if (unit === "") return parseCount(text);
  return Object.hasOwn(SIZES, unit) ? Number(digits) * (SIZES[unit] ?? 0) : null;
}

function parseCount(text: string): number | null {
  return /^\d+$/.test(text) ? Number(text) : null;
}
