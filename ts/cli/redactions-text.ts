/**
 * How often each rule redacted, for people: `12 (token 9, jwt 3)`.
 *
 * Limits: the rules that fired most; records of older writers know the sum alone.
 */
import type { RunCounters } from "../query/index";
import { printable } from "./printable";
import { count } from "./quantities";

const NAMED_RULES = 6;

/** The text of some runs' redactions; "" where there were none. */
export function redactionsText(
  runs: readonly Pick<RunCounters, "redacted" | "redactions">[],
): string {
  const sums = new Map<string, number>();
  let total = 0;
  for (const { redacted, redactions } of runs) {
    total += redacted;
    for (const [rule, times] of Object.entries(redactions)) {
      sums.set(rule, (sums.get(rule) ?? 0) + times);
    }
  }
  if (total === 0) return "";
  const rules = [...sums].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const named = rules
    .slice(0, NAMED_RULES)
    .map(([rule, times]) => `${printable(rule)} ${count(times)}`);
  if (rules.length > NAMED_RULES) named.push(`${rules.length - NAMED_RULES} more rules`);
  return named.length === 0 ? count(total) : `${count(total)} (${named.join(", ")})`;
}
