/**
 * Whether a program comes near the end of the stack, by V8's own word: with
 * `--correctness-fuzzer-suppressions` it ends the process where it would throw the `RangeError`,
 * whoever would have caught that.
 *
 * A function that calls itself without end → `true`: how deep it gets and what it has done by then
 * differs by design (ARCHITECTURE.md), and what else fails there (a regular expression) is chance.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../conformance/programs.ts";
import { tracedWith } from "./pair.ts";
import type { GeneratedProgram } from "./statements.ts";

const RUNNER = join(import.meta.dirname, "runner.cjs");
const ENDS_AT_OVERFLOW = "--correctness-fuzzer-suppressions";
const OVERFLOW = "Aborting on stack overflow";
/** A program without an end that has not overflowed by then does not recurse. ms */
const TIMEOUT_MS = 10_000;

/** Whether it does so both plain and traced; in one only, that is a difference. */
export async function comesNearStackEnd(program: GeneratedProgram, node: string): Promise<boolean> {
  const parent = join(ROOT, "target/fuzz");
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "stack-"));
  const file = `program.${program.extension}`;
  writeFileSync(join(folder, "package.json"), "{}");
  writeFileSync(join(folder, file), program.text);
  const overflows = (args: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> =>
    saysOverflow([node, ENDS_AT_OVERFLOW, ...args, RUNNER, file], folder, env);
  const traced = tracedWith(join(folder, "store"));
  const both = (await overflows([], {})) && (await overflows(traced.execArgv, traced.env));
  rmSync(folder, { recursive: true, force: true });
  return both;
}

function saysOverflow(
  [command = "", ...args]: readonly string[],
  cwd: string,
  extra: NodeJS.ProcessEnv,
): Promise<boolean> {
  const { BREADCRUMB_DIR: _dir, NODE_OPTIONS: _options, ...env } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...env, ...extra },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (part: Buffer) => (said += part.toString()));
    const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
    child.on("error", reject).on("close", () => {
      clearTimeout(timer);
      resolve(said.includes(OVERFLOW));
    });
  });
}
