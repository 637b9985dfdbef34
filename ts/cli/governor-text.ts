/**
 * What the governor did, for people.
 *
 *     governorText(report)   // "2.1% of 5% (3 functions stepped down)"
 */
import { placeText } from "../query/place-text";
import type { GovernorDecision, GovernorReport } from "../options/governor-report";
import { printable } from "./printable";
import { count, plural } from "./quantities";

/** In a few words. */
export function governorText({
  overhead,
  estimated,
  state,
  why,
  steppedDown,
}: GovernorReport): string {
  const down = steppedDown === 0 ? "" : ` (${plural(steppedDown, "function")} stepped down)`;
  const health = state === "green" ? "" : `, ${state}: ${why ?? ""}`;
  return `${percent(estimated)} of ${percent(overhead)}${down}${health}`;
}

/** A decision, in a line. */
export function decisionText({
  at,
  file,
  line,
  from,
  to,
  why,
  ...decision
}: GovernorDecision): string {
  return printable(
    `${at.slice(11, 19)} ${decision.function} (${placeText({ file, line })}) ${from} → ${to}: ${why}`,
  );
}

/** The last decisions, and how many there were before them. */
export function decisionLines({ decided, decisions }: GovernorReport, most: number): string[] {
  const shown = decisions.slice(-most);
  const before = decided - shown.length;
  return [...(before > 0 ? [`${count(before)} before`] : []), ...shown.map(decisionText)];
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))}%`;
}
