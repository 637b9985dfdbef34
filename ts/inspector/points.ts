/**
 * Which breakpoints tell of a function's calls: where its code begins, each return that V8 shows, and the
 * statements of those that it does not.
 *
 * `function f(a) { return a }` → an entry at `return` with the condition `$bc.b(0,a)`, and an exit at its end
 * with `$bc.b(1)`. The condition is the call of the recorder; it is false, unless the program is to pause for
 * the result.
 */
import type { Arms } from "./arming";
import type { DebugSession } from "./debug-session";
import { type At, type LoadedFunction, order } from "./loaded-functions";

/** Bits of what a breakpoint tells: a call begins. */
export const ENTRY = 1;
/** It returns. */
export const EXIT = 2;
/** It is about to return, and V8 will not show how. */
export const LEAVING = 4;

/** A breakpoint of ours. */
export interface Breakpoint {
  /** V8's id of the script. */
  readonly scriptId: string;
  readonly at: At;
  /** It is behind the function's last character. */
  readonly isBehind: boolean;
  readonly condition: string;
  /** V8's id while it is set. */
  set: string | undefined;
}

/** One that tells of a function's calls. */
export interface Point extends Breakpoint {
  readonly site: Site;
  /** ENTRY, EXIT, LEAVING. */
  readonly tells: number;
  /** Bytes between the address of the stack at a hit and that at the hit which the call began with, once it is known. */
  below: number | undefined;
}

/** A function and its breakpoints. */
export interface Site {
  readonly function: LoadedFunction;
  /** The entry first. Empty until it is known where to break, and where V8 has no place for it. */
  points: readonly Point[];
  /** The entry is hit again and again in one call. */
  repeats: boolean;
  /** A call of it was seen to call another one that is recorded. */
  nests: boolean;
  /** V8 takes no breakpoint at one of its returns: any call of it may return unseen. */
  isBlind: boolean;
  /** Calls of it that have not ended, and whose end is watched. */
  open: number;
  /** Grows when the ends of open calls are not watched any more. */
  watch: number;
  /** What its breakpoints may do, and did: see `arming.ts`. */
  readonly arms: Arms;
}

/** Places in one answer of V8. */
const MOST_PLACES = 1000;

/** A place where V8 can break. */
interface BreakLocation {
  readonly lineNumber: number;
  readonly columnNumber?: number;
  readonly type?: "debuggerStatement" | "call" | "return";
}

/**
 * Finds where to break for a function; false where V8 has no place. `all` gets what is found: a point's number is
 * its index there. Throws where the script is gone.
 */
export function findPoints(debug: DebugSession, site: Site, all: Point[]): boolean {
  const loaded = site.function;
  const scriptId = String(loaded.file.scriptId);
  // Of a function that nothing refers to V8 knows nothing, and tells of the one around it.
  const [from, to] = loaded.range.map(order) as [number, number];
  const locations = placesOf(debug, scriptId, loaded.body).filter((each) => {
    const at = order(placeOf(each));
    return from <= at && at <= to;
  });
  // `if (a)return b;c()`: V8 tells of the call that begins where the statement ends, and breaks at the return.
  const returning = locations
    .map((each) => [placeOf(each), each.type] as const)
    .filter(([at, type]) => type === "return" || has(loaded.returns, at))
    .map(([at]) => at);
  const isShared = (at: At): boolean => has(loaded.sharedEnds, at);
  const exits = returning.filter((at) => !isShared(at));
  const entry = entryOf(loaded, locations) ?? returning[0];
  if (entry === undefined) return false;
  site.repeats = loaded.entries.some((range) => range.repeats && isIn(entry, range));
  const points: Point[] = [];
  const add = (tells: number, at: At, values = ""): void => {
    const condition = `$bc.b(${all.length}${values})`;
    const isBehind = order(at) === to;
    const breakpoint = { scriptId, at, isBehind, condition, set: undefined };
    const point = { ...breakpoint, site, tells, below: undefined };
    points.push(point);
    all.push(point);
  };
  const values = loaded.parameters.map((name) => `,${name}`).join("");
  // A function may begin where it returns: there is one breakpoint at a place.
  const isEntry = (at: At): boolean => order(at) === order(entry);
  const exit = has(exits, entry) ? EXIT : 0;
  // In an expression V8 may break a little behind its start.
  const leaving = loaded.hidden.some((at) => isEntry(at) || startsWith(loaded, at)) ? LEAVING : 0;
  add(ENTRY | exit | leaving, entry, values);
  for (const at of exits) if (!isEntry(at)) add(EXIT, at);
  for (const at of loaded.hidden) {
    if (!isEntry(at) && !startsWith(loaded, at)) add(LEAVING, at);
  }
  site.points = points;
  return true;
}

/** All places of the function at a place. V8 tells a thousand at once. */
function placesOf(debug: DebugSession, scriptId: string, start: At): BreakLocation[] {
  const places: BreakLocation[] = [];
  for (let from = start; ;) {
    const { locations } = debug.post<{ locations: readonly BreakLocation[] }>(
      "Debugger.getPossibleBreakpoints",
      { start: location(scriptId, from), restrictToFunction: true },
    );
    const last = places.at(-1);
    const since = last === undefined ? Number.NEGATIVE_INFINITY : order(placeOf(last));
    const more = locations.filter((each) => order(placeOf(each)) > since);
    places.push(...more);
    const end = more.at(-1);
    if (end === undefined || locations.length < MOST_PLACES) return places;
    from = placeOf(end);
  }
}

/** Sets a breakpoint, if it is not set. False where V8 refuses. */
export function setBreakpoint(debug: DebugSession, breakpoint: Breakpoint): boolean {
  const { at } = breakpoint;
  if (!breakpoint.isBehind) return setAt(debug, breakpoint, at);
  // There V8 looks in the function around it, which has its own places, or of which it knows nothing any more.
  return setAt(debug, breakpoint, [at[0], at[1] - 1]) || setAt(debug, breakpoint, at);
}

/** Sets it, where V8 is told this place and takes the next one: false if that is another than a return behind the end. */
function setAt(debug: DebugSession, breakpoint: Breakpoint, place: At): boolean {
  if (breakpoint.set !== undefined) return true;
  const { scriptId, at, isBehind, condition } = breakpoint;
  try {
    const { breakpointId, actualLocation } = debug.post<{
      breakpointId: string;
      actualLocation: BreakLocation;
    }>("Debugger.setBreakpoint", { location: location(scriptId, place), condition });
    breakpoint.set = breakpointId;
    if (!isBehind || order(placeOf(actualLocation)) === order(at)) return true;
    clearBreakpoint(debug, breakpoint);
    return false;
  } catch {
    return false;
  }
}

export function clearBreakpoint(debug: DebugSession, breakpoint: Breakpoint): void {
  const breakpointId = breakpoint.set;
  if (breakpointId === undefined) return;
  breakpoint.set = undefined;
  debug.post("Debugger.removeBreakpoint", { breakpointId });
}

function placeOf({ lineNumber, columnNumber }: BreakLocation): At {
  return [lineNumber, columnNumber ?? 0];
}

function location(scriptId: string, [lineNumber, columnNumber]: At): object {
  return { scriptId, lineNumber, columnNumber };
}

function isIn(at: At, { from, to }: { readonly from: At; readonly to: At }): boolean {
  return order(from) <= order(at) && order(at) < order(to);
}

function has(places: readonly At[], wanted: At): boolean {
  return places.some((at) => order(at) === order(wanted));
}

/** Whether a function's code begins with what stands at a place. */
function startsWith({ entries }: LoadedFunction, at: At): boolean {
  const [first] = entries;
  return first !== undefined && order(first.from) === order(at);
}

function entryOf(loaded: LoadedFunction, locations: readonly BreakLocation[]): At | undefined {
  const places = locations.filter(({ type }) => type !== "return").map(placeOf);
  for (const range of loaded.entries) {
    const first = places.find((place) => isIn(place, range));
    if (first !== undefined) return first;
  }
  return undefined;
}
