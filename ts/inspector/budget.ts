/**
 * What a second may have: hits, time for breakpoints, time for pauses.
 *
 * Hits are counted second by second: in each of them a function has so many, and all together so many. Time is
 * a pool that fills evenly and holds half a second's share, so that what is spent in one piece stays small.
 */
import type { InspectorBudget } from "../options/inspector";

const SECOND_NS = 1_000_000_000;
const MS_NS = 1_000_000;
/** The share of a function's hits that may be pauses for what is thrown at one place. */
const THROWS = 0.25;
/** The share of the time for pauses that is kept for exceptions. */
const KEPT = 0.25;
/** Seconds whose share a pool holds. */
const HELD = 0.5;

/** Hits of a function in a second of the budget. */
export interface Hits {
  second: number;
  hits: number;
}

/** Nanoseconds that fill evenly. */
class Pool {
  readonly #perSecond: number;
  #left: number;

  constructor(ms: number) {
    this.#perSecond = ms * MS_NS;
    this.#left = this.most;
  }

  get most(): number {
    return HELD * this.#perSecond;
  }

  /** Below 0 where more was taken than there was. */
  get left(): number {
    return this.#left;
  }

  fill(ns: number): void {
    const gain = (ns / SECOND_NS) * this.#perSecond;
    this.#left = Math.min(this.most, this.#left + gain);
  }

  take(ns: number): void {
    this.#left -= ns;
  }
}

/** See the module. Times are ns of the exact clock. */
export class Budget {
  readonly #allowed: InspectorBudget;
  readonly #time: Pool;
  readonly #pauses: Pool;
  #now: number;
  #second = 0;
  #began: number;
  #hits = 0;

  constructor(allowed: InspectorBudget, now: number) {
    this.#allowed = allowed;
    this.#time = new Pool(allowed.cpuMs);
    this.#pauses = new Pool(allowed.pauseMs);
    this.#now = now;
    this.#began = now;
  }

  /** Time passes. */
  at(now: number): void {
    const passed = now - this.#now;
    if (passed <= 0) return;
    this.#now = now;
    this.#time.fill(passed);
    this.#pauses.fill(passed);
    if (now - this.#began < SECOND_NS) return;
    this.#began = now;
    this.#second += 1;
    this.#hits = 0;
  }

  /** Nanoseconds that breakpoints may take now. */
  get timeLeft(): number {
    return this.#time.left;
  }

  /** Nanoseconds that they may take at once. */
  get mostTime(): number {
    return this.#time.most;
  }

  /** Hits that all together have left in this second. */
  get hitsLeft(): number {
    return this.#allowed.totalHits - this.#hits;
  }

  /** Whether a function has a hit left in this second. */
  hasHit(of: Hits): boolean {
    const used = of.second === this.#second ? of.hits : 0;
    return used < this.#allowed.hits;
  }

  /** Takes a hit of a function, if there is one left, and time for it. */
  takesHit(of: Hits): boolean {
    if (!this.hasHit(of) || this.hitsLeft <= 0 || this.timeLeft <= 0) return false;
    this.#count(of);
    this.#hits += 1;
    return true;
  }

  /** Takes a pause for what is thrown at a place, if there is one left in this second. */
  takesThrow(at: Hits): boolean {
    this.#count(at);
    return at.hits <= Math.max(1, this.#allowed.hits * THROWS);
  }

  #count(of: Hits): void {
    if (of.second !== this.#second) {
      of.second = this.#second;
      of.hits = 0;
    }
    of.hits += 1;
  }

  /** Breakpoints took so long. */
  spend(ns: number): void {
    this.#time.take(ns);
  }

  /** Nanoseconds that one pause may take: what there is at most. */
  get longestPause(): number {
    return this.#pauses.most;
  }

  /** Whether there is time left for a pause for a result: some is kept for exceptions, which are rare. */
  mayPause(): boolean {
    return this.#pauses.left > this.#pauses.most * KEPT;
  }

  /** Whether there is time left for a pause for what is thrown. */
  mayPauseForThrow(): boolean {
    return this.#pauses.left > 0;
  }

  /** Whether more than half of that time is left. */
  hasPausesToSpare(): boolean {
    return this.#pauses.left > this.#pauses.most / 2;
  }

  /** A pause took so long. */
  paused(ns: number): void {
    this.#pauses.take(ns);
  }
}
