/**
 * What breakpoints in files that were loaded before `Breadcrumb.start()` may cost.
 *
 *     inspectorBudget({ hits: 50 })   // { hits: 50, totalHits: 100, cpuMs: 30, pauseMs: 30, counts: false }
 *     inspectorBudget(undefined)      // null: there are none
 */
import { badOption } from "../errors";
import { checkObject, kindOfValue } from "./check-object";

/** How much of files that were loaded before the recording is recorded. */
export interface InspectorOptions {
  /** Calls of one function that are recorded in a second. @default 20 */
  readonly hits?: number;
  /** Calls of all of them together. @default 100 */
  readonly totalHits?: number;
  /** Milliseconds of a second that breakpoints may take: to be hit, set and cleared. @default 30 */
  readonly cpuMs?: number;
  /** Milliseconds of a second that the program may be paused for results and exceptions. @default 30 */
  readonly pauseMs?: number;
  /** Whether calls that are not recorded are counted, by V8, which optimises nothing meanwhile: the program is several
   * times slower. @default false */
  readonly counts?: boolean;
}

/** The same, with defaults. */
export type InspectorBudget = Required<InspectorOptions>;

/** A call costs 0.3 ms, and a result 0.5 ms. */
const DEFAULTS: InspectorBudget = {
  hits: 20,
  totalHits: 100,
  cpuMs: 30,
  pauseMs: 30,
  counts: false,
};
const KNOWN = Object.keys(DEFAULTS);

/** Checks the option and fills in defaults; null where it is off. Throws BC_ERR_BAD_OPTION. */
export function inspectorBudget(given: InspectorOptions): InspectorBudget;
export function inspectorBudget(
  given: InspectorOptions | boolean | undefined,
): InspectorBudget | null;
export function inspectorBudget(
  given: InspectorOptions | boolean | undefined,
): InspectorBudget | null {
  if (given === undefined || given === false) return null;
  if (given === true) return DEFAULTS;
  checkObject(given, 'Option "inspector" must be an object or a boolean', KNOWN, "inspector.");
  const { counts = false, ...limits } = given;
  if (typeof counts !== "boolean") {
    throw badOption(`"inspector.counts" must be a boolean; got ${kindOfValue(counts)}`);
  }
  const budget = { ...DEFAULTS, counts };
  for (const [name, value] of Object.entries(limits) as [keyof typeof limits, unknown][]) {
    if (value === undefined) continue;
    if (typeof value !== "number" || !(value >= 0)) {
      const got = typeof value === "number" ? value : kindOfValue(value);
      throw badOption(`"inspector.${name}" must be a number from 0 on; got ${got}`);
    }
    budget[name] = value;
  }
  return budget;
}

/** `counts` where each call is recorded or counted. */
export const EXACT_COUNTS = "exact";

/** What breakpoints did, and what it cost. */
export interface InspectorCounters {
  /** Breakpoints that were hit. */
  readonly hits: number;
  /** Calls that were seen and not recorded, for want of budget, or because of a stack of 1,000 frames. Those that followed them, until the function had
   * its breakpoints again, were not seen. */
  readonly refused: number;
  /** Pauses for a result. */
  readonly pauses: number;
  /** Results that were not recorded: for want of time to pause, because the stack was too deep for it, or because a
   * debugger may be attached. */
  readonly withoutResult: number;
  /** Pauses for an exception that was recorded. */
  readonly exceptions: number;
  /** Calls that were left by an exception that was not recorded. */
  readonly withoutException: number;
  /** Time that hits took, ns; what V8 does around them is estimated. */
  readonly hitNs: number;
  /** Time in pauses, ns. */
  readonly pauseNs: number;
  /** With the option `counts`: `exact`, or why calls that were not recorded are not all counted. */
  readonly counts?: string;
}

/** They are among the counters of a run; undefined where it had no breakpoints. */
export function inspectorCountersOf(counters: object): InspectorCounters | undefined {
  return (counters as { readonly inspector?: InspectorCounters }).inspector;
}
