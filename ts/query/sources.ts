/**
 * A table over some of the store's files, as SQL.
 *
 *     tableSource("calls", "$calls")   // (SELECT CAST("run_id" AS VARCHAR) AS "run_id", … FROM read_parquet($calls, …))
 *
 * Casts to the schema's types cost nothing where the file has them, and let files of other writers
 * (timestamps with a zone) be read as well. Limits: a column that a file lacks is an error, but for
 * files of an older version of the schema, where it is null.
 */
import { quoteLiteral } from "./engine";
import { openSource } from "./open-calls";
import { TABLES } from "./schema";
import type { TableName } from "./segment-summary";
import type { FileTraits } from "./segments";

const PLAIN: FileTraits = { older: false, withoutRuns: [] };

/**
 * The physical table over `files`, an SQL expression for a list of paths, and over `open`, one for calls
 * in flight as JSON; empty without either.
 */
export function tableSource(
  table: TableName,
  files: string | null,
  traits: FileTraits = PLAIN,
  open: string | null = null,
): string {
  if (open !== null) {
    if (files === null) return openSource(open);
    return `(FROM ${tableSource(table, files, traits)} UNION ALL FROM ${openSource(open)})`;
  }
  const { older, withoutRuns } = traits;
  const { columns } = tableSchema(table);
  if (files === null) {
    const nulls = columns.map(([name, type]) => `CAST(NULL AS ${type}) AS "${name}"`);
    return `(SELECT ${nulls.join(", ")} WHERE false)`;
  }
  const casts = columns.map(([name, type]) => `CAST("${name}" AS ${type}) AS "${name}"`);
  const options = "hive_partitioning = false";
  const where =
    withoutRuns.length === 0
      ? ""
      : `WHERE "run_id" NOT IN (${withoutRuns.map(quoteLiteral).join(", ")})`;
  if (!older)
    return `(SELECT ${casts.join(", ")} FROM read_parquet(${files}, ${options}) ${where})`;
  // Where every file lacks a column, the empty table beside them has it.
  return `(SELECT ${casts.join(", ")} FROM (
    SELECT * FROM read_parquet(${files}, ${options}, union_by_name = true)
    UNION ALL BY NAME SELECT * FROM ${tableSource(table, null)}) ${where})`;
}

/** What users see of a table, over `files`. */
export function viewQuery(
  table: TableName,
  files: string | null,
  traits = PLAIN,
  open: string | null = null,
): string {
  return `SELECT ${tableSchema(table).select} FROM ${tableSource(table, files, traits, open)}`;
}

function tableSchema(table: TableName) {
  const schema = TABLES.find(({ name }) => name === table);
  if (!schema) throw new RangeError(`no table ${table}`);
  return schema;
}
