/**
 * A call as a person reads it.
 *
 *     callText(call, 60)     // 'add(a: 1, b: 2)'
 *     resultText(call, 60)   // ' → 3'
 *
 * Limits: values are cut to a width each.
 */
import type { Call, JsonValue } from "../query/index";
import { printable } from "./printable";
import { valueText } from "./value-text";

/** What is read of it. */
type CallWithValues = Pick<Call, "function" | "parameters" | "arguments" | "result">;

/** `add(a: 1, b: 2)`. */
export function callText(call: CallWithValues, width: number): string {
  const name = printable(call.function);
  const { parameters, arguments: values } = call;
  if (values === undefined) return `${name}(${parameters.map(printable).join(", ")})`;
  const items: readonly JsonValue[] = Array.isArray(values) ? (values as JsonValue[]) : [values];
  const written = items.map((value, i) => {
    const parameter = parameters[i];
    const text = valueText(value, width);
    return parameter === undefined || parameter === "" ? text : `${printable(parameter)}: ${text}`;
  });
  return `${name}(${written.join(", ")})`;
}

/** What it returned; empty for undefined, and where it was not captured. */
export function resultText({ result }: Pick<Call, "result">, width: number): string {
  if (result === undefined || isUndefined(result)) return "";
  return ` → ${valueText(result, width)}`;
}

function isUndefined(value: JsonValue): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    "$type" in value &&
    value["$type"] === "undefined"
  );
}
