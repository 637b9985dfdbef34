/**
 * The way to a value in a call's arguments or result.
 *
 *     parseValuePath("arguments[0].user.id")   // { head: "arguments", steps: [0, "user", "id"] }
 *     parseValuePath("args.user.id")           // the parameter `user`: { …, steps: ["user", "id"] }
 *     parseValuePath('result["a key"][2]')     // { head: "result", steps: ["a key", 2] }
 *
 * A path never becomes part of a query's text: it is bound as a JSON pointer. Limits: names that
 * are no identifiers stand in brackets and double quotes, as JSON writes them.
 */
import { BreadcrumbError } from "../errors";

/** Where a value is. */
export interface ValuePath {
  readonly head: "arguments" | "result";
  /** Names of properties and numbers of items. A name right after `arguments` is a parameter's. */
  readonly steps: readonly (string | number)[];
}

/** Steps of a path: values are cut at a depth of three, and rarely given more. */
const MAX_STEPS = 32;
const HEAD = /^(?:arguments|args|result)(?=[.[]|$)/;
const STEP =
  /\.([\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*)|\[(\d{1,9})\]|\[("(?:[^"\\]|\\.)*")\]/uy;
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/** The path of a text. Throws `BC_ERR_BAD_OPTION`. */
export function parseValuePath(text: string): ValuePath {
  const head = typeof text === "string" ? HEAD.exec(text)?.[0] : undefined;
  if (head === undefined) throw badPath(text);
  const steps: (string | number)[] = [];
  STEP.lastIndex = head.length;
  while (STEP.lastIndex < text.length) {
    const match = STEP.exec(text);
    if (!match || steps.length === MAX_STEPS) throw badPath(text);
    steps.push(readStep(match, text));
  }
  return { head: head === "result" ? head : "arguments", steps };
}

/** The text of a path. */
export function formatValuePath({ head, steps }: ValuePath): string {
  return head + steps.map(formatStep).join("");
}

/** Steps as a JSON pointer (RFC 6901). */
export function pointerOf(steps: readonly (string | number)[]): string {
  return steps
    .map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
}

function readStep([, name, index, quoted]: RegExpExecArray, text: string): string | number {
  if (name !== undefined) return name;
  if (index !== undefined) return Number(index);
  try {
    return JSON.parse(quoted as string) as string;
  } catch {
    throw badPath(text);
  }
}

function formatStep(step: string | number): string {
  if (typeof step === "number") return `[${step}]`;
  return IDENTIFIER.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}

function badPath(text: unknown): BreadcrumbError {
  return new BreadcrumbError(
    "BC_ERR_BAD_OPTION",
    `path is one such as arguments[0].user.id, args.user.id or result["a key"][2]: got ${JSON.stringify(text)}`,
  );
}
