/**
 * A change to a file: what it holds before and after, how that is shown, and how it is written.
 *
 *     const change = { file, before: readText(file), after: "…" };
 *     changeLines(change)   // ["  {", "+   \"exclude\": []", "  }"]
 *     writeChange(change);
 *
 * Limits: texts in UTF-8; one piece of a text changes at a time.
 */
import {
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { badOption } from "../errors";

/** Lines shown around what changes. */
const CONTEXT = 2;

/** A file before and after; null: there is none. */
export interface FileChange {
  readonly file: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** A file's text, every byte of it; null if there is none. Throws `BC_ERR_BAD_OPTION`. */
export function readText(file: string): string | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw badOption(`${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw badOption(`${file} is not a text in UTF-8, so it is left as it is`, { cause });
  }
}

/** Where a file is, or would be, once all links on the way are followed. Throws for a link to itself. */
export function placeOf(file: string): string {
  try {
    return realpathSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    const leadsTo = linkAt(file);
    if (leadsTo !== null) return placeOf(resolve(dirname(file), leadsTo));
    return join(placeOf(dirname(file)), basename(file));
  }
}

function linkAt(file: string): string | null {
  try {
    return readlinkSync(file);
  } catch {
    return null; // There is none, or it is no link.
  }
}

/** What a change adds, and what it takes away. */
export function changedTexts({ before, after }: FileChange): { added: string; removed: string } {
  const [old, next] = [before ?? "", after ?? ""];
  const { start, end } = unlike(old, next);
  return {
    added: next.slice(start, next.length - end),
    removed: old.slice(start, old.length - end),
  };
}

/** The lines that differ, behind `+` and `-`, and some around them. */
export function changeLines({ before, after }: FileChange): string[] {
  const [old, next] = [linesOf(before), linesOf(after)];
  const { start, end } = unlike(old, next);
  const behind = (sign: string, lines: readonly string[]) =>
    lines.map((line) => `${sign} ${line}`.trimEnd());
  return [
    ...behind(" ", old.slice(Math.max(0, start - CONTEXT), start)),
    ...behind("-", old.slice(start, old.length - end)),
    ...behind("+", next.slice(start, next.length - end)),
    ...behind(" ", old.slice(old.length - end).slice(0, end === 0 ? 0 : CONTEXT)),
  ];
}

/** How much two texts, or lists of lines, have alike at their beginning and at their end. */
function unlike<T extends string | readonly string[]>(old: T, next: T) {
  const most = Math.min(old.length, next.length);
  let start = 0;
  while (start < most && old[start] === next[start]) start += 1;
  let end = 0;
  while (end < most - start && old.at(-1 - end) === next.at(-1 - end)) end += 1;
  return { start, end };
}

function linesOf(text: string | null): string[] {
  if (text === null || text === "") return [];
  return text.replace(/\r?\n$/, "").split(/\r?\n/);
}

/**
 * Writes a change, with the folders that it needs, or takes the file away, with the folders under
 * `root` that are empty then. Throws `BC_ERR_BAD_OPTION` if the file is not as it was.
 */
export function writeChange({ file, before, after }: FileChange, root: string): void {
  if (readText(file) !== before) throw badOption(`${file} has changed meanwhile: try again`);
  try {
    if (after === null) {
      rmSync(file);
      removeEmptyFolders(dirname(file), root);
      return;
    }
    mkdirSync(dirname(file), { recursive: true });
    // One that has come meanwhile is somebody's.
    writeFileSync(file, after, { flag: before === null ? "wx" : "w" });
  } catch (cause) {
    throw badOption(`${file} cannot be written: ${(cause as Error).message}`, { cause });
  }
}

function removeEmptyFolders(folder: string, root: string): void {
  for (let at = folder; at !== root && at.startsWith(root); at = dirname(at)) {
    try {
      rmdirSync(at);
    } catch {
      return; // It holds something else.
    }
  }
}
