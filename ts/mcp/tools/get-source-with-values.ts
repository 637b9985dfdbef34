/** `get_source_with_values`: the source of a function beside what it was called with. */
import { dirname } from "node:path";
import { z } from "zod";
import { BreadcrumbError } from "../../errors";
import type { Call, CrossedCall, Store } from "../../query/index";
import { projectRoot } from "../../options/normalize";
import { short } from "../clean-text";
import { CALL, FILE, FUNCTION, limitOf, RUN, STATUS } from "../inputs";
import { checkFunction } from "../pages";
import { readCall } from "../read-call";
import { assignedText, assignedValues, assignmentsBeyond } from "../../query/assigned-values";
import { readSource, type Source } from "../../query/read-source";
import { CALL_ROW, callLine, callRow, json, LOCALS, localsValue, nameOf, placeOf } from "../rows";
import { defineStoreTool, READS } from "../tool";

/** Exceptions that are read for the variables of the calls that they left. */
const MOST_THROWN = 10;
/** Characters of a line of source. */
const MAX_LINE = 200;
/** Values of one target of an assignment, and characters of one of them at least. */
const MOST_VALUES = 4;
const LEAST_ASSIGNED = 20;

const SEEN_CALL = CALL_ROW.extend({
  locals: LOCALS,
  ran: z
    .string()
    .optional()
    .describe("lines in the order in which they first ran, ×times; line:col is a branch within it"),
  assigned: z
    .string()
    .optional()
    .describe("what assignments came to: line, target = its first values → … → the last"),
});

export const getSourceWithValues = defineStoreTool({
  name: "get_source_with_values",
  title: "Show source with recorded values",
  description:
    "Shows the source of a function, beginning at its first line, together with recorded calls of it: arguments by parameter, results, how they ended, the lines that ran (of runs with `lines`), what assignments came to (with `variables`), and the variables of those that an exception left, where they were recorded. Says so where the file may have changed since it ran. Give a call's id, or a function's name.",
  input: {
    call: CALL.optional(),
    function: FUNCTION,
    file: FILE,
    run: RUN,
    status: STATUS,
    lines: z
      .int()
      .min(1)
      .max(400)
      .default(30)
      .describe("lines of source from the function's first on"),
    limit: limitOf(5, 50),
  },
  output: {
    function: z.string(),
    at: z.string(),
    parameters: z.array(z.string()),
    asRecorded: z.boolean().describe("the file has not been written since the run began"),
    problem: z.string().nullable().describe("why the source is missing, or may not be what ran"),
    source: z.array(z.string()).describe("lines with their numbers"),
    calls: z.array(SEEN_CALL).describe("recorded calls of it, newest first"),
  },
  annotations: READS,
  run: async (args, { store, settings }) => {
    const calls = await callsOf();
    const first = calls[0];
    if (!first) {
      await checkFunction(store, args.function);
      throw new BreadcrumbError(
        "BC_ERR_NOT_FOUND",
        "no call matches: leave `run`, `file` or `status` out",
      );
    }
    const run = await store.run(first.runId);
    const source = readSource({
      file: first.file,
      line: first.line,
      count: args.lines,
      project: settings.project,
      // Files are named from the root of what was recorded.
      bases: [settings.project, run.cwd]
        .flatMap((folder) => [projectRoot(folder), folder])
        .concat(dirname(store.dir)),
      ranAtMs: Date.parse(run.startedAt),
    });
    return answerOf({ first, calls, locals: await localsOf(store, calls), source });

    async function callsOf(): Promise<readonly Call[]> {
      if (args.call !== undefined) return [await readCall(store, args.call)];
      if (args.function === undefined) {
        throw new BreadcrumbError("BC_ERR_BAD_OPTION", "give `call` or `function`");
      }
      const { function: name, file, run: id, status, limit } = args;
      const { items } = await store.calls({ function: name, file, run: id, status, limit });
      // A pattern may match several functions: those of the newest call's.
      return items.filter(
        (one) => one.function === items[0]?.function && one.file === items[0].file,
      );
    }
  },
});

/** The variables of the calls that an exception left, by the call: of the newest exceptions. */
async function localsOf(
  store: Store,
  calls: readonly Call[],
): Promise<ReadonlyMap<Call, CrossedCall["locals"]>> {
  const threw = calls.filter(({ exceptionId }) => exceptionId !== null).slice(0, MOST_THROWN);
  const found = threw.map(async (call) => {
    const { runId: run, exceptionId } = call;
    const { items } = await store.exceptions({
      run,
      exception: exceptionId ?? undefined,
      limit: 1,
    });
    const crossed = items[0]?.crossed.find(({ callId }) => callId === call.callId);
    return [call, crossed?.locals] as const;
  });
  return new Map(await Promise.all(found));
}

interface Shown {
  readonly first: Call;
  readonly calls: readonly Call[];
  readonly locals: ReadonlyMap<Call, CrossedCall["locals"]>;
  readonly source: Source;
}

/** Lines of source first, then calls, as many as fit. */
function answerOf({ first, calls, locals, source: { first: number, lines, problem } }: Shown) {
  const source = lines.map((line, i) => `${number + i}: ${short(line, MAX_LINE)}`);
  return {
    most: source.length + calls.length,
    write: (count: number, valueBytes: number) => {
      // A call says more than the last lines of a long function.
      const taken = Math.min(calls.length, Math.max(1, Math.floor(count / 3)));
      const whole = count >= source.length + calls.length;
      const rows = calls.slice(0, whole ? calls.length : taken).map((call) =>
        Object.assign(callRow(call, valueBytes), {
          locals: localsValue(locals.get(call), valueBytes),
          ran: ranText(call, valueBytes),
          assigned: assignedIn(call, valueBytes),
        }),
      );
      const shown = whole ? source : source.slice(0, Math.max(0, count - taken));
      return {
        summary: [
          `${shown.length} of ${source.length} lines of source, ${rows.length} of ${calls.length} calls.`,
          ...(problem === null ? [] : [`The source: ${problem}.`]),
        ].join(" "),
        lines: [...shown, ...rows.flatMap(rowLines)],
        data: {
          function: nameOf(first.function),
          at: placeOf(first.file, first.line),
          parameters: first.parameters.slice(0, 20).map((name) => short(name, 60)),
          asRecorded: problem === null,
          problem,
          source: shown,
          calls: rows,
        },
      };
    },
  };
}

/** `7 8×3 8:20×3 9`. */
function ranText({ lines }: Call, bytes: number): string | undefined {
  if (lines === null) return undefined;
  const texts = lines.map(
    ({ line, count, col }) =>
      `${line}${col === undefined ? "" : `:${col}`}${count === 1 ? "" : `×${count}`}`,
  );
  return short(texts.join(" "), bytes);
}

/** `7 sum = 0; 9 sum = 5 → 12 → … → 36`. */
function assignedIn(call: Call, bytes: number): string | undefined {
  if (call.variables === null) return undefined;
  const most = Math.max(LEAST_ASSIGNED, bytes / MOST_VALUES);
  const texts = assignedValues(call, MOST_VALUES).map(
    (each) => `${each.line} ${assignedText(each, (value) => short(JSON.stringify(value), most))}`,
  );
  const beyond = assignmentsBeyond(call);
  const rest = beyond === 0 ? "" : `; ${beyond} more assignments behind these`;
  return `${short(texts.join("; "), bytes * MOST_VALUES)}${rest}`;
}

function rowLines(row: z.output<typeof SEEN_CALL>): string[] {
  const { locals, ran, assigned } = row;
  return [
    `call: ${callLine(row)}`,
    ...(ran === undefined ? [] : [`  lines that ran: ${ran}`]),
    ...(assigned === undefined ? [] : [`  assigned: ${assigned}`]),
    ...(locals === undefined ? [] : [`  variables of that call: ${json(locals)}`]),
  ];
}
