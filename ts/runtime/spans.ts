/**
 * Spans: calls of what is no function. Node, a library or the program says when they begin and end.
 *
 *     const REQUEST = spanKind("http.client", "node:http", ["method", "url"]);
 *     const span = begin(REQUEST, ["GET", "http://127.0.0.1/"]) // an ENTER, suspended at once
 *     end(span, { status: 200 })                                // its RETURN, wherever that comes
 *
 * A span is a call of whatever runs when it begins; what runs until it ends is not called by it. It takes no part in contexts but
 * as the root of a trace.
 */
import { FLAG_GENERATOR } from "../native/layout";
import { native } from "../native/load";
import { enterSlowly, probes } from "./probes";
import { state, STRING } from "./state";
import { apart } from "./texts";
import { canCount, modes, records } from "./writer";

/** What spans of one sort have in common. */
export interface SpanKind {
  /** JSON of `SpanName`. */
  readonly named: string;
  /** Id of its function; `UNNAMED`, or `REFUSED` where there are too many. */
  id: number;
}

const UNNAMED = -1;
const REFUSED = -2;

/**
 * A sort of span, which becomes known when the first begins.
 *
 * @param file what it is of: `node:http`, `npm:pg`
 * @param parameters names of the values that it begins with
 */
export function spanKind(name: string, file: string, parameters: readonly string[]): SpanKind {
  const named = JSON.stringify({ name, file, line: 0, column: 0, parameters });
  return { named, id: UNNAMED };
}

function idOf(kind: SpanKind): number {
  if (kind.id !== UNNAMED) return kind.id;
  try {
    return (kind.id = native.defineSpan(kind.named));
  } catch {
    return (kind.id = REFUSED);
  }
}

/** UTF-16 units kept of a text that a span begins with, where the option `values` keeps fewer. */
const TEXT = 2000;

/** Begins one. Gives its token, 0 where it is not recorded. */
export function begin(kind: SpanKind, values: readonly unknown[]): number {
  if (!records()) return 0;
  const id = idOf(kind);
  // The session's limits must be this thread's before they are looked at.
  if (id < 0 || modes[id] === 0 || !canCount()) return 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const isLong = typeof value === "string" && value.length > (state[STRING] as number);
    if (isLong) return enterWhole(id, values);
  }
  return enterSlowly(id, FLAG_GENERATOR, values);
}

/** The same with longer texts than those of calls. */
function enterWhole(id: number, values: readonly unknown[]): number {
  const kept = state[STRING] as number;
  let token = 0;
  state[STRING] = kept > TEXT ? kept : TEXT;
  try {
    apart(() => {
      token = enterSlowly(id, FLAG_GENERATOR, values);
    });
  } finally {
    state[STRING] = kept;
  }
  return token;
}

/** Ends it. */
export function end(span: number, result: unknown): void {
  if (span !== 0) probes.x(span, 1, result);
}

/** Ends it by an error. */
export function fail(span: number, error: unknown): void {
  probes.u(span, error);
}
