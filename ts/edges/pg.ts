/**
 * Queries of `pg` as spans: from `query()`, of a pool or a client, to the end of the answer.
 *
 *     pg.query(sql: "SELECT … WHERE id = $1", parameters: 1) → { command: "SELECT", rows: 3 }
 *
 * Nothing of what the program gets is replaced: the ends are told by the query objects that `pg` makes for itself, and by those that the
 * program hands over (`pg-cursor`, `pg-query-stream`). A pool's query is one span with its wait for a connection.
 * Limits: `pg-native`. A query that a client refuses at once (its connection is closed) ends there, without an error.
 */
import { EDGE_SQL } from "../native/layout";
import { apply, isArray, weakGet, weakSet } from "../runtime/primordials";
import { ownData } from "../runtime/reflect";
import { begin, end, fail, spanKind } from "../runtime/spans";
import { EDGES, state } from "../runtime/state";
import { replace, type Method } from "./replaced";

const QUERY = spanKind("pg.query", "npm:pg", ["sql", "parameters"]);

/** Spans of queries that have not ended, by the query. */
const spans = new WeakMap<object, number>();
/** What its queries' ends are told by. */
const ENDS = ["handleError", "handleReadyForQuery"] as const;
/** Objects on which those are replaced. */
const heeded = new WeakSet<object>();
/** The span of a pool's query that is asking for a client, and that of one that has got it. */
let asking = 0;
let served = 0;

function isWanted(): boolean {
  return ((state[EDGES] as number) & EDGE_SQL) !== 0;
}

/** `pg/lib/client.js`: the class `Client`. */
export function wrapPgClient(exports: unknown): void {
  replace(prototypeOf(exports), "query", (original) => ({
    query(this: unknown, ...args: unknown[]): unknown {
      const span = served === 0 ? beginQuery(args) : served;
      served = 0;
      if (span === 0) return apply(original, this, args as never[]);
      let result: unknown;
      try {
        result = apply(original, this, args as never[]);
      } catch (error) {
        fail(span, error);
        throw error;
      }
      follow(this as object, args[0], span);
      return result;
    },
  }));
}

/** `pg-pool/index.js`: the class `Pool`. */
export function wrapPgPool(exports: unknown): void {
  const prototype = prototypeOf(exports);
  replace(prototype, "query", (original) => ({
    query(this: unknown, ...args: unknown[]): unknown {
      const before = asking;
      asking = beginQuery(args);
      try {
        return apply(original, this, args as never[]);
      } finally {
        asking = before;
      }
    },
  }));
  replace(prototype, "connect", (original) => ({
    connect(this: unknown, ...args: unknown[]): unknown {
      const [callback] = args;
      const span = asking;
      asking = 0;
      if (span === 0 || typeof callback !== "function") {
        return apply(original, this, args as never[]);
      }
      const taken = (...got: unknown[]): unknown => {
        // A client that cannot be had.
        if (got[0]) fail(span, got[0]);
        else served = span;
        try {
          return apply(callback as Method, undefined as never, got as never[]);
        } finally {
          served = 0;
        }
      };
      return apply(original, this, [taken] as never[]);
    },
  }));
}

function prototypeOf(exports: unknown): object {
  const prototype = (exports as { readonly prototype?: unknown }).prototype;
  return typeof prototype === "object" && prototype !== null ? prototype : {};
}

/** A query begins. Gives its span, 0 where it is not recorded. */
function beginQuery([config, values]: readonly unknown[]): number {
  if (!isWanted() || typeof config === "function") return 0;
  const given = typeof config === "object" && config !== null ? config : {};
  const sql =
    typeof config === "string" ? config : (ownData(given, "text") ?? ownData(given, "name"));
  const parameters = isArray(values) ? values : ownData(given, "values");
  return begin(QUERY, [sql, isArray(parameters) ? parameters.length : 0]);
}

/** Finds the query that a client has made of what it was asked, and waits for its end. */
function follow(client: object, asked: unknown, span: number): void {
  const query = isQuery(asked) ? asked : newQuery(client);
  if (query === undefined) return end(span, undefined);
  weakSet(spans, query, span);
  for (const name of ENDS) heed(query, name);
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
    if (typeof last === "object" && last !== null && weakGet(spans, last) === undefined)
      return last;
  }
  return undefined;
}

/** The end of a query is told from now on, by this method. */
function heed(query: object, name: (typeof ENDS)[number]): void {
  const method = (query as Record<string, unknown>)[name];
  if (typeof method !== "function" || heeded.has(method)) return;
  const replaced = replace(query, name, (original) => ({
    [name](this: unknown, ...args: unknown[]): unknown {
      endQuery(this as object, name === "handleError" ? args[0] : undefined, name);
      return apply(original, this, args as never[]);
    },
  }));
  if (replaced !== undefined) heeded.add(replaced.made);
}

function endQuery(query: object, error: unknown, name: (typeof ENDS)[number]): void {
  const span = weakGet(spans, query);
  if (span === undefined || span === 0) return;
  // Kept, so that it is not taken for a new one.
  weakSet(spans, query, 0);
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
