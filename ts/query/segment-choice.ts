/**
 * Which segments can hold what a question asks for, by their summaries.
 *
 *     reader.segments.files("calls", (segment) => mayHoldTrace(segment, runId, rootId))
 *
 * Everything that is read of a summary's runs and ranges stands here. Limits: a range says what may
 * be there, not what is.
 */
import { HASH_DIGITS, nameHash, type Range, type RunPart, type Segment } from "./segment-summary";

/** Whether a segment has rows of the run. */
export function holdsRun(segment: Segment, runId: string): boolean {
  return segment.runs.some((part) => part.runId === runId);
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
  return segment.runs.some((part) => part.runId === runId && touches(part.rootId, first, last));
}

/** Whether a segment may have calls from `first` to `last`; of any run where none is named. */
export function mayHoldCalls(
  segment: Segment,
  runId: string | null,
  first: number,
  last = first,
): boolean {
  const isOf = (part: RunPart) => runId === null || part.runId === runId;
  return segment.runs.some((part) => isOf(part) && touches(part.callId, first, last));
}

function touches(range: Range | null, first: number, last: number): boolean {
  return range !== null && range[0] <= last && first <= range[1];
}

/** For a filter's `function`: whether a segment may have calls of it. A pattern may be anything. */
export function mayCall(pattern: string | undefined): (segment: Segment) => boolean {
  if (pattern === undefined || pattern.includes("*")) return () => true;
  const hash = nameHash(pattern);
  return ({ functionHashes }) => functionHashes === null || listsHash(functionHashes, hash);
}

/** Whether it stands in a text of ascending hashes. */
function listsHash(hashes: string, wanted: string): boolean {
  const nth = (n: number) => hashes.slice(n * HASH_DIGITS, (n + 1) * HASH_DIGITS);
  let low = 0;
  let high = hashes.length / HASH_DIGITS;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (nth(middle) < wanted) low = middle + 1;
    else high = middle;
  }
  return nth(low) === wanted;
}

/** The runs that some segments have rows of. */
export function runsIn(segments: readonly Segment[]): string[] {
  return [...new Set(segments.flatMap(({ runs }) => runs.map(({ runId }) => runId)))].toSorted();
}
