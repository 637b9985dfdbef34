/**
 * The programs that are run plain and traced: every folder of `programs/` with a `program.json`.
 *
 *     { "args": ["{modules}/typescript/bin/tsc", "-p", "."], "small": true }
 *
 * `args` stand behind `node`; `{modules}` is the repository's `node_modules`. `small` programs run
 * with `npm test` too. `uncounted` says why V8's counts cannot be compared, `clock` names functions whose ways go by the
 * clock: `metric/hook.js:update`. A program may print and write nothing that differs from run to run.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Root of the repository. */
export const ROOT: string = join(import.meta.dirname, "../..");

/** A program. */
export interface Program {
  readonly name: string;
  /** Its files, which are copied before each run. */
  readonly folder: string;
  /** What stands behind `node`. */
  readonly args: readonly string[];
  /** Whether it runs with `npm test`. */
  readonly small: boolean;
  /** Why its calls are not held against V8's counts, if they are not. */
  readonly uncounted?: string;
  /** Functions that take their ways by the clock or by chance, as two plain runs show: how often their lines ran is not held against V8's counts. */
  readonly clock?: readonly string[];
}

/** All programs, by name. */
export function findPrograms(): readonly Program[] {
  const folder = join(import.meta.dirname, "programs");
  return readdirSync(folder)
    .toSorted()
    .map((name) => readProgram(name, join(folder, name)));
}

function readProgram(name: string, folder: string): Program {
  const read = JSON.parse(readFileSync(join(folder, "program.json"), "utf8")) as Partial<Program>;
  const { args = [], small = false, clock, uncounted } = read;
  const modules = join(ROOT, "node_modules");
  return {
    name,
    folder,
    small,
    args: args.map((arg) => arg.replace("{modules}", modules)),
    ...(uncounted !== undefined && { uncounted }),
    ...(clock !== undefined && { clock }),
  };
}
