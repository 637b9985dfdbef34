/**
 * Finds a store's folder and checks that this version can read it.
 *
 *     locateStore()            // nearest ".breadcrumb" upwards, or BREADCRUMB_DIR
 *     locateStore("some/dir")  // that one, or the ".breadcrumb" in it
 *
 * Limits: looks at `store.json` only.
 */
import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { BreadcrumbError } from "../errors";
import { SCHEMA_VERSION } from "./schema";

/** Name of the folder that is looked for. */
export const STORE_FOLDER = ".breadcrumb";

/**
 * Absolute path of the store's folder.
 *
 * Throws `BC_ERR_STORE_MISSING`, `BC_ERR_STORE_CORRUPT`, `BC_ERR_STORE_VERSION`.
 */
export function locateStore(dir?: string): string {
  const folder = findStore(dir);
  checkManifest(folder);
  return folder;
}

/** The same, whatever `store.json` says. Throws `BC_ERR_STORE_MISSING`. */
export function findStore(dir?: string): string {
  const named = dir ?? (process.env["BREADCRUMB_DIR"] || undefined);
  return named === undefined ? searchUpwards(process.cwd()) : namedStore(resolve(named));
}

function namedStore(folder: string): string {
  if (exists(join(folder, "store.json"))) return folder;
  const inside = join(folder, STORE_FOLDER);
  if (exists(join(inside, "store.json"))) return inside;
  throw new BreadcrumbError(
    "BC_ERR_STORE_MISSING",
    `no store in ${folder}: record one with "breadcrumb run <command>", or name its folder with --store or BREADCRUMB_DIR`,
  );
}

function searchUpwards(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    const candidate = join(folder, STORE_FOLDER);
    if (exists(join(candidate, "store.json"))) return candidate;
    if (dirname(folder) === folder) break;
  }
  throw new BreadcrumbError(
    "BC_ERR_STORE_MISSING",
    `no ${STORE_FOLDER} in ${start} or above it: record one with "breadcrumb run <command>", or name its folder with --store or BREADCRUMB_DIR`,
  );
}

function checkManifest(folder: string): void {
  const path = join(folder, "store.json");
  let manifest: Record<string, unknown> | null;
  try {
    manifest = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown> | null;
  } catch (cause) {
    throw new BreadcrumbError(
      "BC_ERR_STORE_CORRUPT",
      `${path} cannot be read: ${(cause as Error).message}`,
      { cause },
    );
  }
  checkVersion(manifest?.["schemaVersion"] ?? manifest?.["formatVersion"], path);
}

/** Throws `BC_ERR_STORE_VERSION` for a version newer than this reader's. */
export function checkVersion(version: unknown, path: string): void {
  if (typeof version !== "number" || version <= SCHEMA_VERSION) return;
  throw new BreadcrumbError(
    "BC_ERR_STORE_VERSION",
    `${path} has format version ${version}, this breadcrumb-tracer reads up to version ${SCHEMA_VERSION}: install a newer one`,
  );
}

function exists(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
