/**
 * Which functions have breakpoints now: those that are captured, as far as there is time for it.
 *
 * ```text
 * captured ─► set, a slice of the program's time after the other
 *    its share is used up ─► rests ─► set again, once there is time for what it took the last time
 * not captured ─► cleared
 * ```
 * A breakpoint that nothing hits costs nothing; those of functions that are called all the time are set a few
 * at a time, in turn. Limits: nothing is set while JavaScript is busy and hits none.
 */
import { MODE_OFF } from "../native/layout";
import { now } from "../runtime/primordials";
import { modes } from "../runtime/writer";
import type { Budget, Hits } from "./budget";
import type { DebugSession } from "./debug-session";
import type { LoadedFunction } from "./loaded-functions";
import { forgetEnds } from "./open-calls";
import { clearBreakpoint, ENTRY, findPoints, type Point, type Site, setBreakpoint } from "./points";

/** What a function's breakpoints may do, and did. */
export interface Arms {
  isSet: boolean;
  /** It was hit before. */
  isParsed: boolean;
  /** V8 has no place for them. */
  isImpossible: boolean;
  /** Its share, or that of all, was used up. */
  isResting: boolean;
  /** A call of it threw, and what it was was not seen. */
  throwsUnseen: boolean;
  /** By the exact clock: a pause for its result has taken too long. */
  noPausesUntil: number;
  /** Hits of the budget. */
  readonly used: Hits;
  /** Calls and nanoseconds since they were set. */
  calls: number;
  ns: number;
  /** Hits since then that were there for calls that had not ended. */
  strays: number;
  /** Calls and nanoseconds of the time before they rested. */
  lastCalls: number;
  lastNs: number;
}

/** Hits for which the ends of open calls are waited for. */
const MAX_STRAYS = 20;
/** Functions whose breakpoints are set whatever the budget. */
const AT_ONCE = 50;
/** So long V8 takes to read a character of a program. */
export const NS_TO_READ = 15;
/** So long setting and clearing holds the program up in one piece. */
const SLICE_NS = 4_000_000;

/** The exact clock, ns. */
export const clock = (): number => Number(now());

/** See the module. */
export class Arming {
  readonly #debug: DebugSession;
  readonly #budget: Budget;
  readonly #points: Point[];
  readonly #sites: Site[] = [];
  /** Who has its turn next. */
  #next = 0;
  /** Breakpoints that were set whatever the budget. */
  #given = 0;

  /** `points` gets all points: a point's number is its index there. */
  constructor(debug: DebugSession, budget: Budget, points: Point[]) {
    this.#debug = debug;
    this.#budget = budget;
    this.#points = points;
  }

  add(loaded: LoadedFunction): void {
    const arms: Arms = {
      isSet: false,
      isParsed: false,
      isImpossible: false,
      isResting: false,
      throwsUnseen: false,
      noPausesUntil: 0,
      used: { second: 0, hits: 0 },
      calls: 0,
      ns: 0,
      strays: 0,
      lastCalls: 0,
      lastNs: 0,
    };
    this.#sites.push({
      function: loaded,
      points: [],
      repeats: false,
      nests: false,
      isBlind: false,
      open: 0,
      watch: 0,
      arms,
    });
  }

  /**
   * Sets and clears what is to be, for a slice of time at most. Whether there is more to do at once: the rest
   * waits for the budget, new ones too, since it is not known yet which of them are hit all the time.
   */
  look(): boolean {
    const began = clock();
    this.#budget.at(began);
    let { timeLeft, hitsLeft } = this.#budget;
    let waits: number | undefined;
    const count = this.#sites.length;
    for (let i = 0; i < count; i++) {
      const at = (this.#next + i) % count;
      const site = this.#sites[at] as Site;
      const { arms } = site;
      if (modes[site.function.id] === MODE_OFF) {
        if (!arms.isSet) continue;
        arms.isResting = false;
        this.#clear(site);
      } else {
        if (arms.isSet || arms.isImpossible) continue;
        if (arms.isResting && !this.#budget.hasHit(arms.used)) continue;
        const isFree = !arms.isResting && this.#given < AT_ONCE;
        const needed = arms.isResting ? this.#budget.mostTime / 2 : 0;
        const isLate = timeLeft <= 0 || timeLeft < needed;
        if ((isLate && !isFree) || (arms.isResting && hitsLeft <= 0)) {
          waits ??= at;
          continue;
        }
        const ns = this.#set(site);
        if (isFree) this.#given += 1;
        else {
          this.#budget.spend(ns);
          timeLeft -= ns + Math.max(arms.lastNs, this.firstHitNs(site));
        }
        hitsLeft -= arms.lastCalls;
      }
      if (clock() - began > SLICE_NS) {
        this.#next = at + 1;
        return true;
      }
    }
    this.#next = waits ?? 0;
    return false;
  }

  /** The functions that are captured, whether they have their turn or not. */
  captured(): LoadedFunction[] {
    return this.#sites
      .filter(({ arms, function: { id } }) => !arms.isImpossible && modes[id] !== MODE_OFF)
      .map((site) => site.function);
  }

  /** A function has used up its share: it runs at full speed until it has its turn. */
  rest(site: Site): void {
    const { arms } = site;
    arms.isResting = true;
    // What it would have taken is not known where all was used up: then it has its turn alone.
    const { timeLeft, hitsLeft } = this.#budget;
    arms.lastCalls = hitsLeft > 0 ? arms.calls : Number.POSITIVE_INFINITY;
    arms.lastNs = timeLeft > 0 ? arms.ns : Number.POSITIVE_INFINITY;
    this.#clear(site);
  }

  /** What V8 takes for a function's first hit beside that for others: it reads the whole script. */
  firstHitNs({ arms, function: { file } }: Site): number {
    return arms.isParsed ? 0 : file.characters * NS_TO_READ;
  }

  /** A breakpoint of it was hit that may be there for the calls that are open only, and told of none of them. */
  strayed(site: Site): void {
    const { arms } = site;
    if (arms.isSet) return;
    arms.strays += 1;
    if (site.open > 0 && arms.strays <= MAX_STRAYS) return;
    forgetEnds(site);
    this.#clear(site);
  }

  /** A call of it has ended. */
  ended(site: Site): void {
    if (!site.arms.isSet && site.open === 0) this.#clear(site);
  }

  /** None is set any more, whatever has not ended. */
  clearAll(): void {
    for (const point of this.#points) clearBreakpoint(this.#debug, point);
  }

  /** Sets anew what the session has forgotten. */
  renew(): void {
    for (const point of this.#points) {
      if (point.set === undefined) continue;
      point.set = undefined;
      setBreakpoint(this.#debug, point);
    }
  }

  /** How long it took, ns. */
  #set(site: Site): number {
    const { arms } = site;
    const began = clock();
    try {
      if (site.points.length === 0 && !findPoints(this.#debug, site, this.#points)) {
        arms.isImpossible = true;
      }
      const set = site.points.map((point) => setBreakpoint(this.#debug, point));
      site.isBlind = set.includes(false);
      arms.isSet = !arms.isImpossible;
    } catch {
      // Its script is gone: it runs no more.
      arms.isImpossible = true;
    }
    const ns = clock() - began;
    arms.calls = 0;
    arms.strays = 0;
    arms.ns = ns;
    arms.isResting = false;
    return ns;
  }

  #clear(site: Site): void {
    site.arms.isSet = false;
    for (const point of site.points) {
      // What is still open is to end.
      if ((point.tells & ENTRY) !== 0 || site.open === 0) clearBreakpoint(this.#debug, point);
    }
  }
}
