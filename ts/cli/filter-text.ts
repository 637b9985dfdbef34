/**
 * Which calls, in a line.
 *
 *     parseFilter("function=Cart.* and duration>5ms and args.user.id=7")
 *     // { function: "Cart.*", minDurationMs: 5, where: [{ path: "args.user.id", op: "=", value: 7 }] }
 *
 * Conditions are joined by `and`: `function`, `file`, `run`, `trace`, `status` with `=`; `duration`, `self` and
 * `wait` with `>` or `<`; and values, by their path, with `=`, `!=`, `<`, `<=`, `>`, `>=` or `~` (a part, or
 * `/a regular expression/i`), or the path alone: it is there. A value is JSON, or text. Limits: `and` in a
 * value stands in quotes.
 */
import { BreadcrumbError } from "../errors";
import type { CallFilter, ValueCondition, ValueOperator } from "../query/index";
import { parseDuration } from "../options/duration";
import { suggest } from "../options/suggest";

const TEXTS = ["function", "file", "run", "trace", "status"] as const;
const TIMES = {
  duration: ["minDurationMs", "maxDurationMs"],
  self: ["minSelfMs", "maxSelfMs"],
  wait: ["minWaitMs", "maxWaitMs"],
} as const;
const CONDITION = /^((?:\["[^"]*"\]|[^\s=!<>~"])+)\s*(!=|<=|>=|=|<|>|~)?\s*(.*)$/s;
const VALUE_ROOTS = ["arguments", "args", "result"];
const REGEXP = /^\/(.*)\/([ims]*)$/s;

type Draft = { -readonly [Key in keyof CallFilter]: CallFilter[Key] } & { where: ValueCondition[] };

/** The filter that a line means. Throws `BC_ERR_BAD_OPTION`. */
export function parseFilter(text: string): CallFilter {
  const filter: Draft = { where: [] };
  for (const part of conditionsIn(text)) addCondition(filter, part);
  const { where, ...rest } = filter;
  return where.length === 0 ? rest : { ...rest, where };
}

/** The conditions, split at each `and` outside quotes and regular expressions. */
function conditionsIn(text: string): string[] {
  const parts = text.match(/(?:"(?:[^"\\]|\\.)*"|~\s*\/(?:[^/\\]|\\.)*\/|(?!\s+and\s).)+/gs) ?? [];
  return parts.map((part) => part.replace(/^\s*and\s+/, "").trim()).filter((part) => part !== "");
}

function addCondition(filter: Draft, part: string): void {
  const [, name = "", operator, written = ""] = CONDITION.exec(part) ?? [];
  const textKey = TEXTS.find((key) => key === name);
  if (textKey !== undefined) {
    if (operator !== "=" || written === "") throw bad(part, `${name}=<text>`);
    filter[textKey] = String(valueOf(written)) as never;
    return;
  }
  if (Object.hasOwn(TIMES, name)) {
    const [least, most] = TIMES[name as keyof typeof TIMES];
    const ms = parseDuration(written);
    if (ms === null || !/^[<>]=?$/.test(operator ?? "")) throw bad(part, `${name}>5ms`);
    filter[operator?.startsWith(">") ? least : most] = ms;
    return;
  }
  if (!VALUE_ROOTS.includes(/^\w*/.exec(name)?.[0] ?? "")) {
    const known = [...TEXTS, ...Object.keys(TIMES), ...VALUE_ROOTS];
    const meant = suggest(name, known);
    throw bad(part, meant === undefined ? `one of ${known.join(", ")}` : `${meant}…`);
  }
  filter.where.push(valueCondition(name, operator, written, part));
}

function valueCondition(
  path: string,
  operator: string | undefined,
  written: string,
  part: string,
): ValueCondition {
  if (operator === undefined) {
    if (written !== "") throw bad(part, `${path}=…`);
    return { path, op: "exists", value: true };
  }
  if (operator === "~") {
    const [, source, flags] = REGEXP.exec(written) ?? [];
    if (source === undefined) return { path, op: "contains", value: String(valueOf(written)) };
    return { path, op: "matches", value: flags ? `(?${flags})${source}` : source };
  }
  return { path, op: operator as ValueOperator, value: valueOf(written) };
}

/** What is written, as JSON where it is JSON, else as text. */
function valueOf(written: string): string | number | boolean | null {
  try {
    const value = JSON.parse(written) as unknown;
    if (value === null || typeof value !== "object")
      return value as string | number | boolean | null;
  } catch {
    // Text without quotes.
  }
  return written;
}

function bad(part: string, expected: string): BreadcrumbError {
  return new BreadcrumbError(
    "BC_ERR_BAD_OPTION",
    `--filter is conditions joined by "and", such as function=Cart.*, duration>5ms, args.id=7: got ${JSON.stringify(part)}, did you mean ${expected}?`,
  );
}
