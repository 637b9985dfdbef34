/** `wait_for`: blocks until a call, a trace or an exception matches. */
import { z } from "zod";
import type { TailFilter, TailItem } from "../../query/index";
import { FILE, FUNCTION, milliseconds, RUN, STATUS, WHERE } from "../inputs";
import { CALL_ROW, callLine, callRow, EXCEPTION_ROW, exceptionLine, exceptionRow } from "../rows";
import { tellSeconds } from "../tell-seconds";
import { defineTool, READS } from "../tool";

const MS_PER_S = 1000;

export const waitFor = defineTool({
  name: "wait_for",
  title: "Wait for a call",
  description:
    "Blocks until something recorded matches, in any running process: a call, a trace (its root call ended) or an exception; or until the time is up, which is no error. Reports progress; can be cancelled. Go on with from = cursor to miss nothing between two waits.",
  input: {
    kind: z.enum(["call", "trace", "exception"]).default("call"),
    function: FUNCTION.describe(
      "of the call, of a trace's root, or that the exception left first; * stands for any text",
    ),
    file: FILE,
    run: RUN,
    status: STATUS,
    where: WHERE,
    minDurationMs: milliseconds("lasted at least so long"),
    // Below the minute after which many clients give a request up.
    timeoutSeconds: z.number().min(0.1).max(600).default(45),
    from: z
      .string()
      .max(100)
      .optional()
      .describe("`cursor` of the wait before: what came since counts"),
  },
  output: {
    matched: z.boolean(),
    call: CALL_ROW.nullable(),
    exception: EXCEPTION_ROW.nullable(),
    seen: z.number().describe("rows that came and did not match"),
    cursor: z.string().nullable().describe("for `from` of the next wait"),
  },
  annotations: { ...READS, idempotentHint: false },
  run: async (args, context) => {
    const { timeoutSeconds } = args;
    const timeout = AbortSignal.timeout(Math.ceil(timeoutSeconds * MS_PER_S));
    const signal = AbortSignal.any([timeout, context.signal]);
    let seen = 0;
    const endTelling = tellSeconds(
      context,
      timeoutSeconds,
      () => `waiting; ${seen} rows did not match`,
    );
    try {
      const store = await context.access.whenThere(signal);
      const from = args.from === undefined ? undefined : context.cursors.get(args.from);
      const tail = store?.tail({ ...filterOf(args), from, signal });
      let found: TailItem | null = null;
      for await (const item of tail ?? []) {
        if (item.kind === (args.kind === "exception" ? "exception" : "call")) {
          found = item;
          break;
        }
        seen += 1;
      }
      return answerOf(found, seen, tail ? context.cursors.keep(tail.cursor) : null);
    } finally {
      endTelling();
    }
  },
});

function filterOf(args: { readonly kind: string } & TailFilter): TailFilter {
  const { kind, function: name, file, run, status, where, minDurationMs } = args;
  const common = { function: name, file, run };
  return kind === "exception"
    ? { ...common, exceptions: true }
    : { ...common, status, where, minDurationMs, ...(kind === "trace" && { parent: null }) };
}

function answerOf(found: TailItem | null, seen: number, cursor: string | null) {
  return {
    most: 0,
    write: (_: number, valueBytes: number) => {
      const call = found?.kind === "call" ? callRow(found.call, valueBytes) : null;
      const exception =
        found?.kind === "exception" ? exceptionRow(found.exception, valueBytes, false) : null;
      const summary = found
        ? "It came. explain_call tells more; go on with from = cursor."
        : "Nothing matched in that time. Call again with from = cursor, or with other filters.";
      const lines = [
        ...(call ? [callLine(call)] : []),
        ...(exception ? [exceptionLine(exception)] : []),
      ];
      return { summary, lines, data: { matched: found !== null, call, exception, seen, cursor } };
    },
  };
}
