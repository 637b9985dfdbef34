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
import { replaceOnce, type Method } from "./replaced";
import { beginQuery, commandOf, countOf, wantsSql } from "./sql";

/** What is asked: SQL, and how many parameters. */
export type Asked = readonly [sql: unknown, parameters: number];

/** Rows that come one by one. */
interface Open {
  readonly span: number;
  readonly command: string | undefined;
  rows: number;
}

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
  for (const name of NAMES) {
    replaceOnce(statement, name, (original) => ({
      [name](this: unknown, ...args: unknown[]): unknown {
        const isAsked = wantsSql() && typeof this === "object" && this !== null;
        if (!isAsked) return apply(original, this, args as never[]);
        return ask(kind, read(this, args), () => apply(original, this, args as never[]), name);
      },
    }));
  }
}

/** Runs a query as a span. `how`: the method, which says what its result means. */
export function ask(
  kind: SpanKind,
  [sql, parameters]: Asked,
  run: () => unknown,
  how: (typeof NAMES)[number] | "exec",
): unknown {
  const span = beginQuery(kind, sql, parameters);
  let result: unknown;
  try {
    result = run();
  } catch (error) {
    if (span !== 0) fail(span, error);
    throw error;
  }
  if (span === 0) return result;
  const command = commandOf(sql);
  if (how === "iterate" && typeof result === "object" && result !== null) {
    follow(result, { span, command, rows: 0 });
  } else if (how === "exec") end(span, { command });
  else end(span, { command, rows: rowsOf(how, result) });
  return result;
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
        const open = weakGet(opens, this as object);
        if (open === undefined) return apply(original, this, args as never[]);
        return step(this as object, open, original, args, name === "return");
      },
    }));
  }
}

function step(
  iterator: object,
  open: Open,
  original: Method,
  args: readonly unknown[],
  isLast: boolean,
): unknown {
  let result: unknown;
  try {
    result = apply(original, iterator as never, args as never[]);
  } catch (error) {
    weakSet(opens, iterator, undefined);
    fail(open.span, error);
    throw error;
  }
  const isDone = typeof result === "object" && result !== null && ownData(result, "done") === true;
  if (isLast || isDone) {
    weakSet(opens, iterator, undefined);
    end(open.span, { command: open.command, rows: open.rows });
  } else open.rows++;
  return result;
}
