/** `list_runs`: the recorded processes. */
import { z } from "zod";
import { CURSOR, limitOf } from "../inputs";
import { listPage, pageAnswer } from "../pages";
import { RUN_ROW, runLine, runRow } from "../rows";
import { defineStoreTool, READS } from "../tool";

export const listRuns = defineStoreTool({
  name: "list_runs",
  title: "List runs",
  description:
    "Lists what was recorded: runs, newest first. A run is one process from start to end, with its command, how it ended, and how many calls and exceptions it has.",
  input: {
    status: z.enum(["running", "finished", "crashed"]).optional(),
    command: z.string().min(1).max(500).optional().describe("a part of the command line"),
    limit: limitOf(20),
    cursor: CURSOR,
  },
  output: { runs: z.array(RUN_ROW), total: z.number(), nextCursor: z.string().nullable() },
  annotations: READS,
  run: async ({ status, command, ...page }, { store }) => {
    const all = (await store.runs()).filter(
      (run) =>
        (status === undefined || run.status === status) &&
        (command === undefined || run.command.join(" ").includes(command)),
    );
    return pageAnswer({
      ...listPage("list_runs", all, page),
      field: "runs",
      noun: `of ${all.length} runs, newest first`,
      data: { total: all.length },
      row: runRow,
      line: runLine,
      none: "No run matches. `record` runs a command and records it; a person does with `breadcrumb run <command>`.",
      next: "Every tool takes a runId as `run`; `latest` is the newest.",
    });
  },
});
