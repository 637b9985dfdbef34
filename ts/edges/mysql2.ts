/**
 * Queries of `mysql2` as spans, with callbacks, promises or events: from `query()` or `execute()`, of a pool or a connection, to the end
 * of the answer.
 *
 *     mysql2.query(sql: "SELECT … WHERE id = ?", parameters: 1) → { command: "SELECT", rows: 3 }
 *
 * Nothing of what the program gets is replaced: the ends are told by the commands that a connection runs. A pool's query is one span with
 * its wait for a connection, an `execute()` one with its preparation.
 * Limits: a query that a connection refuses at once (it is closed), and one that takes longer than its `timeout`, has no error where its
 * end is told by events. What a connection still has to do when the program closes it has no end.
 */
import { apply, defineProperty, hasOwn, isArray, weakGet, weakSet } from "../runtime/primordials";
import { ownData } from "../runtime/reflect";
import { end, fail } from "../runtime/spans";
import { replace, type Method } from "./replaced";
import { beginQuery, commandOf, countOf, prototypeOf, queryKind } from "./sql";

const QUERY = queryKind("mysql2.query", "npm:mysql2");

/** A query that has begun. */
interface Open {
  /** 0 once it has ended. */
  span: number;
  readonly command: string | undefined;
  /** Rows that were told by events, of the last statement; undefined where they are kept. */
  rows: number | undefined;
  /** The next one of its connection. */
  next: Open | undefined;
}

/** Queries of a connection, in their order. */
interface Line {
  first: Open;
  last: Open;
}

/** Queries by the commands that they consist of. */
const opens = new WeakMap<object, Open>();
/** Queries by their connection. */
const lines = new WeakMap<object, Line>();
/** Methods that are replaced. */
const heeded = new WeakMap<object, true>();
/** What a pool is asked, until it asks for a connection. */
let asked: readonly unknown[] | undefined;
/** The query for which a pool has got a connection. */
let served: Open | undefined;
/** The query whose commands are being made, and that of the command that runs. */
let made: Open | undefined;
let running: Open | undefined;

/** `mysql2/lib/connection.js`: the class `Connection`. */
export function wrapMysqlConnection(exports: unknown): void {
  const prototype = prototypeOf(exports);
  wrapQuery(prototype, "query");
  wrapQuery(prototype, "execute");
  replace(prototype, "addCommand", (original) => ({
    addCommand(this: unknown, ...args: unknown[]): unknown {
      const [command] = args;
      if (isObject(command)) {
        const isOpen = made !== undefined && made.span !== 0;
        const open = isOpen ? made : openStatement(command);
        if (open !== undefined) add(this as object, command, open);
      }
      return apply(original, this, args as never[]);
    },
  }));
  // Stands in the place of `addCommand` once a connection is closed.
  replace(prototype, "_addCommandClosedState", (original) => ({
    _addCommandClosedState(this: unknown, ...args: unknown[]): unknown {
      const [command] = args;
      const open = made;
      if (open === undefined || !isObject(command)) return apply(original, this, args as never[]);
      return heeding(command, open, () => apply(original, this, args as never[]));
    },
  }));
  replace(prototype, "_notifyError", (original) => ({
    _notifyError(this: unknown, ...args: unknown[]): unknown {
      if (!ownData(this as object, "_fatalError")) failLine(this as object, args[0]);
      return apply(original, this, args as never[]);
    },
  }));
}

function wrapQuery(prototype: object, name: "execute" | "query"): void {
  replace(prototype, name, (original) => ({
    [name](this: unknown, ...args: unknown[]): unknown {
      const before = made;
      const open = served ?? begin(args[0], args[1]);
      served = undefined;
      if (open === undefined) return apply(original, this, args as never[]);
      made = open;
      try {
        const result = apply(original, this, args as never[]);
        // A connection that was closed before we were there.
        if (open.next === open) close(open, undefined);
        return result;
      } catch (error) {
        failOpen(open, error);
        throw error;
      } finally {
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
    once(pool, name, (original) => ({
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
  once(pool, "getConnection", (original) => ({
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

/** `mysql2/lib/commands/command.js`: the class `Command`. */
export function wrapMysqlCommand(exports: unknown): void {
  replace(prototypeOf(exports), "execute", (original) => ({
    execute(this: unknown, ...args: unknown[]): unknown {
      const command = this as object;
      const open = weakGet(opens, command);
      if (open === undefined || open.span === 0) return apply(original, this, args as never[]);
      const [packet] = args;
      if (isObject(packet)) heedErrors(packet);
      const before = running;
      const step = open.rows === undefined ? undefined : ownData(command, "next");
      running = open;
      try {
        const isDone = apply(original, this, args as never[]);
        if (open.rows !== undefined) countRow(open, step, ownData(command, "next"));
        // Only those that give rows end a query: its preparation does not.
        if (isDone === true && hasOwn(command, "_rows")) close(open, answerOf(command, open));
        return isDone;
      } finally {
        running = before;
      }
    },
  }));
}

/** Errors that packets tell of are those of the command that runs. */
function heedErrors(packet: object): void {
  once(packet, "asError", (original) => ({
    asError(this: unknown, ...args: unknown[]): unknown {
      const error = apply(original, this, args as never[]);
      if (running !== undefined) failOpen(running, error);
      return error;
    },
  }));
}

/** A packet has taken a command from a step to one. */
function countRow(open: Open, before: unknown, after: unknown): void {
  if (before !== after || typeof after !== "function") open.rows = 0;
  else if (ownData(after, "name") === "row") open.rows = (open.rows as number) + 1;
}

/** What came of a query, of several statements the last one. */
function answerOf(command: object, open: Open): object {
  const results = ownData(command, "_rows");
  const last: unknown = isArray(results) ? results[results.length - 1] : undefined;
  if (isArray(last)) return { command: open.command, rows: open.rows ?? last.length };
  return { command: open.command, rows: isObject(last) ? ownData(last, "affectedRows") : undefined };
}

function begin(given: unknown, values: unknown): Open | undefined {
  const asked = isObject(given) ? given : {};
  const sql = typeof given === "string" ? given : ownData(asked, "sql");
  const own = typeof values === "function" || values === undefined;
  return beginWith(sql, own ? ownData(asked, "values") : values);
}

/** `values`: undefined or null where there are none. */
function beginWith(sql: unknown, values: unknown): Open | undefined {
  const span = beginQuery(QUERY, sql, values === undefined || values === null ? 0 : countOf(values));
  if (span === 0) return undefined;
  const open: Open = { span, command: commandOf(sql), rows: undefined, next: undefined };
  // Of no connection.
  open.next = open;
  return open;
}

/** Begins the query of a statement that the program has prepared. */
function openStatement(command: object): Open | undefined {
  const statement = ownData(command, "statement");
  if (!isObject(statement) || !hasOwn(command, "_rows")) return undefined;
  return beginWith(ownData(statement, "query"), ownData(command, "values"));
}

/** A connection is to run a command. */
function add(connection: object, command: object, open: Open): void {
  weakSet(opens, command, open);
  if (ownData(command, "timeout")) heedTimeout(command);
  if (typeof ownData(command, "onResult") !== "function") open.rows = 0;
  if (open.next !== open) return;
  open.next = undefined;
  const line = weakGet(lines, connection);
  if (line === undefined) {
    weakSet(lines, connection, { first: open, last: open });
    return;
  }
  line.last.next = open;
  line.last = open;
  while (line.first.span === 0 && line.first.next !== undefined) line.first = line.first.next;
}

function failLine(connection: object, error: unknown): void {
  let open = weakGet(lines, connection)?.first;
  for (; open !== undefined; open = open.next) failOpen(open, error);
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

function heedTimeout(command: object): void {
  once(command, "_handleTimeoutError", (original) => ({
    _handleTimeoutError(this: unknown, ...args: unknown[]): unknown {
      const open = weakGet(opens, this as object);
      if (open === undefined) return apply(original, this, args as never[]);
      return heeding(this as object, open, () => apply(original, this, args as never[]));
    },
  }));
}

/** Runs what may call a command's callback with an error. The callback that the command has is ours for that time. */
function heeding(command: object, open: Open, run: () => unknown): unknown {
  const callback = ownData(command, "onResult");
  if (typeof callback !== "function") return run();
  const set = (value: unknown): unknown =>
    defineProperty(command, "onResult", { __proto__: null, value } as PropertyDescriptor);
  const heard = (...got: unknown[]): unknown => {
    set(callback);
    if (got[0]) failOpen(open, got[0]);
    return apply(callback as Method, command as never, got as never[]);
  };
  set(heard);
  try {
    return run();
  } finally {
    if (ownData(command, "onResult") === heard) set(callback);
  }
}

/** Replaces a method of objects that are met one by one. */
function once(object: object, name: string, make: Parameters<typeof replace>[2]): void {
  const method = (object as Record<string, unknown>)[name];
  if (typeof method !== "function" || weakGet(heeded, method) === true) return;
  const replaced = replace(object, name, make);
  if (replaced !== undefined) weakSet(heeded, replaced.made, true);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
