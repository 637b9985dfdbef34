/**
 * What can be read, and subscribed to, by an address.
 *
 *     breadcrumb://run/latest   breadcrumb://trace/019ab3c4-…-2N9C   breadcrumb://function/Cart.add
 *
 * A resource is the answer of a tool as JSON: a run with its hottest functions and newest exceptions, a
 * trace as a tree, a function's sums with its callers, callees and slowest calls. Limits: within the
 * usual budget of an answer.
 */
import type {
  ReadResourceResult,
  Resource,
  ResourceTemplate,
} from "@modelcontextprotocol/sdk/types.js";
import { BreadcrumbError } from "../errors";
import { DEFAULT_TOKENS } from "./answer";
import { nameOf, placeOf, runLine, runRow } from "./rows";
import { short } from "./clean-text";
import type { Tool, ToolContext } from "./tool";
import { analyzePerformance } from "./tools/analyze-performance";
import { findExceptions } from "./tools/find-exceptions";
import { getTrace } from "./tools/get-trace";

/** Resources of each kind that are listed, and completions. */
const MOST_LISTED = 30;
const MOST_COMPLETIONS = 50;
const MIME = "application/json";
/** Functions and exceptions of a run. */
const MOST_OF_A_RUN = 8;

type Kind = "run" | "trace" | "function";

/** What an address names. */
export interface Address {
  readonly kind: Kind;
  readonly id: string;
}

/** The templates. */
export const RESOURCE_TEMPLATES: readonly ResourceTemplate[] = [
  {
    name: "run",
    title: "A run",
    uriTemplate: "breadcrumb://run/{run}",
    description:
      "One process: how it ended, its hottest functions, its newest exceptions. `latest` is the newest.",
    mimeType: MIME,
  },
  {
    name: "trace",
    title: "A trace",
    uriTemplate: "breadcrumb://trace/{trace}",
    description: "A trace as a tree of calls with arguments and results. `latest` is the newest.",
    mimeType: MIME,
  },
  {
    name: "function",
    title: "A function",
    uriTemplate: "breadcrumb://function/{function}",
    description: "A function's sums, callers, callees and slowest calls.",
    mimeType: MIME,
  },
];

/** The parts of an address. Throws `BC_ERR_BAD_OPTION`. */
export function parseAddress(uri: string): Address {
  const match = /^breadcrumb:\/\/(run|trace|function)\/([^/?#]{1,1500})$/.exec(uri);
  try {
    if (match) return { kind: match[1] as Kind, id: decodeURIComponent(match[2] as string) };
  } catch {
    // Told below: escapes that are none.
  }
  throw new BreadcrumbError(
    "BC_ERR_BAD_OPTION",
    `an address is ${RESOURCE_TEMPLATES.map(({ uriTemplate }) => uriTemplate).join(", ")}: got ${JSON.stringify(short(uri, 100))}`,
  );
}

/** The address of something. */
export function addressOf(kind: Kind, id: string): string {
  return `breadcrumb://${kind}/${encodeURIComponent(id)}`;
}

/** The newest runs and traces, and the hottest functions; none without a store. */
export async function listResources({ access }: ToolContext): Promise<Resource[]> {
  const store = await access.openIfThere();
  if (!store) return [];
  const [runs, traces, functions] = await Promise.all([
    store.runs(),
    store.traces({ limit: MOST_LISTED }),
    store.stats({ limit: MOST_LISTED }),
  ]);
  const names = new Set(functions.map((stats) => stats.function));
  return [
    ...runs.slice(0, MOST_LISTED).map((run) => ({
      uri: addressOf("run", run.runId),
      name: `run ${run.runId}`,
      title: runLine(runRow(run)),
      mimeType: MIME,
    })),
    ...traces.items.map((trace) => ({
      uri: addressOf("trace", trace.traceId),
      name: `trace ${trace.traceId}`,
      title: `${nameOf(trace.function) ?? "(root open)"} ${placeOf(trace.file, trace.line) ?? ""} ${trace.status}`,
      mimeType: MIME,
    })),
    ...[...names].map((name) => ({
      uri: addressOf("function", name),
      name: `function ${short(name, 100)}`,
      mimeType: MIME,
    })),
  ];
}

/** A resource's content. Throws what the tools throw. */
export async function readResource(uri: string, context: ToolContext): Promise<ReadResourceResult> {
  const { kind, id } = parseAddress(uri);
  const data = await CONTENTS[kind](id, context);
  return { contents: [{ uri, mimeType: MIME, text: JSON.stringify(data) }] };
}

const CONTENTS: Readonly<
  Record<Kind, (id: string, context: ToolContext) => Promise<Record<string, unknown>>>
> = {
  run: async (id, context) => {
    const store = await context.access.open();
    const run = await store.run(id);
    const { runId } = run;
    const share = Math.floor(DEFAULT_TOKENS / 3);
    const hottest = await ask(analyzePerformance, context, {
      run: runId,
      limit: MOST_OF_A_RUN,
      maxTokens: share,
    });
    const thrown = await ask(findExceptions, context, {
      run: runId,
      limit: MOST_OF_A_RUN,
      maxTokens: share,
    });
    return {
      notice: hottest["notice"],
      run: runRow(run),
      hottest: hottest["functions"],
      exceptions: thrown["exceptions"],
    };
  },
  trace: (id, context) => ask(getTrace, context, { trace: id }),
  function: (id, context) =>
    ask(analyzePerformance, context, { function: id, detail: ["callers", "callees", "slowest"] }),
};

/** The structured part of a tool's answer. */
async function ask(
  tool: Tool,
  context: ToolContext,
  args: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const { structuredContent } = await tool.run(tool.input.parse(args), context);
  return structuredContent ?? {};
}

/** What a template's variable may be, by its beginning. */
export async function completeAddress(
  kind: string,
  beginning: string,
  { access }: Pick<ToolContext, "access">,
): Promise<string[]> {
  const store = await access.openIfThere();
  if (!store) return [];
  const wanted = beginning.toLowerCase();
  const starting = (ids: readonly string[]) =>
    ids.filter((id) => id.toLowerCase().startsWith(wanted)).slice(0, MOST_COMPLETIONS);
  switch (kind) {
    case "run":
      return starting(["latest", ...(await store.runs()).map(({ runId }) => runId)]);
    case "trace": {
      const { items } = await store.traces({ limit: 200 });
      return starting(["latest", ...items.map(({ traceId }) => traceId)]);
    }
    case "function": {
      const all = await store.stats({ sort: "calls" });
      return starting([...new Set(all.map((stats) => short(stats.function, 200)))]);
    }
    default:
      return [];
  }
}
