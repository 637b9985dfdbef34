/**
 * Time as shapes to be drawn, of a flame graph and of a timeline: plain data.
 *
 *     const { root } = await store.flame({ run: "latest" });
 *     const { lanes } = await store.timeline(traceId);
 *
 * Conventions: as `results.ts`. Limits: shapes only; who draws them chooses the scale.
 */
import type { CallStatus } from "./results";

/** Calls of a function that were led to in the same way. */
export interface FlameNode {
  /** Name of the function; `all` at the top. */
  readonly name: string;
  /** Its file; null at the top. */
  readonly file: string | null;
  /** Line of its first character, from 1. */
  readonly line: number | null;
  /** Column of its first character, from 1. */
  readonly col: number | null;
  /** Running time, its own and that of all below. */
  readonly value: number;
  /** Its own running time. */
  readonly selfNs: number;
  /** Sum of durations, waiting included. */
  readonly durationNs: number;
  /** Number of calls. */
  readonly calls: number;
  /** Those that threw. */
  readonly errors: number;
  /** What it called, the longest running first. */
  readonly children: readonly FlameNode[];
}

/** A flame graph. */
export interface Flame {
  /** Above all stacks. */
  readonly root: FlameNode;
  /** Number of calls read. */
  readonly calls: number;
  /** Those that have no node of their own: too deep, or too many. Their time is in the node above. */
  readonly folded: number;
  /** There were more than `maxCalls`. */
  readonly truncated: boolean;
}

/** A bar of a timeline. */
export interface TimelineRow {
  /** The call. */
  readonly callId: number;
  /** The call that caused it. */
  readonly parentId: number | null;
  /** Name of its function. */
  readonly function: string;
  /** Its file. */
  readonly file: string;
  /** Its line. */
  readonly line: number;
  /** Thread in its run. */
  readonly threadId: number;
  /** Number of calls above it. */
  readonly depth: number;
  /** How it ended. */
  readonly status: CallStatus;
  /** Entry, from that of the trace's first call. */
  readonly startNs: number;
  /** End, likewise; null while open. */
  readonly endNs: number | null;
  /** The running part without recorded callees. */
  readonly selfNs: number;
  /** The suspended part. */
  readonly waitNs: number;
  /** The lane that it stands on. */
  readonly lane: number;
}

/** A lane of a timeline: on it, calls nest. */
export interface TimelineLane {
  /** From 0. */
  readonly lane: number;
  /** The thread of its calls. A thread has several where calls overlapped: asynchronous ones. */
  readonly threadId: number;
  /** For people. */
  readonly name: string;
}

/** A trace as bars on lanes. */
export interface Timeline {
  readonly traceId: string;
  readonly runId: string;
  /** Entry of its first call. */
  readonly startedAt: string;
  /** End of the call that ended last. */
  readonly endNs: number;
  /** The trace has more calls. */
  readonly truncated: boolean;
  readonly lanes: readonly TimelineLane[];
  /** In the order of entry. */
  readonly rows: readonly TimelineRow[];
}
