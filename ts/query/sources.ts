/**
 * A table over some of the store's files, as SQL.
 *
 *     tableSource("calls", "$calls")   // (SELECT CAST("run_id" AS VARCHAR) AS "run_id", … FROM read_parquet($calls, …))
 *
 * Casts to the schema's types cost nothing where the file has them, and let files of other writers
 * (timestamps with a zone) be read as well. Limits: a column that a file lacks is an error,
 * but for those that the schema says were added later.
 */
import { TABLES } from "./schema";
import type { TableName } from "./segment-summary";

/** The physical table over `files`, an SQL expression for a list of paths; empty without one. */
export function tableSource(table: TableName, files: string | null): string {
  const { columns } = tableSchema(table);
  if (files === null) {
    const nulls = columns.map(([name, type]) => `CAST(NULL AS ${type}) AS "${name}"`);
    return `(SELECT ${nulls.join(", ")} WHERE false)`;
  }
  const casts = columns.map(([name, type]) => `CAST("${name}" AS ${type}) AS "${name}"`);
  return `(SELECT ${casts.join(", ")} FROM ${stored(table, files)})`;
}

/** What users see of a table, over `files`. */
export function viewQuery(table: TableName, files: string | null): string {
  return `SELECT ${tableSchema(table).select} FROM ${tableSource(table, files)}`;
}

/** The files' own columns, with those that older files lack as nulls. */
function stored(table: TableName, files: string): string {
  const { columns, added } = tableSchema(table);
  if (added.length === 0) return `read_parquet(${files}, hive_partitioning = false)`;
  const nulls = columns
    .filter(([name]) => added.includes(name))
    .map(([name, type]) => `CAST(NULL AS ${type}) AS "${name}"`);
  const read = `FROM read_parquet(${files}, hive_partitioning = false, union_by_name = true)`;
  return `(${read} UNION ALL BY NAME SELECT ${nulls.join(", ")} WHERE false)`;
}

function tableSchema(table: TableName) {
  const schema = TABLES.find(({ name }) => name === table);
  if (!schema) throw new RangeError(`no table ${table}`);
  return schema;
}
