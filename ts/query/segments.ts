/**
 * The published segments of a store, and which of their files a question needs.
 *
 *     segments.refresh();
 *     segments.files("calls", (s) => holdsRun(s, "r1"))   // paths, checked
 *
 * A segment counts once its summary, written last, is there, and until one is there that replaces
 * it. Files are chosen by summaries before DuckDB sees them; damaged and foreign ones are skipped and
 * listed in `problems()`. Limits: every summary is read once (about 12 µs each), but for one that a
 * recovery wrote again; a day's folder is listed again only when it changed.
 */
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { BreadcrumbError } from "../errors";
import { checkParquet } from "./parquet-file";
import type { Problem } from "./results";
import { parseSummary, type Segment, type TableName } from "./segment-summary";

const DATE_FOLDER = /^date=\d{4}-\d\d-\d\d$/;
const SUMMARY = /^.+-[\da-f]+\.json$/;
const TABLE = /^.+-[\da-f]+-(?:calls|exceptions|functions|counts|samples|lines|links)\.parquet$/;
const TABLE_END = /-[a-z]+\.parquet$/;
/** Name of a segment that a process wrote: its run, and the number. */
const OWN = /^(.+)-(\d+)$/;
/** A folder changed this recently may change again without a new time stamp. */
const SETTLED_MS = 2000;

interface DateFolder {
  readonly mtimeMs: number;
  readonly listedAtMs: number;
  /** By the name of its summary's file. */
  readonly segments: ReadonlyMap<string, Segment>;
  readonly problems: readonly Problem[];
}

/** What a query over some files must know of them. */
export interface FileTraits {
  /** Some lack columns. */
  readonly older: boolean;
  /** Runs whose rows in them are no more to be seen. */
  readonly withoutRuns: readonly string[];
}

/** The segments of a store. */
export class Segments {
  readonly #folder: string;
  #dates = new Map<string, DateFolder>();
  #foreign: Problem[] = [];
  /** Checked table files: null where sound. */
  readonly #checked = new Map<string, Problem | null>();
  /** Table files that were removed while a question was going to read them. */
  readonly #gone = new Set<string>();
  #all: readonly Segment[] = [];
  #written: readonly Segment[] = [];
  #removed: ReadonlySet<string> = new Set();

  constructor(storeFolder: string) {
    this.#folder = join(storeFolder, "segments");
  }

  /** Folder of the segments. */
  get folder(): string {
    return this.#folder;
  }

  /** Sees what was published or removed since; `removed` are runs. Throws `BC_ERR_STORE_VERSION`. */
  refresh(removed: ReadonlySet<string>): void {
    const dates = new Map<string, DateFolder>();
    this.#foreign = [];
    for (const entry of list(() => readdirSync(this.#folder, { withFileTypes: true }))) {
      const path = join(this.#folder, entry.name);
      if (entry.isDirectory() && DATE_FOLDER.test(entry.name)) {
        dates.set(entry.name, this.#readDate(path, this.#dates.get(entry.name)));
      } else if (!isHousekeeping(entry.name)) {
        this.#foreign.push({ file: path, kind: "foreign", reason: "is no folder of segments" });
      }
    }
    const isSame =
      dates.size === this.#dates.size &&
      [...dates].every(([name, date]) => this.#dates.get(name) === date) &&
      removed.size === this.#removed.size &&
      [...removed].every((runId) => this.#removed.has(runId));
    if (isSame) return;
    this.#dates = dates;
    this.#removed = removed;
    this.#chooseThoseThatCount();
  }

  #chooseThoseThatCount(): void {
    this.#written = [...this.#dates.keys()]
      .toSorted()
      .flatMap((date) => Array.from(this.#dates.get(date)?.segments.values() ?? []))
      .filter(({ runs }) => !runs.every(({ runId }) => this.#removed.has(runId)));
    // Names are unique in the store, not only in their folder.
    const replaced = new Set(this.#written.flatMap(({ replaces }) => replaces));
    this.#all =
      replaced.size === 0 ? this.#written : this.#written.filter(({ name }) => !replaced.has(name));
  }

  /** Every segment that counts. */
  all(): readonly Segment[] {
    return this.#all;
  }

  /** These, and those that were replaced and are still there, for a while. */
  written(): readonly Segment[] {
    return this.#written;
  }

  /** How many segments a run's process has published. */
  published(runId: string): number {
    let most = 0;
    for (const { runs } of this.#written) {
      for (const run of runs) {
        if (run.runId === runId) most = Math.max(most, (run.seqs.at(-1) ?? -1) + 1);
      }
    }
    return most;
  }

  /** Paths of a table's files, checked; those of the segments that `choose` takes, of `among`. */
  files(
    table: TableName,
    choose: (segment: Segment) => boolean = () => true,
    among: readonly Segment[] = this.#all,
  ): string[] {
    const paths: string[] = [];
    for (const segment of among) {
      const file = segment.tables[table];
      if (!file || this.#gone.has(file.path) || !choose(segment)) continue;
      if (this.#check(file.path, file.bytes)) paths.push(file.path);
    }
    return paths;
  }

  /** What a query over these files must know of them. */
  traits(table: TableName, files: readonly string[]): FileTraits {
    const isOdd = ({ older, runs }: Segment) =>
      older || runs.some(({ runId }) => this.#removed.has(runId));
    const odd = this.#written.filter(isOdd);
    if (odd.length === 0) return { older: false, withoutRuns: [] };
    const chosen = new Set(files);
    const read = odd.filter(({ tables }) => chosen.has(tables[table]?.path ?? ""));
    const runIds = read.flatMap(({ runs }) => runs.map(({ runId }) => runId));
    return {
      older: read.some(({ older }) => older),
      withoutRuns: [...new Set(runIds)].filter((runId) => this.#removed.has(runId)),
    };
  }

  /** Takes a file out: it failed in mid-query. */
  exclude(path: string, reason: string): void {
    this.#checked.set(path, { file: path, kind: "corrupt", reason });
  }

  /**
   * Of these files, those that are no more there are left out from now on; with a problem, unless
   * their segments were removed with them. Refresh first.
   */
  dropMissing(files: readonly string[]): void {
    const missing = files.filter((path) => !existsSync(path));
    for (const path of missing) {
      const summary = path.replace(TABLE_END, ".json");
      if (existsSync(summary)) this.exclude(path, "is missing");
      else this.#gone.add(path);
    }
  }

  /** What was skipped. */
  problems(): Problem[] {
    return [
      ...this.#foreign,
      ...[...this.#dates.values()].flatMap(({ problems }) => problems),
      ...[...this.#checked.values()].filter((problem) => problem !== null),
    ];
  }

  #check(path: string, bytes: number): boolean {
    let problem = this.#checked.get(path);
    if (problem === undefined) {
      // Removed since the folder was listed, or lost: the query will find out.
      if (!existsSync(path)) return true;
      const reason = checkParquet(path, bytes);
      // A recovery writes it again, or has: the next look will see the new summary.
      if (reason !== null && !isSaid(path, bytes)) return true;
      problem = reason === null ? null : { file: path, kind: "corrupt", reason };
      this.#checked.set(path, problem);
    }
    return problem === null;
  }

  /** Its files are others than those that had their names before, if there were any. */
  #forget(segment: Segment): void {
    for (const { path } of Object.values(segment.tables)) {
      this.#checked.delete(path);
      this.#gone.delete(path);
    }
  }

  #readDate(folder: string, known: DateFolder | undefined): DateFolder {
    const { mtimeMs } = statSync(folder, { throwIfNoEntry: false }) ?? { mtimeMs: 0 };
    const listedAtMs = Date.now();
    if (known?.mtimeMs === mtimeMs && known.listedAtMs - mtimeMs > SETTLED_MS) return known;
    const segments = new Map<string, Segment>();
    const problems: Problem[] = [];
    const rewritten = known ? rewrittenIn(folder, known) : new Set();
    for (const name of list(() => readdirSync(folder)).toSorted()) {
      if (SUMMARY.test(name)) {
        const old = known?.segments.get(name);
        const read = old && !rewritten.has(name) ? old : readSummary(folder, name, problems);
        if (read === null) continue;
        // Written just before it was read first, it is the same.
        const segment = old && read !== old && isDeepStrictEqual(read, old) ? old : read;
        if (segment !== old) this.#forget(segment);
        segments.set(name, segment);
      } else if (!TABLE.test(name) && !isHousekeeping(name)) {
        const file = join(folder, name);
        problems.push({ file, kind: "foreign", reason: "is no file of a segment" });
      }
    }
    return { mtimeMs, listedAtMs, segments, problems };
  }
}

/** Whether a name is of a file that is not in place yet, or of the system's own. */
export function isHousekeeping(name: string): boolean {
  return name.startsWith(".") || name.endsWith(".tmp");
}

/**
 * Names of summaries that are other files than those that were read. A recovery may write the last segment
 * of a run again, with more rows; all others stay as they are.
 */
function rewrittenIn(folder: string, known: DateFolder): Set<string> {
  const last = new Map<string, { readonly seq: number; readonly file: string }>();
  for (const [file, { name, runs }] of known.segments) {
    const [, run = "", digits = ""] = OWN.exec(name) ?? [];
    const seq = Number(digits);
    if (run === runs[0]?.runId && seq >= (last.get(run)?.seq ?? 0)) last.set(run, { seq, file });
  }
  const names = [...last.values()].map(({ file }) => file);
  return new Set(
    names.filter((file) => {
      // The time of a file's renaming, not of its writing.
      const { ctimeMs = 0 } = statSync(folder + sep + file, { throwIfNoEntry: false }) ?? {};
      return ctimeMs > known.listedAtMs - SETTLED_MS;
    }),
  );
}

/** Whether a table's summary, as it is now, says that its file has so many bytes. */
function isSaid(path: string, bytes: number): boolean {
  const folder = dirname(path);
  const name = basename(path).replace(TABLE_END, ".json");
  try {
    const { tables } = parseSummary(folder, name, readFileSync(join(folder, name), "utf8"));
    return Object.values(tables).some((file) => file.path === path && file.bytes === bytes);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ENOENT";
  }
}

function readSummary(folder: string, name: string, problems: Problem[]): Segment | null {
  const path = folder + sep + name;
  try {
    return parseSummary(folder, name, readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof BreadcrumbError) throw error;
    // Removed since the folder was listed.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    problems.push({ file: path, kind: "corrupt", reason: (error as Error).message });
    return null;
  }
}

/** What a folder has; nothing where there is none. */
function list<T>(read: () => T[]): T[] {
  try {
    return read();
  } catch (error) {
    const { code = "", path, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw new BreadcrumbError("BC_ERR_STORE_CORRUPT", `${path} cannot be listed: ${message}`, {
      cause: error,
    });
  }
}
