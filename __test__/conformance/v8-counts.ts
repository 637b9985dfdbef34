/**
 * V8's counts as `coverage-preload.cjs` wrote them, by position: of functions, and of any place in them.
 */
import { readFileSync } from "node:fs";

/** A function that V8 saw called. */
export interface CountedFunction {
  readonly path: string;
  readonly name: string;
  /** Line of its first character, from 1. */
  readonly line: number;
  /** Column of its first character, from 1, in UTF-16 units. */
  readonly col: number;
  readonly count: number;
  /** Why it is no function of the source, if it is none. */
  readonly synthetic?: "module wrapper" | "class initialiser" | "implicit constructor";
}

/** Offsets, and how often what is between them ran. */
type Range = readonly [start: number, end: number, count: number];

interface RawFunction {
  readonly path: string;
  readonly name: string;
  /** Its own, then those in it, the outer ones first. */
  readonly ranges: readonly [Range, ...Range[]];
}

const BYTE_ORDER_MARK = "\u{feff}";

/** What V8 counted. */
export interface V8Counts {
  /** Functions that were called. Those whose file is gone or was never one are left out. */
  readonly functions: readonly CountedFunction[];
  /** How often what stands there ran; undefined where V8 knows of nothing, or a function begins, whose count it has. */
  readonly at: (path: string, line: number, col: number) => number | undefined;
}

/** Reads them. */
export function readV8Counts(file: string): V8Counts {
  const raw = JSON.parse(readFileSync(file, "utf8")) as RawFunction[];
  const files = new Map<string, CountedFile>();
  const functions: CountedFunction[] = [];
  for (const found of raw) {
    const text = files.get(found.path)?.text ?? readSource(found.path);
    if (text === undefined) continue;
    const known = files.get(found.path) ?? {
      text,
      ranges: [],
      functions: new Set(),
      steps: undefined,
    };
    known.functions.add(found.ranges[0][0]);
    files.set(found.path, known);
    known.ranges.push(...found.ranges);
    if (found.ranges[0][2] > 0) functions.push(place(found, text));
  }
  const at = (path: string, line: number, col: number): number | undefined => {
    const known = files.get(path);
    if (known === undefined) return undefined;
    const { starts, counts } = (known.steps ??= stepsOf(known.ranges));
    const offset = (known.text.lineStarts[line - 1] ?? 0) + col - 1;
    return known.functions.has(offset) ? undefined : counts[lineOf(starts, offset) - 1];
  };
  return { functions, at };
}

/** A file, and what was counted in it. */
interface CountedFile {
  readonly text: SourceText;
  readonly ranges: Range[];
  /** Where functions begin. */
  readonly functions: Set<number>;
  steps: Steps | undefined;
}

/** From each of these offsets on, so often. */
interface Steps {
  readonly starts: number[];
  readonly counts: (number | undefined)[];
}

/** Ranges, which lie in each other, as steps. */
function stepsOf(ranges: readonly Range[]): Steps {
  // What is in a range comes behind it, also where both are the same text.
  const sorted = ranges
    .map((range, order) => ({ range, order }))
    .toSorted((a, b) => a.range[0] - b.range[0] || b.range[1] - a.range[1] || a.order - b.order);
  const steps: Steps = { starts: [-1], counts: [undefined] };
  const push = (start: number, count: number | undefined): void => {
    steps.starts.push(start);
    steps.counts.push(count);
  };
  const open: Range[] = [];
  const closeUpTo = (offset: number): void => {
    for (let top = open.at(-1); top !== undefined && top[1] <= offset; top = open.at(-1)) {
      open.pop();
      push(top[1], open.at(-1)?.[2]);
    }
  };
  for (const { range } of sorted) {
    closeUpTo(range[0]);
    open.push(range);
    push(range[0], range[2]);
  }
  closeUpTo(Infinity);
  return steps;
}

/** A file's text as V8 has it, and where its lines begin. */
interface SourceText {
  readonly text: string;
  readonly lineStarts: readonly number[];
}

function readSource(path: string): SourceText | undefined {
  try {
    const read = readFileSync(path, "utf8");
    const text = read.startsWith(BYTE_ORDER_MARK) ? read.slice(1) : read;
    const lineStarts = [0];
    for (const match of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) {
      lineStarts.push(match.index + match[0].length);
    }
    return { text, lineStarts };
  } catch {
    return undefined;
  }
}

function place(found: RawFunction, source: SourceText): CountedFunction {
  const [start, , count] = found.ranges[0];
  const line = lineOf(source.lineStarts, start);
  const col = start - (source.lineStarts[line - 1] ?? 0) + 1;
  const synthetic = syntheticKind(found, source.text);
  const { path, name } = found;
  return { path, name, line, col, count, ...(synthetic !== undefined && { synthetic }) };
}

/** Number of the line that holds an offset: binary search for the last start at or before it. */
function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}

function syntheticKind(found: RawFunction, text: string): CountedFunction["synthetic"] {
  const { name } = found;
  const [start, end] = found.ranges[0];
  if (name === "" && start === 0 && end >= text.trimEnd().length) return "module wrapper";
  if (/^<(?:static|instance_members)_initializer>$/.test(name)) return "class initialiser";
  // Not a method that is called `class`.
  return /^class\b(?!\s*\()/.test(text.slice(start, end)) ? "implicit constructor" : undefined;
}
