/**
 * Hits after which V8 keeps back what is thrown: it does not pause for an exception of a statement at which a
 * breakpoint's condition was false, as ours are.
 *
 * Since V8 13 the last condition counts: so some hits are to be pauses, those of functions of which an exception
 * was missed, and others as long as there is time to spare. Before, the condition was asked again as the exception
 * was thrown: what may be such a question is a pause, whose reason says what it was.
 *
 * Limits: a function that begins with a loop has none of it, and keeps back what its first statement throws.
 */
import type { Budget } from "./budget";
import { isWatched } from "./debug-session";
import { type ExceptionPauses, MAX_PAUSE_DEPTH } from "./exception-pauses";
import type { OpenCall } from "./open-calls";
import { ENTRY, EXIT, LEAVING, type Point } from "./points";

/** A call begins, if the pause for it is not for an exception. */
export interface Entering {
  readonly point: Point;
  readonly depth: number;
  readonly values: readonly unknown[];
}

const ASKS_AGAIN = Number.parseInt(process.versions.v8, 10) < 13;

/** See the module. */
export class MutedHits {
  readonly #exceptions: ExceptionPauses;
  readonly #budget: Budget;

  constructor(exceptions: ExceptionPauses, budget: Budget) {
    this.#exceptions = exceptions;
    this.#budget = budget;
  }

  /** Whether a hit may be that of the call at the top again. */
  isAgain({ site, tells }: Point, top: OpenCall | undefined): boolean {
    if (!ASKS_AGAIN || !this.#exceptions.isOn || top?.site !== site) return false;
    if ((tells & ENTRY) === 0) return (tells & LEAVING) !== 0 && top.isLeaving;
    // One that is about to return has most likely done so.
    if (top.isLeaving && (tells & LEAVING) === 0) return false;
    return (tells & EXIT) === 0 && !site.repeats && top.thrown === undefined;
  }

  /** Whether a hit at which a call begins and returns may be asked for because something is thrown there. */
  mayBeThrown({ tells }: Point): boolean {
    return ASKS_AGAIN && this.#exceptions.isOn && (tells & ENTRY) !== 0;
  }

  /** Whether the program is to pause at a hit of a call. */
  pauses({ depth, site }: OpenCall): boolean {
    if (ASKS_AGAIN || !this.#exceptions.isOn || site.repeats) return false;
    if (depth > MAX_PAUSE_DEPTH || isWatched()) return false;
    return site.arms.throwsUnseen ? this.#budget.mayPause() : this.#budget.hasPausesToSpare();
  }
}
