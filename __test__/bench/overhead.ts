/**
 * `npm run bench -- overhead`: what a unit of work takes of the process's CPU, plain, dormant, counted, and
 * recorded under a budget, once two seconds are over. Ratios to plain, medians of interleaved rounds.
 *
 * Arguments: `--units tiny,page`, `--rounds 3`, `--seconds 7`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GovernorReport } from "../../ts/options/governor-report.ts";
import { median } from "./statistics.ts";
import { ROOT } from "./workload.ts";

const UNITS = ["tiny", "small", "page", "transpile", "seldom"];
const KINDS: Readonly<Record<string, object | null>> = {
  plain: null,
  dormant: { mode: "dormant" },
  count: { mode: "count" },
  "overhead 0.05": { mode: "values", overhead: 0.05 },
  "overhead 0.2": { mode: "values", overhead: 0.2 },
};

interface Outcome {
  readonly perUnit: number;
  readonly note: string;
}

/** Measures, and prints a line for each unit and kind. */
export function benchOverhead(rounds: number, seconds: number, units = UNITS): void {
  for (const unit of units) {
    const seen = new Map<string, Outcome[]>();
    for (let round = 0; round < rounds; round++) {
      const kinds = Object.keys(KINDS);
      for (const at of kinds.keys()) {
        const kind = kinds[(at + round) % kinds.length] as string;
        seen.set(kind, [...(seen.get(kind) ?? []), measure(unit, KINDS[kind] ?? null, seconds)]);
      }
    }
    const middle = (kind: string) =>
      median((seen.get(kind) ?? []).map(({ perUnit }) => perUnit).toSorted((a, b) => a - b));
    for (const [kind, outcomes] of seen) {
      const ratio = (middle(kind) / middle("plain")).toFixed(3);
      console.log(`${unit.padEnd(10)} ${kind.padEnd(14)} ${ratio}  ${outcomes.at(-1)?.note ?? ""}`);
    }
  }
}

function measure(unit: string, options: object | null, seconds: number): Outcome {
  const folder = mkdtempSync(join(tmpdir(), "breadcrumb-bench-"));
  const store = join(folder, "store");
  try {
    const script = join(import.meta.dirname, "workloads", "steady.cjs");
    const preload = options === null ? [] : ["--require", join(ROOT, "dist/register.js")];
    const given = { all: true, overflow: "drop", quiet: true, strict: true, store, ...options };
    const child = spawnSync(process.execPath, [...preload, script], {
      cwd: ROOT,
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"],
        BENCH_UNIT: unit,
        BENCH_SECONDS: String(seconds),
        ...(options !== null && { BREADCRUMB_OPTIONS: JSON.stringify(given) }),
      },
    });
    if (child.status !== 0) throw new Error(`${unit}: exit ${child.status}\n${child.stderr}`);
    const { units, cpuUs } = JSON.parse(child.stdout) as { units: number; cpuUs: number };
    return { perUnit: cpuUs / units, note: options === null ? "" : noteOf(store) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function noteOf(store: string): string {
  const record = readdirSync(join(store, "runs")).find((name) => name.endsWith(".json")) ?? "";
  const { counters } = JSON.parse(readFileSync(join(store, "runs", record), "utf8")) as {
    counters: { recorded: number; counted: number; dropped: number; governor?: GovernorReport };
  };
  const { recorded, counted, dropped, governor } = counters;
  const down =
    governor === undefined
      ? ""
      : `, ${governor.steppedDown} lowered, ${governor.decided} changes, estimated ${governor.estimated}`;
  return `${recorded} recorded, ${counted} counted, ${dropped} dropped${down}`;
}
