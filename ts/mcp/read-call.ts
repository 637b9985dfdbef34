/**
 * The call that an id means: `await readCall(store, "019ab3c4-…-2N9C#17")`.
 */
import { BreadcrumbError } from "../errors";
import type { Call, Store } from "../query/index";
import { lastRows } from "../query/last-rows";
import { parseCallRef } from "./call-ref";

/** Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
export async function readCall(store: Store, ref: string): Promise<Call> {
  const { trace, call } = parseCallRef(ref);
  const { items } = await store.calls({ trace, call, limit: 2 });
  const found = lastRows(items).get(call);
  if (found) return found;
  throw new BreadcrumbError(
    "BC_ERR_NOT_FOUND",
    `trace ${trace} has no call ${call}: get_trace and find_calls list calls with their ids`,
  );
}
