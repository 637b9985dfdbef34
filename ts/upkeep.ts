/**
 * Work on a store that no question needs, done by the addon: `breadcrumb compact`, `breadcrumb prune`.
 */
import { loadCore } from "./load-core";
import {
  DEFAULT_RETENTION,
  type NameOption,
  type RetentionOptions,
  retentionLimits,
} from "./options/retention";
import { coded, parse } from "./session";

/** What a merging has done. */
export interface CompactReport {
  /** Segments that were merged. */
  readonly merged: number;
  /** Segments that they were merged into. */
  readonly into: number;
  /** Rows in those. */
  readonly rows: number;
  /** Bytes of what was merged. */
  readonly bytesBefore: number;
  /** Bytes of what it was merged into. */
  readonly bytesAfter: number;
  /** Segments replaced earlier whose files went now. */
  readonly removed: number;
  /** What was left alone, and why. */
  readonly skipped: readonly string[];
}

/**
 * Merges the small segments of the store in `dir`.
 *
 * Throws `BC_ERR_STORE_BUSY`, `BC_ERR_STORE_MISSING`, `BC_ERR_STORE_VERSION`,
 * `BC_ERR_STORE_CORRUPT`, `BC_ERR_STORE_UNWRITABLE`.
 */
export function compactStore(dir: string): CompactReport {
  const { native } = loadCore();
  return parse(() => native.compact(dir));
}

/** A run that goes. */
export interface PrunedRun {
  readonly runId: string;
  readonly command: readonly string[];
  /** When it ended, or was heard of last. */
  readonly endedAt: string;
  /** It crashed, or ended with an exit code other than 0. */
  readonly failed: boolean;
  readonly calls: number;
  /** Of its segments; where others' rows are in them, its share by calls. */
  readonly bytes: number;
  readonly reason: "age" | "runs" | "bytes" | "named";
}

/** What a pruning has done, or would do. */
export interface PruneReport {
  /** Runs that go, the longest ended first. */
  readonly runs: readonly PrunedRun[];
  /** Bytes of those. */
  readonly bytes: number;
  /** Runs that stay. */
  readonly keptRuns: number;
  /** Bytes of those. */
  readonly keptBytes: number;
  /** Those of them that stay whatever the limits. */
  readonly kept: readonly {
    readonly runId: string;
    readonly why: "pinned" | "written" | "unreadable";
  }[];
  /** Files of dead processes that went. */
  readonly leftovers: number;
  /** Bytes of the files that went; 0 if it was only to tell. */
  readonly removedBytes: number;
  /** Bytes written again, because others' rows were in a file. */
  readonly writtenBytes: number;
  /** What could not be read, and why. */
  readonly skipped: readonly string[];
}

/** What to remove. */
export interface PruneOptions {
  /** What the store keeps. @default 30 days, 90 for runs that failed, 10 GB */
  readonly limits?: RetentionOptions;
  /** Ids of runs to remove, whatever the limits. */
  readonly runs?: readonly string[];
  /** Only tell what would go. @default false */
  readonly dryRun?: boolean;
  /** How errors call a limit. */
  readonly nameOf?: NameOption;
}

/**
 * Removes runs from the store in `dir`. Never one that is pinned or being written.
 *
 * Throws `BC_ERR_BAD_OPTION`, `BC_ERR_RUN_KEPT`, `BC_ERR_STORE_BUSY`, `BC_ERR_STORE_MISSING`,
 * `BC_ERR_STORE_VERSION`, `BC_ERR_STORE_CORRUPT`, `BC_ERR_STORE_UNWRITABLE`.
 */
export function pruneStore(dir: string, options: PruneOptions = {}): PruneReport {
  const { limits = DEFAULT_RETENTION, runs = [], dryRun = false, nameOf } = options;
  const request = { store: dir, limits: retentionLimits(limits, nameOf), runs, dryRun };
  const { native } = loadCore();
  return parse(() => native.prune(JSON.stringify(request)));
}

/**
 * Pins a run of the store in `dir`, which is then never removed, or takes the pin away. Whether that
 * changed anything.
 */
export function pinRun(dir: string, runId: string, pinned: boolean): boolean {
  const { native } = loadCore();
  return coded(() => native.pinRun(dir, runId, pinned));
}
