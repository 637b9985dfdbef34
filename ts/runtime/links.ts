/**
 * What joins calls to spans of other processes and tracers: records LINK, and the ids that requests go out with.
 *
 * Ids are made of random words of this thread's and of what they name: those of a trace of the number of its root, so that nothing is
 * kept of a trace; those of a span of a number that counts on.
 * Limits: a trace that goes on in another recording of the process gets another id.
 */
import {
  FLAG_LINK_OTEL,
  FLAG_LINK_OUT,
  FLAGS_SHIFT,
  LINK,
  TOKEN_MASK,
  WORDS_SHIFT,
} from "../native/layout";
import { native } from "../native/load";
import { imul } from "./primordials";
import { ownData } from "./reflect";
import { POS, state } from "./state";
import { type Span, wordsOf } from "./trace-parent";
import { due, f64, i32, refresh } from "./writer";

/** LINK: the request that the call serves. */
export const IN = 0;
/** LINK: a request that it makes. */
export const OUT: number = FLAG_LINK_OUT;
/** LINK: a span of OpenTelemetry. */
export const OTEL: number = FLAG_LINK_OTEL;

/** Words of a LINK. */
const LENGTH = 5;
/** Words of 4 bytes of its ids. */
const IDS = 6;
/** The header's flags where nobody has said: recorded. */
const RECORDED = "01";
const WORD = 2 ** 32;

/** Two digits of each byte. */
const BYTES: string[] = [];
for (let byte = 0; byte < 256; byte++) BYTES[byte] = byte.toString(16).padStart(2, "0");

const seeds = native.randomWords();
let spans = 0;

/** Finalizer of MurmurHash3 (Austin Appleby): each word has one of its own. */
function mix(word: number): number {
  let mixed = imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** Eight digits. */
function hex(word: number): string {
  return (
    (BYTES[word >>> 24] as string) +
    (BYTES[(word >>> 16) & 255] as string) +
    (BYTES[(word >>> 8) & 255] as string) +
    (BYTES[word & 255] as string)
  );
}

function seed(index: number): number {
  return seeds[index] as number;
}

/** A span of the trace whose root began as the call of that number in this thread. `from`: that made the request which began it. */
export function newSpan(root: number, from: Span | undefined): Span {
  spans += 1;
  const first = mix(seed(4) ^ imul(spans, 0x9e3779b1));
  const second = mix(seed(5) + spans);
  const span = hex(first) + hex(second);
  if (from !== undefined) {
    const { trace, flags, state: theirs, words } = from;
    const ids = [words[0], words[1], words[2], words[3], first, second] as number[];
    return { trace, span, words: ids, flags, state: theirs };
  }
  const low = mix(seed(3) ^ root);
  const high = mix(seed(2) ^ (root / WORD) ^ low);
  const words = [seed(0), seed(1), high, low, first, second];
  const trace = hex(seed(0)) + hex(seed(1)) + hex(high) + hex(low);
  return { trace, span, words, flags: RECORDED };
}

/**
 * Joins a call to a span.
 *
 * @param direction IN, OUT or OTEL
 * @param distance 0: the call that runs. Else of a trace's root: how many calls before the next one that began
 * @param token that of a span whose link it is instead, or 0
 * @returns whether there was room for it
 */
export function link(direction: number, { words }: Span, distance: number, token = 0): boolean {
  if (due() && !refresh()) return false;
  const p = state[POS] as number;
  f64[p + 1] = distance;
  const q = 2 * p + 4;
  for (let i = 0; i < IDS; i++) i32[q + i] = words[i] as number;
  i32[2 * p + 1] = token & TOKEN_MASK;
  i32[2 * p] = LINK | (direction << FLAGS_SHIFT) | (LENGTH << WORDS_SHIFT);
  state[POS] = p + LENGTH;
  return true;
}

/** The parts of `@opentelemetry/api` that are asked. */
interface OpenTelemetry {
  readonly context?: { active(): { getValue(key: symbol): unknown } | undefined };
}

/** Where its versions 1 keep what they share, however often and in whatever form they are loaded. */
const SHARED = Symbol.for("opentelemetry.js.api.1");
const SPAN_KEY = Symbol.for("OpenTelemetry Context Key SPAN");
let shared: OpenTelemetry | undefined;

/** Joins a call to the span of OpenTelemetry that is active, if there is one. `distance`, `token`: as of `link()`. */
export function linkActive(distance: number, token = 0): void {
  shared ??= ownData(globalThis, SHARED) as OpenTelemetry | undefined;
  if (shared === undefined) return;
  const span = activeSpan(shared);
  if (span !== undefined) link(OTEL, span, distance, token);
}

function activeSpan({ context }: OpenTelemetry): Span | undefined {
  try {
    const active = context?.active()?.getValue(SPAN_KEY) as
      | { spanContext(): { traceId?: unknown; spanId?: unknown } }
      | undefined;
    const { traceId, spanId } = active?.spanContext() ?? {};
    const words = wordsOf(traceId, spanId);
    if (words === undefined) return undefined;
    return { trace: traceId as string, span: spanId as string, words, flags: "" };
  } catch {
    // Not what we take it for.
    return undefined;
  }
}
