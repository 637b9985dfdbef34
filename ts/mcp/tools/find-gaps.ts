/** `find_gaps`: what was included and did not run. */
import { z } from "zod";
import type { Gaps } from "../../query/index";
import { short } from "../clean-text";
import { CURSOR, FILE, FUNCTION, limitOf, RUN } from "../inputs";
import { listPage, pageAnswer } from "../pages";
import { nameOf, placeOf } from "../rows";
import { defineStoreTool, READS } from "../tool";

const GAP_ROW = z.object({
  kind: z.enum(["not_called", "left_alone", "too_early", "line_not_run"]),
  function: z.string().nullable(),
  at: z.string().nullable(),
  why: z.string().nullable(),
  lastCalledIn: z.string().nullable().describe("the newest run in which it was called"),
});
type GapRow = z.output<typeof GAP_ROW>;

export const findGaps = defineStoreTool({
  name: "find_gaps",
  title: "Find what did not run",
  description:
    "Lists what a run included and did not run: functions that other runs called (not_called), files that could not be instrumented and why (left_alone), files loaded before the tracer (too_early), and, of runs with `lines`, lines of called functions that did not run (line_not_run). Use it when something expected is missing.",
  input: {
    run: RUN.describe("one run: its id, the beginning of it, or `latest` (unless told)"),
    function: FUNCTION,
    file: FILE,
    limit: limitOf(40),
    cursor: CURSOR,
  },
  output: {
    runIds: z.array(z.string()),
    instrumented: z.number().describe("files that were instrumented"),
    gaps: z.array(GAP_ROW),
    total: z.number(),
    nextCursor: z.string().nullable(),
  },
  annotations: READS,
  run: async ({ run, function: name, file, ...page }, { store }) => {
    const gaps = await store.gaps({ run: run ?? "latest", function: name, file });
    const all = rowsOf(gaps);
    return pageAnswer({
      ...listPage("find_gaps", all, page),
      field: "gaps",
      noun: `of ${all.length} gaps`,
      data: { runIds: gaps.runIds, instrumented: gaps.instrumented, total: all.length },
      row: (row: GapRow) => row,
      line: (row) => `${row.kind}  ${row.function ?? ""}  ${row.at}  ${row.why ?? ""}`,
      none: "No gaps: every function that the store knows ran. One that never ran anywhere is not known to it.",
    });
  },
});

function rowsOf({ notCalled, leftAlone, tooEarly, linesNotRun }: Gaps): GapRow[] {
  const none = { function: null, why: null, lastCalledIn: null };
  return [
    ...leftAlone.map(({ file, why }) => ({
      ...none,
      kind: "left_alone" as const,
      at: placeOf(file, null),
      why: short(why, 200),
    })),
    ...tooEarly.map((file) => ({ ...none, kind: "too_early" as const, at: placeOf(file, null) })),
    ...notCalled.map((gap) => ({
      ...none,
      kind: "not_called" as const,
      function: nameOf(gap.function),
      at: placeOf(gap.file, gap.line),
      lastCalledIn: gap.lastCalledIn,
    })),
    ...(linesNotRun ?? []).map((gap) => ({
      kind: "line_not_run" as const,
      function: nameOf(gap.function),
      at: placeOf(gap.file, gap.line),
      why: gap.isBranch ? `the branch at column ${gap.col}` : null,
      lastCalledIn: null,
    })),
  ];
}
