/**
 * How often lines ran, against V8's counts: of every line in the store, the number that V8 tells of its place.
 *
 * V8's own numbers are not all those of the code that they stand at: behind `if (a) return; b = c || d; e()` it tells the
 * function's for `e()`. Which counter it tells there, and which one `e()` has, is known from the text alone
 * (`v8-counters.ts`). Where they are one, V8's number is the line's. Where they are two, the line's is the number that V8
 * tells at another line of the same counter, and what V8 tells here is that of the lines that have the counter that is
 * told, if any has.
 *
 * Set aside, with their number:
 * - *unseen*: those whose counter V8 tells at no line: the one behind `do … while (a && b)` ends before the
 *   test, and the text of a method's computed key is part of the method's.
 * - What V8 counts otherwise, by its form: a generator where it is created, and not where it is started; what is behind a
 *   `for (let …)` whose variables a function may keep each time round; what is behind a `for … in null` or a labelled
 *   `try` that is jumped out of never; and what is behind an `await` or `yield` that the rest of its statement uses
 *   though it threw. Only if they differ, and the last three only in that direction.
 * - *clock*: those of functions that `program.json` names since their ways go by the clock.
 * - Lines of files that acorn does not parse, that a source map moved, or that only other threads loaded (*elsewhere*).
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

/** Compares the lines, but for those of the files that are `moved`, and of functions named in `clock`. */
export function compareLines(
  counts: V8Counts,
  lines: readonly StoredLine[],
  { moved, clock }: { moved: ReadonlySet<string>; clock: readonly string[] },
): LineComparison {
  const differences: string[] = [];
  const aside = new Map<string, number>();
  let [compared, derived] = [0, 0];
  const setAside = (kind: string, number = 1) => aside.set(kind, (aside.get(kind) ?? 0) + number);
  for (const [name, ofFile] of groupBy(lines, (line) => line.file)) {
    const path = resolve(ROOT, name);
    if (moved.has(path)) {
      setAside("moved", ofFile.length);
      continue;
    }
    const file = counts.file(path);
    if (file === undefined) {
      setAside("elsewhere", ofFile.length);
      const ran = ofFile.find(({ calls }) => calls > 0);
      if (ran) differences.push(`line ${name}:${ran.line} ran, and V8 knows nothing of the file`);
      continue;
    }
    const counters = findCounters(file.text);
    if (counters === undefined) {
      setAside("not parsed", ofFile.length);
      continue;
    }
    const all = linesOf(ofFile, file, counters);
    const seen = new Map(all.filter(isSeen).map(({ of, calls }) => [of, calls]));
    const known = new Map([...all.map(({ of, calls }) => [of, calls] as const), ...seen]);
    for (const one of all) {
      const expected = known.get(one.at);
      const kind = isClock(one, clock) ? "clock" : asideKind(one, seen, expected);
      if (kind !== undefined) {
        setAside(kind);
        continue;
      }
      compared += 1;
      if (one.at !== one.of) derived += 1;
      const own = one.at === one.of ? one.happened : seen.get(one.of);
      const told = expected ?? (one.at && one.happened);
      if (one.happened !== told || one.calls !== own) differences.push(sentence(one, told, own));
    }
  }
  const kinds = [...aside].map(([kind, number]) => `${number} ${kind}`).join(", ") || "none";
  const text = `${compared} lines, ${derived} by another counter, aside: ${kinds}`;
  return { differences, compared, text };
}

/** A line, its counters, and how often V8 says that it ran. */
interface ToldLine extends StoredLine {
  readonly happened: number | undefined;
  /** The one that it has. */
  readonly of: Counter | undefined;
  /** The one that V8 tells there. */
  readonly at: Counter | undefined;
}

function linesOf(
  lines: readonly StoredLine[],
  file: CountedFile,
  { counterOf, counterAt, isFunction }: Counters,
): readonly ToldLine[] {
  return lines.map((line) => {
    const offset = file.offset(line.line, line.col);
    // A function has a count of its own: what made it is told before it.
    const told = isFunction(offset) ? offset - 1 : offset;
    return Object.assign(
      { happened: file.at(told), of: counterOf(offset), at: counterAt(told) },
      line,
    );
  });
}

/** Whether its function is one of these: `metric/hook.js:update`. */
function isClock({ file, name }: StoredLine, clock: readonly string[]): boolean {
  return clock.some((entry) => `${file}:${name}`.endsWith(`/${entry}`));
}

/** V8 tells the number of its own counter there. */
function isSeen({ of, at }: ToldLine): boolean {
  return of !== undefined && at === of;
}

/** Why a line is set aside, if it is. */
function asideKind(
  { happened, of, at, calls }: ToldLine,
  seen: ReadonlyMap<Counter | undefined, number>,
  expected: number | undefined,
): string | undefined {
  // A place that has no counter is a difference.
  if (of === undefined || at === undefined || happened === undefined) return undefined;
  if (at !== of && !seen.has(of)) return "unseen";
  if (expected === undefined || (happened === expected && calls === (seen.get(of) ?? calls)))
    return undefined;
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
  { file, line, col, name, happened, of, at, calls }: ToldLine,
  expected: number | undefined,
  own: number | undefined,
): string {
  const place = `line ${file}:${line}:${col} of ${name}`;
  if (of === undefined || at === undefined) return `${place}: no counter is known there`;
  if (at === of) return `${place} (${of.of}): ${happened} times, ${calls} in the store`;
  return `${place} (${of.of}, which ran ${own}): ${calls} in the store; V8 tells ${happened} of ${at.of}, which ran ${expected}`;
}
