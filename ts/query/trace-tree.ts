/**
 * The calls of a trace, linked.
 *
 *     for (const call of trace.calls) console.log("  ".repeat(call.level), call.function);
 *     trace.root.children
 *
 * `JSON.stringify(trace)` gives the calls as a flat list, callers before callees: a recursion ten
 * thousand calls deep would overflow the stack as nested objects. Limits: calls whose caller has no
 * row (dropped, or in the part that was cut) are top-level as well.
 */
import type { Call, CallStatus, RecordedException } from "./results";
import { traceId } from "./trace-id";

const CHILDREN = Symbol("children");

/** A call in its tree. */
export class TraceCall implements Call {
  readonly runId: string;
  readonly threadId: number;
  readonly traceId: string;
  readonly callId: number;
  readonly parentId: number | null;
  readonly function: string;
  readonly file: string;
  readonly line: number;
  readonly col: number;
  readonly parameters: readonly string[];
  readonly startedAt: string;
  /** Entry, from that of the trace's first call. */
  readonly startNs: number;
  readonly durationNs: number | null;
  readonly selfNs: number;
  readonly waitNs: number;
  readonly depth: number;
  readonly status: CallStatus;
  readonly arguments: Call["arguments"];
  readonly result: Call["result"];
  readonly exceptionId: number | null;
  readonly clock: Call["clock"];
  readonly weight: number;
  readonly backend: Call["backend"];
  // Under a symbol, so that JSON and comparisons see the call alone.
  readonly [CHILDREN]: TraceCall[] = [];

  constructor(call: Call, startNs: number) {
    this.runId = call.runId;
    this.threadId = call.threadId;
    this.traceId = call.traceId;
    this.callId = call.callId;
    this.parentId = call.parentId;
    this.function = call.function;
    this.file = call.file;
    this.line = call.line;
    this.col = call.col;
    this.parameters = call.parameters;
    this.startedAt = call.startedAt;
    this.startNs = startNs;
    this.durationNs = call.durationNs;
    this.selfNs = call.selfNs;
    this.waitNs = call.waitNs;
    this.depth = call.depth;
    this.status = call.status;
    this.arguments = call.arguments;
    this.result = call.result;
    this.exceptionId = call.exceptionId;
    this.clock = call.clock;
    this.weight = call.weight;
    this.backend = call.backend;
  }

  /** The calls that it caused, in the order of entry. */
  get children(): readonly TraceCall[] {
    return this[CHILDREN];
  }
}

/** What a trace is made of. */
export interface TraceParts {
  readonly runId: string;
  readonly rootId: number;
  /** In the order of entry. */
  readonly calls: readonly Call[];
  readonly exceptions: readonly RecordedException[];
  readonly callCount: number;
}

/** A root call and all that it caused. */
export class Trace {
  /** `<run>-<root call id in base 36>`. */
  readonly traceId: string;
  /** Its run. */
  readonly runId: string;
  /** Entry of its first call. */
  readonly startedAt: string;
  /** Duration of the root; null while open, or where it has no row. */
  readonly durationNs: number | null;
  /** How the root ended; `open` where it has no row. */
  readonly status: CallStatus;
  /** Number of its calls in the store. */
  readonly callCount: number;
  /** It has more calls than were read: `calls` are its upper levels. */
  readonly truncated: boolean;
  /** Its calls, callers before callees, siblings in the order of entry. */
  readonly calls: readonly TraceCall[];
  /** Its exceptions, in the order thrown. */
  readonly exceptions: readonly RecordedException[];
  readonly #top: readonly TraceCall[];

  constructor(parts: TraceParts) {
    this.runId = parts.runId;
    this.traceId = traceId(parts.runId, parts.rootId);
    this.#top = link(parts.calls);
    this.calls = inPreOrder(this.#top);
    this.exceptions = parts.exceptions;
    this.callCount = Math.max(parts.callCount, this.calls.length);
    this.truncated = this.callCount > this.calls.length;
    this.startedAt = parts.calls[0]?.startedAt ?? "";
    this.durationNs = this.root?.durationNs ?? null;
    this.status = this.root?.status ?? "open";
  }

  /** The root call; null where it has no row (yet). */
  get root(): TraceCall | null {
    const first = this.#top[0];
    return first?.parentId === null ? first : null;
  }

  /** The calls with no caller among `calls`: the root, and those whose caller has no row. */
  get top(): readonly TraceCall[] {
    return this.#top;
  }

  /** The exception with this id. */
  exception(exceptionId: number | null): RecordedException | null {
    if (exceptionId === null) return null;
    return this.exceptions.find((exception) => exception.exceptionId === exceptionId) ?? null;
  }
}

/** Links calls and returns those at the top, the root first. */
function link(calls: readonly Call[]): TraceCall[] {
  const first = calls[0];
  const origin = first ? timeParts(first.startedAt) : ([0, 0] as const);
  const byId = new Map<number, TraceCall>();
  for (const call of calls) {
    // An open call is stored again once it ends: the later row holds more.
    if (byId.has(call.callId) && call.status === "open") continue;
    const [seconds, nanoseconds] = timeParts(call.startedAt);
    const startNs = (seconds - origin[0]) * 1e9 + (nanoseconds - origin[1]);
    byId.set(call.callId, new TraceCall(call, startNs));
  }
  const top: TraceCall[] = [];
  for (const call of byId.values()) {
    const parent = call.parentId === null ? undefined : byId.get(call.parentId);
    if (parent && parent !== call) parent[CHILDREN].push(call);
    else if (call.parentId === null) top.unshift(call);
    else top.push(call);
  }
  return top;
}

let lastSecondText = "";
let lastSeconds = 0;

/** Whole seconds and nanoseconds of an ISO time with nine decimals. */
function timeParts(iso: string): readonly [seconds: number, nanoseconds: number] {
  const text = iso.slice(0, 19);
  if (text !== lastSecondText) {
    lastSeconds = Date.parse(`${text}Z`) / 1000;
    lastSecondText = text;
  }
  return [lastSeconds, Number(iso.slice(20, 29))];
}

/** Callers before callees, without recursion. */
function inPreOrder(top: readonly TraceCall[]): TraceCall[] {
  const ordered: TraceCall[] = [];
  const stack = top.toReversed();
  for (let call = stack.pop(); call; call = stack.pop()) {
    ordered.push(call);
    for (let i = call.children.length - 1; i >= 0; i--) stack.push(call.children[i] as TraceCall);
  }
  return ordered;
}
