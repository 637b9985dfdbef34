/** `find_calls`: a page of calls. */
import { z } from "zod";
import { callCursor } from "../../query/calls";
import { parseCallRef } from "../call-ref";
import {
  CALL,
  CURSOR,
  FILE,
  FUNCTION,
  limitOf,
  milliseconds,
  RUN,
  SINCE,
  STATUS,
  timeOf,
  TRACE,
  UNTIL,
  WHERE,
} from "../inputs";
import { checkFunction, pageAnswer } from "../pages";
import { CALL_ROW, callLine, callRow } from "../rows";
import { defineStoreTool, READS } from "../tool";

export const findCalls = defineStoreTool({
  name: "find_calls",
  title: "Find calls",
  description:
    "Lists calls by function, outcome, duration, trace, parent, or conditions on their recorded arguments and results, newest first unless told.",
  input: {
    function: FUNCTION,
    file: FILE,
    status: STATUS,
    run: RUN,
    trace: TRACE.optional(),
    parent: CALL.optional().describe("calls that this call made directly"),
    where: WHERE,
    minDurationMs: milliseconds("lasted at least so long"),
    since: SINCE,
    until: UNTIL,
    order: z.enum(["newest", "oldest"]).default("newest"),
    limit: limitOf(20),
    cursor: CURSOR,
  },
  output: { calls: z.array(CALL_ROW), nextCursor: z.string().nullable() },
  annotations: READS,
  run: async ({ since, until, parent, ...filter }, { store }) => {
    const above = parent === undefined ? undefined : parseCallRef(parent);
    const page = await store.calls({
      ...filter,
      ...(above && { trace: above.trace, parent: above.call }),
      since: timeOf(since),
      until: timeOf(until),
    });
    if (page.items.length === 0) await checkFunction(store, filter.function);
    return pageAnswer({
      ...page,
      field: "calls",
      noun: `calls, ${filter.order} first`,
      row: callRow,
      line: callLine,
      cursorAt: (call) => callCursor(call, filter.order),
      none: "No call matches: leave filters or conditions out.",
      next: "explain_call tells one in its surroundings, get_value a value whole.",
    });
  },
});
