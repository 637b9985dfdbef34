/**
 * What is wrong with a run: `faultsOf(outcome, { plain, isWarm: true })` → `["it grew by 5.1 MiB"]`.
 *
 * Limits: resident memory, of which the collector of garbage lets go when it likes.
 */
import { HELD_MIB, type Outcome } from "./run-load.ts";

/** What recording may have beside the plain program and what is held, MiB. */
const RECORDING_MIB = 64;
/** What a process may grow by from the second to the last quarter of its time, MiB. */
const FLAT_MIB = 4;

/** What it is held against. */
export interface Standard {
  /** The same load, not recorded, where that was measured. */
  readonly plain: Outcome | undefined;
  /** It ran for so long that it must not grow any more. */
  readonly isWarm: boolean;
}

/** What is wrong, in words. */
export function faultsOf(outcome: Outcome, { plain, isWarm }: Standard): string[] {
  const { grewMiB, middleMiB, happened, counters } = outcome;
  const more = middleMiB - (plain?.middleMiB ?? middleMiB);
  const { recorded, counted, dropped } = counters ?? { recorded: happened, counted: 0, dropped: 0 };
  const known = recorded + counted + dropped;
  return [
    isWarm && grewMiB > FLAT_MIB && `it grew by ${grewMiB.toFixed(1)} MiB`,
    more > RECORDING_MIB + HELD_MIB && `it takes ${more.toFixed(1)} MiB more than plain`,
    known !== happened && `${known} calls are known of ${happened}`,
  ].filter((fault) => fault !== false);
}
