/** `find_exceptions`: a page of exceptions. */
import { z } from "zod";
import { exceptionCursor } from "../../query/exceptions";
import { CURSOR, FILE, FUNCTION, limitOf, RUN, SINCE, timeOf, TRACE, UNTIL } from "../inputs";
import { checkFunction, pageAnswer } from "../pages";
import { EXCEPTION_ROW, exceptionLine, exceptionRow } from "../rows";
import { defineStoreTool, READS } from "../tool";

export const findExceptions = defineStoreTool({
  name: "find_exceptions",
  title: "Find exceptions",
  description:
    "Lists exceptions, newest first, each once however many calls it passed through: where it came from, whether recorded code caught it, and the call to look at next with explain_call.",
  input: {
    run: RUN,
    trace: TRACE.optional(),
    name: FUNCTION.describe("the error's name, TypeError; * stands for any text"),
    message: z.string().min(1).max(500).optional().describe("a part of the message, in any case"),
    function: FUNCTION.describe("function that it left first; * stands for any text"),
    file: FILE,
    handled: z.enum(["caught", "uncaught", "unknown"]).optional(),
    stack: z.boolean().default(false).describe("with stacks"),
    since: SINCE,
    until: UNTIL,
    limit: limitOf(20),
    cursor: CURSOR,
  },
  output: { exceptions: z.array(EXCEPTION_ROW), nextCursor: z.string().nullable() },
  annotations: READS,
  run: async ({ since, until, stack, ...filter }, { store }) => {
    const page = await store.exceptions({ ...filter, since: timeOf(since), until: timeOf(until) });
    if (page.items.length === 0) await checkFunction(store, filter.function);
    return pageAnswer({
      ...page,
      field: "exceptions",
      noun: "exceptions, newest first",
      row: (item, valueBytes) => exceptionRow(item, valueBytes, stack),
      line: exceptionLine,
      cursorAt: exceptionCursor,
      none: "No exception matches: leave filters out, or see list_runs for what was recorded.",
      next: "explain_call tells what led to one.",
    });
  },
});
