/**
 * `runs/<run>.json`: one record a process. Read without DuckDB.
 *
 *     records.refresh(); records.all()   // newest first
 *     records.resolve("019a")            // the one run whose id begins so
 *
 * Limits: a record is read again whenever its file changed; damaged ones are skipped and listed.
 */
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { BreadcrumbError } from "../errors";
import { checkVersion } from "./locate-store";
import type { Problem, Run, RunCounters, RunFiles, RunStatus } from "./results";
import { isHousekeeping } from "./segments";

/** End of the name of a record whose run is being removed. */
const REMOVING = ".json.removing";
/** What can stand beside a record: its writer's lock, a pin, its calls in flight. */
const BESIDE = /\.(?:lock|pin|open)$/;
/** Runs named in an error. */
const NAMED_RUNS = 5;

/** A run as its record has it. */
export type RunRecord = Omit<Run, "storedCalls" | "openCalls">;

interface ReadRecord {
  readonly stamp: string;
  readonly record: RunRecord | null;
  readonly problem: Problem | null;
}

/** The run records of a store. */
export class RunRecords {
  readonly #folder: string;
  #read = new Map<string, ReadRecord>();
  #removed = new Set<string>();
  #beside = new Set<string>();
  #foreign: Problem[] = [];
  #sorted: readonly RunRecord[] = [];

  constructor(storeFolder: string) {
    this.#folder = join(storeFolder, "runs");
  }

  /** Reads what changed. Throws `BC_ERR_STORE_VERSION`. */
  refresh(): void {
    const read = new Map<string, ReadRecord>();
    this.#removed = new Set();
    this.#foreign = [];
    this.#beside = new Set();
    for (const name of listNames(this.#folder)) {
      const path = join(this.#folder, name);
      if (name.endsWith(REMOVING)) {
        this.#removed.add(name.slice(0, -REMOVING.length));
      } else if (name.endsWith(".json")) {
        const record = readRecord(path, this.#read.get(name));
        if (record) read.set(name, record);
      } else if (BESIDE.test(name)) {
        this.#beside.add(name);
      } else if (!isHousekeeping(name)) {
        this.#foreign.push({ file: path, kind: "foreign", reason: "is no run record" });
      }
    }
    this.#read = read;
    this.#sorted = [...read.values()]
      .flatMap(({ record }) => record ?? [])
      .toSorted((a, b) => compare(b.startedAt, a.startedAt) || compare(b.runId, a.runId));
  }

  /** Every run, newest first. */
  all(): readonly RunRecord[] {
    return this.#sorted;
  }

  /** The record of a run. Throws `BC_ERR_NOT_FOUND` where it is missing or damaged. */
  get(runId: string): RunRecord {
    const record = this.#sorted.find((candidate) => candidate.runId === runId);
    if (record) return record;
    throw new BreadcrumbError(
      "BC_ERR_NOT_FOUND",
      `run ${runId} has calls in the store, but its record is missing or damaged`,
    );
  }

  /** Whether there is a list of its calls in flight. */
  listsOpen(runId: string): boolean {
    return this.#beside.has(`${runId}.open`);
  }

  /** Ids of the runs that are being removed. */
  removed(): ReadonlySet<string> {
    return this.#removed;
  }

  /** What was skipped. */
  problems(): Problem[] {
    return [...this.#foreign, ...[...this.#read.values()].flatMap(({ problem }) => problem ?? [])];
  }

  /**
   * Ids of the runs that begin with `prefix`, in any case, newest first; a whole id is only itself.
   * `others` are ids known from segments alone.
   */
  matching(prefix: string, others: Iterable<string> = []): string[] {
    const wanted = prefix.toLowerCase();
    const ids = new Set([...this.#sorted.map(({ runId }) => runId), ...others]);
    const found = [...ids].filter((id) => id.toLowerCase().startsWith(wanted));
    const exact = found.find((id) => id.toLowerCase() === wanted);
    return exact === undefined ? found : [exact];
  }

  /**
   * The run that `prefix` means; `latest` is the newest.
   *
   * Throws `BC_ERR_NOT_FOUND` where it means none or several.
   */
  resolve(prefix: string, others: Iterable<string> = []): string {
    const newest = this.#sorted[0]?.runId;
    if (prefix === "latest" && newest !== undefined) return newest;
    const found = prefix === "" ? [] : this.matching(prefix, others);
    if (found.length === 1) return found[0] as string;
    throw new BreadcrumbError(
      "BC_ERR_NOT_FOUND",
      found.length === 0
        ? `no run ${JSON.stringify(prefix)}: "breadcrumb list --runs" shows those there are`
        : `${JSON.stringify(prefix)} begins ${found.length} runs (${namesOf(found)}): give more of the id`,
    );
  }
}

function namesOf(ids: readonly string[]): string {
  return ids.slice(0, NAMED_RUNS).join(", ") + (ids.length > NAMED_RUNS ? ", …" : "");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function listNames(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw new BreadcrumbError(
      "BC_ERR_STORE_CORRUPT",
      `${folder} cannot be listed: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}

function readRecord(path: string, known: ReadRecord | undefined): ReadRecord | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return null;
  const stamp = `${stat.ino}:${stat.size}:${stat.mtimeMs}`;
  if (known?.stamp === stamp) return known;
  try {
    return { stamp, record: parseRecord(path, readFileSync(path, "utf8")), problem: null };
  } catch (error) {
    if (error instanceof BreadcrumbError) throw error;
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    const { message } = error as Error;
    return { stamp, record: null, problem: { file: path, kind: "corrupt", reason: message } };
  }
}

/** The record of a text. Fields that a writer left out read as empty. */
export function parseRecord(path: string, text: string): RunRecord {
  const raw = JSON.parse(text) as Record<string, unknown> | null;
  if (typeof raw !== "object" || raw === null) throw new Error("is no run record");
  checkVersion(raw["schemaVersion"], path);
  const { runId, startedAt } = raw;
  if (
    typeof runId !== "string" ||
    typeof startedAt !== "string" ||
    Number.isNaN(Date.parse(startedAt))
  ) {
    throw new Error("is no run record: no runId or startedAt");
  }
  const files = (raw["files"] ?? {}) as Partial<RunFiles>;
  return {
    runId,
    parentRunId: (raw["parentRunId"] as string | null | undefined) ?? null,
    launchId: (raw["launchId"] as string | null | undefined) ?? null,
    command: Array.isArray(raw["command"]) ? raw["command"].map(String) : [],
    cwd: textOf(raw["cwd"]),
    pid: Number(raw["pid"] ?? 0),
    node: textOf(raw["node"]),
    platform: textOf(raw["platform"]),
    arch: textOf(raw["arch"]),
    startedAt,
    endedAt: (raw["endedAt"] as string | null | undefined) ?? null,
    status: (raw["status"] ?? "running") as RunStatus,
    exitCode: (raw["exitCode"] as number | null | undefined) ?? null,
    signal: (raw["signal"] as string | null | undefined) ?? null,
    crashProof: raw["crashProof"] === true,
    overflow: textOf(raw["overflow"]),
    counters: { ...NO_COUNTERS, ...(raw["counters"] as RunCounters | undefined) },
    files: {
      instrumented: files.instrumented ?? 0,
      leftAlone: files.leftAlone ?? [],
      tooEarly: files.tooEarly ?? [],
    },
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

const NO_COUNTERS: RunCounters = {
  recorded: 0,
  counted: 0,
  dropped: 0,
  exceptions: 0,
  bytes: 0,
  segments: 0,
  redacted: 0,
  redactions: {},
  recorderCpuNs: 0,
};
