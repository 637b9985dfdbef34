/**
 * Stores what dead processes left in memory: `breadcrumb recover`, and the end of `breadcrumb run`.
 */
import { BreadcrumbError } from "./errors";
import { loadCore } from "./load-core";
import { parse } from "./session";

/** How a child process ended. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly pid: number;
  /** The `breadcrumb run` that it belonged to. */
  readonly launch: string;
  /** Folder of the store. */
  readonly store: string;
}

/** A run that was recovered, or could not be. */
export interface RecoveredRun {
  readonly runId: string;
  /** Folder of its store. */
  readonly store: string;
  /** Calls stored now. */
  readonly calls: number;
  /** Why it could not be recovered. */
  readonly problem: string | null;
}

/**
 * Recovers every run of this user whose process is dead.
 *
 * @param quiet say nothing where there is no addon to do it
 */
export function recoverRuns(exit: ChildExit | null, quiet: boolean): RecoveredRun[] {
  try {
    const { native } = loadCore();
    return parse(() => native.recover(JSON.stringify(exit)));
  } catch (error) {
    if (!(error instanceof BreadcrumbError) || quiet) return [];
    process.stderr.write(`breadcrumb: cannot recover: ${error.message}\n`);
    return [];
  }
}
