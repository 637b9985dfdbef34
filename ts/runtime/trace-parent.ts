/**
 * The header `traceparent` of W3C Trace Context (https://www.w3.org/TR/trace-context/), and where headers have it.
 *
 *     parseTraceParent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
 *     // { trace: "0af7…", span: "b7ad…", flags: "01" }
 *
 * Limits: what is malformed, or stands twice, is as if it were not there.
 */
import { charCodeAt, includes, indexOf, isArray, isProxy, lowerCase, slice } from "./primordials";
import { ownData } from "./reflect";

/** A span of another process or tracer, by its ids. */
export interface Span {
  /** 32 hexadecimal digits. */
  readonly trace: string;
  /** 16 hexadecimal digits. */
  readonly span: string;
  /** Both as words of 4 bytes, four and two, the highest bits first. */
  readonly words: readonly number[];
  /** Two hexadecimal digits. */
  readonly flags: string;
  /** The header `tracestate` beside it, which whoever passes the trace on passes on too. */
  readonly state?: string | undefined;
}

export const TRACE_PARENT = "traceparent";
export const TRACE_STATE = "tracestate";
const TRACE_DIGITS = 32;
const SPAN_DIGITS = 16;
/** Of a word. */
const DIGITS = 8;
/** Where the parts of the header begin, and where it ends in version 00. */
const TRACE_AT = 3;
const SPAN_AT = TRACE_AT + TRACE_DIGITS + 1;
const FLAGS_AT = SPAN_AT + SPAN_DIGITS + 1;
const END = FLAGS_AT + 2;
const DASH = 0x2d;
/** What makes a small letter of a capital. */
const LOWER = 0x20;

/** Value of a digit, 0 to 15; -1 of another character. Capitals are none. */
function digit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : -1;
}

/** The number of two digits; -1 where there are none. */
function byteAt(text: string, at: number): number {
  const high = digit(charCodeAt(text, at));
  const low = digit(charCodeAt(text, at + 1));
  return high < 0 || low < 0 ? -1 : (high << 4) | low;
}

/** Puts the words of an id behind those that there are. False where it is none, or zero. */
function putWords(text: string, from: number, digits: number, words: number[]): boolean {
  let bits = 0;
  for (let at = from; at < from + digits; at += DIGITS) {
    let word = 0;
    for (let i = 0; i < DIGITS; i++) {
      const value = digit(charCodeAt(text, at + i));
      if (value < 0) return false;
      word = (word << 4) | value;
    }
    words[words.length] = word;
    bits |= word;
  }
  return bits !== 0;
}

/** The words of a trace's id and a span's; undefined if they are none. */
export function wordsOf(trace: unknown, span: unknown): readonly number[] | undefined {
  if (typeof trace !== "string" || typeof span !== "string") return undefined;
  if (trace.length !== TRACE_DIGITS || span.length !== SPAN_DIGITS) return undefined;
  const words: number[] = [];
  const are = putWords(trace, 0, TRACE_DIGITS, words) && putWords(span, 0, SPAN_DIGITS, words);
  return are ? words : undefined;
}

/** What a header says; undefined if it is none. `state`: the header `tracestate`. */
export function parseTraceParent(header: unknown, state?: string): Span | undefined {
  if (typeof header !== "string" || header.length < END) return undefined;
  const isDash = (at: number): boolean => charCodeAt(header, at) === DASH;
  const version = byteAt(header, 0);
  if (version < 0 || version === 0xff) return undefined;
  // A later version may have more behind it.
  if (header.length > END && (version === 0 || !isDash(END))) return undefined;
  if (!isDash(TRACE_AT - 1) || !isDash(SPAN_AT - 1) || !isDash(FLAGS_AT - 1)) return undefined;
  const words: number[] = [];
  if (!putWords(header, TRACE_AT, TRACE_DIGITS, words)) return undefined;
  if (!putWords(header, SPAN_AT, SPAN_DIGITS, words)) return undefined;
  if (byteAt(header, FLAGS_AT) < 0) return undefined;
  return {
    trace: slice(header, TRACE_AT, SPAN_AT - 1),
    span: slice(header, SPAN_AT, FLAGS_AT - 1),
    words,
    flags: slice(header, FLAGS_AT, END),
    state: state === "" ? undefined : state,
  };
}

/** The header of a span. */
export function traceParent({ trace, span, flags }: Span): string {
  return `00-${trace}-${span}-${flags}`;
}

/** A header that stands twice, or whose value is no text. */
const MALFORMED = "";

/**
 * The value of a header among those that a program gave, or Node read: `[name, value, …]`, `[[name, value], …]`, `{ name: value }`,
 * `{ name: [name, value] }` or the text of them all. `name`: in small letters. Undefined where it is not there; "" where its value makes no
 * sense, or cannot be asked for.
 */
export function headerOf(headers: unknown, name: string): string | undefined {
  if (typeof headers === "string") return headerInText(headers, name);
  if (typeof headers !== "object" || headers === null) return undefined;
  if (isProxy(headers)) return MALFORMED;
  if (!isArray(headers)) return valueOf(ownData(headers, name));
  const isNested = isArray(ownData(headers, 0));
  let found: string | undefined;
  for (let i = 0; i < headers.length; i += isNested ? 1 : 2) {
    const entry = ownData(headers, i);
    const key: unknown = isNested ? part(entry, 0) : entry;
    if (!isNamed(key, name)) continue;
    if (found !== undefined) return MALFORMED;
    found = valueOf(isNested ? part(entry, 1) : ownData(headers, i + 1)) ?? MALFORMED;
  }
  return found;
}

/** Whether a header is called so, in whatever letters. */
function isNamed(key: unknown, name: string): boolean {
  if (key === name) return true;
  if (typeof key !== "string" || key.length !== name.length) return false;
  // Of most others the first letter is enough.
  return (charCodeAt(key, 0) | LOWER) === charCodeAt(name, 0) && lowerCase(key) === name;
}

function part(entry: unknown, index: number): unknown {
  return isArray(entry) && !isProxy(entry) ? ownData(entry, index) : undefined;
}

function valueOf(value: unknown): string | undefined {
  if (value === undefined || typeof value === "string") return value;
  const named = part(value, 1);
  return typeof named === "string" ? named : MALFORMED;
}

/** The same of a list that Node has made, whose items nobody else has put there: `[name, value, …]`. */
export function rawHeaderOf(headers: unknown, name: string): string | undefined {
  if (!isArray(headers) || isProxy(headers)) return undefined;
  let found: string | undefined;
  for (let i = 0; i < headers.length; i += 2) {
    const key: unknown = headers[i];
    if (!isNamed(key, name)) continue;
    if (found !== undefined) return MALFORMED;
    found = valueOf(headers[i + 1]) ?? MALFORMED;
  }
  return found;
}

/** The same in `name: value` lines. */
function headerInText(text: string, name: string): string | undefined {
  const lines = `\r\n${lowerCase(text)}`;
  const mark = `\r\n${name}:`;
  const at = indexOf(lines, mark);
  if (at < 0) return undefined;
  const from = at + mark.length;
  const end = indexOf(lines, "\r\n", from);
  const value = slice(text, from - 2, (end < 0 ? lines.length : end) - 2);
  const isTwice = includes(slice(lines, from), mark);
  return isTwice ? MALFORMED : slice(value, charCodeAt(value, 0) === 0x20 ? 1 : 0);
}
