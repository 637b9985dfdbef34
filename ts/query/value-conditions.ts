/**
 * Conditions on what calls were given and what they returned.
 *
 *     addValueConditions(where, [{ path: "args.user.id", op: "=", value: 7 }]);
 *
 * Paths and values are bound. A number is equal to numbers only, a text to texts only; whatever the
 * operator, a value that is not there fulfils nothing but `exists: false`. Limits: values are as
 * docs/values.md has them, so what was cut is compared as cut.
 */
import { badOption } from "../errors";
import type { Conditions } from "./conditions";
import {
  completedCondition,
  MAX_CONDITIONS,
  patternText,
  type ValueCondition,
  type ValueOperand,
  type ValueOperator,
} from "../options/value-condition";
import { parseValuePath, pointerOf, type ValuePath } from "../options/value-path";

/** JSON types of numbers. */
const NUMBER = "('BIGINT', 'UBIGINT', 'DOUBLE')";
/** A call's arguments as a JSON text. */
export const ARGUMENTS_TEXT = `coalesce(arguments_json, CASE argument_count WHEN 0 THEN '[]'
  WHEN 1 THEN '[' || argument_0 || ']' WHEN 2 THEN '[' || argument_0 || ',' || argument_1 || ']' END)`;
/** A call's result as a JSON text. */
export const RESULT_TEXT = "coalesce(result_json, CAST(result_integer AS VARCHAR))";

/** Adds the conditions. Throws `BC_ERR_BAD_OPTION`. */
export function addValueConditions(where: Conditions, conditions: readonly ValueCondition[]): void {
  if (!Array.isArray(conditions) || conditions.length > MAX_CONDITIONS) {
    throw badOption(`where is a list of at most ${MAX_CONDITIONS} conditions`);
  }
  for (const condition of conditions as readonly ValueCondition[]) {
    const { op, value } = completedCondition(condition);
    const path = parseValuePath(condition.path);
    addNecessary(where, path.head, op, value);
    where.addSql(comparison(where, valueSql(where, path), op, value));
  }
}

/** The texts among the conditions that are regular expressions. */
export function patternsOf(conditions: readonly ValueCondition[]): string[] {
  return conditions.flatMap((condition) => {
    const { op, value } = completedCondition(condition);
    return op === "matches" ? [patternText(value as RegExp | string)] : [];
  });
}

/** Texts that every writer of JSON leaves as they are. */
const PLAIN = /^[\w .:@+-]+$/;

/**
 * What must be so of the JSON as a whole, where that can be told: looking for a few characters takes
 * a fifth of the time of taking JSON apart.
 */
function addNecessary(
  where: Conditions,
  head: ValuePath["head"],
  op: ValueOperator,
  value: ValueOperand,
): void {
  const json = head === "result" ? "result_json" : "arguments_json";
  const isNumber = Number.isSafeInteger(value);
  if (op === "contains" && PLAIN.test(value as string)) {
    where.addSql(`(${json} IS NULL OR contains(${json}, ${where.bind(value as string)}))`);
  } else if (op === "=" && (isNumber || (typeof value === "string" && PLAIN.test(value)))) {
    const columns = head === "result" ? ["result_integer"] : ["argument_0", "argument_1"];
    const parts = isNumber
      ? columns.map((column) => `${column} = ${where.bind(value as number)}`)
      : [];
    where.addSql(`(${[...parts, `contains(${json}, ${where.bind(String(value))})`].join(" OR ")})`);
  }
}

/** The value at a path as an expression of type JSON; null where there is none. */
function valueSql(where: Conditions, { head, steps }: ValuePath): string {
  const [first, ...rest] = steps;
  if (head === "result") {
    if (first === undefined) return "coalesce(TRY(result_json::JSON), to_json(result_integer))";
    return `TRY(json_extract(result_json, ${where.bind(pointerOf(steps))}))`;
  }
  if (first === undefined) return `TRY((${ARGUMENTS_TEXT})::JSON)`;
  if (typeof first === "string") return parameterSql(where, first, pointerOf(rest));
  const inColumn = rest.length === 0 && first < 2;
  return `CASE
    WHEN arguments_json IS NOT NULL
    THEN TRY(json_extract(arguments_json, ${where.bind(pointerOf(steps))}))
    ${inColumn ? `WHEN argument_count > ${first} THEN to_json(argument_${first})` : ""} END`;
}

function parameterSql(where: Conditions, name: string, pointer: string): string {
  const place = `list_position(TRY(from_json(parameters, '["VARCHAR"]')), ${where.bind(name)})`;
  const columns = `
    WHEN ${place} = 1 AND argument_count > 0 THEN to_json(argument_0)
    WHEN ${place} = 2 AND argument_count > 1 THEN to_json(argument_1)`;
  return `CASE
    WHEN arguments_json IS NOT NULL
    THEN TRY(json_extract(arguments_json, '/' || (${place} - 1) || ${where.bind(pointer)}))
    ${pointer === "" ? columns : ""} END`;
}

function comparison(
  where: Conditions,
  found: string,
  op: ValueOperator,
  value: ValueOperand,
): string {
  const text = `((${found}) ->> '$')`;
  switch (op) {
    case "exists":
      return `(${found}) IS ${value === false ? "" : "NOT "}NULL`;
    case "contains":
      return `contains(${text}, ${where.bind(value as string)})`;
    case "matches":
      return `regexp_matches(${text}, ${where.bind(patternText(value as RegExp | string))})`;
    case "!=":
      return `((${found}) IS NOT NULL AND NOT (${compared(where, found, "=", value)}))`;
    default:
      return compared(where, found, op, value);
  }
}

function compared(where: Conditions, found: string, op: string, value: ValueOperand): string {
  const type = `json_type(${found})`;
  const text = `((${found}) ->> '$')`;
  if (value === null) return `${type} = 'NULL'`;
  if (typeof value === "number") {
    // As a text: numbers are bound as integers.
    const number = `${where.bind(String(value))}::DOUBLE`;
    return `(${type} IN ${NUMBER} AND TRY_CAST(${found} AS DOUBLE) ${op} ${number})`;
  }
  const [kind, operand] =
    typeof value === "boolean" ? ["BOOLEAN", String(value)] : ["VARCHAR", value];
  return `(${type} = '${kind}' AND ${text} ${op} ${where.bind(operand as string)})`;
}
