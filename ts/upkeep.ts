/**
 * Work on a store that no question needs, done by the addon: `breadcrumb compact`.
 */
import { loadCore } from "./load-core";
import { parse } from "./session";

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
