/**
 * Runs one workload in one mode and takes down what it cost.
 *
 * The program's thread is measured apart from the recorder's: `process.threadCpuUsage` at exit
 * where Node has it (23.9), else the process less what the recorder says that it used. Start-up is
 * part of it, with the code that an earlier start has instrumented; V8's own threads (compiling,
 * collecting garbage) are in `processCpuMs` only.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Root of the repository. */
export const ROOT: string = join(import.meta.dirname, "../..");
/** The modes, `plain` (no tracer at all) being the baseline. */
export const MODES = [
  "plain",
  "dormant",
  "count",
  "time",
  "values",
  "locals",
  "lines",
  "governed",
] as const;
export type Mode = (typeof MODES)[number];
/** The workloads, by the names of their files. */
export const WORKLOADS = [
  "recursive",
  "flat",
  "tsc",
  "page",
  "objects",
  "strings",
  "throws",
] as const;
export type Workload = (typeof WORKLOADS)[number];
export type Size = "small" | "middle" | "full";

/** What a run cost. */
export interface Cost {
  readonly wallMs: number;
  /** CPU time of the program's thread. */
  readonly threadCpuMs: number;
  /** CPU time of the whole process. */
  readonly processCpuMs: number;
  /** CPU time of the recorder's thread. */
  readonly recorderCpuMs: number;
  readonly peakMiB: number;
  /** Calls in the store, recorded or counted. */
  readonly calls: number;
  readonly dropped: number;
  /** Bytes of the store's segments. */
  readonly bytes: number;
  /** Standard output: the same in every mode. */
  readonly output: string;
}

/** Instrumented code, as a program finds it that was started before. */
const CACHE = mkdtempSync(join(tmpdir(), "breadcrumb-bench-cache-"));
process.on("exit", () => rmSync(CACHE, { recursive: true, force: true }));

/** Modes that are values and something more: variables that exceptions leave behind, lines, a budget. */
const MORE: Readonly<Partial<Record<Mode, object>>> = {
  locals: { mode: "values", locals: true },
  lines: { mode: "values", lines: true },
  governed: { mode: "values", overhead: 0.05 },
};

interface Measured {
  readonly exact: boolean;
  readonly threadCpuMs: number;
  readonly processCpuMs: number;
  readonly peakMiB: number;
}

interface Counters {
  readonly recorded: number;
  readonly counted: number;
  readonly dropped: number;
  readonly bytes: number;
  readonly recorderCpuNs: number;
}

/** Runs a workload once, every file of it included, losing nothing. `more`: options besides; `kept`: where the store stays. */
export function runWorkload(
  workload: Workload,
  mode: Mode,
  size: Size,
  node: string,
  more: Readonly<Record<string, unknown>> = {},
  kept?: string,
): Cost {
  const folder = mkdtempSync(join(tmpdir(), "breadcrumb-bench-"));
  const result = join(folder, "result.json");
  const store = kept ?? join(folder, "store");
  try {
    const script = join(import.meta.dirname, "workloads", `${workload}.cjs`);
    const preloads = ["--require", join(import.meta.dirname, "measure.cjs")];
    if (mode !== "plain") preloads.unshift("--require", join(ROOT, "dist/register.js"));
    const recorded = MORE[mode] ?? { mode };
    const options = {
      all: true,
      overflow: "block",
      ...recorded,
      ...more,
      store,
      quiet: true,
      strict: true,
    };
    const began = performance.now();
    const child = spawnSync(node, [...preloads, script], {
      cwd: ROOT,
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"],
        BENCH_RESULT: result,
        BENCH_SIZE: size,
        BREADCRUMB_CACHE: CACHE,
        ...(mode !== "plain" && { BREADCRUMB_OPTIONS: JSON.stringify(options) }),
      },
    });
    const wallMs = performance.now() - began;
    if (child.status !== 0) {
      throw new Error(`${workload} ${mode}: exit ${child.status}\n${child.stdout}${child.stderr}`);
    }
    const measured = JSON.parse(readFileSync(result, "utf8")) as Measured;
    return { ...costOf(measured, readCounters(store)), wallMs, output: child.stdout };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function costOf(measured: Measured, counters: Counters): Omit<Cost, "wallMs" | "output"> {
  const { exact, threadCpuMs, processCpuMs, peakMiB } = measured;
  const recorderCpuMs = counters.recorderCpuNs / 1e6;
  return {
    threadCpuMs: exact ? threadCpuMs : threadCpuMs - recorderCpuMs,
    processCpuMs,
    recorderCpuMs,
    peakMiB,
    calls: counters.recorded + counters.counted,
    dropped: counters.dropped,
    bytes: counters.bytes,
  };
}

/** The counters in the store's run record; zeros where there is no store. */
function readCounters(store: string): Counters {
  const runs = join(store, "runs");
  let names: string[] = [];
  try {
    names = readdirSync(runs).filter((name) => name.endsWith(".json"));
  } catch {
    // Plain, or dormant: nothing was recorded.
  }
  const none = { recorded: 0, counted: 0, dropped: 0, bytes: 0, recorderCpuNs: 0 };
  if (names[0] === undefined) return none;
  return (JSON.parse(readFileSync(join(runs, names[0]), "utf8")) as { counters: Counters })
    .counters;
}
