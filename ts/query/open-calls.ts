/**
 * The calls of running programs that have not ended: `runs/<run>.open`, which a recorder puts in place
 * beside its run's record.
 *
 *     open.refresh(records, segments)   // [{ name: "r1.open", openRows: […], … }], as segments
 *     openSource("$open_calls")         // a table over such rows, as SQL
 *
 * The list is written before the segment in which some of its calls end: those are left out by a reader
 * that sees this segment. Limits: what a program has begun since its last flush is not in it.
 */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { BreadcrumbError } from "../errors";
import { checkVersion } from "./locate-store";
import type { Problem } from "./results";
import type { RunRecords } from "./run-records";
import { TABLES } from "./schema";
import { nameHash, type Range, type Segment } from "./segment-summary";

/** End of the file's name. */
export const OPEN = ".open";

/** A call that has not ended, by the physical columns of `calls`. */
export type OpenRow = Readonly<Record<string, string | number | null>>;

/** The list of a run. */
interface OpenFile {
  readonly stamp: string;
  readonly problem: Problem | null;
  /** Segments of the run when it was made. */
  readonly segments: number;
  readonly more: number;
  readonly calls: readonly OpenRow[];
}

/** The lists of a store. */
export class OpenCalls {
  readonly #folder: string;
  #files = new Map<string, OpenFile>();
  #segments: readonly Segment[] = [];

  constructor(storeFolder: string) {
    this.#folder = join(storeFolder, "runs");
  }

  /**
   * Reads what changed. `published`: how many segments of a run there are, as far as was seen; `false`
   * if a list knows of more, so that what ended in those is in neither. Throws `BC_ERR_STORE_VERSION`.
   */
  refresh(records: RunRecords, published: (runId: string) => number): boolean {
    const files = new Map<string, OpenFile>();
    const segments: Segment[] = [];
    let isWhole = true;
    for (const { runId, status } of records.all()) {
      if (status !== "running" || !records.listsOpen(runId)) continue;
      const file = readOpen(join(this.#folder, runId + OPEN), this.#files.get(runId));
      if (!file) continue;
      files.set(runId, file);
      const seen = published(runId);
      // A call that ends in segment 4 has its row there once five are seen.
      const open = file.calls.filter((row) => !(Number(row["ends_in"] ?? seen) < seen));
      if (open.length > 0) segments.push(segmentOf(runId, open));
      isWhole &&= file.segments <= seen;
    }
    this.#files = files;
    this.#segments = segments;
    return isWhole;
  }

  /** Those that are open, as segments without files. */
  segments(): readonly Segment[] {
    return this.#segments;
  }

  /** How many calls of a run are open, also those that are not listed. */
  count(runId: string): number {
    const listed = this.#segments.find(({ runs }) => runs[0]?.runId === runId);
    return (listed?.openRows?.length ?? 0) + (this.#files.get(runId)?.more ?? 0);
  }

  /** What was skipped. */
  problems(): Problem[] {
    return [...this.#files.values()].flatMap(({ problem }) => problem ?? []);
  }
}

/** The physical table over rows, which an SQL expression gives as JSON. */
export function openSource(rows: string): string {
  const columns = TABLES.find(({ name }) => name === "calls")?.columns ?? [];
  const isTime = (type: string) => type === "TIMESTAMP_NS";
  const types = columns.map(([name, type]) => [name, isTime(type) ? "BIGINT" : type]);
  const structure = JSON.stringify([Object.fromEntries(types)]);
  const casts = columns.map(([name, type]) =>
    isTime(type) ? `make_timestamp_ns("${name}") AS "${name}"` : `"${name}"`,
  );
  return `(SELECT ${casts.join(", ")}
    FROM (SELECT unnest(from_json(${rows}, '${structure}'), recursive := true)))`;
}

function readOpen(path: string, known: OpenFile | undefined): OpenFile | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return null;
  const stamp = `${stat.ino}:${stat.size}:${stat.mtimeMs}`;
  if (known?.stamp === stamp) return known;
  try {
    return { stamp, problem: null, ...parseOpen(path, readFileSync(path, "utf8")) };
  } catch (error) {
    if (error instanceof BreadcrumbError) throw error;
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    const problem = { file: path, kind: "corrupt", reason: (error as Error).message } as const;
    return { stamp, problem, segments: 0, more: 0, calls: [] };
  }
}

function parseOpen(path: string, text: string): Omit<OpenFile, "stamp" | "problem"> {
  const raw = JSON.parse(text) as Record<string, unknown> | null;
  if (typeof raw !== "object" || raw === null) throw new Error("is no list of open calls");
  checkVersion(raw["schemaVersion"], path);
  const { segments, more, calls } = raw;
  if (typeof segments !== "number" || typeof more !== "number" || !Array.isArray(calls)) {
    throw new TypeError("is no list of open calls");
  }
  return { segments, more, calls: calls as OpenRow[] };
}

function segmentOf(runId: string, openRows: readonly OpenRow[]): Segment {
  const range = (column: string): Range => {
    const values = openRows.map((row) => Number(row[column]));
    return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  };
  const startedAtNs = range("started_at");
  const part = {
    runId,
    // None: it is no segment that a tail or a merging knows.
    seqs: [],
    calls: openRows.length,
    startedAtNs,
    rootId: range("root_id"),
    callId: range("call_id"),
  };
  const names = new Set(openRows.map((row) => nameHash(String(row["function"]))));
  return {
    name: runId + OPEN,
    runs: [part],
    older: false,
    tables: {},
    startedAtNs,
    functionHashes: [...names].toSorted().join(""),
    replaces: [],
    openRows,
  };
}
