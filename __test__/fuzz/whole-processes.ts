/**
 * Generated programs as processes of their own, plain and under `breadcrumb run`: output, exit code,
 * files, and that nothing was dropped.
 *
 * Limits: a failure is not shrunk.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { compare } from "../conformance/compare.ts";
import { ROOT } from "../conformance/programs.ts";
import { difference as differenceOf, type FoundDifference, type FuzzOptions } from "./fuzz.ts";
import { comesNearStackEnd } from "./stack-end.ts";
import { programs } from "./statements.ts";

const RUNNER = join(import.meta.dirname, "runner.cjs");

/** Runs programs until one differs. */
export async function fuzzWholeProcesses(
  options: FuzzOptions,
  hasUsing: boolean,
): Promise<FoundDifference | undefined> {
  const parent = join(ROOT, "target/fuzz");
  mkdirSync(parent, { recursive: true });
  for (const program of fc.sample(programs(hasUsing), {
    seed: options.seed,
    numRuns: options.runs,
  })) {
    const folder = mkdtempSync(join(parent, "whole-"));
    const name = `program.${program.extension}`;
    writeFileSync(join(folder, name), program.text);
    const args = [RUNNER, name];
    const found = await compare(
      { name: "fuzz", folder, args, small: true },
      options.node,
      (plain, traced) =>
        differenceOf({ lines: plain.split("\n") }, { lines: traced.split("\n") }) === undefined,
    );
    rmSync(folder, { recursive: true, force: true });
    const [difference] = found.differences;
    if (difference !== undefined && !(await comesNearStackEnd(program, options.node))) {
      return { program, difference, shrinks: 0 };
    }
  }
  return undefined;
}
