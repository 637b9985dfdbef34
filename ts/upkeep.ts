/**
 * Work on a store that no question needs, done by the addon: `breadcrumb compact`, `prune`, `doctor`
 * and `migrate`.
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
  /** There was more to do when it was told to end. */
  readonly unfinished: boolean;
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

/** What is the matter with a file of a store. */
export type FindingKind =
  | "damaged"
  | "missing"
  | "newer"
  | "miscounted"
  | "orphan"
  | "foreign"
  | "permissions"
  | "leftover"
  | "inUse"
  | "replaced"
  | "waiting"
  | "older"
  | "quarantined"
  | "network";

/** Something that a check found. */
export interface Finding {
  /** The file, from the store's folder on. */
  readonly file: string;
  /** What is the matter with it. */
  readonly kind: FindingKind;
  /** The same in words. */
  readonly reason: string;
}

/** What a check has found. */
export interface CheckReport {
  /** Files that were looked at. */
  readonly files: number;
  /** Bytes of tables that were read. */
  readonly bytes: number;
  /** Segments that count. */
  readonly segments: number;
  /** Calls in those of them that are sound. */
  readonly calls: number;
  /** Runs with a record. */
  readonly runs: number;
  /** What is wrong; empty for a sound store. */
  readonly problems: readonly Finding[];
  /** What is not, and good to know. */
  readonly notes: readonly Finding[];
  /** What was moved to `quarantine/`. */
  readonly quarantined: readonly string[];
}

/** How to check. */
export interface CheckOptions {
  /** Move damaged segments and records to the store's `quarantine/`. @default false */
  readonly quarantine?: boolean;
  /** Told of the bytes of tables that were read, and of how many. */
  readonly progress?: (done: number, all: number) => void;
}

/**
 * Looks over every file of the store in `dir`: checksums, counts, leftovers, permissions.
 *
 * Throws `BC_ERR_STORE_MISSING`, `BC_ERR_STORE_VERSION`; to quarantine also `BC_ERR_STORE_BUSY`,
 * `BC_ERR_STORE_CORRUPT` (of `store.json`), `BC_ERR_STORE_UNWRITABLE`.
 */
export function checkStore(dir: string, options: CheckOptions = {}): CheckReport {
  const { native } = loadCore();
  const progress = options.progress ?? (() => {});
  return parse(() => native.checkStore(dir, options.quarantine === true, progress));
}

/** What a migration has done, or would. */
export interface MigrateReport {
  /** Version that the store said it has. */
  readonly from: number;
  /** Version that it says now. */
  readonly to: number;
  /** Segments of older versions that were written again. */
  readonly segments: number;
  /** Runs' records likewise. */
  readonly records: number;
  /** Rows in those segments. */
  readonly rows: number;
  /** Bytes of the tables before. */
  readonly bytesBefore: number;
  /** Bytes of the tables after. */
  readonly bytesAfter: number;
  /** It was told to end before it was done. */
  readonly unfinished: boolean;
  /** What is still being written, and so left to a later migration. */
  readonly left: readonly string[];
  /** What could not be migrated, and why. */
  readonly skipped: readonly string[];
}

/** How to migrate. */
export interface MigrateOptions {
  /** A folder that gets what is replaced, before it is: a store of the older version. @default none */
  readonly backup?: string;
  /** Only tell what would be done. @default false */
  readonly dryRun?: boolean;
}

/**
 * Makes everything in the store in `dir` of the newest version.
 *
 * Throws `BC_ERR_BAD_OPTION` for a backup in a store, `BC_ERR_STORE_BUSY`, `BC_ERR_STORE_MISSING`,
 * `BC_ERR_STORE_VERSION`, `BC_ERR_STORE_CORRUPT`, `BC_ERR_STORE_UNWRITABLE`.
 */
export function migrateStore(dir: string, options: MigrateOptions = {}): MigrateReport {
  const { native } = loadCore();
  const { backup = null, dryRun = false } = options;
  return parse(() => native.migrateStore(dir, backup, dryRun));
}
