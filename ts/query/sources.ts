/**
 * A table over some of the store's files, as SQL.
 *
 *     tableSource("calls", "$calls")   // (SELECT CAST("run_id" AS VARCHAR) AS "run_id", … FROM read_parquet($calls, …))
 *
 * Casts to the schema's types cost nothing where the file has them, and let files of other writers
 * (timestamps with a zone) be read as well. Limits: a column that a file lacks is an error, but for
 * files of an older version of the schema, where it is null.
 */
import { TABLES } from "./schema";
import type { TableName } from "./segment-summary";

/**
 * The physical table over `files`, an SQL expression for a list of paths; empty without one.
 *
 * @param older some of the files are of an older version of the schema
 */
export function tableSource(table: TableName, files: string | null, older = false): string {
  const { columns } = tableSchema(table);
  if (files === null) {
    const nulls = columns.map(([name, type]) => `CAST(NULL AS ${type}) AS "${name}"`);
    return `(SELECT ${nulls.join(", ")} WHERE false)`;
  }
  const casts = columns.map(([name, type]) => `CAST("${name}" AS ${type}) AS "${name}"`);
  const options = "hive_partitioning = false";
  if (!older) return `(SELECT ${casts.join(", ")} FROM read_parquet(${files}, ${options}))`;
  // Where every file lacks a column, the empty table beside them has it.
  return `(SELECT ${casts.join(", ")} FROM (
    SELECT * FROM read_parquet(${files}, ${options}, union_by_name = true)
    UNION ALL BY NAME SELECT * FROM ${tableSource(table, null)}))`;
}

/** What users see of a table, over `files`. */
export function viewQuery(table: TableName, files: string | null, older = false): string {
  return `SELECT ${tableSchema(table).select} FROM ${tableSource(table, files, older)}`;
}

function tableSchema(table: TableName) {
  const schema = TABLES.find(({ name }) => name === table);
  if (!schema) throw new RangeError(`no table ${table}`);
  return schema;
}
