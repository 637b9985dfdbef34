/**
 * Which traces are stored: the option, or the text of BREADCRUMB_KEEP, → what the native part takes.
 *
 *     keepRules("errors,slow>200ms,1%")   // { errors: true, slowNs: 200000000, share: 0.01, … }
 *     keepRules({ when: [{ function: "handle*", minDurationMs: 50 }] })
 *     keepRules({ last: "30s" })          // nothing is stored, and the last 30 s can be dumped
 *     keepRules("all")                    // null
 *
 * What one condition keeps no other takes back. Limits: decided when a trace has ended; what is
 * undecided, or can be dumped, takes `memory` bytes at most.
 */
import { sep } from "node:path";
import { badOption } from "../errors";
import { milliseconds } from "./capture";
import { isObject, kindOfValue } from "./check-object";
import { parseDuration } from "./duration";
import {
  checkNames,
  type RootCondition,
  rootConditionOf,
  type RootRule,
  rootRules,
} from "./keep-when";
import { forwardSlashes } from "./normalize";
import { parseSize } from "./retention";

/** Which traces are stored: those that any of these says. */
export interface KeepOptions {
  /** Those in which an exception ended a call. @default false */
  readonly errors?: boolean;
  /** Those that take at least so long, callbacks included: `"200ms"`, or ms. */
  readonly slow?: string | number;
  /** This share of all, from 0 to 1. */
  readonly share?: number;
  /** The first so many that begin in each second. */
  readonly perSecond?: number;
  /** The slowest so many that end in each minute. */
  readonly slowestPerMinute?: number;
  /** Those that begin with one of these functions: patterns as of `session.set()`, `"src/pay.js:charge"`. */
  readonly roots?: readonly string[];
  /** Those of whose root one of these says what is so, by its function, times, exception, arguments and result. */
  readonly when?: readonly RootCondition[];
  /** Those that are not kept can be dumped for so long: `"30s"`, or ms. @default they cannot */
  readonly last?: string | number;
  /** Bytes that are held until it is decided: `"64MB"`, or a number. @default 16 MiB */
  readonly memory?: string | number;
}

/** Option `keep`: options, their text (`"errors"`, `"slow>200ms"`, `"1%"`, `"all"`), or a share of all. */
export type Keep = KeepOptions | string | number;

/** The same, as the addon takes it. */
export interface KeepRules {
  readonly errors: boolean;
  readonly slowNs: number | null;
  readonly share: number | null;
  readonly perSecond: number | null;
  readonly slowestPerMinute: number | null;
  readonly roots: readonly string[];
  readonly when: readonly RootRule[];
  readonly lastNs: number;
  readonly memory: number;
}

/** Which of the traces that are held are to be stored. */
export interface DumpOptions {
  /** Those in which something happened in this time: `"30s"`, or ms. @default all */
  readonly last?: string | number;
}

/** What a dump came to. */
export interface DumpReport {
  /** Traces that it stored. */
  readonly traces: number;
  /** No trace is held: all are stored anyway. */
  readonly storesAll: boolean;
}

/** The same, as the addon and the control channel take it. */
export interface DumpRequest {
  readonly lastMs: number | null;
}

const NAMES = [
  "errors",
  "slow",
  "share",
  "perSecond",
  "slowestPerMinute",
  "roots",
  "when",
  "last",
  "memory",
] as const satisfies readonly (keyof KeepOptions)[];
const NS_PER_MS = 1e6;
const MEMORY = 16 * 2 ** 20;
const LEAST_MEMORY = 2 ** 16;
const MOST_MEMORY = 2 ** 32;
/** What may hold commas, and commas. */
const MARKS = /"(?:[^"\\]|\\.)*"|~\s*\/(?:[^/\\]|\\.)*\/|,/gs;
const EXAMPLE =
  "errors, slow>200ms, 1%, 10/s, slowest=5/min, root=src/pay.js:charge, when function=handle* and duration>50ms, last=30s, memory=64MB";

/** The text of BREADCRUMB_KEEP, or of `--keep`; null for `all`. Throws BC_ERR_BAD_OPTION. */
export function keepOf(text: string, where = "BREADCRUMB_KEEP"): KeepOptions | null {
  if (text.trim() === "all") return null;
  const options: KeepOptions = {};
  for (const part of partsOf(text)) {
    const read = partOf(part, options, where);
    if (read === undefined) {
      throw badOption(
        `${where} is all, none, or some of ${EXAMPLE}, with commas between them; got ${JSON.stringify(text)}`,
      );
    }
    Object.assign(options, read);
  }
  return options;
}

/** What stands between commas outside quotes and regular expressions. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(MARKS)) {
    if (found !== ",") continue;
    parts.push(text.slice(from, index).trim());
    from = index + 1;
  }
  return [...parts, text.slice(from).trim()];
}

function partOf(
  part: string,
  { roots = [], when = [] }: KeepOptions,
  where: string,
): KeepOptions | undefined {
  if (part === "none") return {};
  if (part === "errors") return { errors: true };
  const [, share] = /^(\d+(?:\.\d+)?)%$/.exec(part) ?? [];
  if (share !== undefined) return { share: Number(share) / 100 };
  const [, perSecond] = /^(\d+)\/s$/.exec(part) ?? [];
  if (perSecond !== undefined) return { perSecond: Number(perSecond) };
  const [, line] = /^when\s+(.+)$/s.exec(part) ?? [];
  if (line !== undefined) return { when: [...when, rootConditionOf(line, where)] };
  const [, name, value = ""] =
    /^(slow|slowest|root|last|memory)\s*(?:=|>=?)\s*(.+)$/.exec(part) ?? [];
  switch (name) {
    case "slow":
    case "last":
    case "memory":
      return { [name]: value };
    case "root":
      return { roots: [...roots, value] };
    case "slowest":
      return /^\d+(\/min)?$/.test(value)
        ? { slowestPerMinute: Number.parseInt(value, 10) }
        : undefined;
    default:
      return undefined;
  }
}

/** Checks the option; null: all traces. `name`: how it is called. Throws BC_ERR_BAD_OPTION. */
export function keepRules(keep: Keep | undefined, name = 'Option "keep"'): KeepRules | null {
  if (keep === undefined) return null;
  if (typeof keep === "string") {
    const read = keepOf(keep, name);
    return read === null ? null : keepRules(read, name);
  }
  const options = typeof keep === "number" ? { share: keep } : keep;
  if (!isObject(options)) {
    throw badOption(
      `${name} is an object of ${NAMES.join(", ")}, a text such as "errors,slow>200ms", or a share; got ${JSON.stringify(keep)}`,
    );
  }
  checkNames(options, NAMES, name);
  const { errors = false, slow, share, perSecond, slowestPerMinute, roots = [] } = options;
  const { when = [], last, memory = MEMORY } = options;
  if (typeof errors !== "boolean")
    throw badOption(`${name}: errors is true or false; got ${String(errors)}`);
  return {
    errors,
    slowNs: slow === undefined ? null : nanoseconds(slow, `${name}: slow`),
    share: share === undefined ? null : fraction(share, `${name}: share`),
    perSecond: count(perSecond, `${name}: perSecond`),
    slowestPerMinute: count(slowestPerMinute, `${name}: slowestPerMinute`),
    roots: patterns(roots, `${name}: roots`),
    when: rootRules(when, `${name}: when`),
    lastNs: last === undefined ? 0 : nanoseconds(last, `${name}: last`),
    memory: bytes(memory, `${name}: memory`),
  };
}

/** Checks what to dump. `name`: how the option is called. Throws BC_ERR_BAD_OPTION. */
export function dumpRequest(options: DumpOptions = {}, name = 'Option "last"'): DumpRequest {
  if (!isObject(options)) {
    throw badOption(`What to dump is an object; got ${kindOfValue(options)}`);
  }
  const { last, ...others } = options;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw badOption(`Unknown option "${unknown}"; the option is last`);
  return { lastMs: last === undefined ? null : milliseconds(last, name) };
}

function fraction(value: number, name: string): number {
  if (typeof value === "number" && value >= 0 && value <= 1) return value;
  throw badOption(`${name} is a share from 0 to 1, or 0% to 100%; got ${String(value)}`);
}

function count(value: number | undefined, name: string): number | null {
  if (value === undefined) return null;
  if (Number.isInteger(value) && value > 0 && value <= 100_000) return value;
  throw badOption(`${name} is a whole number from 1 to 100000; got ${String(value)}`);
}

function patterns(value: readonly string[], name: string): readonly string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === "string" && item !== "")) {
    return value.map((pattern) => forwardSlashes(pattern, sep));
  }
  throw badOption(
    `${name} is a list of patterns, such as ["src/pay.js:charge"]; got ${String(value)}`,
  );
}

function nanoseconds(value: string | number, name: string): number {
  const ms = typeof value === "number" ? value : (parseDuration(String(value)) ?? 0);
  const ns = Math.round(ms * NS_PER_MS);
  if (Number.isSafeInteger(ns) && ns > 0) return ns;
  throw badOption(`${name} is a time such as 200ms or 30s; got ${JSON.stringify(value)}`);
}

function bytes(value: string | number, name: string): number {
  const size = Math.round(parseSize(String(value)) ?? 0);
  if (size >= LEAST_MEMORY && size <= MOST_MEMORY) return size;
  throw badOption(`${name} is a size from 64KiB to 4GiB; got ${JSON.stringify(value)}`);
}
