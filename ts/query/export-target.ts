/**
 * Where an export goes, and how it gets there whole or not at all.
 *
 *     const target = new ExportTarget("calls.parquet", { files: null, overwrite: false, storeDir });
 *     const folder = target.begin();   // write there
 *     target.publish("calls.parquet"); // then it is in place
 *
 * It is written into a folder of its own beside the target, and renamed. Limits: a folder is only ever
 * replaced if there is nothing in it but what an export writes.
 */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { badOption } from "../errors";

const UNFINISHED = ".breadcrumb-export-";

/** See the file. */
export class ExportTarget {
  /** Its absolute path. */
  readonly path: string;
  readonly #isFolder: boolean;
  readonly #overwrite: boolean;
  readonly #ours: ReadonlySet<string>;
  #folder: string | null = null;

  /** Throws `BC_ERR_BAD_OPTION` for a place that cannot, or must not, be written. */
  constructor(
    to: string,
    how: {
      /** Names of the files in it; of one file, null. */
      readonly files: readonly string[] | null;
      readonly overwrite: boolean;
      readonly storeDir: string;
    },
  ) {
    if (typeof to !== "string" || to === "") {
      throw badOption(`to is the path of a file or folder: got ${JSON.stringify(to)}`);
    }
    this.#isFolder = how.files !== null;
    this.#ours = new Set(how.files);
    this.#overwrite = how.overwrite;
    const given = resolve(to);
    let parent: string;
    try {
      parent = realpathSync(dirname(given));
    } catch (cause) {
      throw badOption(`to is in a folder that is not there: ${dirname(given)}`, { cause });
    }
    this.path = join(parent, basename(given));
    const inStore = relative(realpathSync(how.storeDir), this.path);
    if (
      inStore === "" ||
      (!inStore.startsWith(`..${sep}`) && inStore !== ".." && !isElsewhere(inStore))
    ) {
      throw badOption(`to is inside the store: ${this.path}; choose a place outside`);
    }
    this.#check();
  }

  /** A new folder to write into. */
  begin(): string {
    this.discard();
    try {
      this.#folder = mkdtempSync(join(dirname(this.path), UNFINISHED));
    } catch (cause) {
      throw badOption(`to cannot be written: ${(cause as Error).message}`, { cause });
    }
    return this.#folder;
  }

  /** Puts what was written in place: the file of this name, or all of the folder. */
  publish(name: string): void {
    const folder = this.#folder as string;
    this.#check();
    if (!this.#isFolder) {
      renameSync(join(folder, name), this.path);
    } else if (existsSync(this.path)) {
      // A folder cannot be renamed over one that has files.
      const old = mkdtempSync(join(dirname(this.path), UNFINISHED));
      renameSync(this.path, join(old, "old"));
      renameSync(folder, this.path);
      rmSync(old, { recursive: true, force: true });
    } else {
      renameSync(folder, this.path);
    }
    this.discard();
  }

  /** Removes what was written and is not in place. */
  discard(): void {
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = null;
  }

  #check(): void {
    const found = statSync(this.path, { throwIfNoEntry: false });
    if (!found) return;
    if (!this.#overwrite) {
      throw badOption(`to is there already: ${this.path}; give overwrite: true to replace it`);
    }
    if (found.isDirectory() !== this.#isFolder) {
      const kinds = this.#isFolder ? "a file, and a folder" : "a folder, and a file";
      throw badOption(`to is ${kinds} would be written: ${this.path}`);
    }
    const foreign = this.#isFolder
      ? readdirSync(this.path).find((name) => !this.#ours.has(name))
      : undefined;
    if (foreign !== undefined) {
      throw badOption(
        `to holds more than an export: ${join(this.path, foreign)}; choose another folder`,
      );
    }
  }
}

/** Of a relative path on Windows: another drive. */
function isElsewhere(path: string): boolean {
  return resolve(path) === path;
}
