/**
 * What spans of queries have in common, whichever library they are of.
 *
 *     commandOf("-- all\n (SELECT 1)") // "SELECT"
 *     countOf([1, 2])                  // 2
 *     countOf({ $id: 1 })              // 1
 */
import { EDGE_SQL } from "../native/layout";
import {
  charCodeAt,
  getPrototypeOf,
  indexOf,
  isArray,
  isProxy,
  keys,
  slice,
  upperCase,
} from "../runtime/primordials";
import { classOf, objectPrototype } from "../runtime/reflect";
import { begin, spanKind, type SpanKind } from "../runtime/spans";
import { recordsEdge } from "../runtime/writer";

const SPACE = 0x20;
const OPENING = 0x28;
const DASH = 0x2d;
const SLASH = 0x2f;
const STAR = 0x2a;
const HASH = 0x23;

/** The queries of a library. `file`: what they are of, as `npm:pg`. */
export function queryKind(name: string, file: string): SpanKind {
  return spanKind(name, file, ["sql", "parameters"]);
}

/** Whether queries are recorded. */
export function wantsSql(): boolean {
  return recordsEdge(EDGE_SQL);
}

/** A query begins. Gives its span, 0 where it is not recorded. `parameters`: how many. */
export function beginQuery(kind: SpanKind, sql: unknown, parameters: number): number {
  return wantsSql() ? begin(kind, [sql, parameters]) : 0;
}

/** The prototype of a class, or an object with nothing. */
export function prototypeOf(maker: unknown): object {
  if (typeof maker !== "function") return {};
  const { prototype } = maker as { readonly prototype?: unknown };
  return typeof prototype === "object" && prototype !== null ? prototype : {};
}

/** How many values stand in what is handed over as one: a list, an object with their names, or one itself. */
export function countOf(values: unknown): number {
  if (typeof values !== "object" || values === null) return 1;
  if (isProxy(values)) return 1;
  if (isArray(values)) return values.length;
  const prototype = getPrototypeOf(values);
  const isPlain = prototype === null || prototype === objectPrototype || classOf(prototype).isPlain;
  return isPlain ? keys(values).length : 1;
}

/** The first word of a statement, in capitals. */
export function commandOf(sql: unknown): string | undefined {
  if (typeof sql !== "string") return undefined;
  const from = startOf(sql);
  let to = from;
  while (to < sql.length && isLetter(charCodeAt(sql, to))) to++;
  return to === from ? undefined : upperCase(slice(sql, from, to));
}

/** Where a statement begins, behind spaces, comments and brackets. */
function startOf(sql: string): number {
  for (let at = 0; at < sql.length;) {
    const code = charCodeAt(sql, at);
    const next = charCodeAt(sql, at + 1);
    if (code <= SPACE || code === OPENING) at++;
    else if ((code === DASH && next === DASH) || code === HASH) at = behind(sql, "\n", at);
    else if (code === SLASH && next === STAR) at = behind(sql, "*/", at);
    else return at;
  }
  return sql.length;
}

function behind(sql: string, mark: string, from: number): number {
  const at = indexOf(sql, mark, from);
  return at < 0 ? sql.length : at + mark.length;
}

function isLetter(code: number): boolean {
  const lower = code | SPACE;
  return lower >= 0x61 && lower <= 0x7a;
}
