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
import { TraceCall } from "./call-rows";
import { lastRows } from "./last-rows";
import type { RemoteCalls } from "./remote-calls";
import type { CallStatus, CountedFunction, RecordedException, RemoteCall } from "./results";
import { traceId } from "./trace-id";

/** What a trace is made of. */
export interface TraceParts {
  readonly runId: string;
  readonly rootId: number;
  /** In the order of entry. */
  readonly calls: readonly TraceCall[];
  readonly exceptions: readonly RecordedException[];
  /** How many the store has. */
  readonly callCount: number;
  readonly counted: readonly CountedFunction[];
  readonly remote: RemoteCalls;
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
  /**
   * Calls that were only counted, on its thread, while it went on, the most called functions first: at
   * least these. In which of its calls, or between them, is not known.
   */
  readonly countedMeanwhile: readonly CountedFunction[];
  /** The call, mostly of another process, that made the request which the trace serves; null where none is known. */
  readonly remoteParent: RemoteCall | null;
  /** The calls that its own requests led to, in the order of the requests. */
  readonly remoteChildren: readonly RemoteCall[];
  readonly #top: readonly TraceCall[];
  readonly #byId: ReadonlyMap<number, RecordedException>;

  constructor(parts: TraceParts) {
    this.runId = parts.runId;
    this.traceId = traceId(parts.runId, parts.rootId);
    this.#top = link(parts.calls);
    this.calls = inPreOrder(this.#top);
    this.exceptions = parts.exceptions;
    this.countedMeanwhile = parts.counted;
    this.remoteParent = parts.remote.parent;
    this.remoteChildren = parts.remote.children;
    this.#byId = new Map(parts.exceptions.map((exception) => [exception.exceptionId, exception]));
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
    return exceptionId === null ? null : (this.#byId.get(exceptionId) ?? null);
  }
}

/** Links calls and returns those at the top, the root first. */
function link(calls: readonly TraceCall[]): TraceCall[] {
  const byId = lastRows(calls);
  const top: TraceCall[] = [];
  for (const call of byId.values()) {
    const parent = call.parentId === null ? undefined : byId.get(call.parentId);
    if (parent && parent !== call) TraceCall.adopt(parent, call);
    else if (call.parentId === null) top.unshift(call);
    else top.push(call);
  }
  return top;
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
