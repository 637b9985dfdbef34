/**
 * Rows of answers, alike in every tool, with their schemas and their lines of text.
 *
 *     callRow(call, 120)   // { call: "019a…-1#3", function: "parse", at: "src/parse.js:10", status: "threw", … }
 *     callLine(row)        // parse [src/parse.js:10] threw 0.5 ms ("{") id 019a…-1#3
 *
 * Limits: names and places are cut, so that a row of the smallest values fits into every budget.
 */
import { placeText } from "../query/place-text";
import { z } from "zod";
import type {
  Call,
  CrossedCall,
  FunctionStats,
  JsonValue,
  RecordedException,
  Run,
  TraceSummary,
} from "../query/index";
import { type CaptureHistory, captureHistoryOf } from "../options/capture-history";
import { type GovernorDecision, type GovernorReport, governorOf } from "../options/governor-report";
import { callRef, callRefOf } from "./call-ref";
import { beginning, cleanText, oneLine, short } from "./clean-text";
import { type Cut, cutValue } from "./cut-value";

/** Bytes of a function's name, and of a place. */
const MAX_FUNCTION = 100;
const MAX_PLACE = 160;
const MAX_DECISIONS = 5;
const NS_PER_MS = 1e6;

/** A name of a function. */
export function nameOf(name: string | null): string | null {
  return name === null ? null : short(name, MAX_FUNCTION);
}

/** `src/cart.js:10`. */
export function placeOf(file: string | null, line: number | null): string | null {
  return file === null ? null : short(placeText({ file, line }), MAX_PLACE);
}

/** Nanoseconds as ms, to the tenth of a microsecond. */
export function ms(ns: number): number;
export function ms(ns: number | null): number | null;
export function ms(ns: number | null): number | null {
  return ns === null ? null : Math.round(ns / (NS_PER_MS / 1e4)) / 1e4;
}

const JSON_VALUE = z
  .unknown()
  .describe("a recorded value as JSON; `$type` marks what JSON has no word for");
const NUMBER_OR_NULL = z.number().nullable();
const TEXT_OR_NULL = z.string().nullable();

/** A call. */
export const CALL_ROW = z.object({
  call: z.string().describe("its id, for get_trace, explain_call, get_value, find_calls"),
  function: z.string(),
  at: z.string().describe("file:line of the function"),
  startedAt: z.string(),
  durationMs: NUMBER_OR_NULL,
  selfMs: z.number().describe("without the calls it made, and without waiting"),
  status: z.enum(["returned", "threw", "open"]),
  arguments: JSON_VALUE.optional(),
  result: JSON_VALUE.optional(),
  exception: z.string().optional().describe("id of the exception that ended it: <runId>!<number>"),
  cut: z
    .array(z.string())
    .optional()
    .describe("paths of values that were cut: get_value has them whole"),
});
export type CallRow = z.output<typeof CALL_ROW>;

/** The row of a call. */
export function callRow(call: Call, valueBytes: number): CallRow {
  const taken = cutOf("arguments", call.arguments, valueBytes);
  const returned = cutOf("result", call.result, valueBytes);
  const cut = [...(taken?.cut ?? []), ...(returned?.cut ?? [])];
  return {
    call: callRef(call.traceId, call.callId),
    function: short(call.function, MAX_FUNCTION),
    at: placeOf(call.file, call.line) ?? "",
    startedAt: call.startedAt,
    durationMs: ms(call.durationNs),
    selfMs: ms(call.selfNs),
    status: call.status,
    ...(taken && { arguments: taken.value }),
    ...(returned && { result: returned.value }),
    ...(call.exceptionId !== null && { exception: exceptionRef(call.runId, call.exceptionId) }),
    ...(cut.length > 0 && { cut }),
  };
}

function cutOf(
  head: "arguments" | "result",
  value: JsonValue | undefined,
  valueBytes: number,
): Cut | null {
  return value === undefined ? null : cutValue(value, valueBytes, head);
}

/** `parse("{") threw`: a call without its place and id. */
export function callText(
  row: Pick<CallRow, "function" | "arguments" | "result" | "status">,
): string {
  const taken = Array.isArray(row.arguments)
    ? row.arguments.map((value) => json(value)).join(", ")
    : row.arguments === undefined
      ? "…"
      : json(row.arguments);
  const end =
    row.status === "threw"
      ? " threw"
      : row.status === "open"
        ? " is open"
        : row.result === undefined || isUndefined(row.result)
          ? ""
          : ` → ${json(row.result)}`;
  return `${row.function}(${taken})${end}`;
}

/** A call in a line. */
export function callLine(row: CallRow): string {
  return `${callText(row)}  ${row.durationMs ?? "?"} ms  ${row.at}  id ${row.call}`;
}

/** A value in a line. */
export function json(value: unknown): string {
  return oneLine(JSON.stringify(value) ?? "undefined");
}

function isUndefined(value: unknown): boolean {
  return (
    typeof value === "object" && value !== null && "$type" in value && value.$type === "undefined"
  );
}

/** A trace. */
export const TRACE_ROW = z.object({
  traceId: z.string().describe("its id, for get_trace"),
  function: TEXT_OR_NULL.describe("its root; null while that is open"),
  at: TEXT_OR_NULL,
  startedAt: z.string(),
  durationMs: NUMBER_OR_NULL,
  status: z.enum(["returned", "threw", "open"]),
  calls: z.number(),
  errors: z.number().describe("calls that threw"),
});
export type TraceRow = z.output<typeof TRACE_ROW>;

/** The row of a trace. */
export function traceRow(trace: TraceSummary): TraceRow {
  return {
    traceId: trace.traceId,
    function: nameOf(trace.function),
    at: placeOf(trace.file, trace.line),
    startedAt: trace.startedAt,
    durationMs: ms(trace.durationNs),
    status: trace.status,
    calls: trace.calls,
    errors: trace.errors,
  };
}

/** A trace in a line. */
export function traceLine(row: TraceRow): string {
  const root = row.function === null ? "(root open)" : `${row.function}  ${row.at}`;
  return `${root}  ${row.status}  ${row.durationMs ?? "?"} ms  ${row.calls} calls, ${row.errors} threw  id ${row.traceId}`;
}

/** The variables of a call that an exception left. */
export const LOCALS = z
  .unknown()
  .optional()
  .describe("variables when an exception left it, by scope, the innermost first");

/** Those of such a call, cut; undefined where they were not recorded. */
export function localsValue(
  locals: CrossedCall["locals"],
  valueBytes: number,
): JsonValue | undefined {
  return locals && cutValue(locals as unknown as JsonValue, valueBytes, "arguments").value;
}

/** An exception. */
export const EXCEPTION_ROW = z.object({
  exception: z.string().describe("its id: <runId>!<number>"),
  name: z.string(),
  message: z.string(),
  function: TEXT_OR_NULL.describe("the innermost recorded call that it left"),
  at: TEXT_OR_NULL,
  call: TEXT_OR_NULL.describe("that call's id, for explain_call"),
  traceId: TEXT_OR_NULL,
  thrownAt: z.string(),
  handled: z
    .enum(["caught", "uncaught", "unknown"])
    .describe("caught by recorded code, ended the process, or left recorded code"),
  calls: z.number().describe("recorded calls that it ended"),
  stack: z.string().optional(),
  thrownFrom: z.string().optional().describe("where it was thrown, file:line:column"),
  caughtBy: z.string().optional().describe("id of the call that caught it"),
  causes: z.array(z.string()).optional().describe("its cause, the cause of that, and so on"),
  cause: z.string().optional().describe("id of the exception that is its cause"),
  errors: z.array(z.string()).optional().describe("the errors of an AggregateError"),
  crossed: z
    .array(
      z.object({
        call: z.string(),
        function: z.string(),
        locals: LOCALS,
      }),
    )
    .optional()
    .describe("calls that it left, the innermost first"),
});
export type ExceptionRow = z.output<typeof EXCEPTION_ROW>;

/** `<runId>!<number>`. */
export function exceptionRef(runId: string, exceptionId: number): string {
  return `${runId}!${exceptionId}`;
}

/** The row of an exception. */
export function exceptionRow(
  exception: RecordedException,
  valueBytes: number,
  withStack: boolean,
): ExceptionRow {
  const { traceId, stack } = exception;
  return {
    exception: exceptionRef(exception.runId, exception.exceptionId),
    name: short(exception.name, MAX_FUNCTION),
    message: short(exception.message, Math.max(80, valueBytes)),
    function: nameOf(exception.function),
    at: placeOf(exception.file, exception.line),
    call: callRefOf(exception),
    traceId,
    thrownAt: exception.thrownAt,
    handled: exception.handled,
    calls: exception.calls,
    ...(withStack &&
      stack !== null && { stack: beginning(cleanText(stack), Math.max(120, valueBytes)) }),
    ...originRow(exception, valueBytes),
  };
}

/** Calls that are told of those that an exception left, by the room for values. */
const CROSSED = 8;
const FEW_CROSSED = 2;
const TIGHT_BYTES = 100;

function originRow(exception: RecordedException, valueBytes: number): Partial<ExceptionRow> {
  const { traceId, thrownFrom, caughtBy, causes, causeId, errors, crossed, runId } = exception;
  const said = (all: RecordedException["causes"]): string[] =>
    all.map(({ name, message }) => short(`${name}: ${message}`, Math.max(80, valueBytes)));
  const most = valueBytes > TIGHT_BYTES ? CROSSED : FEW_CROSSED;
  return {
    ...(thrownFrom && {
      thrownFrom: `${placeOf(thrownFrom.file, thrownFrom.line)}:${thrownFrom.column}`,
    }),
    ...(caughtBy && traceId !== null && { caughtBy: callRef(traceId, caughtBy.callId) }),
    ...(causes.length > 0 && { causes: said(causes) }),
    ...(causeId !== null && { cause: exceptionRef(runId, causeId) }),
    ...(errors.length > 0 && { errors: said(errors) }),
    ...(traceId !== null &&
      crossed.length > 0 && {
        crossed: crossed.slice(0, most).map(({ callId, function: name, locals }) => ({
          call: callRef(traceId, callId),
          function: nameOf(name) ?? "",
          // Left out of the answer where there are none.
          locals: localsValue(locals, valueBytes),
        })),
      }),
  };
}

/** An exception in a line. */
export function exceptionLine(row: ExceptionRow): string {
  const where =
    row.function === null ? "outside of recorded calls" : `in ${row.function}  ${row.at}`;
  const isUnseen = row.name === "unknown" && row.message === "";
  const what = isUnseen ? "an exception that was not seen" : `${row.name}: ${row.message}`;
  return `${what}  ${where}  ${row.handled}  ${row.call === null ? "" : `id ${row.call}`}`;
}

/** A run. */
export const RUN_ROW = z.object({
  runId: z.string().describe("its id, for `run` of every tool"),
  command: z.string(),
  status: z.enum(["running", "finished", "crashed"]),
  exitCode: NUMBER_OR_NULL,
  signal: TEXT_OR_NULL,
  startedAt: z.string(),
  endedAt: TEXT_OR_NULL,
  node: z.string(),
  calls: z.number().describe("recorded one by one, readable now"),
  counted: z.number().describe("only counted"),
  dropped: z.number().describe("lost because the recorder did not keep up"),
  exceptions: z.number(),
  redactions: z
    .record(z.string(), z.number())
    .describe("how often each rule took a secret out of the recorded values"),
  overhead: z
    .object({
      budget: z.number(),
      estimated: z.number(),
      state: z.enum(["green", "yellow", "red"]),
      why: TEXT_OR_NULL,
      steppedDown: z.number().describe("functions recorded without values, or counted only"),
      decisions: z.array(z.string()).describe("the last changes of what is recorded"),
    })
    .nullable()
    .describe("what recording cost as a share of the process's own CPU; null: nothing bounded it"),
  captured: z
    .array(
      z.object({
        at: z.string(),
        mode: z.enum(["values", "time", "count", "dormant"]),
        include: z.array(z.string()),
        functions: z.number(),
        forMs: z.number().nullable(),
      }),
    )
    .nullable()
    .describe(
      "the last changes of what was captured, each from then on; null: it was the same all the time",
    ),
});
export type RunRow = z.output<typeof RUN_ROW>;

/** The row of a run. */
export function runRow(run: Run): RunRow {
  const { counters } = run;
  return {
    runId: short(run.runId, MAX_FUNCTION),
    command: short(run.command.join(" "), MAX_PLACE),
    status: run.status,
    exitCode: run.exitCode,
    signal: run.signal,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    node: short(run.node, 20),
    calls: run.storedCalls,
    counted: counters.counted,
    dropped: counters.dropped,
    exceptions: counters.exceptions,
    redactions: counters.redactions,
    overhead: overheadOf(governorOf(counters)),
    captured: capturedOf(captureHistoryOf(counters)),
  };
}

function capturedOf(history: CaptureHistory | null): RunRow["captured"] {
  if (history === null) return null;
  return history.changes.slice(-MAX_DECISIONS).map(({ at, mode, include, functions, forMs }) => ({
    at,
    mode,
    functions,
    forMs,
    include: include.slice(0, MAX_DECISIONS).map((pattern) => short(pattern, MAX_PLACE)),
  }));
}

function overheadOf(report: GovernorReport | null): RunRow["overhead"] {
  if (report === null) return null;
  const { overhead: budget, estimated, state, why, steppedDown, decisions } = report;
  return {
    budget,
    estimated,
    state,
    why,
    steppedDown,
    decisions: decisions.slice(-MAX_DECISIONS).map(decisionOf),
  };
}

function decisionOf({ at, function: name, file, line, from, to, why }: GovernorDecision): string {
  const place = short(cleanText(`${name} (${placeText({ file, line })})`), MAX_PLACE);
  return `${at} ${place} ${from} → ${to}: ${why}`;
}

/** A run in a line. */
export function runLine(row: RunRow): string {
  const end = row.signal ?? (row.exitCode === null ? "" : `exit code ${row.exitCode}`);
  return `${row.command}  ${row.status} ${end}  ${row.startedAt}  ${row.calls} calls, ${row.exceptions} exceptions  id ${row.runId}`;
}

/** A function's sums. */
export const FUNCTION_ROW = z.object({
  function: z.string(),
  at: z.string(),
  calls: z.number(),
  counted: z.number(),
  errors: z.number(),
  selfMs: z.number(),
  totalMs: z.number(),
  waitMs: z.number(),
  meanMs: NUMBER_OR_NULL,
  p50Ms: NUMBER_OR_NULL.describe("within 5 %, as other quantiles"),
  p95Ms: NUMBER_OR_NULL,
  maxMs: NUMBER_OR_NULL,
});
export type FunctionRow = z.output<typeof FUNCTION_ROW>;

/** The row of a function. */
export function functionRow(stats: FunctionStats): FunctionRow {
  return {
    function: short(stats.function, MAX_FUNCTION),
    at: placeOf(stats.file, stats.line) ?? "",
    calls: stats.calls,
    counted: stats.counted,
    errors: stats.errors,
    selfMs: ms(stats.selfNs),
    totalMs: ms(stats.totalNs),
    waitMs: ms(stats.waitNs),
    meanMs: ms(stats.meanNs),
    p50Ms: ms(stats.p50Ns),
    p95Ms: ms(stats.p95Ns),
    maxMs: ms(stats.maxNs),
  };
}

/** A function's sums in a line. */
export function functionLine(row: FunctionRow): string {
  const calls = row.calls + row.counted;
  return `${row.function}  ${row.at}  ${calls} calls, ${row.errors} threw  self ${row.selfMs} ms, total ${row.totalMs} ms, p95 ${row.p95Ms ?? "?"} ms`;
}
