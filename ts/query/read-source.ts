/**
 * Lines of a source file of the project, if it still is what ran.
 *
 *     readSource({ file: "src/cart.js", line: 10, count: 20, project, bases: [project], ranAtMs })
 *     // { first: 8, lines: […], problem: null }
 *
 * Only files below the project's folder are read, whatever links lead out of it: a store says which
 * paths, and a store may be anybody's. Limits: it is as recorded if it has not been written since the
 * run began.
 */
import { readFileSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";

/** Largest file that is read: a large bundle is. */
const MAX_BYTES = 32 << 20;
/** Lines before the function's first, unless told. */
const LINES_BEFORE = 2;

/** What to read. */
export interface SourceRequest {
  /** As recorded: relative to the project, or absolute. */
  readonly file: string;
  /** The function's first line. */
  readonly line: number;
  /** Lines from there on. */
  readonly count: number;
  /** Lines before. @default 2 */
  readonly before?: number;
  /** Folder below which files are read. */
  readonly project: string;
  /** Folders that a relative path may be relative to. */
  readonly bases: readonly string[];
  /** When the newest of the runs began, ms. */
  readonly ranAtMs: number;
}

/** What was read. */
export interface Source {
  /** Number of the first line. */
  readonly first: number;
  /** None where it cannot be read. */
  readonly lines: readonly string[];
  /** Why it cannot be read, or may not be what ran; null where it is as recorded. */
  readonly problem: string | null;
}

/** The lines, or why there are none. */
export function readSource(request: SourceRequest): Source {
  const none = (problem: string): Source => ({ first: request.line, lines: [], problem });
  const found = findFile(request);
  if (typeof found !== "string") return none(found.problem);
  const stat = statSync(found);
  if (!stat.isFile()) return none("it is no file that can be shown");
  if (stat.size > MAX_BYTES) return none("the file is larger than 32 MiB: it is not read");
  const all = readFileSync(found, "utf8").split(/\r?\n/);
  if (request.line > all.length) {
    return none(`the file has ${all.length} lines now: it has changed since the run`);
  }
  const first = Math.max(1, request.line - (request.before ?? LINES_BEFORE));
  return {
    first,
    lines: all.slice(first - 1, request.line - 1 + request.count),
    problem:
      stat.mtimeMs > request.ranAtMs
        ? "the file was written after the run began: lines may have moved or changed"
        : null,
  };
}

/** Its real path, below the project. */
function findFile({ file, line, project, bases }: SourceRequest): string | { problem: string } {
  if (line === 0) return { problem: `${file} told of it: a span is in no file` };
  if (file.includes("\0")) return { problem: "its name is no path" };
  const root = real(project);
  let outside = false;
  for (const candidate of isAbsolute(file) ? [file] : bases.map((base) => join(base, file))) {
    const path = real(candidate);
    if (path === null) continue;
    const way = root === null ? ".." : relative(root, path);
    if (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way)) return path;
    outside = true;
  }
  return {
    problem: outside
      ? "the file is outside of the project: only files below it are read"
      : "the file is not there (any more)",
  };
}

function real(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
