/** `query_traces`: a page of traces. */
import { z } from "zod";
import { traceCursor } from "../../query/traces";
import {
  CURSOR,
  FUNCTION,
  limitOf,
  milliseconds,
  RUN,
  SINCE,
  STATUS,
  timeOf,
  UNTIL,
} from "../inputs";
import { checkFunction, pageAnswer } from "../pages";
import { TRACE_ROW, traceLine, traceRow } from "../rows";
import { defineStoreTool, READS } from "../tool";

export const queryTraces = defineStoreTool({
  name: "query_traces",
  title: "List traces",
  description:
    "Lists traces, newest first. A trace is a call that nothing recorded caused (a script's main function, a request, a test) and all that it caused. Start here to see what ran and what failed; then get_trace.",
  input: {
    run: RUN,
    status: STATUS,
    function: FUNCTION.describe("traces in which this function was called; * stands for any text"),
    root: FUNCTION.describe("traces that begin with this function; * stands for any text"),
    minDurationMs: milliseconds("traces that lasted at least so long"),
    since: SINCE,
    until: UNTIL,
    limit: limitOf(20),
    cursor: CURSOR,
  },
  output: { traces: z.array(TRACE_ROW), nextCursor: z.string().nullable() },
  annotations: READS,
  run: async ({ since, until, ...filter }, { store }) => {
    const page = await store.traces({ ...filter, since: timeOf(since), until: timeOf(until) });
    if (page.items.length === 0) {
      await checkFunction(store, filter.function);
      await checkFunction(store, filter.root);
    }
    return pageAnswer({
      ...page,
      field: "traces",
      noun: "traces, newest first",
      row: traceRow,
      line: traceLine,
      cursorAt: traceCursor,
      none: "No trace matches: leave filters out, or see list_runs for what was recorded.",
      next: "get_trace shows one as a tree.",
    });
  },
});
