/**
 * Which breakpoints tell of a function's calls: where its code begins, each return that V8 shows, and the
 * statements of those that it does not.
 *
 * `function f(a) { return a }` → an entry at `return` with the condition `$bc.b(0,a)`, and an exit at its end
 * with `$bc.b(1)`. The condition is the call of the recorder; it is false, unless the program is to pause for
 * the result.
 */
import type { Hits } from "./budget";
import type { DebugSession } from "./debug-session";
import { type At, type LoadedFunction, order } from "./loaded-functions";

/** Bits of what a breakpoint tells: a call begins. */
export const ENTRY = 1;
/** It returns. */
export const EXIT = 2;
/** It is about to return, and V8 will not show how. */
export const LEAVING = 4;

/** A breakpoint of ours. */
export interface Point {
  readonly site: Site;
  /** ENTRY, EXIT, LEAVING. */
  readonly tells: number;
  readonly at: At;
  readonly condition: string;
  /** V8's id while it is set. */
  set: string | undefined;
}

/** A function and its breakpoints. */
export interface Site {
  readonly function: LoadedFunction;
  /** The entry is hit again and again in one call. */
  readonly repeats: boolean;
  readonly points: Point[];
  /** Calls of it that have not ended. */
  open: number;
  /** Its share of the budget so far. */
  readonly used: Hits;
  /** The budget is used up: its entry is not set. */
  isResting: boolean;
}

/** A place where V8 can break. */
interface BreakLocation {
  readonly lineNumber: number;
  readonly columnNumber?: number;
  readonly type?: "debuggerStatement" | "call" | "return";
}

/** Finds where to break for a function. `points` gets what is found: a point's number is its index there. */
export function findSite(
  debug: DebugSession,
  loaded: LoadedFunction,
  points: Point[],
): Site | undefined {
  const scriptId = String(loaded.file.scriptId);
  const { locations } = debug.post<{ locations: readonly BreakLocation[] }>(
    "Debugger.getPossibleBreakpoints",
    { start: location(scriptId, loaded.body), restrictToFunction: true },
  );
  const returning = locations.filter(({ type }) => type === "return").map(placeOf);
  const isShared = (at: At): boolean => has(loaded.sharedEnds, at);
  const exits = returning.filter((at) => !isShared(at));
  const entry = entryOf(loaded, locations) ?? returning[0];
  if (entry === undefined) return undefined;
  const repeats = loaded.entries.some((range) => range.repeats && isIn(entry, range));
  const site: Site = {
    function: loaded,
    repeats,
    points: [],
    open: 0,
    used: { second: 0, hits: 0 },
    isResting: false,
  };
  const add = (tells: number, at: At, values = ""): void => {
    const point = {
      site,
      tells,
      at,
      condition: `$bc.b(${points.length}${values})`,
      set: undefined,
    };
    site.points.push(point);
    points.push(point);
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
  return site;
}

/** Sets a breakpoint. False where V8 refuses. */
export function setPoint(debug: DebugSession, point: Point): boolean {
  if (point.set !== undefined) return true;
  try {
    const scriptId = String(point.site.function.file.scriptId);
    const { breakpointId } = debug.post<{ breakpointId: string }>("Debugger.setBreakpoint", {
      location: location(scriptId, point.at),
      condition: point.condition,
    });
    point.set = breakpointId;
    return true;
  } catch {
    return false;
  }
}

export function clearPoint(debug: DebugSession, point: Point): void {
  const breakpointId = point.set;
  if (breakpointId === undefined) return;
  point.set = undefined;
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
