/**
 * How often lines ran, against V8's counts: of every line in the store, the number that V8 tells of its place.
 *
 * V8's own numbers are not all those of the code that they stand at: behind `if (a) return; b = c || d; e()` it tells the
 * function's for `e()`. Which counter it tells there, and which one `e()` has, is known from the text alone
 * (`v8-counters.ts`). Where they are two, V8 has to tell what the store has for the code that the told counter is of.
 *
 * Set aside, with their number:
 * - *elsewhere*: those whose told counter has no line in the store to compare it with.
 * - What V8 counts otherwise, by its form: a generator where it is created, and not where it is started; what is behind a
 *   `for (let …)` whose variables a function may keep each time round; what is behind a `for … in null` or a labelled
 *   `try` that is jumped out of never; and what is behind an `await` or `yield` that the rest of its statement uses
 *   though it threw. Only if they differ, and the last three only in that direction.
 * - Lines of texts that are not those of the file, or that acorn does not parse, and lines at which a function begins.
 */
import { resolve } from "node:path";
import { groupBy } from "./group-by.ts";
import { ROOT } from "./programs.ts";
import { type Counter, type Counters, findCounters } from "./v8-counters.ts";
import type { CountedFile, V8Counts } from "./v8-counts.ts";

/** A line of the store, or a branch in one. */
export interface StoredLine {
  /** Relative to the repository. */
  readonly file: string;
  readonly line: number;
  readonly col: number;
  /** The function's. */
  readonly name: string;
  /** How often it ran. */
  readonly calls: number;
}

/** What came of it. */
export interface LineComparison {
  /** One sentence for each line that differs. */
  readonly differences: readonly string[];
  /** Lines compared. */
  readonly compared: number;
  /** Their number, and what was set aside. */
  readonly text: string;
}

/** Compares the lines, but for those of the files that are `moved`. */
export function compareLines(
  counts: V8Counts,
  lines: readonly StoredLine[],
  moved: ReadonlySet<string>,
): LineComparison {
  const differences: string[] = [];
  const aside = new Map<string, number>();
  let [compared, derived] = [0, 0];
  const setAside = (kind: string, number = 1) => aside.set(kind, (aside.get(kind) ?? 0) + number);
  for (const [name, ofFile] of groupBy(lines, (line) => line.file)) {
    const path = resolve(ROOT, name);
    const file = counts.file(path);
    const counters = file && findCounters(file.text);
    if (file === undefined || counters === undefined || moved.has(path)) {
      setAside(moved.has(path) ? "moved" : file ? "not parsed" : "not V8's", ofFile.length);
      continue;
    }
    const told = linesOf(ofFile, file, counters);
    const known = new Map(told.map(({ of, calls }) => [of, calls]));
    for (const one of told) {
      const happened = file.at(one.offset);
      if (happened === undefined) setAside("a function");
      else {
        const expected = one.at === one.of ? one.calls : one.at && known.get(one.at);
        const kind = unlike(one, happened, expected);
        if (kind !== undefined) setAside(kind);
        else {
          compared += 1;
          if (one.at !== one.of) derived += 1;
          if (happened !== expected) differences.push(sentence(one, happened, expected));
        }
      }
    }
  }
  const kinds = [...aside].map(([kind, number]) => `${number} ${kind}`).join(", ") || "none";
  const text = `${compared} lines, ${derived} by another counter, aside: ${kinds}`;
  return { differences, compared, text };
}

/** A line, its place, and its counters. */
interface ToldLine extends StoredLine {
  readonly offset: number;
  readonly of: Counter | undefined;
  readonly at: Counter | undefined;
}

function linesOf(
  lines: readonly StoredLine[],
  file: CountedFile,
  { counterOf, counterAt }: Counters,
): readonly ToldLine[] {
  return lines.map((line) => {
    const offset = file.offset(line.line, line.col);
    return { ...line, offset, of: counterOf(offset), at: counterAt(offset) };
  });
}

/** What V8 counts otherwise there, or that nothing is known of it. */
function unlike(
  { of, at }: ToldLine,
  happened: number,
  expected: number | undefined,
): string | undefined {
  if (of !== undefined && at !== of && expected === undefined) return "elsewhere";
  if (at === undefined || expected === undefined || happened === expected) return undefined;
  switch (at.of) {
    case "generator":
    case "behind for-let":
      return at.of;
    case "behind for-in":
    case "behind labelled try":
      return happened < expected ? at.of : undefined;
    case "behind used wait":
      return happened > expected ? at.of : undefined;
    default:
      return undefined;
  }
}

function sentence(
  { file, line, col, name, of, at, calls }: ToldLine,
  happened: number,
  expected: number | undefined,
): string {
  const counter = at === of ? of?.of : `${of?.of} told by ${at?.of}, which ran ${expected}`;
  return `line ${file}:${line}:${col} of ${name}: ${happened} times, ${calls} in the store (${counter ?? "no counter"})`;
}
