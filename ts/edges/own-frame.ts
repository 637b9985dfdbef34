/**
 * Stacks as long as without a function of ours that is on them: it is taken out of them, and a stack has so many frames and no more.
 *
 *     const limit = deepen(); // Error.stackTraceLimit: 10 → 11
 *     try { apply(original, …) } finally { putLimit(limit) }
 *
 * Limits: what runs meanwhile may read that limit.
 */
import { defineProperty } from "../runtime/primordials";
import { ownData } from "../runtime/reflect";

const LIMIT = "stackTraceLimit";
const OwnError = Error;

/** Lets stacks have a frame more. Gives what the limit was; undefined where it stays. */
export function deepen(): number | undefined {
  const limit = ownData(OwnError, LIMIT);
  if (typeof limit !== "number" || !(limit > 0)) return undefined;
  return set(limit + 1) ? limit : undefined;
}

/** Puts the limit back, unless the program has set it meanwhile. */
export function putLimit(limit: number | undefined): void {
  if (limit !== undefined && ownData(OwnError, LIMIT) === limit + 1) set(limit);
}

function set(value: number): boolean {
  return defineProperty(OwnError, LIMIT, { __proto__: null, value } as PropertyDescriptor);
}
