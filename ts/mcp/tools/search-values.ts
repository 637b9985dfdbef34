/** `search_values`: a text anywhere in what was recorded. */
import { z } from "zod";
import { objectScope } from "../../query/follow";
import { SEARCH_FIELDS, searchCursor } from "../../query/search";
import type { SearchMatch } from "../../query/index";
import { BreadcrumbError } from "../../errors";
import { callRefOf } from "../call-ref";
import { short } from "../clean-text";
import { CURSOR, FILE, FUNCTION, limitOf, RUN, SINCE, timeOf, TRACE, UNTIL } from "../inputs";
import { checkFunction, pageAnswer } from "../pages";
import { exceptionRef, nameOf, placeOf } from "../rows";
import { defineStoreTool, READS } from "../tool";

const MATCH_ROW = z.object({
  kind: z.enum(["call", "exception"]),
  call: z.string().nullable().describe("id of the call, or of the one that the exception left"),
  exception: z.string().nullable(),
  function: z.string().nullable(),
  at: z.string().nullable(),
  time: z.string(),
  found: z.array(
    z.object({
      field: z.string(),
      path: z.string().describe("for get_value, where it is a value"),
      excerpt: z.string(),
    }),
  ),
});
type MatchRow = z.output<typeof MATCH_ROW>;

export const searchValues = defineStoreTool({
  name: "search_values",
  title: "Search recorded values",
  description:
    "Finds a text, or with `pattern` a regular expression, in recorded arguments, results, function names, and the names, messages and stacks of exceptions, newest first. Says where in each value it stands. A rare text takes a walk over all values: narrow by run or since.",
  input: {
    text: z.string().min(1).max(2000).optional().describe("what to look for; case matters"),
    pattern: z
      .string()
      .min(1)
      .max(2000)
      .optional()
      .describe("instead: a regular expression of RE2"),
    object: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe(
        "instead: an object by its $id, which is its own in one thread of one run only: the newest run's main thread unless run, thread or trace are given",
      ),
    ignoreCase: z.boolean().default(false).describe("of a pattern"),
    in: z.array(z.enum(SEARCH_FIELDS)).max(6).optional().describe("look only there"),
    run: RUN,
    trace: TRACE.optional(),
    thread: z.int().min(0).optional().describe("one thread; 0 is the main one"),
    function: FUNCTION,
    file: FILE,
    since: SINCE,
    until: UNTIL,
    limit: limitOf(20),
    cursor: CURSOR,
  },
  output: { matches: z.array(MATCH_ROW), nextCursor: z.string().nullable() },
  annotations: READS,
  run: async (args, { store }) => {
    const { text, pattern, object, ignoreCase, since, until, in: fields, ...filter } = args;
    const given = [text, pattern, object].filter((each) => each !== undefined);
    if (given.length !== 1) {
      throw new BreadcrumbError("BC_ERR_BAD_OPTION", "give one of `text`, `pattern` and `object`");
    }
    const source = pattern ?? String.raw`\{"\$id":${object}[,}]`;
    const wanted = text ?? toRegExp(source, ignoreCase);
    const page = await store.search(wanted, {
      ...filter,
      ...(object !== undefined && objectScope(filter)),
      in: fields ?? (object === undefined ? undefined : ["arguments", "result"]),
      since: timeOf(since),
      until: timeOf(until),
    });
    if (page.items.length === 0) await checkFunction(store, filter.function);
    return pageAnswer({
      ...page,
      field: "matches",
      noun: "matches, newest first",
      row: matchRow,
      line: matchLine,
      cursorAt: searchCursor,
      none: "Nothing recorded holds that. Values may have been cut, redacted or counted only; try a part of it, or a pattern with ignoreCase.",
      next: "explain_call tells more of a call, get_value a value whole.",
    });
  },
});

/** Read by DuckDB, which says what is wrong with it: JavaScript only carries it. */
function toRegExp(pattern: string, ignoreCase: boolean): RegExp {
  const flags = ignoreCase ? "i" : "";
  try {
    return new RegExp(pattern, flags);
  } catch (error) {
    throw new BreadcrumbError(
      "BC_ERR_BAD_OPTION",
      `the pattern cannot be used: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

function matchRow(match: SearchMatch, valueBytes: number): MatchRow {
  const { exceptionId } = match;
  return {
    kind: match.kind,
    call: callRefOf(match),
    exception: exceptionId === null ? null : exceptionRef(match.runId, exceptionId),
    function: nameOf(match.function),
    at: placeOf(match.file, match.line),
    time: match.at,
    found: match.found.map(({ field, path, excerpt }) => ({
      field,
      path: short(path, 100),
      excerpt: short(excerpt, Math.max(60, Math.min(valueBytes, 200))),
    })),
  };
}

function matchLine(row: MatchRow): string {
  const places = row.found.map(({ path, excerpt }) => `${path}: ${excerpt}`).join("; ");
  return `${row.function ?? row.kind}  ${row.at ?? ""}  ${places}  id ${row.call ?? row.exception}`;
}
