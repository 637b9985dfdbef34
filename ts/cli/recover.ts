/**
 * `breadcrumb recover`: stores what killed processes left in memory.
 */
import { recoverRuns } from "../recovery";
import type { ProjectContext } from "./command";
import type { JsonDocuments } from "./json-documents";
import { printable } from "./printable";
import { plural } from "./quantities";

/** The command `recover`. */
export async function recover({ output, values }: ProjectContext): Promise<number> {
  const runs = recoverRuns(null, values["quiet"] === true);
  if (values["json"]) {
    output.json({ runs } satisfies JsonDocuments["recover"]);
    return 0;
  }
  if (runs.length === 0) output.line("Nothing to recover.");
  for (const { runId, calls, store, problem } of runs) {
    const what = problem === null ? `${plural(calls, "call")} → ${store}` : problem;
    output.line(`${runId}: ${printable(what)}`);
  }
  return 0;
}
