/**
 * The built command line in a process of its own: for commands that need the addon.
 *
 *     const { code, stdout, stderr } = await runBuilt(["doctor", "--store", dir]);
 *
 * Limits: pipes, no terminal.
 */
import { spawnSync } from "node:child_process";
import { cli } from "../../support/program";
import type { CliResult } from "./run-cli";

/** Runs a command line. */
export async function runBuilt(argv: readonly string[]): Promise<CliResult> {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...argv], {
    encoding: "utf8",
  });
  return { code: status ?? -1, stdout, stderr };
}
