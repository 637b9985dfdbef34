/**
 * What became of traces where `keep` decides it, for people: `12 stored, 3,400 left out`.
 */
import type { RunCounters } from "../query/results";
import { count } from "./quantities";

/** The text of some runs' traces; "" where all are stored. */
export function tracesText(runs: readonly RunCounters[]): string {
  const sum = (name: string) =>
    runs.reduce((total, counters) => total + Number(counters[name] ?? 0), 0);
  const [kept, left, early] = [sum("tracesKept"), sum("tracesLeftOut"), sum("tracesDecidedEarly")];
  if (kept + left === 0) return "";
  const hint = early === 0 ? "" : ` (${count(early)} decided early: keep's memory was full)`;
  return `${count(kept)} stored, ${count(left)} left out and counted${hint}`;
}
