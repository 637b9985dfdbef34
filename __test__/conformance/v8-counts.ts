/**
 * V8's counts as `coverage-preload.cjs` wrote them, by original position.
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

interface RawFunction {
  readonly path: string;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly count: number;
}

const BYTE_ORDER_MARK = "\u{feff}";

/** Reads them. Those whose file is gone or was never one are left out. */
export function readV8Counts(file: string): CountedFunction[] {
  const raw = JSON.parse(readFileSync(file, "utf8")) as RawFunction[];
  const texts = new Map<string, SourceText | undefined>();
  return raw.flatMap((found) => {
    if (!texts.has(found.path)) texts.set(found.path, readSource(found.path));
    const text = texts.get(found.path);
    return text === undefined ? [] : [place(found, text)];
  });
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
  const line = lineOf(source.lineStarts, found.start);
  const col = found.start - (source.lineStarts[line - 1] ?? 0) + 1;
  const synthetic = syntheticKind(found, source.text);
  const { path, name, count } = found;
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
  const { name, start, end } = found;
  if (name === "" && start === 0 && end >= text.trimEnd().length) return "module wrapper";
  if (/^<(?:static|instance_members)_initializer>$/.test(name)) return "class initialiser";
  // Not a method that is called `class`.
  return /^class\b(?!\s*\()/.test(text.slice(start, end)) ? "implicit constructor" : undefined;
}
