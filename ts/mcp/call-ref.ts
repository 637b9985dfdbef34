/**
 * The id of a call in answers and arguments: its trace's, and its own.
 *
 *     callRef("019ab3c4-…-2N9C", 17)      // "019ab3c4-…-2N9C#17"
 *     parseCallRef("019ab3c4-…-2N9C#17")  // { trace: "019ab3c4-…-2N9C", call: 17 }
 */
import { BreadcrumbError } from "../errors";

/** The id of a call. */
export function callRef(trace: string, call: number): string {
  return `${trace}#${call}`;
}

/** The id of a call that there may be none of: of what an exception left, of a side that has ended. */
export function callRefOf(
  call: { readonly traceId: string | null; readonly callId: number | null } | null | undefined,
): string | null {
  const { traceId = null, callId = null } = call ?? {};
  return traceId === null || callId === null ? null : callRef(traceId, callId);
}

/** What an id names. Throws `BC_ERR_BAD_OPTION`. */
export function parseCallRef(ref: string): { readonly trace: string; readonly call: number } {
  const match = /^([^#]{1,200})#(\d{1,15})$/.exec(ref);
  if (match) return { trace: match[1] as string, call: Number(match[2]) };
  throw new BreadcrumbError(
    "BC_ERR_BAD_OPTION",
    `a call's id is <traceId>#<number>, as answers have it: got ${JSON.stringify(ref.slice(0, 80))}`,
  );
}
