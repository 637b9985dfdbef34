/**
 * A part of a store, or all of it, as files that need nothing of ours.
 *
 *     await exportStore(reader, { to: "run.duckdb", format: "duckdb", filter: { run: "latest" } });
 *
 * A DuckDB file has the tables `runs`, `calls`, `exceptions`, `functions` and `counts` as users see them
 * (docs/schema.md); the other formats have a file each, in a folder. Limits: rows are in no certain order.
 */
import type { DuckDBValue } from "@duckdb/node-api";
import { statSync } from "node:fs";
import { basename, join } from "node:path";
import { BreadcrumbError } from "../errors";
import { type CallFilter, type CallSelection, selectCalls } from "./call-filter";
import { Conditions } from "./conditions";
import { firstLine, loadDuckDB, type Parameters, quoteLiteral } from "./engine";
import { ExportDatabase } from "./export-database";
import { ExportTarget } from "./export-target";
import type { Reader } from "./reader";
import type { ExportFormat, ExportResult, ExportTable } from "./results";
import { RUNS_QUERY } from "./runs-table";
import { TABLES } from "./schema";
import { holdsRun } from "./segment-choice";
import { type Segment, TABLE_NAMES, type TableName } from "./segment-summary";
import { viewQuery } from "./sources";

/** What to export, and where to. */
export interface ExportOptions {
  /** Path of the file; of the folder, where there is a file for each table. */
  readonly to: string;
  /** `duckdb`: one file that DuckDB opens. Else a folder with a file for each table. */
  readonly format: ExportFormat;
  /** Only this table, as a single file. Not with `duckdb`. */
  readonly table?: ExportTable | undefined;
  /**
   * Which calls. Its `run`, `trace`, `thread`, `function`, `file`, `since` and `until` narrow exceptions
   * too, all but `function` and `file` links; functions, counts, samples, lines and runs are narrowed by run, function and file.
   */
  readonly filter?: CallFilter | undefined;
  /** Replace what is there. @default false */
  readonly overwrite?: boolean | undefined;
}

/** Every table, `runs` first. */
const EXPORT_TABLES: readonly ExportTable[] = ["runs", ...TABLE_NAMES];
/** When rows of traces happened, beside calls. */
const TRACE_TIMES: Readonly<Partial<Record<ExportTable, string>>> = {
  exceptions: "thrown_at",
  links: "linked_at",
};
/** How `COPY` writes a format. */
const COPY_OPTIONS: Readonly<Record<Exclude<ExportFormat, "duckdb">, string>> = {
  parquet: "FORMAT parquet, COMPRESSION zstd",
  csv: "FORMAT csv, HEADER",
  jsonl: "FORMAT json",
};
const FORMATS = ["duckdb", ...Object.keys(COPY_OPTIONS)];
/** Columns that hold JSON. */
const JSON_COLUMNS: Partial<Record<ExportTable, readonly string[]>> = {
  runs: ["command"],
  calls: ["parameters", "arguments", "result", "lines", "variables"],
  functions: ["parameters", "histogram"],
  samples: ["stack"],
};
/** What DuckDB and Node.js say of a place that cannot be written. */
const CANNOT_WRITE = /^(?:IO Error|E[A-Z]+: )/;
const RUN_TIMES = ["started_at", "ended_at"];

/** Writes it. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
export async function exportStore(reader: Reader, options: ExportOptions): Promise<ExportResult> {
  const { format, table } = checkOptions(options);
  const single = format === "duckdb" || table !== undefined;
  const tables = table === undefined ? EXPORT_TABLES : [table];
  const fileOf = (name: string) => `${name}.${format}`;
  const target = new ExportTarget(options.to, {
    files: single ? null : tables.map(fileOf),
    overwrite: options.overwrite === true,
    storeDir: join(reader.segments.folder, ".."),
  });
  const parts = await partsOf(reader, options.filter ?? {}, tables);
  const file = fileOf(table ?? "store");
  try {
    const rows = await reader.withSoundFiles(
      () =>
        parts.map(({ choose, name }) =>
          name === "runs" ? [] : reader.segments.files(name, choose),
        ),
      (lists) => writeAll(reader, { format, folder: target.begin(), file, parts, lists, fileOf }),
    );
    target.publish(file);
    const written = single ? [target.path] : tables.map((name) => join(target.path, fileOf(name)));
    const bytes = written.reduce((sum, path) => sum + statSync(path).size, 0);
    return { path: target.path, format, rows, bytes };
  } catch (error) {
    if (!CANNOT_WRITE.test(firstLine(error))) throw error;
    throw new BreadcrumbError(
      "BC_ERR_BAD_OPTION",
      `to cannot be written: ${target.path}: ${firstLine(error)}`,
      { cause: error },
    );
  } finally {
    target.discard();
  }
}

function checkOptions({ format, table }: ExportOptions): Pick<ExportOptions, "format" | "table"> {
  if (!FORMATS.includes(format)) {
    throw new BreadcrumbError(
      "BC_ERR_BAD_OPTION",
      `format is one of ${FORMATS.join(", ")}: got ${JSON.stringify(format)}`,
    );
  }
  if (table === undefined) return { format };
  if (!EXPORT_TABLES.includes(table) || format === "duckdb") {
    throw new BreadcrumbError(
      "BC_ERR_BAD_OPTION",
      `table is one of ${EXPORT_TABLES.join(", ")}, and of another format than duckdb: got ${JSON.stringify(table)} of ${format}`,
    );
  }
  return { format, table };
}

/** Which rows of a table. */
interface Part {
  readonly name: ExportTable;
  readonly where: Conditions;
  readonly choose: (segment: Segment) => boolean;
}

async function partsOf(
  reader: Reader,
  filter: CallFilter,
  tables: readonly ExportTable[],
): Promise<Part[]> {
  const calls = await selectCalls(reader, filter);
  const runId = calls.runId ?? calls.trace?.runId ?? null;
  const ofRun = (segment: Segment) => runId === null || holdsRun(segment, runId);
  return tables.map((name): Part => {
    if (name === "calls") return { name, where: calls.where, choose: calls.choose };
    return { name, where: narrowed(name, filter, runId, calls), choose: ofRun };
  });
}

/** What of a filter can be said of a table other than `calls`. */
function narrowed(
  name: ExportTable,
  filter: CallFilter,
  runId: string | null,
  { span, trace }: CallSelection,
): Conditions {
  const where = new Conditions("p");
  if (runId !== null) where.add("run_id = ?", runId);
  if (name === "runs") return where;
  const time = TRACE_TIMES[name];
  if (name !== "links") {
    where.text("function", filter.function);
    where.text("file", filter.file);
  }
  if (time === undefined) return where;
  if (trace) where.add("root_id = ?", trace.rootId);
  if (filter.thread !== undefined) where.add("thread_id = ?", filter.thread);
  where.span(time, span);
  return where;
}

interface Writing {
  readonly format: ExportFormat;
  readonly folder: string;
  readonly file: string;
  readonly parts: readonly Part[];
  readonly lists: readonly (readonly string[])[];
  readonly fileOf: (name: string) => string;
}

/** Writes the tables. Their numbers of rows. */
async function writeAll(reader: Reader, writing: Writing): Promise<ExportResult["rows"]> {
  const { format, folder, file, parts, lists, fileOf } = writing;
  const database = await ExportDatabase.open({
    file: format === "duckdb" ? join(folder, file) : null,
    segments: reader.segments.folder,
    folder,
  });
  try {
    const rows: Partial<Record<ExportTable, number>> = {};
    for (const [i, part] of parts.entries()) {
      const { query, parameters } = await queryOf(reader, part, lists[i] ?? []);
      const { name } = part;
      if (format === "duckdb") {
        await database.run(`CREATE TABLE "${name}" AS ${emptyQuery(name)}`, noRuns(name));
        rows[name] = await database.run(`INSERT INTO "${name}" ${query}`, parameters);
      } else {
        const path = join(folder, parts.length === 1 ? basename(file) : fileOf(name));
        rows[name] = await database.run(
          `COPY (${asText(name, format, query)}) TO ${quoteLiteral(path)} (${COPY_OPTIONS[format]})`,
          parameters,
        );
      }
    }
    if (format === "duckdb") await database.finish();
    return rows;
  } finally {
    database.close();
  }
}

async function queryOf(
  reader: Reader,
  { name, where }: Part,
  files: readonly string[],
): Promise<{ query: string; parameters: Parameters }> {
  if (name === "runs") {
    const parameters = { ...where.parameters, runs: JSON.stringify(reader.runs.all()) };
    return { query: `SELECT * FROM (${RUNS_QUERY}) WHERE ${where.sql()}`, parameters };
  }
  const { listValue } = await loadDuckDB();
  const parameters: Record<string, DuckDBValue> = { ...where.parameters };
  if (files.length > 0) parameters["files"] = listValue(files);
  const list = files.length > 0 ? "$files" : null;
  const view = viewQuery(name, list, reader.segments.traits(name, files));
  return { query: `${view} WHERE ${where.sql()}`, parameters };
}

function emptyQuery(name: ExportTable): string {
  return name === "runs" ? RUNS_QUERY : viewQuery(name, null);
}

function noRuns(name: ExportTable): Parameters {
  return name === "runs" ? { runs: "[]" } : {};
}

/** A query whose columns are written as texts are best read: times as ISO 8601, JSON as JSON. */
function asText(name: ExportTable, format: ExportFormat, query: string): string {
  if (format === "parquet") return query;
  const replaced = timesOf(name).map(
    (time) => `strftime("${time}", '%Y-%m-%dT%H:%M:%S.')
      || lpad((epoch_ns("${time}") % 1000000000)::VARCHAR, 9, '0') || 'Z' AS "${time}"`,
  );
  if (format === "jsonl") {
    for (const json of JSON_COLUMNS[name] ?? []) {
      replaced.push(`CASE WHEN json_valid("${json}") THEN "${json}"::JSON
        ELSE to_json("${json}") END AS "${json}"`);
    }
  }
  if (replaced.length === 0) return query;
  return `SELECT * REPLACE (${replaced.join(", ")}) FROM (${query})`;
}

function timesOf(name: ExportTable): readonly string[] {
  if (name === "runs") return RUN_TIMES;
  const schema = TABLES.find((table) => table.name === (name satisfies TableName));
  return (schema?.columns ?? []).flatMap(([column, type]) =>
    type.startsWith("TIMESTAMP") ? [column] : [],
  );
}
