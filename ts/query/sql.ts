/**
 * Queries of a user's or an agent's own, read-only.
 *
 *     await runSql(reader, "SELECT function, count(*) AS n FROM calls GROUP BY ALL ORDER BY n DESC");
 *
 * Each runs on a connection of its own that has the views `calls`, `exceptions`, `functions`,
 * `counts` and the table `runs`, with a limit on time and rows. Limits: `guardSql` says what may
 * be asked; the database is as locked as `Engine` says.
 */
import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import { BreadcrumbError } from "../errors";
import { checkWhole } from "./conditions";
import { firstLine, loadDuckDB, quoteLiteral } from "./engine";
import type { Reader } from "./reader";
import type { SqlResult } from "./results";
import { TABLE_NAMES } from "./segment-summary";
import { viewQuery } from "./sources";
import { badSql, guardSql } from "./sql-guard";
import { sqlValueConverter } from "./sql-values";

/** A parameter of a query. */
export type SqlParameter = null | boolean | number | bigint | string | Date;
/** Parameters for `?` and `$1` by position, or for `$name` by name. */
export type SqlParameters = readonly SqlParameter[] | Readonly<Record<string, SqlParameter>>;

/** Limits of a query. */
export interface SqlOptions {
  /** Most rows returned. @default 10_000 */
  readonly maxRows?: number | undefined;
  /** Most time taken. @default 30_000 */
  readonly timeoutMs?: number | undefined;
}

const DEFAULT_MAX_ROWS = 10_000;
/** Rows stand in memory at once. */
const MOST_ROWS = 1_000_000;
const DEFAULT_TIMEOUT_MS = 30_000;
/** What a timer takes. */
const MOST_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * The rows of a query.
 *
 * Throws `BC_ERR_BAD_SQL` for one that is wrong or does more than read, `BC_ERR_SQL_LIMIT` for one
 * that takes too long or too much memory, `BC_ERR_BAD_OPTION`.
 */
export async function runSql(
  reader: Reader,
  text: string,
  parameters: SqlParameters = [],
  options: SqlOptions = {},
): Promise<SqlResult> {
  const maxRows = checkWhole("maxRows", options.maxRows ?? DEFAULT_MAX_ROWS, 1, MOST_ROWS);
  const timeoutMs = checkWhole(
    "timeoutMs",
    options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    1,
    MOST_TIMEOUT_MS,
  );
  if (typeof text !== "string" || text.trim() === "") throw badSql("the query is empty");
  const values = await bindable(parameters);
  reader.refresh();
  try {
    const { tables } = await onConnection(reader, (connection) => guardSql(connection, text));
    return await reader.withSoundFiles(
      () => TABLE_NAMES.map((name) => (tables.has(name) ? reader.segments.files(name) : [])),
      (lists) =>
        onConnection(reader, async (connection) => {
          await createViews(connection, reader, lists);
          const timer = setInterval(() => connection.interrupt(), timeoutMs);
          try {
            return await execute(connection, text, values, maxRows);
          } finally {
            clearInterval(timer);
          }
        }),
    );
  } catch (error) {
    throw explain(error, timeoutMs);
  }
}

async function onConnection<T>(
  reader: Reader,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const engine = await reader.engine();
  const connection = await engine.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
  }
}

/** The error to throw for one of DuckDB's, in a line. */
function explain(error: unknown, timeoutMs: number): unknown {
  if (error instanceof BreadcrumbError) return error;
  const message = firstLine(error);
  if (/^interrupt/i.test(message)) {
    return new BreadcrumbError(
      "BC_ERR_SQL_LIMIT",
      `the query took longer than ${timeoutMs} ms: narrow it, or give it more time`,
      { cause: error },
    );
  }
  if (/^out of memory/i.test(message)) {
    return new BreadcrumbError("BC_ERR_SQL_LIMIT", `the query needs too much memory: ${message}`, {
      cause: error,
    });
  }
  const hint = /^(?:Did you mean|Candidate bindings).*$/m.exec((error as Error).message);
  return badSql(hint ? `${message} ${hint[0]}` : message, error);
}

/** The store's tables, for this connection alone. */
async function createViews(
  connection: DuckDBConnection,
  reader: Reader,
  lists: readonly (readonly string[])[],
): Promise<void> {
  for (const [i, name] of TABLE_NAMES.entries()) {
    const files = lists[i] ?? [];
    const list = files.length > 0 ? `[${files.map(quoteLiteral).join(",")}]` : null;
    const query = viewQuery(name, list, reader.segments.someOlder(name, files));
    await connection.run(`CREATE TEMP VIEW "${name}" AS ${query}`);
  }
  await connection.run(RUNS_SQL, { runs: JSON.stringify(reader.runs.all()) });
}

/** `runs` from the run records. */
const RUNS_SQL = `
  CREATE TEMP TABLE runs AS
  SELECT r.runId AS run_id, r.parentRunId AS parent_run_id, to_json(r.command)::VARCHAR AS command,
    r.cwd, r.pid, r.node, r.platform, r.arch, CAST(r.startedAt AS TIMESTAMP_NS) AS started_at,
    CAST(r.endedAt AS TIMESTAMP_NS) AS ended_at, r.status, r.exitCode AS exit_code, r.signal,
    r.crashProof AS crash_proof, r.overflow, r.counters.recorded, r.counters.counted,
    r.counters.dropped, r.counters.exceptions, r.counters.bytes, r.counters.segments,
    r.counters.recorderCpuNs AS recorder_cpu_ns, r.files.instrumented AS files_instrumented,
    len(r.files.leftAlone) AS files_left_alone, len(r.files.tooEarly) AS files_too_early
  FROM (SELECT unnest(from_json($runs, '[{"runId":"VARCHAR","parentRunId":"VARCHAR",
    "command":["VARCHAR"],"cwd":"VARCHAR","pid":"INTEGER","node":"VARCHAR","platform":"VARCHAR",
    "arch":"VARCHAR","startedAt":"VARCHAR","endedAt":"VARCHAR","status":"VARCHAR",
    "exitCode":"INTEGER","signal":"VARCHAR","crashProof":"BOOLEAN","overflow":"VARCHAR",
    "counters":{"recorded":"BIGINT","counted":"BIGINT","dropped":"BIGINT","exceptions":"BIGINT",
    "bytes":"BIGINT","segments":"BIGINT","recorderCpuNs":"BIGINT"},
    "files":{"instrumented":"BIGINT","leftAlone":["JSON"],"tooEarly":["VARCHAR"]}}]')) AS r)`;

async function execute(
  connection: DuckDBConnection,
  text: string,
  values: DuckDBValue[] | Record<string, DuckDBValue>,
  maxRows: number,
): Promise<SqlResult> {
  const statements = await connection.extractStatements(text);
  if (statements.count !== 1) throw badSql(`one statement at a time: got ${statements.count}`);
  const statement = await statements.prepare(0);
  try {
    checkCount(statement.parameterCount, values);
    statement.bind(values);
    const rows = await statement.streamAndReadUntil(maxRows + 1);
    const names = rows.deduplicatedColumnNames();
    const types = rows.columnTypes();
    const all = rows.convertRowObjects(await sqlValueConverter()) as SqlResult["rows"];
    return {
      columns: names.map((name, i) => ({ name, type: String(types[i]) })),
      rows: all.slice(0, maxRows),
      truncated: all.length > maxRows,
    };
  } finally {
    statement.destroySync();
  }
}

function checkCount(wanted: number, values: DuckDBValue[] | Record<string, DuckDBValue>): void {
  const given = Object.keys(values).length;
  if (given !== wanted) throw badSql(`it has ${wanted} parameters: got ${given}`);
}

async function bindable(
  parameters: SqlParameters,
): Promise<DuckDBValue[] | Record<string, DuckDBValue>> {
  const { DuckDBTimestampNanosecondsValue } = await loadDuckDB();
  const convert = (value: SqlParameter, name: string | number): DuckDBValue => {
    if (value instanceof Date && Number.isFinite(value.getTime())) {
      return new DuckDBTimestampNanosecondsValue(BigInt(value.getTime()) * 1_000_000n);
    }
    if (value === null || ["boolean", "number", "bigint", "string"].includes(typeof value)) {
      return value as DuckDBValue;
    }
    throw new BreadcrumbError(
      "BC_ERR_BAD_OPTION",
      `parameter ${name} is null, a boolean, number, bigint, string or Date: got ${typeof value}`,
    );
  };
  if (Array.isArray(parameters)) {
    return (parameters as readonly SqlParameter[]).map((value, i) => convert(value, i + 1));
  }
  const named = Object.entries(parameters as Readonly<Record<string, SqlParameter>>);
  return Object.fromEntries(named.map(([name, value]) => [name, convert(value, name)]));
}
