/**
 * `<segment>.json`: what a segment holds, as far as choosing files needs it.
 *
 *     parseSummary(path, text)   // { name: "r1-0", runs: [{ runId: "r1", … }], tables: { calls: {…} }, … }
 *
 * Limits: times lose their last digits in a JavaScript number; comparisons allow for that.
 */
import { basename, dirname, join } from "node:path";
import { checkVersion } from "./locate-store";
import type { OpenRow } from "./open-calls";
import { COLUMNS_VERSION, TABLES } from "./schema";

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

/** From the smallest to the largest. */
export type Range = readonly [min: number, max: number];

/** What a segment holds of a run. The ranges are over its calls; null without calls. */
export interface RunPart {
  readonly runId: string;
  /** The segments as its process wrote them which are in this one. */
  readonly seqs: Range;
  readonly calls: number;
  readonly startedAtNs: Range | null;
  readonly rootId: Range | null;
  readonly callId: Range | null;
}

/** A published segment. */
export interface Segment {
  /** What its files' names begin with. */
  readonly name: string;
  /** The runs that it has rows of. */
  readonly runs: readonly RunPart[];
  /** Its files may lack columns: they were written before those came. */
  readonly older: boolean;
  readonly tables: Readonly<Partial<Record<TableName, TableFile>>>;
  /** Over the calls of all its runs. */
  readonly startedAtNs: Range | null;
  /** `nameHash` of every function of its calls, ascending; null where it is not known. */
  readonly functions: readonly number[] | null;
  /** Names of the segments, in the same folder, that count no longer because of it. */
  readonly replaces: readonly string[];
  /** Instead of files: calls in flight, by the physical columns of `calls`. */
  readonly openRows?: readonly OpenRow[];
}

/**
 * The summary's segment. Throws an `Error` that says what is wrong with the text, or
 * `BC_ERR_STORE_VERSION`.
 */
export function parseSummary(path: string, text: string): Segment {
  const summary = JSON.parse(text) as Record<string, unknown> | null;
  if (typeof summary !== "object" || summary === null) throw new Error("is no summary");
  const version = summary["schemaVersion"];
  checkVersion(version, path);
  // Versions 1 and 2 had one run a segment, and told of it at the top.
  const listed = summary["runs"] ?? [
    { ...summary, seqs: [summary["seq"], summary["seq"]], calls: rowsOf(summary["tables"]) },
  ];
  if (!Array.isArray(listed)) throw new Error("lists no runs");
  const runs = listed.map(runPart);
  const name = summary["name"] ?? `${runs[0]?.runId}-${runs[0]?.seqs[0]}`;
  if (typeof name !== "string" || basename(path) !== `${name}.json`) {
    throw new Error("names another segment than its file does");
  }
  const { tables } = summary;
  if (typeof tables !== "object" || tables === null) throw new Error("lists no tables");
  return {
    name,
    runs,
    older: typeof version !== "number" || version < COLUMNS_VERSION,
    tables: Object.fromEntries(
      TABLE_NAMES.flatMap((table) => {
        const file = (tables as Record<string, unknown>)[table];
        return file === undefined || file === null ? [] : [[table, tableFile(path, file)]];
      }),
    ),
    startedAtNs: runs.map((part) => part.startedAtNs).reduce(union, null),
    functions: Array.isArray(summary["functions"]) ? (summary["functions"] as number[]) : null,
    replaces: Array.isArray(summary["replaces"]) ? (summary["replaces"] as string[]) : [],
  };
}

function rowsOf(tables: unknown): unknown {
  return (tables as { calls?: { rows?: unknown } } | null)?.calls?.rows ?? 0;
}

function runPart(part: Record<string, unknown>): RunPart {
  const { runId, calls } = part;
  const seqs = part["seqs"] as Range;
  if (typeof runId !== "string" || !Array.isArray(seqs) || typeof seqs[0] !== "number") {
    throw new TypeError("names no run");
  }
  return {
    runId,
    seqs,
    calls: typeof calls === "number" ? calls : 0,
    startedAtNs: range(part["minStartedAtNs"], part["maxStartedAtNs"]),
    rootId: range(part["minRootId"], part["maxRootId"]),
    callId: range(part["minCallId"], part["maxCallId"]),
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

function range(min: unknown, max: unknown): Range | null {
  return typeof min === "number" && typeof max === "number" ? [min, max] : null;
}

function union(a: Range | null, b: Range | null): Range | null {
  if (a === null || b === null) return a ?? b;
  return [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
}

/** 32 bits of FNV-1a over a function's name: what `functions` of a summary lists. */
export function nameHash(name: string): number {
  let hash = 0x81_1c_9d_c5;
  for (const byte of Buffer.from(name)) hash = Math.imul(hash ^ byte, 0x01_00_01_93);
  return hash >>> 0;
}
