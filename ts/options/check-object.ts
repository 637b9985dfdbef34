/**
 * Whether what was given for options is an object with their names.
 *
 *     checkObject([], 'Option "values" is an object', ["depth"])
 *     // BC_ERR_BAD_OPTION: Option "values" is an object; got a list
 */
import { badOption } from "../errors";

/** An object, and no list. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a value is, for people. */
export function kindOfValue(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : typeof value;
}

/** Throws BC_ERR_BAD_OPTION. `rule`: what it is to be; `within`: what stands before each name. */
export function checkObject(
  value: unknown,
  rule: string,
  names: readonly string[],
  within = "",
): void {
  if (!isObject(value)) {
    throw badOption(`${rule}; got ${kindOfValue(value)}`);
  }
  const unknown = Object.keys(value).find((key) => !names.includes(key));
  if (unknown === undefined) return;
  throw badOption(`Unknown option "${within}${unknown}"; the options are ${names.join(", ")}`);
}
