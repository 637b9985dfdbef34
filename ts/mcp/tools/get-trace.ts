/** `get_trace`: a trace, or what is below one call, as a tree. */
import { z } from "zod";
import type { CallLevels, RemoteCalls } from "../../query/index";
import type { Answer } from "../answer";
import { parseCallRef } from "../call-ref";
import { CALL, TRACE } from "../inputs";
import { REMOTE, remoteIn } from "../remote-rows";
import { CALL_ROW, callRow, callText } from "../rows";
import { defineStoreTool, READS } from "../tool";

/** Calls that are read: more than the largest budget can hold. */
const CALLS_PER_TOKEN = 1 / 40;
/** Levels that the text indents. */
const MAX_INDENT = 30;

const TREE_ROW = CALL_ROW.extend({
  callId: z.number(),
  parentId: z.number().nullable(),
  level: z.number(),
  clipped: z
    .number()
    .optional()
    .describe("calls directly below it that are not shown: drill with get_trace {call}"),
});
type TreeRow = z.output<typeof TREE_ROW>;

export const getTrace = defineStoreTool({
  name: "get_trace",
  title: "Show a trace as a tree",
  description:
    "Shows a trace as a tree of calls with arguments, results and durations; with `call` only what is below that call. It is filled breadth-first until the budget is spent; where calls are left out it says [clipped: N calls, drill with …]. Below a call those that threw come first, then the longest.",
  input: {
    trace: TRACE.default("latest").describe("a trace's id (`traceId` of answers), or `latest`"),
    call: CALL.optional().describe(
      "begin at this call, of whatever trace: its id, `<traceId>#<number>`",
    ),
    depth: z.int().min(1).max(1000).default(50).describe("levels at most"),
    width: z.int().min(1).max(1000).default(12).describe("calls below one call at most"),
  },
  output: {
    traceId: z.string(),
    callCount: z.number().describe("calls of the whole trace"),
    shown: z.number(),
    calls: z.array(TREE_ROW).describe("callers before callees"),
    ...REMOTE,
    countedMeanwhile: z
      .object({
        calls: z.number(),
        functions: z.array(
          z.object({ function: z.string(), file: z.string(), line: z.number(), calls: z.number() }),
        ),
        otherFunctions: z.number(),
      })
      .optional()
      .describe(
        "calls that were only counted, on its thread, while the trace went on (at least these; in which of its calls is not known), with the functions that were called the most",
      ),
  },
  annotations: READS,
  run: async ({ trace, call, depth, width }, { store, maxTokens }) => {
    const from = call === undefined ? { trace, call: undefined } : parseCallRef(call);
    const levels = await store.callLevels(from.trace, {
      call: from.call,
      levels: depth,
      width,
      maxCalls: Math.ceil(maxTokens * CALLS_PER_TOKEN),
    });
    return treeAnswer(levels, await store.remoteCalls(levels.traceId));
  },
});

type Level = CallLevels["calls"][number];

/** The answer with the first `count` calls of a breadth-first walk, as a tree. */
function treeAnswer(
  { traceId, callCount, calls, countedMeanwhile }: CallLevels,
  remote: RemoteCalls,
): Answer {
  const counted = countedIn(countedMeanwhile);
  return {
    most: calls.length,
    write: (count, valueBytes) => {
      const shown = calls.slice(0, count);
      const below = new Map<number | null, Level[]>();
      const ids = new Set(shown.map(({ call }) => call.callId));
      for (const one of shown) {
        const { parentId } = one.call;
        const above = one.level > 0 && parentId !== null && ids.has(parentId) ? parentId : null;
        below.set(above, [...(below.get(above) ?? []), one]);
      }
      const rows: TreeRow[] = [];
      const lines: string[] = [];
      // Without recursion: a trace may be thousands of levels deep.
      const pending = (below.get(null) ?? []).toReversed();
      for (let next = pending.pop(); next; next = pending.pop()) {
        const children = below.get(next.call.callId) ?? [];
        const clipped = next.children - children.length;
        const row = treeRow(next, clipped, valueBytes);
        rows.push(row);
        lines.push(...treeLines(row));
        pending.push(...children.toReversed());
      }
      const requests = remoteIn(remote, ({ callId }) => ids.has(callId));
      lines.push(...requests.lines);
      return {
        summary: `${shown.length} of ${callCount} calls of trace ${traceId}. explain_call tells what led to one, get_value a value whole.`,
        lines: counted === undefined ? lines : [...lines, countedLine(counted)],
        data: {
          traceId,
          callCount,
          shown: shown.length,
          calls: rows,
          ...requests.data,
          ...(counted && { countedMeanwhile: counted }),
        },
      };
    },
  };
}

/** Functions named of calls that were only counted. */
const NAMED_FUNCTIONS = 5;

function countedIn(functions: CallLevels["countedMeanwhile"]) {
  if (functions.length === 0) return undefined;
  const named = functions.slice(0, NAMED_FUNCTIONS);
  return {
    calls: functions.reduce((sum, { calls }) => sum + calls, 0),
    functions: named.map(({ function: name, file, line, calls }) => ({
      function: name,
      file,
      line,
      calls,
    })),
    otherFunctions: functions.length - named.length,
  };
}

function countedLine({
  calls,
  functions,
  otherFunctions,
}: NonNullable<ReturnType<typeof countedIn>>): string {
  const named = functions.map((each) => `${each.function} (${each.calls})`).join(", ");
  const more = otherFunctions > 0 ? `, and ${otherFunctions} other functions` : "";
  return `… and at least ${calls} more calls on its thread meanwhile, only counted: ${named}${more}`;
}

function treeRow({ call, level }: Level, clipped: number, valueBytes: number): TreeRow {
  return {
    ...callRow(call, valueBytes),
    callId: call.callId,
    parentId: call.parentId,
    level,
    ...(clipped > 0 && { clipped }),
  };
}

function treeLines(row: TreeRow): string[] {
  const indent = row.level > MAX_INDENT ? `[${row.level}] ` : "  ".repeat(row.level);
  const line = `${indent}${callText(row)}  ${row.durationMs ?? "?"} ms  ${row.at}  #${row.callId}`;
  if (row.clipped === undefined) return [line];
  const drill = JSON.stringify({ call: row.call });
  return [line, `${indent}  [clipped: ${row.clipped} calls, drill with get_trace ${drill}]`];
}
