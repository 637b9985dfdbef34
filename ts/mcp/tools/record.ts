/** `record`: runs a command with every Node.js process in it recorded. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { BreadcrumbError } from "../../errors";
import { isAllowed } from "../allow-list";
import { beginning, cleanText, short } from "../clean-text";
import { patterns } from "../inputs";
import { runCommand } from "../run-command";
import { RUN_ROW, runLine, runRow } from "../rows";
import { tellSeconds } from "../tell-seconds";
import { defineTool } from "../tool";

/** Runs of a command that are told. */
const MOST_RUNS = 20;
/** Characters of output that fit into every budget. */
const LEAST_OUTPUT = 300;
const MS_PER_S = 1000;
/** Exit code of `breadcrumb run` for a command that ran out of time. */
const EXIT_TIMEOUT = 124;

export const record = defineTool({
  name: "record",
  title: "Record a command",
  description:
    "Runs a command with every Node.js process in it recorded, and returns its runs, exit code and the end of its output. Only commands that the user allowed when starting the server run; without a shell: one array item a word, no quoting, no pipes. Reports progress; cancelling ends the command.",
  input: {
    command: z
      .array(
        z
          .string()
          .max(10_000)
          .refine((word) => !word.includes("\0"), "a word has no zero characters"),
      )
      .min(1)
      .max(100)
      .describe('the words: ["npm", "test"], ["node", "app.js"]'),
    include: patterns(
      "files to record: patterns as in .gitignore, or npm:express (default: the project's own)",
    ).default([]),
    exclude: patterns("files to leave out").default([]),
    lines: z
      .boolean()
      .default(false)
      .describe(
        "which lines of each call run, and how often: for get_source_with_values, find_gaps",
      ),
    variables: z
      .boolean()
      .default(false)
      .describe("what each assignment came to, and lines: for get_source_with_values"),
    edges: z
      .boolean()
      .default(false)
      .describe(
        "requests that are served and made, and queries of databases, as calls of their own",
      ),
    timeoutSeconds: z.number().min(1).max(3600).default(120),
  },
  output: {
    exitCode: z.number().nullable(),
    signal: z.string().nullable(),
    timedOut: z.boolean(),
    output: z.string().describe("the end of what it printed"),
    runs: z.array(RUN_ROW).describe("its recorded processes, newest first"),
  },
  annotations: {
    readOnlyHint: false,
    destructiveHint: true,
    idempotentHint: false,
    openWorldHint: true,
  },
  run: async ({ command, include, exclude, lines, variables, edges, timeoutSeconds }, context) => {
    const { settings, access, signal } = context;
    if (!isAllowed(settings.allow, command)) throw notAllowed(settings.allow);
    const store = await access.folder();
    const launch = randomUUID();
    const endTelling = tellSeconds(context, timeoutSeconds, () => "the command runs");
    const ending = await runCommand(
      [
        ...settings.recorder,
        "run",
        "--quiet",
        `--launch=${launch}`,
        `--store=${store}`,
        `--timeout=${Math.ceil(timeoutSeconds * MS_PER_S)}ms`,
        ...include.map((pattern) => `--include=${pattern}`),
        ...exclude.map((pattern) => `--exclude=${pattern}`),
        ...(lines ? ["--lines"] : []),
        ...(variables ? ["--variables"] : []),
        ...(edges ? ["--edges=all"] : []),
        "--",
        ...command,
      ],
      { cwd: settings.project, env: process.env, signal },
    ).finally(endTelling);
    if (ending.error !== null) {
      throw new BreadcrumbError("BC_ERR_INTERNAL", `the recorder did not start: ${ending.error}`);
    }
    const runs = ((await (await access.openIfThere())?.runs()) ?? [])
      .filter((run) => run.launchId === launch)
      .slice(0, MOST_RUNS);
    const timedOut = ending.exitCode === EXIT_TIMEOUT;
    return {
      most: runs.length,
      write: (count, valueBytes) => {
        const rows = runs.slice(0, count).map(runRow);
        const output = beginning(
          cleanText(ending.output).slice(-Math.max(LEAST_OUTPUT, valueBytes)),
          Math.max(LEAST_OUTPUT, valueBytes) * 2,
        );
        const next =
          runs.length === 0
            ? "Nothing was recorded: no Node.js process loaded a file of the project; choose files with include."
            : "Next: find_exceptions or query_traces with its runId.";
        return {
          summary: `The command ended with ${ending.signal ?? `exit code ${ending.exitCode}`}${timedOut ? " (out of time)" : ""}; ${runs.length} recorded processes. ${next}`,
          lines: [...rows.map(runLine), "output:", ...output.trimEnd().split("\n")],
          data: { exitCode: ending.exitCode, signal: ending.signal, timedOut, output, runs: rows },
        };
      },
    };
  },
});

function notAllowed(allow: readonly (readonly string[])[]): BreadcrumbError {
  const list = allow.map((pattern) => JSON.stringify(pattern.join(" "))).join(", ");
  return new BreadcrumbError(
    "BC_ERR_NOT_ALLOWED",
    allow.length === 0
      ? 'the user allowed no commands: ask them to run it with "breadcrumb run <command>", or to start the server with --allow "<command>"'
      : `the command is not allowed. The user allowed: ${short(list, 1000)}; ask them for more (--allow)`,
  );
}
