/**
 * Queries of a user's or an agent's own, read-only.
 *
 *     await runSql(reader, "SELECT function, count(*) AS n FROM calls GROUP BY ALL ORDER BY n DESC");
 *
 * `guardSql` says what may be asked; the query runs in a process of its own (`SqlPool`), on a database
 * as locked as `Engine` says, with limits on time, memory, rows and bytes.
 */
import { BreadcrumbError } from "../errors";
import { checkWhole } from "./conditions";
import { firstLine } from "./engine";
import type { Reader } from "./reader";
import type { SqlResult } from "./results";
import { TABLE_NAMES } from "./segment-summary";
import { badSql } from "./sql-guard";
import type { SqlParameters, SqlTable } from "./sql-messages";
import type { SqlWorker } from "./sql-pool";

/** Limits of a query. */
export interface SqlOptions {
  /** Most rows returned; the answer says if there were more. @default 10_000 */
  readonly maxRows?: number | undefined;
  /** Most bytes of the rows as JSON. @default 64 MiB */
  readonly maxBytes?: number | undefined;
  /** Most time taken. @default 30_000 */
  readonly timeoutMs?: number | undefined;
  /** Most memory taken. @default 1 GiB */
  readonly maxMemoryBytes?: number | undefined;
  /** Ends the query, which then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_MAX_ROWS = 10_000;
/** Rows stand in memory at once. */
const MOST_ROWS = 1_000_000;
const DEFAULT_MAX_BYTES = 64 * 2 ** 20;
/** A string of JavaScript holds 512 MiB. */
const MOST_BYTES = 256 * 2 ** 20;
const DEFAULT_TIMEOUT_MS = 30_000;
/** What a timer takes. */
const MOST_TIMEOUT_MS = 2 ** 31 - 1;
const DEFAULT_MEMORY_BYTES = 2 ** 30;
/** With less, DuckDB cannot sort a store's first segment. */
const LEAST_MEMORY_BYTES = 64 * 2 ** 20;
/** Longest query: DuckDB's tree of it is a hundred times as large. */
const MAX_TEXT = 1_000_000;

/**
 * The rows of a query.
 *
 * Throws `BC_ERR_BAD_SQL` for one that is wrong or does more than read, `BC_ERR_SQL_LIMIT` for one
 * that goes beyond a limit, `BC_ERR_BAD_OPTION`, and the signal's reason.
 */
export async function runSql(
  reader: Reader,
  text: string,
  parameters: SqlParameters = [],
  options: SqlOptions = {},
): Promise<SqlResult> {
  const limits = checkOptions(options);
  checkParameters(parameters);
  if (typeof text !== "string" || text.trim() === "") throw badSql("the query is empty");
  if (text.length > MAX_TEXT) {
    throw new BreadcrumbError(
      "BC_ERR_SQL_LIMIT",
      `the query's text has ${text.length} characters, and at most ${MAX_TEXT} are read: shorten it, or pass values as parameters`,
    );
  }
  reader.refresh();
  try {
    return await reader.sqlPool.use(limits, async (worker) => {
      const checked = await worker.ask({ kind: "check", text });
      const names = new Set(checked.kind === "checked" ? checked.tables : []);
      return reader.withSoundFiles(
        () => TABLE_NAMES.map((name) => (names.has(name) ? reader.segments.files(name) : [])),
        (lists) => answer(worker, reader, lists, { text, parameters, names, ...limits }),
        () => !worker.ended,
      );
    });
  } catch (error) {
    throw options.signal?.aborted ? error : explain(error);
  }
}

async function answer(
  worker: SqlWorker,
  reader: Reader,
  lists: readonly (readonly string[])[],
  query: {
    text: string;
    parameters: SqlParameters;
    /** Of the tables that it reads. */
    names: ReadonlySet<string>;
    maxRows: number;
    maxBytes: number;
  },
): Promise<SqlResult> {
  const { text, parameters, names, maxRows, maxBytes } = query;
  const tables = TABLE_NAMES.map((name, i): SqlTable => {
    const files = lists[i] ?? [];
    const rows = name === "calls" && names.has(name) ? reader.openRows() : [];
    const open = rows.length > 0 ? JSON.stringify(rows) : null;
    return { name, files, traits: reader.segments.traits(name, files), open };
  });
  const runs = JSON.stringify(reader.runs.all());
  const reply = await worker.ask({
    kind: "run",
    text,
    parameters,
    tables,
    runs,
    maxRows,
    maxBytes,
  });
  return JSON.parse(reply.kind === "answer" ? reply.answer : "null") as SqlResult;
}

/** The error to throw for one of DuckDB's, in a line. */
function explain(error: unknown): unknown {
  if (error instanceof BreadcrumbError) return error;
  const message = firstLine(error);
  if (/^out of memory/i.test(message)) {
    return new BreadcrumbError(
      "BC_ERR_SQL_LIMIT",
      `the query needs too much memory (maxMemoryBytes): ${message}`,
      { cause: error },
    );
  }
  const hint = /^(?:Did you mean|Candidate bindings).*$/m.exec((error as Error).message);
  return badSql(hint ? `${message} ${hint[0]}` : message, error);
}

function checkOptions(options: SqlOptions) {
  const { signal } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new BreadcrumbError(
      "BC_ERR_BAD_OPTION",
      `signal is an AbortSignal: got ${typeof signal}`,
    );
  }
  const { maxRows, maxBytes, timeoutMs, maxMemoryBytes } = options;
  return {
    maxRows: checkWhole("maxRows", maxRows ?? DEFAULT_MAX_ROWS, 1, MOST_ROWS),
    maxBytes: checkWhole("maxBytes", maxBytes ?? DEFAULT_MAX_BYTES, 1, MOST_BYTES),
    timeoutMs: checkWhole("timeoutMs", timeoutMs ?? DEFAULT_TIMEOUT_MS, 1, MOST_TIMEOUT_MS),
    maxMemoryBytes: checkWhole(
      "maxMemoryBytes",
      maxMemoryBytes ?? DEFAULT_MEMORY_BYTES,
      LEAST_MEMORY_BYTES,
      Number.MAX_SAFE_INTEGER,
    ),
    signal,
  };
}

function checkParameters(parameters: SqlParameters): void {
  for (const [name, value] of Object.entries(parameters)) {
    const fits =
      value instanceof Date
        ? Number.isFinite(value.getTime())
        : value === null || ["boolean", "number", "bigint", "string"].includes(typeof value);
    if (fits) continue;
    throw new BreadcrumbError(
      "BC_ERR_BAD_OPTION",
      `parameter ${Array.isArray(parameters) ? Number(name) + 1 : name} is null, a boolean, number, bigint, string or Date: got ${typeof value}`,
    );
  }
}
