/**
 * `<run>-<seq>.json`: what a segment holds, as far as choosing files needs it.
 *
 *     parseSummary(path, text)   // { runId: "r1", seq: 0, tables: { calls: {…} }, minRootId: 1, … }
 *
 * Limits: times lose their last digits in a JavaScript number; comparisons allow for that.
 */
import { basename, dirname, join } from "node:path";
import { checkVersion } from "./locate-store";
import { SCHEMA_VERSION, TABLES } from "./schema";

/** Name of a table that is kept in segments. */
export type TableName = "calls" | "exceptions" | "functions" | "counts";

/** Every such table. */
export const TABLE_NAMES = TABLES.map(({ name }) => name as TableName);

/** A table's file in a segment. */
export interface TableFile {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

/** A published segment. The ranges are over its calls; null without calls. */
export interface Segment {
  readonly runId: string;
  readonly seq: number;
  /** It was written before the newest version of the schema. */
  readonly older: boolean;
  readonly tables: Readonly<Partial<Record<TableName, TableFile>>>;
  readonly startedAtNs: readonly [min: number, max: number] | null;
  readonly rootId: readonly [min: number, max: number] | null;
  readonly callId: readonly [min: number, max: number] | null;
}

/**
 * The summary's segment. Throws an `Error` that says what is wrong with the text, or
 * `BC_ERR_STORE_VERSION`.
 */
export function parseSummary(path: string, text: string): Segment {
  const summary = JSON.parse(text) as Record<string, unknown> | null;
  if (typeof summary !== "object" || summary === null) throw new Error("is no summary");
  checkVersion(summary["schemaVersion"], path);
  const { runId, seq, tables } = summary;
  if (
    typeof runId !== "string" ||
    typeof seq !== "number" ||
    basename(path) !== `${runId}-${seq}.json`
  ) {
    throw new Error("names another segment than its file does");
  }
  if (typeof tables !== "object" || tables === null) throw new Error("lists no tables");
  return {
    runId,
    seq,
    older: summary["schemaVersion"] !== SCHEMA_VERSION,
    tables: Object.fromEntries(
      TABLE_NAMES.flatMap((name) => {
        const table = (tables as Record<string, unknown>)[name];
        return table === undefined || table === null ? [] : [[name, tableFile(path, table)]];
      }),
    ),
    startedAtNs: range(summary["minStartedAtNs"], summary["maxStartedAtNs"]),
    rootId: range(summary["minRootId"], summary["maxRootId"]),
    callId: range(summary["minCallId"], summary["maxCallId"]),
  };
}

function tableFile(path: string, table: unknown): TableFile {
  const { file, rows, bytes } = table as Record<string, unknown>;
  // A name with a folder in it would lead out of the store.
  if (typeof file !== "string" || basename(file) !== file || !file.endsWith(".parquet")) {
    throw new Error("names a file that is none of a segment");
  }
  if (typeof rows !== "number" || typeof bytes !== "number") throw new Error("counts no rows");
  return { path: join(dirname(path), file), rows, bytes };
}

function range(min: unknown, max: unknown): readonly [number, number] | null {
  return typeof min === "number" && typeof max === "number" ? [min, max] : null;
}
