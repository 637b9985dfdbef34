/**
 * What was captured of a run when, where that changed while it ran: in the counters of its record.
 *
 *     captureHistoryOf(run.counters)?.changes.at(-1)?.mode    // "values"
 */

/** From then on, this was captured. */
export interface CaptureChange {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly mode: "values" | "time" | "count" | "dormant";
  /** What chose the functions, as it was written; empty: all. */
  readonly include: readonly string[];
  /** Functions that were captured then. */
  readonly functions: number;
  /** How long it was to last, ms; null: until the next change. */
  readonly forMs: number | null;
}

/** What was captured when. */
export interface CaptureHistory {
  /** All changes, what the run began with included. */
  readonly changed: number;
  /** The last 50 of them, the newest last. */
  readonly changes: readonly CaptureChange[];
}

/** The history among the counters of a run; null where what was captured never changed. */
export function captureHistoryOf(counters: object): CaptureHistory | null {
  const { captures } = counters as { readonly captures?: CaptureHistory | null };
  return captures ?? null;
}
