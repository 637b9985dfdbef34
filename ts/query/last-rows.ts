/**
 * Each call once, where rows have some twice: an open call is stored again once it ends, and the row of its
 * end holds more.
 *
 *     lastRows(calls).get(17)   // the row of its end, or of when it was open if it has not ended
 *
 * Limits: the calls of one run; in the order in which they were met first.
 */
import type { CallStatus } from "./results";

/** The rows by the call's id. */
export function lastRows<T extends { readonly callId: number; readonly status: CallStatus }>(
  calls: Iterable<T>,
): ReadonlyMap<number, T> {
  const byId = new Map<number, T>();
  for (const call of calls) {
    if (call.status !== "open" || !byId.has(call.callId)) byId.set(call.callId, call);
  }
  return byId;
}
