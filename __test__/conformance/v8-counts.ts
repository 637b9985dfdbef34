/**
 * V8's counts as `coverage-preload.cjs` wrote them, by position: of functions, and of any place in them.
 */
import { readFileSync } from "node:fs";
import { groupBy } from "./group-by.ts";
import { lastUpTo, valueAt } from "./text-ranges.ts";

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
  /** One of several, if the file was loaded more than once. */
  readonly script: string;
  readonly name: string;
  /** Its own, then those in it, the outer ones first. */
  readonly ranges: readonly [Range, ...Range[]];
}

const BYTE_ORDER_MARK = "\u{feff}";

/** What V8 counted. */
export interface V8Counts {
  /** Functions that were called. Those whose file is gone or was never one are left out. */
  readonly functions: readonly CountedFunction[];
  /** A file that V8 saw code of. */
  readonly file: (path: string) => CountedFile | undefined;
}

/** A file, and what was counted in it. */
export interface CountedFile {
  readonly text: string;
  /** Offset of a place. */
  readonly offset: (line: number, col: number) => number;
  /** How often what stands there ran; undefined where V8 knows of nothing. */
  readonly at: (offset: number) => number | undefined;
}

/** Reads them. */
export function readV8Counts(path: string): V8Counts {
  const raw = JSON.parse(readFileSync(path, "utf8")) as RawFunction[];
  const texts = new Map<string, SourceText>();
  const functions: CountedFunction[] = [];
  const found = new Map<string, RawFunction[]>();
  for (const [name, ofFile] of groupBy(raw, (one) => one.path)) {
    const text = readSource(name);
    if (text === undefined) continue;
    texts.set(name, text);
    found.set(name, ofFile);
    for (const one of ofFile) if (one.ranges[0][2] > 0) functions.push(place(one, text));
  }
  const files = new Map<string, CountedFile>();
  const file = (name: string): CountedFile | undefined => {
    const [text, ofFile] = [texts.get(name), found.get(name)];
    if (text === undefined || ofFile === undefined) return undefined;
    const counted = files.get(name) ?? countedFile(text, ofFile);
    files.set(name, counted);
    return counted;
  };
  return { functions, file };
}

function countedFile({ text, lineStarts }: SourceText, found: readonly RawFunction[]): CountedFile {
  const scripts = [...groupBy(found, ({ script }) => script).values()].map((functions) =>
    valueAt(
      functions.flatMap(({ ranges }) =>
        ranges.map(([start, end, value]) => ({ start, end, value })),
      ),
    ),
  );
  return {
    text,
    offset: (line, col) => (lineStarts[line - 1] ?? 0) + col - 1,
    at: (offset) => {
      const known = scripts.map((countAt) => countAt(offset)).filter((n) => n !== undefined);
      return known.length === 0 ? undefined : known.reduce((sum, n) => sum + n);
    },
  };
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
  const line = lastUpTo(source.lineStarts, start) + 1;
  const col = start - (source.lineStarts[line - 1] ?? 0) + 1;
  const synthetic = syntheticKind(found, source.text);
  const { path, name } = found;
  return { path, name, line, col, count, ...(synthetic !== undefined && { synthetic }) };
}

function syntheticKind(found: RawFunction, text: string): CountedFunction["synthetic"] {
  const { name } = found;
  const [start, end] = found.ranges[0];
  if (name === "" && start === 0 && end >= text.trimEnd().length) return "module wrapper";
  if (/^<(?:static|instance_members)_initializer>$/.test(name)) return "class initialiser";
  // Not a method that is called `class`.
  return /^class\b(?!\s*\()/.test(text.slice(start, end)) ? "implicit constructor" : undefined;
}
