#!/usr/bin/env node
/**
 * `breadcrumb`, the program: runs its command line and ends with its exit code.
 *
 *     breadcrumb list --json
 */
import { runCommandLine } from "./command-line";

// A reader that goes away, as `head` does, is no error; without a listener it would be a crash.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});
process.stderr.on("error", () => {});

async function main(): Promise<void> {
  process.exitCode = await runCommandLine(process.argv.slice(2));
}

void main();
