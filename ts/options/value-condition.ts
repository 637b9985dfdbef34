/**
 * A condition on what a call was given or what it returned, as questions and keep policies say it.
 *
 *     completedCondition({ path: "args.user.id", value: 7 })   // { path, op: "=", value: 7 }
 *
 * Limits: who answers decides what a value is; see there.
 */
import { badOption } from "../errors";
import { kindOfValue } from "./check-object";

/** How a value is compared. */
export type ValueOperator =
  | "="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "contains"
  | "matches"
  | "exists";

/** A condition on a value in a call's arguments or result. */
export interface ValueCondition {
  /**
   * The way to it: `arguments[0].user.id`, `args.user.id` (by the parameter's name), `result.total`,
   * `result["a key"][2]`.
   */
  readonly path: string;
  /**
   * `=`, `!=` (there, and another), `<`, `<=`, `>`, `>=` (numbers or texts), `contains` (a part of a
   * text, or of a value's JSON), `matches` (a regular expression in it), `exists`.
   * @default "=", or "matches" with a regular expression, or "exists" without a value
   */
  readonly op?: ValueOperator | undefined;
  /** What it is compared with. Of `exists`: whether it does, true unless told. */
  readonly value?: string | number | boolean | null | RegExp | undefined;
}

/** What a value is compared with. */
export type ValueOperand = ValueCondition["value"];

/** Conditions on values, at most. */
export const MAX_CONDITIONS = 32;
/** The operators. */
export const OPERATORS: readonly ValueOperator[] = [
  "=",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "contains",
  "matches",
  "exists",
];

/** A regular expression's text, as those read it that have no flags beside it. */
export function patternText(pattern: RegExp | string): string {
  if (typeof pattern === "string") return pattern;
  const flags = pattern.flags.replaceAll(/[^ims]/g, "");
  return flags === "" ? pattern.source : `(?${flags})${pattern.source}`;
}

/** A condition with its operator. Throws `BC_ERR_BAD_OPTION`. */
export function completedCondition(condition: ValueCondition): {
  readonly op: ValueOperator;
  readonly value: ValueOperand;
} {
  if (typeof condition !== "object" || condition === null) {
    throw badOption(
      `a condition of where is { path, op, value }: got ${JSON.stringify(condition)}`,
    );
  }
  const { value } = condition;
  const otherwise = value === undefined ? "exists" : value instanceof RegExp ? "matches" : "=";
  const op = condition.op ?? otherwise;
  if (!OPERATORS.includes(op)) {
    throw badOption(`op is one of ${OPERATORS.join(" ")}: got ${JSON.stringify(op)}`);
  }
  const kinds: Partial<Record<ValueOperator, readonly string[]>> = {
    "=": ["string", "number", "boolean", "null"],
    "!=": ["string", "number", "boolean", "null"],
    contains: ["string"],
    matches: ["string", "regexp"],
    exists: ["boolean", "undefined"],
  };
  const allowed = kinds[op] ?? ["string", "number"];
  if (!allowed.includes(kindOf(value))) {
    throw badOption(
      `value of ${op} is of type ${allowed.join(" or ")}: got ${JSON.stringify(value)}`,
    );
  }
  return { op, value };
}

function kindOf(value: ValueOperand): string {
  if (value instanceof RegExp) return "regexp";
  return typeof value === "number" && !Number.isFinite(value)
    ? "no finite number"
    : kindOfValue(value);
}
