/**
 * `npm run bench -- lines`: what a line costs that is told of, in ns of CPU of its thread: with lines less without, in
 * one go, divided by the lines that ran; and an assignment: with variables less with lines. Every call is recorded (`overflow: block`). In loops of few calls (`long`), in many
 * short calls (`short`), and in a program: the TypeScript compiler.
 *
 * What must hold: 10 ns a line, 60 an assignment of a number. Arguments: `--rounds 5`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatRatio, formatTable, spreadOf } from "./statistics.ts";
import { openStore } from "../../dist/query.js";
import { ROOT, runWorkload, type Size } from "./workload.ts";

const MOST_NS = 10;
const MOST_NS_OF_ASSIGNMENT = 60;
const KINDS = ["long", "short"] as const;
/** What is measured, and what it is compared with. */
const CASES = {
  plain: null,
  dormant: { mode: "dormant" },
  "dormant, lines": { mode: "dormant", lines: true },
  count: { mode: "count" },
  "count, lines": { mode: "count", lines: true },
  values: { mode: "values" },
  "values, lines": { mode: "values", lines: true },
  "values, variables": { mode: "values", variables: true },
} as const;
type CaseName = keyof typeof CASES;
const BASE: Readonly<Partial<Record<CaseName, CaseName>>> = {
  "dormant, lines": "dormant",
  "count, lines": "count",
  "values, lines": "values",
  "values, variables": "values, lines",
};
type Kind = (typeof KINDS)[number];

interface Outcome {
  readonly long: { readonly ns: number; readonly sum: number };
  readonly short: { readonly ns: number; readonly sum: number };
  readonly lines: Readonly<Record<Kind, number>>;
  readonly assignments: Readonly<Record<Kind, number>>;
}

/** What each case took in each round. */
export function measureLines(rounds: number, size: Size): ReadonlyMap<CaseName, Outcome[]> {
  const outcomes = new Map<CaseName, Outcome[]>();
  for (let round = 0; round < rounds; round++) {
    for (const name of Object.keys(CASES) as CaseName[]) {
      outcomes.set(name, [...(outcomes.get(name) ?? []), measure(CASES[name], size)]);
    }
  }
  return outcomes;
}

function measure(options: object | null, size: Size): Outcome {
  const folder = mkdtempSync(join(tmpdir(), "breadcrumb-bench-"));
  try {
    const script = join(import.meta.dirname, "workloads/lines.cjs");
    const preload = options === null ? [] : ["--require", join(ROOT, "dist/register.js")];
    const given = { all: true, overflow: "block", quiet: true, strict: true, store: folder };
    const child = spawnSync(process.execPath, [...preload, script], {
      cwd: ROOT,
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"],
        BENCH_SIZE: size,
        ...(options !== null && { BREADCRUMB_OPTIONS: JSON.stringify({ ...given, ...options }) }),
      },
    });
    if (child.status !== 0) throw new Error(child.stderr);
    return JSON.parse(child.stdout) as Outcome;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How often lines run in the compiler, of calls that are counted. */
export async function linesOfCompiler(size: Size): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "breadcrumb-bench-"));
  try {
    runWorkload("tsc", "count", size, process.execPath, { lines: true }, folder);
    await using store = await openStore(folder);
    const { rows } = await store.sql(
      'SELECT sum("count")::DOUBLE AS ran FROM lines WHERE NOT is_branch',
    );
    return Number(rows[0]?.["ran"]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Prints what a line costs in the compiler. Gives ns. */
async function benchCompiler(rounds: number): Promise<number> {
  const ran = await linesOfCompiler("middle");
  const costs = Array.from({ length: rounds }, () =>
    (["plain", "values", "lines"] as const).map(
      (mode) => runWorkload("tsc", mode, "middle", process.execPath).threadCpuMs,
    ),
  ) as [number, number, number][];
  const ratios = costs.map(([plain, , lines]) => lines / plain);
  const more = spreadOf(costs.map(([, values, lines]) => ((lines - values) * 1e6) / ran));
  const millions = Math.round(ran / 1e6);
  console.log(
    `tsc, values, lines (${millions} million ran): ${formatRatio(spreadOf(ratios))} of plain, ` +
      `${more.median.toFixed(1)} (${more.min.toFixed(1)}–${more.max.toFixed(1)}) ns a line`,
  );
  return more.median;
}

/** Measures and prints. Gives 1 where a line costs more than it may. */
export async function benchLines(rounds: number): Promise<number> {
  const outcomes = measureLines(rounds, "full");
  const of = (name: CaseName, kind: Kind): number[] =>
    (outcomes.get(name) ?? []).map((outcome) => outcome[kind].ns);
  const table = [
    ["", ...KINDS.flatMap((kind) => [`${kind}: of plain`, "ns a line, an assignment"])],
  ];
  const most = { lines: 0, assignments: 0 };
  for (const name of Object.keys(CASES) as CaseName[]) {
    const base = BASE[name];
    const cells = KINDS.flatMap((kind) => {
      const plain = of("plain", kind);
      const ratio = spreadOf(of(name, kind).map((ns, round) => ns / (plain[round] as number)));
      if (base === undefined) return [ratio.median.toFixed(2), ""];
      const without = of(base, kind);
      const told = name.endsWith("variables") ? "assignments" : "lines";
      const times = outcomes.get(name)?.[0]?.[told][kind] ?? 1;
      const more = spreadOf(
        of(name, kind).map((ns, round) => (ns - (without[round] as number)) / times),
      );
      most[told] = Math.max(most[told], more.median);
      const spread = `${more.min.toFixed(1)}–${more.max.toFixed(1)}`;
      return [ratio.median.toFixed(2), `${more.median.toFixed(1)} (${spread})`];
    });
    table.push([name, ...cells]);
  }
  console.log(formatTable(table));
  const lines = Math.max(most.lines, await benchCompiler(rounds));
  return lines > MOST_NS || most.assignments > MOST_NS_OF_ASSIGNMENT ? 1 : 0;
}
