/**
 * `breadcrumb recover`: stores what killed processes left in memory.
 */
import { recoverRuns } from "../recovery";
import type { JsonDocuments } from "./json-documents";
import { printable } from "./printable";

/** The command `recover`. `argv`: what stands behind the word. Returns the exit code. */
export async function recover(argv: string[]): Promise<number> {
  const runs = recoverRuns(null, false);
  if (argv.includes("--json")) {
    process.stdout.write(`${JSON.stringify({ runs } satisfies JsonDocuments["recover"])}\n`);
    return 0;
  }
  if (runs.length === 0) process.stdout.write("Nothing to recover.\n");
  for (const run of runs) {
    process.stdout.write(
      run.problem === null
        ? `${run.runId}: ${run.calls} calls → ${printable(run.store)}\n`
        : `${run.runId}: ${printable(run.problem)}\n`,
    );
  }
  return 0;
}
