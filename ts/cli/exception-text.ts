/**
 * What is told of an exception: what it was, and below that where it was thrown and caught, its causes, the
 * variables of the calls that it left.
 *
 *     thrown at src/cart.js:12:11, caught by checkout (src/shop.js:3)
 *     cause: TypeError: price is undefined
 *     in total (src/cart.js:9)
 *       block at 10: item = { sku: "A7" }
 */
import { placeText } from "../query/place-text";
import type { CrossedCall, JsonValue, LocalScope, RecordedException } from "../query/index";
import { cut, printable } from "./printable";
import { count } from "./quantities";
import { valueText } from "./value-text";

/** Calls whose variables are told. */
const MOST_CALLS = 8;
const VALUE_WIDTH = 120;

/** What is not known of one, where probes or breakpoints told of its calls. */
const UNSEEN = {
  probe: "not seen (include the code that catches it)",
  span: "not seen",
  inspector: "not seen (breakpoints had no pause for it)",
};

/** Whether nothing is known of it but the calls that it left. */
export function isUnseen({ name, message }: RecordedException): boolean {
  return name === "unknown" && message === "";
}

/** Its name and message. `backend`: of its calls, where that is known. */
export function whatOf(exception: RecordedException, backend?: keyof typeof UNSEEN): string {
  const { name, message } = exception;
  if (isUnseen(exception)) {
    return backend === undefined
      ? "not seen (include the code that catches it; breakpoints may have had no pause for it)"
      : UNSEEN[backend];
  }
  return message === "" ? name : `${name}: ${message}`;
}

/** Where it was thrown and caught, and its causes. */
export function originLines(exception: RecordedException): string[] {
  const { thrownFrom, caughtBy, causes, errors, causeId } = exception;
  const places = [
    ...(thrownFrom ? [`thrown at ${thrownFrom.file}:${thrownFrom.line}:${thrownFrom.column}`] : []),
    ...(caughtBy ? [`caught by ${caughtBy.function} (${placeText(caughtBy)})`] : []),
  ];
  const named = ({ name, message }: { readonly name: string; readonly message: string }): string =>
    message === "" ? name : `${name}: ${message}`;
  return [
    ...(places.length > 0 ? [places.join(", ")] : []),
    ...causes.map(
      (cause, i) =>
        `cause: ${named(cause)}${i === 0 && causeId !== null ? ` (exception ${causeId})` : ""}`,
    ),
    ...errors.map((error) => `error: ${named(error)}`),
  ].map(printable);
}

/** The variables of the calls that it left. */
export function localsLines(
  { crossed }: RecordedException,
  columns: number,
  valueWidth = VALUE_WIDTH,
): string[] {
  const told = crossed.filter(({ locals }) => locals !== undefined);
  const lines = told.slice(0, MOST_CALLS).flatMap((call) => callLines(call, columns, valueWidth));
  const hidden = told.length - MOST_CALLS;
  return hidden > 0 ? [...lines, `… ${count(hidden)} more calls: --json has them`] : lines;
}

function callLines(call: CrossedCall, columns: number, valueWidth: number): string[] {
  const head = `in ${call.function} (${placeText(call)})`;
  const scopes = (call.locals ?? []).flatMap((scope) => scopeLines(scope, columns, valueWidth));
  return [printable(head), ...scopes.map((line) => `  ${line}`)];
}

function scopeLines(scope: LocalScope, columns: number, valueWidth: number): string[] {
  const text = ([name, value]: [string, JsonValue]) => variable(name, value, valueWidth);
  const prefix = scope.scope === "block" ? `block at ${scope.line}: ` : "";
  const missing =
    scope.$cut === "rate"
      ? ["(variables not read: too many such calls in that second)"]
      : scope.$cut === "bytes"
        ? ["(some variables are missing: there was no room)"]
        : [];
  const lines = [
    ...Object.entries(scope.variables).map((each) => `${prefix}${text(each)}`),
    ...Object.entries(scope.closure ?? {}).map((each) => `closure: ${text(each)}`),
    ...missing,
  ];
  return lines.map((line) => cut(line, Math.max(20, columns)));
}

function variable(name: string, value: JsonValue, valueWidth: number): string {
  return `${printable(name)} = ${isUninitialized(value) ? "(not initialized)" : valueText(value, valueWidth)}`;
}

function isUninitialized(value: JsonValue): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    (value as { readonly [key: string]: JsonValue })["$type"] === "uninitialized"
  );
}
