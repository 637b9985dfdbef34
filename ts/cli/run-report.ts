/**
 * What `breadcrumb run` says when the command has ended: what was recorded and where, or loudly
 * that nothing was, and why.
 */
import { basename } from "node:path";
import type { RunArguments } from "./run-arguments";
import { printable } from "./printable";

/** What is known of the command. */
export interface Launch {
  /** Folder of the store. */
  readonly store: string;
  readonly launch: string;
  /** Main scripts of the Node.js processes that were there. */
  readonly processes: readonly string[];
  readonly timedOut: boolean;
  readonly args: RunArguments;
}

/** Prints the report to stderr. */
export async function reportLaunch(launch: Launch): Promise<void> {
  const { summarizeLaunch } = await import("./run-summary");
  const summary = await summarizeLaunch(launch.store, launch.launch, launch.timedOut);
  process.stderr.write(summary ?? nothingRecorded(launch));
}

function nothingRecorded({ processes, args }: Launch): string {
  if (args.mode === "dormant")
    return "breadcrumb: nothing recorded: it was dormant, and no breadcrumb start changed that\n";
  if (processes.length === 0) {
    return "breadcrumb: NOTHING RECORDED: the command started no Node.js process that takes NODE_OPTIONS\n";
  }
  const names = [...new Set(processes.map((script) => basename(script)))];
  const shown = names.slice(0, 5).join(", ") + (names.length > 5 ? ", …" : "");
  const what =
    args.include.length > 0 ? `match ${args.include.join(", ")}` : "belong to the project";
  return `breadcrumb: NOTHING RECORDED: Node.js ran ${printable(shown)}, but no file that it loaded seems to ${printable(what)}. Choose files with --include, or record all with --all\n`;
}
