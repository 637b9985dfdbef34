/**
 * What was captured of a run when, for people.
 *
 *     captureLines(history, 10)   // ["12:00:00 dormant", "12:03:10 values of 6 functions (src/cart.js:Cart.*) for 30s"]
 */
import type { CaptureChange, CaptureHistory } from "../options/capture-history";
import { printable } from "./printable";
import { count, duration, plural } from "./quantities";

/** The last changes, and how many there were before them. */
export function captureLines({ changed, changes }: CaptureHistory, most: number): string[] {
  const shown = changes.slice(-most);
  const before = changed - shown.length;
  return [...(before > 0 ? [`${count(before)} before`] : []), ...shown.map(changeText)];
}

function changeText({ at, mode, include, functions, forMs }: CaptureChange): string {
  const time = at.slice(11, 19);
  if (mode === "dormant") return `${time} nothing`;
  const chosen = include.length === 0 ? "" : ` (${include.join(", ")})`;
  const long = forMs === null ? "" : ` for ${duration(forMs * 1e6)}`;
  return printable(`${time} ${mode} of ${plural(functions, "function")}${chosen}${long}`);
}
