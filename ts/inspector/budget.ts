/**
 * How many hits and how many milliseconds of pause a second may have.
 *
 * Seconds are counted one after the other: in each of them a function has so many hits, all together so
 * many, and pauses so much time. What is over is refused, and counted.
 */
import type { InspectorBudget } from "../options/inspector";

const SECOND_NS = 1_000_000_000;
const MS_NS = 1_000_000;

/** Hits of a function in a second of the budget. */
export interface Hits {
  second: number;
  hits: number;
}

/** See the module. Times are ns of the exact clock. */
export class Budget {
  readonly #allowed: InspectorBudget;
  #second = 0;
  #began = 0;
  #hits = 0;
  #pausedNs = 0;

  constructor(allowed: InspectorBudget) {
    this.#allowed = allowed;
  }

  /** Whether another second has begun. */
  begins(nowNs: number): boolean {
    if (nowNs - this.#began < SECOND_NS) return false;
    this.#began = nowNs;
    this.#second += 1;
    this.#hits = 0;
    this.#pausedNs = 0;
    return true;
  }

  /** Takes a hit of a function, if there is one left. */
  takesHit(of: Hits): boolean {
    if (of.second !== this.#second) {
      of.second = this.#second;
      of.hits = 0;
    }
    if (of.hits >= this.#allowed.hits || this.#hits >= this.#allowed.totalHits) return false;
    of.hits += 1;
    this.#hits += 1;
    return true;
  }

  /** Whether there is time left for a pause. */
  mayPause(): boolean {
    return this.#pausedNs < this.#allowed.pauseMs * MS_NS;
  }

  paused(ns: number): void {
    this.#pausedNs += ns;
  }
}
