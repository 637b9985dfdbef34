/**
 * `breadcrumb view`: a run's traces, walked in the terminal.
 *
 * Limits: without a terminal it prints what `show` prints.
 */
import { BreadcrumbError } from "../errors";
import type { TraceSummary } from "../query/index";
import type { CommandContext } from "./command";
import { commandText } from "./list";
import { shortIdsOf } from "./short-ids";
import { show } from "./show";
import { Screen } from "./screen";
import { type TraceSource, ViewTree } from "./view-tree";
import { ViewKeys } from "./view-keys";

/** Traces that are read at once. */
const PAGE = 200;
/** Calls of a trace: its upper levels. */
const READ_CALLS = 100_000;

/** The command `view`. */
export async function view(context: CommandContext): Promise<number> {
  const { output, positionals, values } = context;
  const asked = await whatIsAsked(context, positionals[0] ?? "latest");
  const { stdin, stdout } = output.streams;
  if (values["json"] || !output.isTerminal || stdin?.isTTY !== true || !stdin.setRawMode) {
    const first = asked.trace ?? (await asked.source.next())[0]?.traceId;
    if (first !== undefined) return show({ ...context, positionals: [first] });
    output.line("No traces: breadcrumb list --runs shows what was recorded.");
    return 0;
  }
  const tree = new ViewTree(asked.source);
  await tree.more();
  if (tree.rows.length === 1) await tree.unfold();
  const screen = new Screen({ stdin, stdout });
  const keys = new ViewKeys(tree, screen, output.paint, asked.title);
  try {
    await keys.run();
  } finally {
    screen.close();
  }
  return 0;
}

interface Asked {
  readonly title: string;
  readonly source: TraceSource;
  /** The one trace, if it is one. */
  readonly trace?: string;
}

/** The traces of a run, or the trace, that an id means. */
async function whatIsAsked({ store }: CommandContext, id: string): Promise<Asked> {
  const trace = (traceId: string) => store.trace(traceId, { maxCalls: READ_CALLS });
  try {
    const run = await store.run(id);
    let cursor: string | null | undefined;
    const next = async (): Promise<readonly TraceSummary[]> => {
      if (cursor === null) return [];
      const page = await store.traces({ run: run.runId, limit: PAGE, cursor: cursor ?? undefined });
      cursor = page.nextCursor;
      return page.items;
    };
    const ids = await shortIdsOf(store);
    return { title: `run ${ids.run(run.runId)}: ${commandText(run)}`, source: { next, trace } };
  } catch (error) {
    if (!(error instanceof BreadcrumbError) || error.code !== "BC_ERR_NOT_FOUND") throw error;
  }
  const only = await trace(id);
  const { runId, traceId, root } = only;
  const first = only.calls[0];
  let isGiven = false;
  const summary: TraceSummary = {
    traceId,
    runId,
    threadId: first?.threadId ?? 0,
    function: root?.function ?? null,
    file: root?.file ?? null,
    line: root?.line ?? null,
    startedAt: only.startedAt,
    durationNs: only.durationNs,
    status: only.status,
    calls: only.callCount,
    errors: only.calls.filter(({ status }) => status === "threw").length,
  };
  const next = async () => {
    if (isGiven) return [];
    isGiven = true;
    return [summary];
  };
  const ids = await shortIdsOf(store);
  return {
    title: `trace ${ids.trace(traceId)}`,
    trace: traceId,
    source: { next, trace: async () => only },
  };
}
