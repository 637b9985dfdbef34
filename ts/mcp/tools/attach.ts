/** `attach`: records a process that runs and knows nothing of Breadcrumb, for a while. */
import { z } from "zod";
import { badOption, BreadcrumbError } from "../../errors";
import { inspectorBudget } from "../../options/inspector";
import { cleanText, short } from "../clean-text";
import { patterns } from "../inputs";
import { tellSeconds } from "../tell-seconds";
import { defineTool } from "../tool";

const MS_PER_S = 1000;
const MAX_COMMAND = 200;

export const attach = defineTool({
  name: "attach",
  title: "Record a process that runs",
  description:
    "Records a running Node.js process of this user that was not started with Breadcrumb, for some seconds, and leaves it as it was: files that it has loaded by breakpoints, a limited number of calls a second; those that it loads meanwhile by probes. Only where the user started the server with --allow-attach. Reports progress; cancelling ends it.",
  input: {
    pid: z.int().min(1).optional().describe("the process"),
    port: z
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .describe(
        "instead of pid: the port of its inspector on this machine, where it was started with --inspect",
      ),
    include: patterns(
      'functions: files as in .gitignore or npm:express, names behind a colon: ["src/cart.js:Cart.*", ":checkout"] (default: the project\'s own files). Choose few',
    ).optional(),
    exclude: patterns("files to leave out").optional(),
    seconds: z.number().min(0.1).max(300).default(5),
    capture: z
      .enum(["values", "time", "count"])
      .default("values")
      .describe("values; time: no arguments or results; count"),
    pauseMs: z
      .number()
      .min(0)
      .max(1000)
      .default(30)
      .describe("milliseconds of a second that it may be paused for results and exceptions"),
  },
  output: {
    pid: z.number(),
    command: z.string(),
    runId: z.string(),
    through: z.enum(["inspector", "control"]).describe("control: it had probes already"),
    functions: z.number().describe("functions that were captured when it began"),
    recorded: z.number().nullable().describe("calls; null: the process has ended meanwhile"),
    refused: z.number().nullable().describe("calls seen and not recorded, for want of budget"),
    withoutResult: z.number().nullable().describe("calls recorded without their result"),
    notices: z.array(z.string()),
  },
  annotations: {
    readOnlyHint: false,
    destructiveHint: false,
    idempotentHint: false,
    openWorldHint: true,
  },
  run: async ({ pid, port, include, exclude, seconds, capture, pauseMs }, context) => {
    if (!context.settings.allowAttach) {
      throw new BreadcrumbError(
        "BC_ERR_NOT_ALLOWED",
        'the user allows no processes to be attached to: ask them to run "breadcrumb attach <pid>", or to start the server with --allow-attach',
      );
    }
    if ((pid === undefined) === (port === undefined)) throw badOption("it takes pid, or port");
    const budget = inspectorBudget({ pauseMs });
    // What it needs is loaded only then.
    const [{ attach: attachTo }, { recordFor }] = await Promise.all([
      import("../../attach/attach"),
      import("../../attach/record-for"),
    ]);
    const endTelling = tellSeconds(context, seconds, () => "the process is recorded");
    try {
      const forMs = Math.ceil(seconds * MS_PER_S);
      const target = pid === undefined ? { port: String(port) } : { pid };
      const store = await context.access.folder();
      const attached = await attachTo(
        { target, include, exclude, capture, budget, store, forMs },
        context.signal,
      );
      const { counters } = await recordFor(attached, forMs, context.signal);
      const { process: found, started, through, notices } = attached;
      const data = {
        pid: found.pid,
        command: short(cleanText(found.command.slice(1).join(" ")), MAX_COMMAND),
        runId: started.runId,
        through,
        functions: started.functions,
        recorded: counters?.recorded ?? null,
        refused: counters?.inspector?.refused ?? null,
        withoutResult: counters?.inspector?.withoutResult ?? null,
        notices: [...notices],
      };
      const what =
        counters === null
          ? "The process has ended meanwhile; what it did until then is in the store."
          : `${counters.recorded} calls were recorded; the process is let go of.`;
      const line = `${data.pid} ${data.command}: run ${data.runId}, ${data.functions} functions, ${data.refused ?? 0} calls over the budget, ${data.withoutResult ?? 0} without their result`;
      return {
        most: 0,
        write: () => ({
          summary: `${what} Next: find_calls or query_traces with run = runId.`,
          lines: [line, ...data.notices],
          data,
        }),
      };
    } finally {
      endTelling();
    }
  },
});
