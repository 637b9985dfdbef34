/**
 * Which segments can hold what a question asks for, by their summaries.
 *
 *     reader.segments.files("calls", (segment) => mayHoldTrace(segment, runId, rootId))
 *
 * Everything that is read of a summary's run and ranges stands here. Limits: a range says what may
 * be there, not what is.
 */
import type { Segment } from "./segment-summary";

/** Whether a segment has rows of the run. */
export function holdsRun(segment: Segment, runId: string): boolean {
  return segment.runId === runId;
}

/** Whether a segment may have calls of the trace. */
export function mayHoldTrace(segment: Segment, runId: string, rootId: number): boolean {
  return mayHoldRoots(segment, runId, rootId, rootId);
}

/** Whether a segment may have calls of traces from `first` to `last`. */
export function mayHoldRoots(
  segment: Segment,
  runId: string,
  first: number,
  last: number,
): boolean {
  return holdsRun(segment, runId) && touches(segment.rootId, first, last);
}

/** Whether a segment may have calls from `first` to `last`. */
export function mayHoldCalls(
  segment: Segment,
  runId: string,
  first: number,
  last = first,
): boolean {
  return holdsRun(segment, runId) && touches(segment.callId, first, last);
}

function touches(range: readonly [number, number] | null, first: number, last: number): boolean {
  return range !== null && range[0] <= last && first <= range[1];
}

/** The runs that some segments have rows of. */
export function runsIn(segments: readonly Segment[]): string[] {
  return [...new Set(segments.map(({ runId }) => runId))].toSorted();
}

/** What a segment was published as. */
export function segmentName({ runId, seq }: Segment): string {
  return `${runId}-${seq}`;
}
