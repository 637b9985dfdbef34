/**
 * What the governor sees and did: in `session.counters()`, and in the counters of a run that had one.
 *
 *     governorOf(run.counters)?.steppedDown    // 3
 */

/** A change of what is recorded of a function's calls. */
export interface GovernorDecision {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly function: string;
  readonly file: string;
  readonly line: number;
  readonly from: "values" | "time" | "count" | "dormant";
  readonly to: "values" | "time" | "count" | "dormant";
  readonly callsPerSecond: number;
  /** What its calls cost at the dearer of the two, as a share of the process's own processor time. */
  readonly share: number;
  /** What all recording cost just before, likewise. */
  readonly estimated: number;
  readonly why: string;
}

/** `green`: all is well. `yellow`: something is amiss. `red`: nothing is recorded for a while. */
export type HealthState = "green" | "yellow" | "red";

/** What the governor sees and did. */
export interface GovernorReport {
  /** The budget, as a share of the process's own processor time. */
  readonly overhead: number;
  /** What recording costs now, likewise. */
  readonly estimated: number;
  /** How the process fares under it. */
  readonly state: HealthState;
  readonly why: string | null;
  /** The last 20 changes of state, the newest last. */
  readonly health: readonly {
    readonly at: string;
    readonly from: HealthState;
    readonly to: HealthState;
    readonly why: string | null;
  }[];
  /** Functions that are recorded with less than is captured. */
  readonly steppedDown: number;
  /** Functions by what is recorded of their calls. */
  readonly functions: { readonly values: number; readonly time: number; readonly count: number };
  /** What it reckons with, ns. */
  readonly costs: Readonly<Record<string, number>>;
  /** How many times rarer than usual the recorder looks at the rings, and publishes. */
  readonly stretch: { readonly poll: number; readonly publish: number };
  /** All decisions so far. */
  readonly decided: number;
  /** The last 50 of them, the newest last. */
  readonly decisions: readonly GovernorDecision[];
}

/** The report among the counters of a run; null where it had no governor. */
export function governorOf(counters: object): GovernorReport | null {
  const { governor } = counters as { readonly governor?: GovernorReport | null };
  return governor ?? null;
}
