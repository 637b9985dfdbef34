/**
 * `npm run bench -- start`: what a start takes, by the wall: without Breadcrumb, preloaded and dormant, and
 * with a large program included, at its first start and at the next, which finds instrumented code.
 *
 * Arguments: `--rounds 9`. Each figure is the least of as many interleaved starts, their median behind it.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatTable, median } from "./statistics.ts";
import { ROOT } from "./workload.ts";

/** How a program is started; `null`: without Breadcrumb. */
interface Start {
  readonly options: object | null;
  /** Nothing is kept of an earlier start. */
  readonly isFirst?: boolean;
}

const DORMANT = { mode: "dormant", quiet: true, strict: true };
const STARTS: Readonly<Record<string, Start>> = {
  plain: { options: null },
  "dormant, nothing of it included": { options: { ...DORMANT, include: ["nothing/**"] } },
  "dormant, all included, first start": { options: { ...DORMANT, all: true }, isFirst: true },
  "the same, next start": { options: { ...DORMANT, all: true } },
};
const { resolve } = createRequire(import.meta.url);
const PROGRAMS: Readonly<Record<string, () => string[]>> = {
  "node -e 0": () => ["-e", "0"],
  "tsc --version (6 MB)": () => [resolve("typescript/lib/_tsc.js"), "--version"],
  "eslint --version": () => [join(ROOT, "node_modules/eslint/bin/eslint.js"), "--version"],
  "require jsdom": () => ["-e", "require('jsdom')"],
};

/** Measures. A table. */
export function benchStart(rounds: number, programs = Object.keys(PROGRAMS)): string {
  const folder = mkdtempSync(join(tmpdir(), "breadcrumb-bench-"));
  try {
    const names = Object.keys(STARTS);
    const lines = programs.map((program) => {
      const args = PROGRAMS[program]?.() ?? [];
      const seen = names.map((): number[] => []);
      for (let round = 0; round <= rounds; round++) {
        for (const at of names.keys()) {
          const turned = (at + round) % names.length;
          const ms = start(STARTS[names[turned] as string] as Start, args, folder);
          // The first round fills the cache.
          if (round > 0) seen[turned]?.push(ms);
        }
      }
      const sorted = seen.map((figures) => figures.toSorted((a, b) => a - b));
      return [program, ...sorted.map((ms) => `${ms[0]?.toFixed(0)} (${median(ms).toFixed(0)})`)];
    });
    return `Node ${process.version}, ms: least (median) of ${rounds}\n\n${formatTable([["program", ...names], ...lines])}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function start({ options, isFirst }: Start, args: readonly string[], folder: string): number {
  const first = join(folder, "first");
  if (isFirst) rmSync(first, { recursive: true, force: true });
  const preload = options === null ? [] : ["--require", join(ROOT, "dist/register.js")];
  const began = performance.now();
  const child = spawnSync(process.execPath, [...preload, ...args], {
    cwd: ROOT,
    encoding: "utf8",
    env: {
      PATH: process.env["PATH"],
      BREADCRUMB_CACHE: isFirst ? first : join(folder, "kept"),
      ...(options !== null && {
        BREADCRUMB_OPTIONS: JSON.stringify({ ...options, store: join(folder, "store") }),
      }),
    },
  });
  const ms = performance.now() - began;
  if (child.status !== 0) throw new Error(`${args.join(" ")}: ${child.status}\n${child.stderr}`);
  return ms;
}
