/**
 * `<segment>.json`: what a segment holds, as far as choosing files needs it.
 *
 *     parseSummary(folder, "r1-0.json", text)   // { name: "r1-0", runs: [{ runId: "r1", … }], tables: { calls: {…} }, … }
 *
 * A store may have ten thousand of them when it is opened: nothing here is done twice or for later.
 * Limits: times lose their last digits in a JavaScript number; comparisons allow for that.
 */
import { sep } from "node:path";
import { checkVersion } from "./locate-store";
import type { OpenRow } from "./open-calls";
import { COLUMNS_VERSION, TABLES } from "./schema";

/** Name of a table that is kept in segments. */
export type TableName =
  | "calls"
  | "exceptions"
  | "functions"
  | "counts"
  | "samples"
  | "lines"
  | "links";

/** Every such table. */
export const TABLE_NAMES = TABLES.map(({ name }) => name as TableName);

/** A table's file in a segment. */
export interface TableFile {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

/** A name that leads to another folder. */
const ELSEWHERE = /[/\\]/;

/** From the smallest to the largest. */
export type Range = readonly [min: number, max: number];

/** What a segment holds of a run. The ranges are over its calls; null without calls. */
export interface RunPart {
  readonly runId: string;
  /**
   * Numbers of the segments as its process wrote them which are in this one: first and last of each
   * range, ascending. Version 3 had one range, with what is between.
   */
  readonly seqs: readonly number[];
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
  /** `nameHash` of every function of its calls, ascending, as one text; null where it is not known. */
  readonly functionHashes: string | null;
  /** Names of the segments, in the same folder, that count no longer because of it. */
  readonly replaces: readonly string[];
  /** Instead of files: calls in flight, by the physical columns of `calls`. */
  readonly openRows?: readonly OpenRow[];
}

/**
 * The segment of a summary, by the folder and the name of its file. Throws an `Error` that says what is
 * wrong with the text, or `BC_ERR_STORE_VERSION`.
 */
export function parseSummary(folder: string, file: string, text: string): Segment {
  const summary = JSON.parse(text) as Record<string, unknown> | null;
  if (typeof summary !== "object" || summary === null) throw new Error("is no summary");
  const version = summary["schemaVersion"];
  checkVersion(version, folder + sep + file);
  // Versions 1 and 2 had one run a segment, and told of it at the top.
  const listed = summary["runs"] ?? [
    { ...summary, seqs: [summary["seq"], summary["seq"]], calls: rowsOf(summary["tables"]) },
  ];
  if (!Array.isArray(listed)) throw new Error("lists no runs");
  const runs = listed.map(runPart);
  const name = summary["name"] ?? `${runs[0]?.runId}-${runs[0]?.seqs[0]}`;
  if (typeof name !== "string" || file !== `${name}.json`) {
    throw new Error("names another segment than its file does");
  }
  const hashes = summary["functionHashes"];
  return {
    name,
    runs,
    older: typeof version !== "number" || version < COLUMNS_VERSION,
    tables: tableFiles(folder, summary["tables"]),
    startedAtNs: runs.map((part) => part.startedAtNs).reduce(union, null),
    functionHashes: typeof hashes === "string" ? hashes : null,
    replaces: Array.isArray(summary["replaces"]) ? (summary["replaces"] as string[]) : [],
  };
}

function rowsOf(tables: unknown): unknown {
  return (tables as { calls?: { rows?: unknown } } | null)?.calls?.rows ?? 0;
}

function runPart(part: Record<string, unknown>): RunPart {
  const { runId, calls } = part;
  const seqs = part["seqs"] as readonly number[];
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

function tableFiles(folder: string, listed: unknown): Segment["tables"] {
  if (typeof listed !== "object" || listed === null) throw new Error("lists no tables");
  const files: Partial<Record<TableName, TableFile>> = {};
  for (const name of TABLE_NAMES) {
    const table = (listed as Record<string, unknown>)[name];
    if (table !== undefined && table !== null) files[name] = tableFile(folder, table);
  }
  return files;
}

function tableFile(folder: string, table: unknown): TableFile {
  const { file, rows, bytes } = table as Record<string, unknown>;
  // A name with a folder in it would lead out of the store.
  if (typeof file !== "string" || ELSEWHERE.test(file) || !file.endsWith(".parquet")) {
    throw new Error("names a file that is none of a segment");
  }
  if (typeof rows !== "number" || typeof bytes !== "number") throw new Error("counts no rows");
  return { path: folder + sep + file, rows, bytes };
}

function range(min: unknown, max: unknown): Range | null {
  return typeof min === "number" && typeof max === "number" ? [min, max] : null;
}

function union(a: Range | null, b: Range | null): Range | null {
  if (a === null || b === null) return a ?? b;
  return [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
}

/** Hexadecimal digits of a `nameHash`. */
export const HASH_DIGITS = 6;

/** 24 bits of FNV-1a over a function's name: what `functionHashes` of a summary lists. */
export function nameHash(name: string): string {
  let hash = 0x81_1c_9d_c5;
  for (const byte of Buffer.from(name)) hash = Math.imul(hash ^ byte, 0x01_00_01_93);
  const folded = (hash >>> 24) ^ (hash & 0xff_ff_ff);
  return folded.toString(16).padStart(HASH_DIGITS, "0");
}
