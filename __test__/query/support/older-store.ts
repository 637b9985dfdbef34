/**
 * A copy of a store that some version wrote.
 *
 *     const dir = olderStore("v1");
 *
 * One program of 19 calls and one exception, as `__test__/query/stores` has it: what versions 2 to 7
 * recorded, 5 with its lines, from 6 on with its assignments, and that of 2 without the columns that version 1 did not have.
 * Limits: it may be changed.
 */
import { chmodSync, cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { newFolder } from "./sample-store";

/** Older versions of which there is a store. */
export const OLDER = ["v1", "v2", "v3", "v4", "v5", "v6"] as const;
/** Every version, of each of which there is a store. */
export const VERSIONS = [...OLDER, "v7"] as const;

/** Its folder. */
export function olderStore(version: (typeof VERSIONS)[number]): string {
  const dir = newFolder();
  cpSync(join(import.meta.dirname, "../stores", version), dir, { recursive: true });
  // A checkout does not keep modes.
  chmodSync(dir, 0o700);
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o700 : 0o600);
  }
  return dir;
}
