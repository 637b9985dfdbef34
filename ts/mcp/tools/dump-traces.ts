/** `dump_traces`: stores what processes that run hold of traces that they do not store. */
import { z } from "zod";
import { dumpRequest } from "../../options/keep";
import { dumpHeld, WHICH } from "../live-processes";
import { defineTool } from "../tool";

const MS_PER_S = 1000;

export const dumpTraces = defineTool({
  name: "dump_traces",
  title: "Store the traces that a live process only holds",
  description:
    "A running process that was started with keep (errors, slow traces, a share) stores only some traces and holds the others for a time. This stores those of the last seconds, and those that are not decided, into this store. Use it right after something went wrong that keep did not catch. Without pid, run or all: the one process that there is.",
  input: {
    ...WHICH,
    lastSeconds: z
      .number()
      .min(0.1)
      .max(86_400)
      .optional()
      .describe("traces in which something happened in this time (default: all that are held)"),
  },
  output: {
    processes: z.array(
      z.object({
        pid: z.number(),
        runId: z.string(),
        command: z.string(),
        traces: z.number().nullable().describe("traces that were stored now"),
        storesAll: z.boolean().nullable().describe("nothing is held: it stores every trace"),
        error: z.string().nullable(),
      }),
    ),
  },
  annotations: {
    readOnlyHint: false,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: true,
  },
  run: async ({ pid, run, all, lastSeconds }, context) => {
    const request = dumpRequest(
      lastSeconds === undefined ? {} : { last: Math.ceil(lastSeconds * MS_PER_S) },
    );
    return dumpHeld({ pid, run, all }, request, context);
  },
});
