/**
 * A predicate over the roots of traces: conditions → what the native part takes, which asks them.
 *
 *     rootRules([{ function: "handle*", minDurationMs: 50 }], "when")
 *     // [{ function: "handle*", durationNs: { min: 50000000, max: null }, … }]
 *     rootConditionOf("function=handle* and args.tenant=acme", "when")
 *     // { function: "handle*", where: [{ path: "args.tenant", op: "=", value: "acme" }] }
 *
 * Names and forms are those of questions (`CallFilter`). Limits: values are what would be stored, redacted and cut.
 */
import { badOption } from "../errors";
import { isObject, kindOfValue } from "./check-object";
import { conditionsOf, TIME_BOUNDS } from "./condition-line";
import { suggest } from "./suggest";
import {
  completedCondition,
  MAX_CONDITIONS,
  patternText,
  type ValueCondition,
} from "./value-condition";
import { parseValuePath, type ValuePath } from "./value-path";

/** What is so of a trace's root; every field narrows. */
export interface RootCondition {
  /** Name of its function; `*` stands for any characters. */
  readonly function?: string | undefined;
  /** Its file; likewise. */
  readonly file?: string | undefined;
  /** How it ended. */
  readonly status?: "returned" | "threw" | "open" | undefined;
  /** Name of the exception that ended it, such as `TypeError`; `*` as above. */
  readonly exceptionName?: string | undefined;
  /** Lasted at least so many ms. */
  readonly minDurationMs?: number | undefined;
  /** Lasted at most so many ms. */
  readonly maxDurationMs?: number | undefined;
  /** Ran itself, without recorded callees, at least so many ms. */
  readonly minSelfMs?: number | undefined;
  /** Ran itself at most so many ms. */
  readonly maxSelfMs?: number | undefined;
  /** Was suspended (`await`, `yield`) at least so many ms. */
  readonly minWaitMs?: number | undefined;
  /** Was suspended at most so many ms. */
  readonly maxWaitMs?: number | undefined;
  /** Its trace has at least so many recorded calls, itself and callbacks included. */
  readonly minCalls?: number | undefined;
  /** Its trace has at most so many. */
  readonly maxCalls?: number | undefined;
  /** Conditions on its arguments and result. */
  readonly where?: readonly ValueCondition[] | undefined;
}

interface Bounds {
  readonly min: number | null;
  readonly max: number | null;
}

/** The same, as the addon takes it. */
export interface RootRule {
  readonly function: string | null;
  readonly file: string | null;
  readonly status: string | null;
  readonly exceptionName: string | null;
  readonly durationNs: Bounds;
  readonly selfNs: Bounds;
  readonly waitNs: Bounds;
  readonly calls: Bounds;
  readonly where: readonly (ValuePath & { readonly op: string; readonly value: unknown })[];
}

const STATUSES = ["returned", "threw", "open"] as const;
const TEXTS = ["function", "file", "status", "exceptionName"] as const;
const BOUNDS = { ...TIME_BOUNDS, calls: ["minCalls", "maxCalls", "count"] } as const;
const NAMES = [
  ...TEXTS,
  ...Object.values(BOUNDS).flatMap(([least, most]) => [least, most]),
  "where",
];
const VALUE_NAMES = ["path", "op", "value"];
const NS_PER_MS = 1e6;
const MOST_MS = 9e9;
/** Rules of a policy, at most: the native part has a bit for each. */
const MAX_RULES = 32;

/** What a line of conditions, joined by `and`, says. `name`: what the line is called. Throws BC_ERR_BAD_OPTION. */
export function rootConditionOf(line: string, name: string): RootCondition {
  const vocabulary = {
    texts: TEXTS,
    bounds: BOUNDS,
    bad: (part: string, expected: string) =>
      badOption(
        `${name} is conditions joined by "and", such as when function=handle* and duration>50ms and args.tenant=acme: got ${JSON.stringify(part)}, did you mean ${expected}?`,
      ),
  };
  // Whether a status is one is checked with the rest.
  return conditionsOf(line, vocabulary) as RootCondition;
}

/** Checks conditions. `name`: how the option is called. Throws BC_ERR_BAD_OPTION. */
export function rootRules(value: readonly RootCondition[], name: string): readonly RootRule[] {
  if (!Array.isArray(value) || value.length > MAX_RULES) {
    throw badOption(
      `${name} is a list of at most ${MAX_RULES} conditions, such as [{ function: "handle*", minDurationMs: 50 }]; got ${Array.isArray(value) ? value.length : kindOfValue(value)}`,
    );
  }
  return (value as readonly RootCondition[]).map((one, index) =>
    rootRule(one, `${name}[${index}]`),
  );
}

function rootRule(condition: RootCondition, name: string): RootRule {
  checkNames(condition, NAMES, name);
  const said = Object.values(condition).some((value) =>
    Array.isArray(value) ? value.length > 0 : value !== undefined,
  );
  if (!said) throw badOption(`${name} says nothing: it has ${NAMES.join(", ")}`);
  const { status = null } = condition;
  if (status !== null && !STATUSES.includes(status)) {
    throw badOption(
      `${name}: status is one of ${STATUSES.join(", ")}; got ${JSON.stringify(status)}`,
    );
  }
  return {
    function: text(condition, "function", name),
    file: text(condition, "file", name),
    status,
    exceptionName: text(condition, "exceptionName", name),
    durationNs: bounds(condition, "duration", name),
    selfNs: bounds(condition, "self", name),
    waitNs: bounds(condition, "wait", name),
    calls: bounds(condition, "calls", name),
    where: values(condition.where ?? [], `${name}: where`),
  };
}

/** Throws BC_ERR_BAD_OPTION for what is no object, and for names that it cannot have. */
export function checkNames(value: unknown, names: readonly string[], name: string): void {
  if (!isObject(value)) {
    throw badOption(`${name} is an object of ${names.join(", ")}; got ${kindOfValue(value)}`);
  }
  const unknown = Object.keys(value).find((key) => !names.includes(key));
  if (unknown === undefined) return;
  const meant = suggest(unknown, names);
  const hint =
    meant === undefined
      ? `; it has ${names.join(", ")}`
      : `: did you mean ${JSON.stringify(meant)}?`;
  throw badOption(`${name} has no ${JSON.stringify(unknown)}${hint}`);
}

function text(
  condition: RootCondition,
  key: "function" | "file" | "exceptionName",
  name: string,
): string | null {
  const value = condition[key];
  if (value === undefined) return null;
  if (typeof value === "string" && value !== "") return value;
  throw badOption(
    `${name}: ${key} is a name, in which * stands for any characters; got ${JSON.stringify(value)}`,
  );
}

function bounds(condition: RootCondition, of: keyof typeof BOUNDS, name: string): Bounds {
  const [least, most, unit] = BOUNDS[of];
  const bound = (key: typeof least | typeof most): number | null => {
    const value = condition[key];
    if (value === undefined) return null;
    const isWhole = unit === "ms" || Number.isSafeInteger(value);
    if (typeof value === "number" && value >= 0 && value < MOST_MS && isWhole) {
      return unit === "ms" ? Math.round(value * NS_PER_MS) : value;
    }
    const kind = unit === "ms" ? "number of ms" : "whole number";
    throw badOption(`${name}: ${key} is a ${kind}; got ${JSON.stringify(value)}`);
  };
  return { min: bound(least), max: bound(most) };
}

function values(where: readonly ValueCondition[], name: string): RootRule["where"] {
  if (!Array.isArray(where) || where.length > MAX_CONDITIONS) {
    throw badOption(`${name} is a list of at most ${MAX_CONDITIONS} conditions`);
  }
  return (where as readonly ValueCondition[]).map((condition, index) => {
    checkNames(condition, VALUE_NAMES, `${name}[${index}]`);
    const { op, value } = completedCondition(condition);
    const operand = op === "matches" ? patternText(value as RegExp | string) : (value ?? null);
    const { head, steps } = parseValuePath(condition.path);
    return { head, steps, op, value: operand };
  });
}
