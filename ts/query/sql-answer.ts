/**
 * Runs a query that `guardSql` let through, and writes its rows as JSON.
 *
 *     await answerSql(connection, run)   // '{"columns":[…],"rows":[{"n":1}],"truncated":false}'
 *
 * The connection gets the views `calls`, `exceptions`, `functions`, `counts`, `samples`, `lines`, `links` and the table `runs`,
 * and is not used again. Limits: rows are converted one by one, so an answer that is too large ends
 * before it is whole; what DuckDB itself holds is not counted here.
 */
import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBValue } from "@duckdb/node-api";
import { BreadcrumbError } from "../errors";
import { loadDuckDB, quoteLiteral } from "./engine";
import type { JsonValue } from "./results";
import { RUNS_QUERY } from "./runs-table";
import { viewQuery } from "./sources";
import { badSql } from "./sql-guard";
import type { SqlParameter, SqlParameters, SqlRun, SqlTable } from "./sql-messages";
import { sqlValueConverter } from "./sql-values";

/** Columns of an answer: each costs DuckDB memory for 2048 rows, filled or not. */
const MAX_COLUMNS = 1000;

/** The rows. Throws `BC_ERR_BAD_SQL`, `BC_ERR_SQL_LIMIT`, and DuckDB's errors. */
export async function answerSql(
  connection: DuckDBConnection,
  run: SqlRun,
  explains: boolean,
): Promise<string> {
  await createViews(connection, run.tables, run.runs);
  const { StatementType } = await loadDuckDB();
  const statements = await connection.extractStatements(run.text);
  if (statements.count !== 1) throw badSql(`one statement at a time: got ${statements.count}`);
  const statement = await statements.prepare(0);
  try {
    const type = explains ? StatementType.EXPLAIN : StatementType.SELECT;
    if (statement.statementType !== type) {
      throw badSql(
        `a ${StatementType[statement.statementType]} is no query: the store is read-only`,
      );
    }
    const values = await bindable(run.parameters);
    const given = Object.keys(values).length;
    if (given !== statement.parameterCount) {
      throw badSql(`it has ${statement.parameterCount} parameters: got ${given}`);
    }
    statement.bind(values);
    return await rowsAsJson(statement, run);
  } finally {
    statement.destroySync();
  }
}

async function rowsAsJson(
  statement: DuckDBPreparedStatement,
  { maxRows, maxBytes }: SqlRun,
): Promise<string> {
  if (statement.columnCount > MAX_COLUMNS) {
    throw new BreadcrumbError(
      "BC_ERR_SQL_LIMIT",
      `the query has ${statement.columnCount} columns, and at most ${MAX_COLUMNS} are answered: name fewer`,
    );
  }
  const result = await statement.stream();
  const converter = await sqlValueConverter();
  const names = result.deduplicatedColumnNames();
  const keys = names.map((name) => `${JSON.stringify(name)}:`);
  const columns = JSON.stringify(
    names.map((name, i) => ({ name, type: String(result.columnType(i)) })),
  );
  const rows: string[] = [];
  let bytes = 0;
  let truncated = false;
  for (;;) {
    const chunk = truncated ? null : await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    for (let i = 0; i < chunk.rowCount && !truncated; i++) {
      truncated = rows.length === maxRows;
      if (truncated) break;
      const row = rowAsJson(keys, chunk.convertRowValues(i, converter));
      bytes += Buffer.byteLength(row);
      if (bytes + columns.length > maxBytes) throw tooLarge(maxBytes);
      rows.push(row);
    }
  }
  return `{"columns":${columns},"rows":[${rows.join(",")}],"truncated":${truncated}}`;
}

function rowAsJson(keys: readonly string[], cells: readonly (JsonValue | null)[]): string {
  return `{${keys.map((key, i) => key + JSON.stringify(cells[i])).join(",")}}`;
}

function tooLarge(maxBytes: number): BreadcrumbError {
  return new BreadcrumbError(
    "BC_ERR_SQL_LIMIT",
    `the answer is larger than ${maxBytes} bytes (maxBytes): ask for fewer or shorter rows`,
  );
}

/** The store's tables, for this connection alone. */
async function createViews(
  connection: DuckDBConnection,
  tables: readonly SqlTable[],
  runs: string,
): Promise<void> {
  for (const { name, files, traits, open } of tables) {
    const list = files.length > 0 ? `[${files.map(quoteLiteral).join(",")}]` : null;
    const inFlight = open === null ? null : quoteLiteral(open);
    const view = viewQuery(name, list, traits, inFlight);
    await connection.run(`CREATE TEMP VIEW "${name}" AS ${view}`);
  }
  await connection.run(`CREATE TEMP TABLE runs AS ${RUNS_QUERY}`, { runs });
}

async function bindable(
  parameters: SqlParameters,
): Promise<DuckDBValue[] | Record<string, DuckDBValue>> {
  const { DuckDBTimestampNanosecondsValue } = await loadDuckDB();
  const convert = (value: SqlParameter): DuckDBValue =>
    value instanceof Date
      ? new DuckDBTimestampNanosecondsValue(BigInt(value.getTime()) * 1_000_000n)
      : value;
  if (Array.isArray(parameters)) return (parameters as readonly SqlParameter[]).map(convert);
  const named = Object.entries(parameters as Readonly<Record<string, SqlParameter>>);
  return Object.fromEntries(named.map(([name, value]) => [name, convert(value)]));
}
