/**
 * A trace as bars on lanes.
 *
 *     const { rows, lanes } = timelineOf(trace);
 *     rows[0]   // { function: "main", startNs: 0, endNs: 5000000, lane: 0, … }
 *     chromeTrace(timelineOf(trace))   // for chrome://tracing and https://ui.perfetto.dev
 *
 * In a lane calls nest as they were caused: one stands on its caller's lane while the caller is the
 * innermost there; else (it overlaps with what the caller began before, or outlasts it) on a lane that
 * is free. Limits: of a trace that was cut, the calls that were read.
 */
import { placeText } from "./place-text";
import type { TraceCall } from "./call-rows";
import type { Timeline, TimelineLane, TimelineRow } from "./pictures";
import type { Trace } from "./trace-tree";

/** The rows, in the order of entry. */
export function timelineOf(trace: Trace): Timeline {
  const calls = trace.calls.toSorted((a, b) => a.startNs - b.startNs || a.depth - b.depth);
  const lastNs = calls.reduce((last, call) => Math.max(last, endOf(call, 0)), 0);
  const lanes = new Lanes();
  const rows = calls.map((call): TimelineRow => {
    const { startNs, durationNs } = call;
    return {
      callId: call.callId,
      parentId: call.parentId,
      function: call.function,
      file: call.file,
      line: call.line,
      threadId: call.threadId,
      depth: call.depth,
      status: call.status,
      startNs,
      endNs: durationNs === null ? null : startNs + durationNs,
      selfNs: call.selfNs,
      waitNs: call.waitNs,
      lane: lanes.place(call, endOf(call, lastNs)),
    };
  });
  return {
    traceId: trace.traceId,
    runId: trace.runId,
    startedAt: trace.startedAt,
    endNs: lastNs,
    truncated: trace.truncated,
    lanes: lanes.lanes,
    rows,
  };
}

/** A trace-event file of Chrome's. */
export interface ChromeTrace {
  readonly displayTimeUnit: "ns";
  readonly otherData: { readonly traceId: string; readonly startedAt: string };
  readonly traceEvents: readonly Readonly<Record<string, unknown>>[];
}

/** The timeline as Chrome's trace events: https://ui.perfetto.dev opens it. Times are in µs there. */
export function chromeTrace(timeline: Timeline): ChromeTrace {
  const names = timeline.lanes.map(({ lane, name }) => ({
    name: "thread_name",
    ph: "M",
    pid: 1,
    tid: lane,
    args: { name },
  }));
  const calls = timeline.rows.map((row) => ({
    name: row.function,
    cat: row.status,
    ph: "X",
    pid: 1,
    tid: row.lane,
    ts: row.startNs / 1000,
    dur: ((row.endNs ?? timeline.endNs) - row.startNs) / 1000,
    args: {
      callId: row.callId,
      parentId: row.parentId,
      source: placeText(row),
      status: row.status,
      selfNs: row.selfNs,
      waitNs: row.waitNs,
    },
  }));
  const { traceId, startedAt } = timeline;
  return {
    displayTimeUnit: "ns",
    otherData: { traceId, startedAt },
    traceEvents: [...names, ...calls],
  };
}

function endOf({ startNs, durationNs }: TraceCall, otherwise: number): number {
  return durationNs === null ? Math.max(otherwise, startNs) : startNs + durationNs;
}

/** A call on a lane. */
interface Bar {
  readonly callId: number;
  readonly endNs: number;
}

class Lanes {
  readonly lanes: TimelineLane[] = [];
  /** The calls that are open on each lane, the innermost last. */
  readonly #open: Bar[][] = [];
  readonly #laneOf = new Map<number, number>();
  /** Of each thread: its lanes by the end of their outermost call. */
  readonly #free = new Map<number, LaneQueue>();

  /** The lane of a call; calls come in the order of entry. */
  place(call: TraceCall, endNs: number): number {
    const beside = call.parentId === null ? undefined : this.#laneOf.get(call.parentId);
    const nests = beside !== undefined && this.#nests(call, endNs, beside);
    const lane = nests ? beside : this.#freeLane(call, endNs);
    this.#open[lane]?.push({ callId: call.callId, endNs });
    this.#laneOf.set(call.callId, lane);
    return lane;
  }

  /** Whether the caller is the innermost call of its lane, and outlasts this one. */
  #nests(call: TraceCall, endNs: number, lane: number): boolean {
    const open = this.#open[lane] as Bar[];
    for (let top = open.at(-1); top; top = open.at(-1)) {
      if (top.callId === call.parentId) return endNs <= top.endNs;
      if (top.endNs > call.startNs) return false;
      open.pop();
    }
    return false;
  }

  #freeLane({ threadId, startNs }: TraceCall, endNs: number): number {
    const queue = this.#free.get(threadId) ?? new LaneQueue();
    this.#free.set(threadId, queue);
    let lane = queue.takeEndedBy(startNs);
    if (lane === null) {
      lane = this.lanes.length;
      const number = ++queue.lanes;
      const name = number === 1 ? `thread ${threadId}` : `thread ${threadId} (${number})`;
      this.lanes.push({ lane, threadId, name });
    }
    this.#open[lane] = [];
    queue.add({ lane, endNs });
    return lane;
  }
}

interface Waiting {
  readonly lane: number;
  readonly endNs: number;
}

/** A heap of lanes, the one that is free first on top. */
class LaneQueue {
  /** Number of lanes, those that are not free included. */
  lanes = 0;
  readonly #heap: Waiting[] = [];

  add(entry: Waiting): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (before(heap[above], heap[at])) break;
      swap(heap, above, at);
      at = above;
    }
  }

  /** A lane that is free at this time. */
  takeEndedBy(ns: number): number | null {
    const heap = this.#heap;
    const [first] = heap;
    if (!first || first.endNs > ns) return null;
    const last = heap.pop() as Waiting;
    if (heap.length > 0) heap[0] = last;
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const least = right < heap.length && before(heap[right], heap[left]) ? right : left;
      if (left >= heap.length || before(heap[at], heap[least])) break;
      swap(heap, at, least);
      at = least;
    }
    return first.lane;
  }
}

function before(a: Waiting | undefined, b: Waiting | undefined): boolean {
  return a !== undefined && b !== undefined && (a.endNs - b.endNs || a.lane - b.lane) <= 0;
}

function swap(heap: Waiting[], a: number, b: number): void {
  [heap[a], heap[b]] = [heap[b] as Waiting, heap[a] as Waiting];
}
