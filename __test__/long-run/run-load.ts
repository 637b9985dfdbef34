/**
 * Runs the load for a time and takes down what memory it had.
 *
 *     runLoad("keep", 10, process.execPath)   // { kind: "keep", grewMiB: 0.3, middleMiB: 71, … }
 *
 * Limits: resident memory, rings and what is held included, as the system counts it.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How it is recorded; `plain`: not at all. */
export const KINDS = ["plain", "keep", "overhead"] as const;
export type Kind = (typeof KINDS)[number];

/** What may be held of traces that are not decided, MiB. */
export const HELD_MIB = 8;
const MIB = 2 ** 20;
const ROOT = join(import.meta.dirname, "../..");
const OPTIONS: Readonly<Record<Kind, object | null>> = {
  plain: null,
  keep: {
    keep: {
      errors: true,
      slow: "50ms",
      share: 0.01,
      slowestPerMinute: 5,
      last: "10s",
      memory: HELD_MIB * MIB,
    },
  },
  overhead: { overhead: 0.05 },
};

/** What came of it. Memory in MiB. */
export interface Outcome {
  readonly kind: Kind;
  /** The median of the second quarter of its time, once all is warm. */
  readonly middleMiB: number;
  /** What the median of the last quarter is beyond that. */
  readonly grewMiB: number;
  readonly peakMiB: number;
  readonly requests: number;
  /** Calls that happened, by the program's own count. */
  readonly happened: number;
  readonly counters: Readonly<Record<"recorded" | "counted" | "dropped", number>> | null;
  /** MiB of the store. */
  readonly storedMiB: number;
}

/** Runs it. Throws where it does not end by itself. */
export function runLoad(kind: Kind, seconds: number, node: string): Outcome {
  const folder = mkdtempSync(join(tmpdir(), "breadcrumb-long-run-"));
  const store = join(folder, "store");
  try {
    const options = OPTIONS[kind];
    const preload = options === null ? [] : ["--require", join(ROOT, "dist/register.js")];
    const given = { include: ["__test__/long-run/service.cjs"], quiet: true, strict: true };
    const script = join(import.meta.dirname, "load.cjs");
    // The young generation grows when V8 likes, by as much as is looked for here.
    const flags = ["--expose-gc", "--max-semi-space-size=1"];
    const child = spawnSync(node, [...flags, ...preload, script], {
      cwd: ROOT,
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"],
        LONG_RUN_SECONDS: String(seconds),
        ...(options !== null && {
          BREADCRUMB_OPTIONS: JSON.stringify({ ...given, ...options, store }),
        }),
      },
    });
    if (child.status !== 0) throw new Error(`${kind}: exit ${child.status}\n${child.stderr}`);
    const { samples, calls, requests } = JSON.parse(child.stdout) as {
      readonly samples: readonly number[];
      readonly calls: number;
      readonly requests: number;
    };
    const quarter = samples.length / 4;
    const middleMiB = medianMiB(samples.slice(quarter, 2 * quarter));
    return {
      kind,
      middleMiB,
      grewMiB: medianMiB(samples.slice(3 * quarter)) - middleMiB,
      peakMiB: Math.max(...samples) / MIB,
      requests,
      happened: calls,
      ...(options === null ? { counters: null, storedMiB: 0 } : storedIn(store)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function medianMiB(bytes: readonly number[]): number {
  const sorted = bytes.toSorted((a, b) => a - b);
  return (sorted[sorted.length >> 1] ?? 0) / MIB;
}

function storedIn(store: string): Pick<Outcome, "counters" | "storedMiB"> {
  const runs = join(store, "runs");
  const record = readdirSync(runs).find((name) => name.endsWith(".json")) ?? "";
  const { counters } = JSON.parse(readFileSync(join(runs, record), "utf8")) as {
    readonly counters: NonNullable<Outcome["counters"]> & { readonly bytes: number };
  };
  return { counters, storedMiB: counters.bytes / MIB };
}
