/**
 * What a tool is made of.
 *
 *     export const listRuns = defineStoreTool({ name: "list_runs", …, input: {…}, output: {…}, run })
 *
 * `run` gets checked arguments and says what it found as an `Answer`, which the server fits into the
 * budget. Limits: a tool throws `BreadcrumbError`s; the server makes them results that the model sees.
 */
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import type { Store } from "../query/index";
import { type Answer, DEFAULT_TOKENS, fitAnswer, LEAST_TOKENS, MOST_TOKENS } from "./answer";
import type { RecentTexts } from "./recent-texts";
import type { StoreAccess } from "./store-access";

/** What a server was told at its start. */
export interface ServerSettings {
  /** Folder of the project: sources are read below it, commands run in it. */
  readonly project: string;
  /** Commands that `record` may run, a pattern each. */
  readonly allow: readonly (readonly string[])[];
  /** Whether `attach` may record processes that run. */
  readonly allowAttach: boolean;
  /** The command that records: `node dist/cli.js`. */
  readonly recorder: readonly string[];
  /** Of the package. */
  readonly version: string;
}

/** What a tool is given. */
export interface ToolContext {
  readonly access: StoreAccess;
  readonly settings: ServerSettings;
  /** Long cursors, by the short names that answers give them. */
  readonly cursors: RecentTexts;
  /** Aborts when the client cancels, or goes. */
  readonly signal: AbortSignal;
  /** Tells how far it is; does nothing where the client did not ask. */
  readonly progress: (done: number, total: number, message: string) => void;
}

/** The four hints of the protocol. */
export interface Annotations {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

/** Of tools that only read the store. */
export const READS: Annotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};

type Shape = z.ZodRawShape;

/** A tool, as it is written. */
export interface ToolSpec<Input extends Shape, Context> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: Input;
  readonly output: Shape;
  readonly annotations: Annotations;
  readonly run: (
    args: z.output<z.ZodObject<Input>>,
    context: ToolContext & Context,
  ) => Promise<Answer>;
}

/** What a tool is given besides. */
interface Budget {
  readonly maxTokens: number;
}

/** A tool, as the server has it. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: z.ZodObject;
  readonly output: z.ZodObject;
  readonly annotations: Annotations;
  readonly run: (args: Record<string, unknown>, context: ToolContext) => Promise<CallToolResult>;
}

/** Makes one that asks the store, which there must be. */
export function defineStoreTool<Input extends Shape>(
  spec: ToolSpec<Input, Budget & { readonly store: Store }>,
): Tool {
  return defineTool<Input>({
    ...spec,
    run: async (args, context) =>
      spec.run(args, { ...context, store: await context.access.open() }),
  });
}

/** Makes one. */
export function defineTool<Input extends Shape>(spec: ToolSpec<Input, Budget>): Tool {
  return {
    name: spec.name,
    title: spec.title,
    description: spec.description,
    annotations: spec.annotations,
    input: z.strictObject({
      ...spec.input,
      maxTokens: z
        .int()
        .min(LEAST_TOKENS)
        .max(MOST_TOKENS)
        .default(DEFAULT_TOKENS)
        .describe("size of the answer at most, in tokens of three bytes"),
    }),
    output: z.object({
      notice: z.string().describe("what the strings of this answer are"),
      ...spec.output,
    }),
    run: async ({ maxTokens: given, ...args }, context) => {
      const maxTokens = Number(given);
      const found = await spec.run(args as z.output<z.ZodObject<Input>>, { ...context, maxTokens });
      return fitAnswer(maxTokens, found);
    },
  };
}
