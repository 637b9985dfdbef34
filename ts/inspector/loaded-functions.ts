/**
 * The functions of a loaded file: their ids, and where in V8's text of it their calls can be seen.
 *
 * `innermost(file, [3, 8])` → the function that a place of a stack is in.
 */
import { native } from "../native/load";

/** A place as the debugger says it: line and column from 0. */
export type At = readonly [line: number, column: number];

/** The first place of a stretch of text, and that behind its last one. */
export type Stretch = readonly [At, At];

/** What the addon says of a function. */
interface Inspected {
  readonly parameters: readonly string[];
  readonly isAsync: boolean;
  /** It is asynchronous and can wait. */
  readonly waits: boolean;
  readonly hasResult: boolean;
  readonly range: Stretch;
  readonly body: At;
  readonly returns: readonly At[];
  readonly sharedEnds: readonly At[];
  readonly entries: readonly { readonly from: At; readonly to: At; readonly repeats: boolean }[];
  readonly hidden: readonly At[];
  /** What its `catch` clauses guard, by their numbers. */
  readonly guarded: readonly Stretch[];
  /** Its scopes, by their numbers; empty where variables are not read. */
  readonly scopes: readonly { readonly range: Stretch; readonly names: readonly string[] }[];
}

/** The addon's answer. */
interface Reading {
  readonly reason?: string;
  readonly firstId?: number;
  readonly functions?: readonly Inspected[];
}

/** A function of a loaded file. */
export interface LoadedFunction extends Inspected {
  /** Its id in the table of functions. */
  readonly id: number;
  readonly file: LoadedFile;
  /** Where its text starts, and how long it is. */
  readonly start: number;
  readonly characters: number;
}

/** A loaded file whose calls breakpoints tell of. */
export interface LoadedFile {
  /** V8's name of its script. */
  readonly url: string;
  /** V8's id of its script. */
  readonly scriptId: number;
  /** The length of its text. */
  readonly characters: number;
  /** By where they start. */
  readonly functions: readonly LoadedFunction[];
}

/** A place as one number that is greater for what comes later. */
export function order([line, column]: At): number {
  return line * 2 ** 30 + column;
}

/** Makes the functions of a file known. Its text is V8's. Or says why it cannot. */
export function readFile(
  scriptId: number,
  path: string,
  url: string,
  source: string,
  isModule: boolean,
): LoadedFile | string {
  const kind = isModule ? "module" : "commonjs";
  const reading = JSON.parse(native.readLoaded(source, path, kind)) as Reading;
  const { firstId, functions } = reading;
  if (firstId === undefined || functions === undefined) return reading.reason ?? "it is not known";
  const known: LoadedFunction[] = [];
  const file: LoadedFile = { url, scriptId, characters: source.length, functions: known };
  const lines = lineStarts(source);
  const offset = ([line, column]: At): number => (lines[line] ?? source.length) + column;
  for (let i = 0; i < functions.length; i++) {
    const told = functions[i] as Inspected;
    const start = offset(told.range[0]);
    const characters = offset(told.range[1]) - start;
    known.push({ ...told, id: firstId + i, file, start, characters });
  }
  return file;
}

/** Where each line begins. V8 has the ends of lines that JavaScript has. */
function lineStarts(source: string): number[] {
  const starts = [0];
  for (const { index, 0: end } of source.matchAll(/\r\n|[\n\r\u2028\u2029]/gu)) {
    starts.push(index + end.length);
  }
  return starts;
}

/** Whether a place is in a stretch of text. */
export function isWithin(place: At, [from, to]: Stretch): boolean {
  return order(from) <= order(place) && order(place) < order(to);
}

/** The innermost function around a place of its file. */
export function innermost({ functions }: LoadedFile, place: At): LoadedFunction | undefined {
  // They come as they start: the last one that is around the place is the innermost.
  for (let i = functions.length - 1; i >= 0; i--) {
    const loaded = functions[i] as LoadedFunction;
    if (isWithin(place, loaded.range)) return loaded;
  }
  return undefined;
}
