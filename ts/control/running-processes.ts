/**
 * The processes of this user that record now, and what is captured of them.
 *
 *     const { processes } = await runningProcesses();
 *     const [one] = chooseProcesses(processes, { pid: 4711 });
 *     await askAll([one], (process) => process.dump({ lastMs: 10_000 }));
 *
 * Limits: Linux and macOS; processes that record into memory are not seen.
 */
import { lstatSync, readdirSync, realpathSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BreadcrumbError } from "../errors";
import type { CaptureReport, CaptureRequest } from "../options/capture";
import type { DumpReport, DumpRequest } from "../options/keep";
import { type GovernorReport, governorOf } from "../options/governor-report";
import { modeOf } from "../options/normalize";
import type { Mode } from "../options/options";
import { askProcess, NobodyListens } from "./control-client";

/** What is captured now. */
export interface ProcessCapture {
  readonly mode: Mode;
  /** Patterns; empty: all functions. */
  readonly include: readonly string[];
  /** Functions that are captured. */
  readonly functions: number;
  /** Functions with probes so far. */
  readonly of: number;
  /** How long it still holds, ms; null: until it is changed. */
  readonly leftMs: number | null;
}

/** What is told of a process's counters. */
const COUNTERS = [
  "recorded",
  "counted",
  "dropped",
  "exceptions",
  "tracesKept",
  "tracesLeftOut",
  "heldBytes",
  "bytes",
  "segments",
  "ringBytes",
  "ringUsedBytes",
  "recorderCpuNs",
] as const;
type CounterName = (typeof COUNTERS)[number];

/** What a process says of itself. */
export interface ProcessStatus {
  readonly pid: number;
  readonly runId: string;
  readonly command: readonly string[];
  readonly cwd: string;
  /** Version of Node.js. */
  readonly node: string;
  /** Folder of the store. */
  readonly store: string;
  readonly overflow: "block" | "drop";
  readonly capture: ProcessCapture;
  /** As `session.counters()`. */
  readonly counters: Readonly<Record<CounterName, number>> & {
    /** Null where nothing bounds what recording costs. */
    readonly governor: GovernorReport | null;
  };
}

/** A process that records now. */
export interface RunningProcess {
  readonly status: ProcessStatus;
  /** Changes what is captured. Throws BC_ERR_BAD_GLOB, BC_ERR_NO_PROCESS. */
  readonly capture: (request: CaptureRequest) => Promise<CaptureReport>;
  /** Stores what is held of traces that are not stored. Throws BC_ERR_NO_PROCESS, BC_ERR_STORE_UNWRITABLE. */
  readonly dump: (request: DumpRequest) => Promise<DumpReport>;
}

/** Those that there are, and what is wrong with those that do not say what they are. */
export interface RunningProcesses {
  readonly processes: readonly RunningProcess[];
  readonly problems: readonly BreadcrumbError[];
}

/** Which processes are meant. */
export interface ProcessChoice {
  readonly pid?: number | undefined;
  /** A run's id, or its beginning. */
  readonly run?: string | undefined;
  readonly all?: boolean | undefined;
}

const SUFFIX = ".sock";

/** Asks all of them, the youngest last. */
export async function runningProcesses(): Promise<RunningProcesses> {
  const asked = await Promise.all(sockets().map(processAt));
  const found = asked.filter((each) => each !== null);
  const isProblem = (each: RunningProcess | BreadcrumbError) => each instanceof BreadcrumbError;
  return {
    processes: found.filter((each): each is RunningProcess => !isProblem(each)),
    problems: found.filter((each): each is BreadcrumbError => isProblem(each)),
  };
}

/** Those of the processes that are meant. Throws BC_ERR_NO_PROCESS where that is none, or not clear. */
export function chooseProcesses(
  { processes, problems }: RunningProcesses,
  { pid, run, all }: ProcessChoice,
): readonly RunningProcess[] {
  const isMeant = ({ status }: RunningProcess): boolean =>
    (pid === undefined || status.pid === pid) &&
    (run === undefined || status.runId.startsWith(run));
  const meant = processes.filter(isMeant);
  const isNamed = pid !== undefined || run !== undefined;
  if (meant.length === 0) throw nobody(pid, run, processes, problems);
  if (meant.length === 1 || all === true) return meant;
  const which = isNamed ? "fit" : "are recorded";
  throw missing(
    `${meant.length} processes ${which}: name one with --pid or --run, or all with --all (${listed(meant)})`,
  );
}

function nobody(
  pid: number | undefined,
  run: string | undefined,
  processes: readonly RunningProcess[],
  problems: readonly BreadcrumbError[],
): BreadcrumbError {
  if (processes.length === 0) {
    const broken = problems[0] === undefined ? "" : ` ${problems[0].message}.`;
    return missing(
      `No process of yours is being recorded.${broken} Start one with: breadcrumb run --dormant <command>`,
    );
  }
  const what =
    pid === undefined ? `no run that begins with ${JSON.stringify(run)}` : whyNotPid(pid);
  return missing(`There is ${what}: recorded are ${listed(processes)}`);
}

function whyNotPid(pid: number): string {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return `no process ${pid}`;
    return `a process ${pid}, but it is another user's`;
  }
  return `a process ${pid}, but it is not recorded by Breadcrumb`;
}

function listed(processes: readonly RunningProcess[]): string {
  const MOST = 5;
  const shown = processes
    .slice(0, MOST)
    .map(({ status }) => `${status.pid} (${status.command.slice(1).join(" ").slice(0, 60)})`);
  const more = processes.length > MOST ? ` and ${processes.length - MOST} more` : "";
  return shown.join(", ") + more;
}

/** What one process answered. */
export interface Asked<T> {
  readonly process: RunningProcess;
  readonly report: T | null;
  readonly error: BreadcrumbError | null;
}

/** Asks all of them, as far as they answer. */
export function askAll<T>(
  processes: readonly RunningProcess[],
  ask: (process: RunningProcess) => Promise<T>,
): Promise<Asked<T>[]> {
  const askOne = async (process: RunningProcess): Promise<Asked<T>> => {
    try {
      return { process, report: await ask(process), error: null };
    } catch (error) {
      if (!(error instanceof BreadcrumbError)) throw error;
      return { process, report: null, error };
    }
  };
  return Promise.all(processes.map(askOne));
}

async function processAt(socket: string): Promise<RunningProcess | BreadcrumbError | null> {
  try {
    const { capture, counters, ...rest } = await askProcess<
      Omit<ProcessStatus, "capture"> & {
        readonly capture: Omit<ProcessCapture, "mode"> & { readonly mode: number };
      }
    >(socket, { do: "status" });
    return {
      status: {
        ...rest,
        capture: { ...capture, mode: modeOf(capture.mode) },
        // A process of a later version may count more.
        counters: {
          ...(Object.fromEntries(COUNTERS.map((name) => [name, counters[name]])) as Record<
            CounterName,
            number
          >),
          governor: governorOf(counters),
        },
      },
      capture: (request) => askAt(socket, rest.pid, { do: "capture", capture: request }),
      dump: (request) => askAt(socket, rest.pid, { do: "dump", dump: request }),
    };
  } catch (error) {
    if (error instanceof BreadcrumbError) return error;
    if (!(error instanceof NobodyListens)) throw error;
    // Its process was killed.
    remove(socket);
    return null;
  }
}

async function askAt<T>(socket: string, pid: number, request: object): Promise<T> {
  try {
    return await askProcess<T>(socket, request);
  } catch (error) {
    if (!(error instanceof NobodyListens)) throw error;
    throw missing(`The process ${pid} has ended`);
  }
}

function remove(socket: string): void {
  try {
    unlinkSync(socket);
  } catch {
    // Somebody else did.
  }
}

/** Sockets in folders that are this user's alone. */
function sockets(): string[] {
  const user = process.geteuid?.();
  if (user === undefined) return [];
  // Two names may mean one folder.
  const places = new Set(["/dev/shm", tmpdir()].flatMap(realPath));
  return [...places].flatMap((place) => {
    const folder = join(place, `breadcrumb-${user}`);
    try {
      const { uid, mode } = lstatSync(folder);
      if (uid !== user || (mode & 0o077) !== 0) return [];
      const names = readdirSync(folder).filter((each) => each.endsWith(SUFFIX));
      return names.toSorted().map((each) => join(folder, each));
    } catch {
      return [];
    }
  });
}

function realPath(folder: string): string[] {
  try {
    return [realpathSync(folder)];
  } catch {
    return []; // There is none.
  }
}

function missing(message: string): BreadcrumbError {
  return new BreadcrumbError("BC_ERR_NO_PROCESS", message);
}
