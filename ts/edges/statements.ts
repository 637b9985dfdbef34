/**
 * Prepared statements whose answers come at once, as spans: `run`, `get`, `all`, and `iterate`, which ends with its iterator.
 *
 *     wrapStatements(StatementSync.prototype, QUERY, (statement, values) => [sql, values.length])
 *     // sqlite.query(sql: "SELECT …", parameters: 1) → { command: "SELECT", rows: 3 }
 *
 * Limits: an iterator that is left where it is has no end.
 */
import { apply, isArray, weakGet, weakSet } from "../runtime/primordials";
import { ownData } from "../runtime/reflect";
import { end, fail, type SpanKind } from "../runtime/spans";
import { deepen, putLimit } from "./own-frame";
import { replaceOnce } from "./replaced";
import { beginQuery, commandOf, countOf, wantsSql } from "./sql";

/** What is asked: SQL, and how many parameters. */
export type Asked = readonly [sql: unknown, parameters: number];

/** A query that has begun. */
interface Open {
  readonly span: number;
  readonly command: string | undefined;
  /** Those that have come one by one. */
  rows: number;
}

/** Methods, which say what their results mean. */
type How = (typeof NAMES)[number] | "exec";

/** By the iterator that tells of the end. */
const opens = new WeakMap<object, Open | undefined>();
const NAMES = ["run", "get", "all", "iterate"] as const;

/** How many values are handed over. */
export function countAll(args: readonly unknown[]): number {
  let count = 0;
  for (let i = 0; i < args.length; i++) count += countOf(args[i]);
  return count;
}

/**
 * Replaces the methods of statements.
 *
 * @param statement a statement, or what they inherit
 * @param read what a statement asks when it is given these arguments
 */
export function wrapStatements(
  statement: object,
  kind: SpanKind,
  read: (statement: object, args: readonly unknown[]) => Asked,
): void {
  for (const name of NAMES) wrapQuery(statement, name, kind, read);
}

/** Replaces a method that asks. */
export function wrapQuery(
  holder: object,
  name: How,
  kind: SpanKind,
  read: (self: object, args: readonly unknown[]) => Asked,
): void {
  replaceOnce(holder, name, (original) => ({
    [name](this: unknown, ...args: unknown[]): unknown {
      const isAsked = wantsSql() && typeof this === "object" && this !== null;
      const open = isAsked ? begin(kind, read(this, args)) : undefined;
      const limit = deepen();
      let result: unknown;
      try {
        result = apply(original, this, args as never[]);
      } catch (error) {
        putLimit(limit);
        if (open !== undefined) fail(open.span, error);
        throw error;
      }
      putLimit(limit);
      if (open !== undefined) finish(open, name, result);
      return result;
    },
  }));
}

function begin(kind: SpanKind, [sql, parameters]: Asked): Open | undefined {
  const span = beginQuery(kind, sql, parameters);
  return span === 0 ? undefined : { span, command: commandOf(sql), rows: 0 };
}

function finish(open: Open, how: How, result: unknown): void {
  const { span, command } = open;
  const isObject = typeof result === "object" && result !== null;
  if (how === "iterate" && isObject) follow(result, open);
  else if (how === "exec") end(span, { command });
  else end(span, { command, rows: rowsOf(how, result) });
}

function rowsOf(how: string, result: unknown): unknown {
  if (how === "all") return isArray(result) ? result.length : undefined;
  if (how === "get") return result === undefined ? 0 : 1;
  return typeof result === "object" && result !== null ? ownData(result, "changes") : undefined;
}

/** Waits for the end of an iterator. */
function follow(iterator: object, open: Open): void {
  weakSet(opens, iterator, open);
  for (const name of ["next", "return"] as const) {
    replaceOnce(iterator, name, (original) => ({
      [name](this: unknown, ...args: unknown[]): unknown {
        const limit = deepen();
        let result: unknown;
        try {
          result = apply(original, this, args as never[]);
        } catch (error) {
          putLimit(limit);
          const failed = taken(this);
          if (failed !== undefined) fail(failed.span, error);
          throw error;
        }
        putLimit(limit);
        step(this, result, name === "return");
        return result;
      },
    }));
  }
}

/** An iterator has given something. */
function step(iterator: unknown, result: unknown, isLast: boolean): void {
  const open = weakGet(opens, iterator as object);
  if (open === undefined) return;
  const isDone = typeof result === "object" && result !== null && ownData(result, "done") === true;
  if (!isLast && !isDone) open.rows++;
  else if (taken(iterator) !== undefined)
    end(open.span, { command: open.command, rows: open.rows });
}

/** The query of an iterator, once. */
function taken(iterator: unknown): Open | undefined {
  const open = weakGet(opens, iterator as object);
  if (open !== undefined) weakSet(opens, iterator as object, undefined);
  return open;
}
