/**
 * Queries of `mysql2` as spans, with callbacks, promises or events: from `query()` or `execute()`, of a pool or a connection, to the end
 * of the answer.
 *
 *     mysql2.query(sql: "SELECT … WHERE id = ?", parameters: 1) → { command: "SELECT", rows: 3 }
 *
 * The ends are told by the commands that a connection runs, in a way that no frame of ours is on the stack where an error is made. A
 * pool's query is one span with its wait for a connection, an `execute()` one with its preparation.
 * Limits: until it ends, a query object has an `onResult` of ours, or, where its end is told by events, a listener of
 * `events.errorMonitor`; those have no number of rows, nor an end where the connection is lost. What a connection still has to do when
 * the program closes it has no end.
 */
import { EventEmitter, errorMonitor } from "node:events";
import { apply, defineProperty, hasOwn, isArray, weakGet, weakSet } from "../runtime/primordials";
import { ownData } from "../runtime/reflect";
import { end, fail } from "../runtime/spans";
import { standIn } from "../runtime/stand-in";
import { deepen, putLimit } from "./own-frame";
import { replace, replaceOnce, type Method } from "./replaced";
import { beginQuery, commandOf, countOf, prototypeOf, queryKind } from "./sql";

const QUERY = queryKind("mysql2.query", "npm:mysql2");

/** A query that has begun. */
interface Open {
  /** 0 once it has ended. */
  span: number;
  readonly command: string | undefined;
  /** A connection has got it. */
  isTaken: boolean;
}

/** A command of a query. */
interface Heard {
  readonly open: Open;
  /** What the command is to call. */
  callback: Method | undefined;
}

const commands = new WeakMap<object, Heard>();
const on = Reflect.get(EventEmitter.prototype, "on") as Method;
/** What a pool is asked, until it asks for a connection. */
let asked: readonly unknown[] | undefined;
/** The query for which a pool has got a connection. */
let served: Open | undefined;
/** The query whose commands are being made. */
let made: Open | undefined;

/** `mysql2/lib/connection.js`: the class `Connection`. */
export function wrapMysqlConnection(exports: unknown): void {
  const prototype = prototypeOf(exports);
  wrapQuery(prototype, "query");
  wrapQuery(prototype, "execute");
  // The second one stands in the place of the first once a connection is closed.
  for (const name of ["addCommand", "_addCommandClosedState"] as const) {
    replace(prototype, name, (original) => ({
      [name](this: unknown, ...args: unknown[]): unknown {
        const [command] = args;
        if (isObject(command)) {
          const isOpen = made !== undefined && made.span !== 0;
          const open = isOpen ? made : openStatement(command);
          if (open !== undefined) hear(command, open);
        }
        return apply(original, this, args as never[]);
      },
    }));
  }
}

function wrapQuery(prototype: object, name: "execute" | "query"): void {
  replace(prototype, name, (original) => ({
    [name](this: unknown, ...args: unknown[]): unknown {
      const before = made;
      const open = served ?? begin(args[0], args[1]);
      served = undefined;
      if (open === undefined) return apply(original, this, args as never[]);
      made = open;
      const limit = deepen();
      try {
        const result = apply(original, this, args as never[]);
        // A connection that was closed before we were there.
        if (!open.isTaken) close(open, undefined);
        return result;
      } catch (error) {
        failOpen(open, error);
        throw error;
      } finally {
        putLimit(limit);
        made = before;
      }
    },
  }));
}

/** `mysql2/lib/pool.js`: the class `Pool`. */
export function wrapMysqlPool(exports: unknown): void {
  wrapPool(prototypeOf(exports));
}

/** `mysql2/lib/pool_cluster.js`: the class `PoolCluster`, whose `of` gives what is asked. */
export function wrapMysqlCluster(exports: unknown): void {
  replace(prototypeOf(exports), "of", (original) => ({
    of(this: unknown, ...args: unknown[]): unknown {
      const pool = apply(original, this, args as never[]);
      if (isObject(pool)) wrapPool(pool);
      return pool;
    },
  }));
}

function wrapPool(pool: object): void {
  for (const name of ["query", "execute"] as const) {
    replaceOnce(pool, name, (original) => ({
      [name](this: unknown, ...args: unknown[]): unknown {
        const before = asked;
        asked = args;
        try {
          return apply(original, this, args as never[]);
        } finally {
          asked = before;
        }
      },
    }));
  }
  replaceOnce(pool, "getConnection", (original) => ({
    getConnection(this: unknown, ...args: unknown[]): unknown {
      const [callback] = args;
      const open =
        asked === undefined || typeof callback !== "function"
          ? undefined
          : begin(asked[0], asked[1]);
      asked = undefined;
      if (open === undefined) return apply(original, this, args as never[]);
      const taken = (...got: unknown[]): unknown => {
        // A connection that cannot be had.
        if (got[0]) failOpen(open, got[0]);
        else served = open;
        try {
          return apply(callback as Method, undefined as never, got as never[]);
        } finally {
          // Not asked for anything: it is not one of ours.
          if (served === open) close(open, undefined);
          served = undefined;
        }
      };
      return apply(original, this, [taken] as never[]);
    },
  }));
}

function begin(given: unknown, values: unknown): Open | undefined {
  const options = isObject(given) ? given : {};
  const sql = typeof given === "string" ? given : ownData(options, "sql");
  const own = typeof values === "function" || values === undefined;
  return beginWith(sql, own ? ownData(options, "values") : values);
}

/** `values`: undefined or null where there are none. */
function beginWith(sql: unknown, values: unknown): Open | undefined {
  const span = beginQuery(
    QUERY,
    sql,
    values === undefined || values === null ? 0 : countOf(values),
  );
  if (span === 0) return undefined;
  return { span, command: commandOf(sql), isTaken: false };
}

/** Begins the query of a statement that the program has prepared. */
function openStatement(command: object): Open | undefined {
  const statement = ownData(command, "statement");
  if (!isObject(statement) || !hasOwn(command, "_rows")) return undefined;
  return beginWith(ownData(statement, "query"), ownData(command, "values"));
}

/** A connection is to run a command. */
function hear(command: object, open: Open): void {
  open.isTaken = true;
  const callback = ownData(command, "onResult");
  const isCalled = typeof callback === "function";
  weakSet(commands, command, { open, callback: isCalled ? (callback as Method) : undefined });
  replaceOnce(command, "done", (original) => ({
    done(this: unknown, ...args: unknown[]): unknown {
      endCommand(this as object, undefined);
      return apply(original, this, args as never[]);
    },
  }));
  if (isCalled) {
    const onResult = (...args: unknown[]): unknown => {
      endCommand(command, args[0]);
      return apply(callback as Method, command as never, args as never[]);
    };
    setCallback(command, standIn(onResult, callback as Method));
  } else {
    apply(on, command as never, [
      errorMonitor,
      (error: unknown): void => endCommand(command, error),
    ]);
  }
}

/** A command is done, or has failed: what it calls is the program's again. */
function endCommand(command: object, error: unknown): void {
  const heard = weakGet(commands, command);
  if (heard === undefined) return;
  const { open, callback } = heard;
  if (callback !== undefined) setCallback(command, callback);
  heard.callback = undefined;
  if (error) failOpen(open, error);
  // Only those that give rows end a query: its preparation does not.
  else if (hasOwn(command, "_rows")) close(open, answerOf(command, open));
}

function setCallback(command: object, value: Method): void {
  defineProperty(command, "onResult", { __proto__: null, value } as PropertyDescriptor);
}

/** What came of a query, of several statements the last one. */
function answerOf(command: object, { command: word }: Open): object {
  const results = ownData(command, "_rows");
  const last: unknown = isArray(results) ? results[results.length - 1] : undefined;
  if (!isArray(last))
    return { command: word, rows: isObject(last) ? ownData(last, "affectedRows") : undefined };
  // Rows that are told by events are not kept.
  const isKept = typeof ownData(command, "onResult") === "function";
  return isKept ? { command: word, rows: last.length } : { command: word };
}

function close(open: Open, result: unknown): void {
  const { span } = open;
  open.span = 0;
  end(span, result);
}

function failOpen(open: Open, error: unknown): void {
  const { span } = open;
  open.span = 0;
  if (span !== 0) fail(span, error);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
