/**
 * What an exception does to the recorded calls, by the stack that it is thrown on.
 *
 * `f() { try { g() } catch {} }`, `g() { h() }`, h throws → it leaves h's and g's calls, and the first clause of f
 * catches it. Limits: code that is not in an inspected file may catch it before, unseen.
 */
import {
  type At,
  innermost,
  isWithin,
  type LoadedFile,
  type LoadedFunction,
} from "./loaded-functions";
import type { OpenCall } from "./open-calls";
import type { RemoteObject } from "./result";

/** A frame of the stack, as the debugger tells it. */
export interface PausedFrame {
  readonly callFrameId: string;
  readonly location: {
    readonly scriptId: string;
    readonly lineNumber: number;
    readonly columnNumber?: number;
  };
  readonly scopeChain: readonly { readonly type: string; readonly object: RemoteObject }[];
  readonly returnValue?: RemoteObject;
}

/** A call and its frame. */
export interface OnPath {
  readonly call: OpenCall;
  readonly frame: PausedFrame;
}

/** See the module. */
export interface ThrowPath {
  /** The calls that it leaves, the innermost first, unless other code catches it. */
  readonly left: readonly (OnPath & { readonly isSure: boolean })[];
  /** The call that catches it, and the number of the clause. */
  readonly catcher: { readonly call: OpenCall; readonly clause: number } | undefined;
}

/** Where a frame is. */
export function placeIn({ location }: PausedFrame): At {
  return [location.lineNumber, location.columnNumber ?? 0];
}

/**
 * @param frames the innermost first
 * @param calls that are on the stack, the innermost last
 */
export function pathOf(
  frames: readonly PausedFrame[],
  calls: readonly OpenCall[],
  files: ReadonlyMap<string, LoadedFile>,
): ThrowPath {
  const left: (OnPath & { isSure: boolean })[] = [];
  // V8 tells of those frames that a call's depth counts.
  const callOf = new Map(calls.map((call) => [frames[frames.length - call.depth], call]));
  let isSure = true;
  for (const frame of frames) {
    const file = files.get(frame.location.scriptId);
    const loaded = file && innermost(file, placeIn(frame));
    if (loaded === undefined) {
      isSure = false;
      continue;
    }
    const call = callOf.get(frame);
    const clause = clauseAt(loaded, placeIn(frame));
    if (clause >= 0) return { left, catcher: call && { call, clause } };
    if (call !== undefined) left.push({ call, frame, isSure });
    // What it throws is its promise's.
    if (loaded.isAsync) break;
  }
  return { left, catcher: undefined };
}

/** The number of the innermost clause that catches what is thrown there; -1 for none. */
function clauseAt({ guarded }: LoadedFunction, place: At): number {
  let found = -1;
  for (const [clause, range] of guarded.entries()) {
    if (!isWithin(place, range)) continue;
    const best = guarded[found];
    if (best === undefined || isWithin(range[0], best)) found = clause;
  }
  return found;
}
