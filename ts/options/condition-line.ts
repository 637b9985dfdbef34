/**
 * Conditions in a line, for a vocabulary.
 *
 *     conditionsOf("function=Cart.* and duration>5ms and args.user.id=7", vocabulary)
 *     // { function: "Cart.*", minDurationMs: 5, where: [{ path: "args.user.id", op: "=", value: 7 }] }
 *
 * Conditions are joined by `and`: texts with `=`; bounds with `>` or `<`, which are included; and values, by
 * their path, with `=`, `!=`, `<`, `<=`, `>`, `>=` or `~` (a part, or `/a regular expression/i`), or the path
 * alone: it is there. A value is JSON, or text. Limits: `and` in a value stands in quotes.
 */
import type { BreadcrumbError } from "../errors";
import { parseDuration } from "./duration";
import { suggest } from "./suggest";
import type { ValueCondition, ValueOperator } from "./value-condition";

/** What a line can say beside values. */
export interface Vocabulary<Text extends string, Bound extends string> {
  readonly texts: readonly Text[];
  /** By name: what `>` and `<` say, and of which unit it is. */
  readonly bounds: Readonly<Record<string, BoundNames<Bound>>>;
  /** The error for a part; `expected`: what could stand there. */
  readonly bad: (part: string, expected: string) => BreadcrumbError;
}

/** What `>` and `<` say of a quantity. */
export type BoundNames<Name extends string> = readonly [
  least: Name,
  most: Name,
  unit: "ms" | "count",
];

/** Times of a call, as every line has them. */
export const TIME_BOUNDS = {
  duration: ["minDurationMs", "maxDurationMs", "ms"],
  self: ["minSelfMs", "maxSelfMs", "ms"],
  wait: ["minWaitMs", "maxWaitMs", "ms"],
} as const satisfies Readonly<Record<string, BoundNames<string>>>;

/** What a line said. */
export type Conditions<Text extends string, Bound extends string> = {
  [Key in Text]?: string;
} & { [Key in Bound]?: number } & { where?: ValueCondition[] };

const CONDITION = /^((?:\["[^"]*"\]|[^\s=!<>~"])+)\s*(!=|<=|>=|=|<|>|~)?\s*(.*)$/s;
const VALUE_ROOTS = ["arguments", "args", "result"];
const REGEXP = /^\/(.*)\/([ims]*)$/s;
const EXAMPLES = { ms: "5ms", count: "5" };

/** What a line says. Throws `BC_ERR_BAD_OPTION`. */
export function conditionsOf<Text extends string, Bound extends string>(
  line: string,
  vocabulary: Vocabulary<Text, Bound>,
): Conditions<Text, Bound> {
  const said: Record<string, string | number> = {};
  const where: ValueCondition[] = [];
  for (const part of partsOf(line)) {
    const [, name = "", operator, written = ""] = CONDITION.exec(part) ?? [];
    const { texts, bounds, bad } = vocabulary;
    if (texts.some((text) => text === name)) {
      if (operator !== "=" || written === "") throw bad(part, `${name}=<text>`);
      said[name] = String(valueOf(written));
    } else if (Object.hasOwn(bounds, name)) {
      const [least, most, unit] = bounds[name] as BoundNames<Bound>;
      const quantity = unit === "ms" ? parseDuration(written) : countOf(written);
      if (quantity === null || !/^[<>]=?$/.test(operator ?? "")) {
        throw bad(part, `${name}>${EXAMPLES[unit]}`);
      }
      said[operator?.startsWith(">") ? least : most] = quantity;
    } else if (VALUE_ROOTS.includes(/^\w*/.exec(name)?.[0] ?? "")) {
      where.push(valueCondition(name, operator, written, () => bad(part, `${name}=…`)));
    } else {
      const known = [...texts, ...Object.keys(bounds), ...VALUE_ROOTS];
      const meant = suggest(name, known);
      throw bad(part, meant === undefined ? `one of ${known.join(", ")}` : `${meant}…`);
    }
  }
  return { ...said, ...(where.length > 0 && { where }) } as Conditions<Text, Bound>;
}

/** The conditions, split at each `and` outside quotes and regular expressions. */
function partsOf(line: string): string[] {
  const parts = line.match(/(?:"(?:[^"\\]|\\.)*"|~\s*\/(?:[^/\\]|\\.)*\/|(?!\s+and\s).)+/gs) ?? [];
  return parts.map((part) => part.replace(/^\s*and\s+/, "").trim()).filter((part) => part !== "");
}

function countOf(written: string): number | null {
  return /^\d+$/.test(written) ? Number(written) : null;
}

function valueCondition(
  path: string,
  operator: string | undefined,
  written: string,
  bad: () => BreadcrumbError,
): ValueCondition {
  if (operator === undefined) {
    if (written !== "") throw bad();
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
