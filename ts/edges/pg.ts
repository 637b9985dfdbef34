/**
 * Queries of `pg` as spans: from `query()`, of a pool or a client, to the end of the answer.
 *
 *     pg.query(sql: "SELECT … WHERE id = $1", parameters: 1) → { command: "SELECT", rows: 3 }
 *
 * Nothing of what the program gets is replaced: the ends are told by the query objects that `pg` makes for itself, and by those that the
 * program hands over (`pg-cursor`, `pg-query-stream`). A pool's query is one span with its wait for a connection.
 * A callback is of the trace that asked, though the connection is that of another. Limits: `pg-native`. A query that a client refuses at
 * once (its connection is closed) ends there, without an error. Listeners of the event `row` are of the connection's trace. Who waits for
 * a client by `connect(callback)` is called by the recorded call that releases one.
 */
import { type Context, contextNow, within } from "../runtime/context";
import { apply, isArray, weakGet, weakSet } from "../runtime/primordials";
import { ownData } from "../runtime/reflect";
import { begin, end, fail } from "../runtime/spans";
import { replace, replaceOnce, type Method } from "./replaced";
import { prototypeOf, queryKind, wantsSql } from "./sql";

const QUERY = queryKind("pg.query", "npm:pg");

/** A query that was asked. */
interface Asked {
  /** 0 where it is not recorded, or has ended. */
  span: number;
  /** Of what asked: callbacks come in that of a connection, which many share. */
  readonly context: Context | undefined;
}

/** What was asked, by the query that came of it. */
const askedBy = new WeakMap<object, Asked>();
/** What calls the program's callbacks. The first two tell a query's end. */
const HANDLERS = ["handleError", "handleReadyForQuery", "handlePortalSuspended"] as const;
/** A pool's query that is asking for a client, and one that has got it. */
let asking: Asked | undefined;
let served: Asked | undefined;
/** What a client is making a query of, which may fail at once. */
let making: Asked | undefined;

/** `pg/lib/client.js`: the class `Client`. */
export function wrapPgClient(exports: unknown): void {
  const { Query } = exports as { readonly Query?: unknown };
  if (typeof Query === "function") heedAll(prototypeOf(Query));
  replace(prototypeOf(exports), "query", (original) => ({
    query(this: unknown, ...args: unknown[]): unknown {
      const asked = served ?? beginQuery(args);
      served = undefined;
      if (asked === undefined) return apply(original, this, args as never[]);
      const before = making;
      making = asked;
      try {
        const result = apply(original, this, args as never[]);
        follow(this as object, args[0], asked);
        return result;
      } catch (error) {
        fail(asked.span, error);
        throw error;
      } finally {
        making = before;
      }
    },
  }));
}

/** `pg-pool/index.js`: the class `Pool`. */
export function wrapPgPool(exports: unknown): void {
  const prototype = prototypeOf(exports);
  replace(prototype, "query", (original) => ({
    query(this: unknown, ...args: unknown[]): unknown {
      const before = asking;
      const asked = beginQuery(args);
      asking = asked;
      try {
        return apply(original, this, args as never[]);
      } finally {
        // The program has a `connect()` of its own, which does not ask at once: the client's query is a span of its own.
        if (asked !== undefined && asking === asked) end(asked.span, undefined);
        asking = before;
      }
    },
  }));
  replace(prototype, "connect", (original) => ({
    connect(this: unknown, ...args: unknown[]): unknown {
      const [callback] = args;
      const asked = asking;
      asking = undefined;
      if (typeof callback !== "function" || !wantsSql()) {
        return apply(original, this, args as never[]);
      }
      const context = asked === undefined ? contextNow() : asked.context;
      const taken = (...got: unknown[]): unknown => {
        // A client that cannot be had.
        if (asked !== undefined && got[0]) fail(asked.span, got[0]);
        else served = asked;
        try {
          return within(context, () =>
            apply(callback as Method, undefined as never, got as never[]),
          );
        } finally {
          served = undefined;
        }
      };
      return apply(original, this, [taken] as never[]);
    },
  }));
}

/** A query begins. Gives undefined where it is not recorded. */
function beginQuery([config, values]: readonly unknown[]): Asked | undefined {
  if (!wantsSql() || typeof config === "function") return undefined;
  const given = typeof config === "object" && config !== null ? config : {};
  const parameters = isArray(values) ? values : ownData(given, "values");
  const text = typeof config === "string" ? config : textOf(given);
  const context = contextNow();
  const span = begin(QUERY, [text, isArray(parameters) ? parameters.length : 0]);
  return span === 0 ? undefined : { span, context };
}

/** SQL of a query, or its name; a `pg-query-stream` has a `pg-cursor`. */
function textOf(query: object): unknown {
  const cursor = ownData(query, "cursor");
  const text = ownData(query, "text") ?? ownData(query, "name");
  return text === undefined && typeof cursor === "object" && cursor !== null
    ? ownData(cursor, "text")
    : text;
}

/** Finds the query that a client has made of what it was asked, and waits for its end. */
function follow(client: object, config: unknown, asked: Asked): void {
  const query = isQuery(config) ? config : newQuery(client);
  if (query === undefined) return end(asked.span, undefined);
  weakSet(askedBy, query, asked);
  heedAll(query);
}

function heedAll(query: object): void {
  for (const name of HANDLERS) heed(query, name);
}

function isQuery(value: unknown): value is object {
  return typeof value === "object" && value !== null && "submit" in value;
}

/** The last query of a client: in a queue, sent already, or the one that runs. */
function newQuery(client: object): object | undefined {
  for (const name of [
    "_queryQueue",
    "queryQueue",
    "_sentQueryQueue",
    "_activeQuery",
    "activeQuery",
  ]) {
    const found = ownData(client, name);
    const last: unknown = isArray(found) ? found[found.length - 1] : found;
    if (typeof last === "object" && last !== null && weakGet(askedBy, last) === undefined)
      return last;
  }
  return undefined;
}

/** What this method calls is of the query's own context from now on, and its end is told. */
function heed(query: object, name: (typeof HANDLERS)[number]): void {
  replaceOnce(query, name, (original) => ({
    [name](this: unknown, ...args: unknown[]): unknown {
      const asked = weakGet(askedBy, this as object) ?? making;
      if (asked === undefined) return apply(original, this, args as never[]);
      if (name !== "handlePortalSuspended") {
        endQuery(this as object, asked, name === "handleError" ? args[0] : undefined, name);
      }
      return within(asked.context, () => apply(original, this as never, args as never[]));
    },
  }));
}

function endQuery(query: object, asked: Asked, error: unknown, name: string): void {
  const { span } = asked;
  if (span === 0) return;
  asked.span = 0;
  const failed = ownData(query, "_canceledDueToError") || error;
  if (name === "handleError" || failed) fail(span, failed);
  else end(span, answerOf(ownData(query, "_results")));
}

/** What came of a query, of several statements the last one. */
function answerOf(results: unknown): object | undefined {
  const last: unknown = isArray(results) ? results[results.length - 1] : results;
  if (typeof last !== "object" || last === null) return undefined;
  return { command: ownData(last, "command"), rows: ownData(last, "rowCount") };
}
