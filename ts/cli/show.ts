/**
 * `breadcrumb show <trace>`: one trace as a tree. `show <trace>#<call> --source`: one call beside its source.
 */
import { placeText } from "../query/place-text";
import { BreadcrumbError } from "../errors";
import { inspectorCountersOf } from "../options/inspector";
import type { Call, RemoteCall, Run, Trace } from "../query/index";
import { lastRows } from "../query/last-rows";
import { text, wholeNumber } from "./arguments";
import type { CommandContext } from "./command";
import { localsLines, originLines, whatOf } from "./exception-text";
import type { JsonDocuments } from "./json-documents";
import { commandText } from "./list";
import { cut, printable } from "./printable";
import { count, duration, moment, plural } from "./quantities";
import { ShortIds, shortIdsOf } from "./short-ids";
import { showSource } from "./show-source";
import { treeLines } from "./tree-lines";
import { type Outline, outlineTrace, shownIds } from "./tree-outline";

const DEFAULT_WIDTH = 20;
const DEFAULT_LINES = 100;
const VALUE_WIDTH = 60;
/** Calls that an outline is made of: the upper levels of a larger trace. Half a second's reading. */
const OUTLINED_CALLS = 100_000;
/** The most that --full and --json print. */
const WHOLE_CALLS = 1_000_000;
/** Functions named of calls that were only counted. */
const NAMED_FUNCTIONS = 3;
/** Exceptions listed below the tree. */
const LISTED_EXCEPTIONS = 10;
const INDENT = "      ";

/** The command `show`. */
export async function show(context: CommandContext): Promise<number> {
  const { store, output, values, positionals } = context;
  const [id = "latest", callId] = (positionals[0] ?? "latest").split("#");
  const name = text(values, "function");
  if (values["source"] === true) {
    await showSource(context, await chosenCall(context, { id, callId, name }));
    return 0;
  }
  if (callId !== undefined || name !== undefined) {
    throw new BreadcrumbError(
      "BC_ERR_BAD_OPTION",
      "<trace>#<call> and --function choose a call for --source: without it a whole trace is shown",
    );
  }
  const isFull = values["full"] === true;
  const isWhole = isFull || values["json"] === true;
  const trace = await store.trace(id, {
    maxCalls: isWhole ? WHOLE_CALLS : OUTLINED_CALLS,
  });
  if (values["json"]) {
    output.json(trace satisfies JsonDocuments["show"]);
    return 0;
  }
  const whole = Number.POSITIVE_INFINITY;
  const runs = await store.runs();
  const outline = outlineTrace(trace, {
    depth: wholeNumber(values, "depth") ?? whole,
    width: wholeNumber(values, "width") ?? (isFull ? whole : DEFAULT_WIDTH),
    lines: wholeNumber(values, "limit") ?? (isFull ? whole : DEFAULT_LINES),
  });
  for (const line of heading(trace, runs, output)) output.line(line);
  output.line();
  const ids = new ShortIds([...runs.map(({ runId }) => runId), trace.runId]);
  const lines = treeLines(trace, outline, {
    paint: output.paint,
    columns: isFull ? whole : output.columns,
    valueWidth: isFull ? whole : VALUE_WIDTH,
    links: output.links,
    hasIds: values["ids"] === true,
    remote: remoteText(runs, ids),
  });
  for (const line of lines) output.line(line);
  for (const line of hiddenRemoteLines(trace, outline, output)) output.line(line);
  for (const line of countedLines(trace, output)) output.line(line);
  for (const line of budgetLines(trace, runs, output)) output.line(line);
  for (const line of exceptionLines(trace, output)) output.line(line);
  const hidden = trace.callCount - outline.shownCalls;
  if (hidden > 0) {
    const more = isFull
      ? "the rest is deeper: breadcrumb query reads it"
      : `--depth, --width and --limit choose, --full shows ${trace.truncated ? `up to ${count(WHOLE_CALLS)}` : "all"}`;
    output.line();
    output.line(
      `${count(outline.shownCalls)} of ${plural(trace.callCount, "call")} shown: ${more}`,
    );
  }
  return 0;
}

/** The call that is meant: a trace's root, unless told. */
async function chosenCall(
  { store }: CommandContext,
  { id, callId, name }: { id: string; callId: string | undefined; name: string | undefined },
): Promise<Call> {
  // What is meant by `latest`, and by the beginning of an id.
  const { traceId, calls } = await store.trace(id, { maxCalls: 1 });
  const first = calls[0];
  if (callId === undefined && name === undefined && first !== undefined) return first;
  const call = callId === undefined ? undefined : Number(callId);
  if (call !== undefined && !Number.isSafeInteger(call)) {
    throw new BreadcrumbError(
      "BC_ERR_BAD_OPTION",
      `a call is <trace>#<number>, as --ids shows it: got ${JSON.stringify(callId)}`,
    );
  }
  const { items } = await store.calls({ trace: traceId, call, function: name, limit: 2 });
  const found = call === undefined ? items[0] : lastRows(items).get(call);
  if (found !== undefined) return found;
  const ids = await shortIdsOf(store);
  const trace = ids.trace(traceId);
  const wanted = call === undefined ? `call of ${name}` : `call ${callId}`;
  const other =
    call === undefined ? (await store.calls({ function: name, limit: 1 })).items[0] : undefined;
  const help = other
    ? `the newest there is: show "${ids.trace(other.traceId)}#${other.callId}" --source`
    : `show ${trace} --ids lists its calls`;
  throw new BreadcrumbError("BC_ERR_NOT_FOUND", `trace ${trace} has no ${wanted}; ${help}`);
}

function heading(trace: Trace, runs: readonly Run[], output: CommandContext["output"]): string[] {
  const ids = new ShortIds([...runs.map(({ runId }) => runId), trace.runId]);
  const run = runs.find(({ runId }) => runId === trace.runId);
  const threw = trace.calls.reduce((sum, { status }) => sum + Number(status === "threw"), 0);
  const parts = [
    [moment(trace.startedAt), output.ago(trace.startedAt)].filter(Boolean).join(", "),
    trace.status === "open" ? "open" : duration(trace.durationNs),
    plural(trace.callCount, "call"),
    ...(threw > 0 ? [`${count(threw)} threw`] : []),
    ...(trace.root === null ? ["its root has no row: it is open still, or was dropped"] : []),
  ];
  const title = `trace ${ids.trace(trace.traceId)}`;
  const ofRun = ` of run ${ids.run(trace.runId)}${run ? `: ${commandText(run)}` : ""}`;
  const from = trace.remoteParent;
  return [
    `${output.paint.bold(title)}${cut(ofRun, output.columns - title.length)}`,
    cut(parts.join(" · "), output.columns),
    ...(from === null ? [] : [cut(`asked for by ${remoteText(runs, ids)(from)}`, output.columns)]),
  ];
}

/** Says the call at the other end of a request: its function, trace and process. */
function remoteText(runs: readonly Run[], ids: ShortIds): (call: RemoteCall) => string {
  return ({ remote }) => {
    const run = runs.find(({ runId }) => runId === remote.runId);
    const process = run === undefined ? "" : ` of ${commandText(run)} (pid ${run.pid})`;
    const name = printable(remote.function ?? "a call without a row");
    return `${name} in trace ${ids.trace(remote.traceId)}${process}`;
  };
}

/** Requests of calls that are not in the tree. */
function hiddenRemoteLines(
  { remoteChildren }: Trace,
  outline: Outline,
  { columns }: CommandContext["output"],
): string[] {
  if (remoteChildren.length === 0) return [];
  const shown = shownIds(outline);
  const hidden = remoteChildren.filter(({ callId }) => !shown.has(callId));
  if (hidden.length === 0) return [];
  const said = `… and ${plural(hidden.length, "request")} of calls that are not shown led to other traces: --full, or --json (remoteChildren)`;
  return ["", cut(said, columns)];
}

/** What is not in the tree. */
function countedLines(
  { countedMeanwhile }: Trace,
  { columns }: CommandContext["output"],
): string[] {
  if (countedMeanwhile.length === 0) return [];
  const calls = countedMeanwhile.reduce((sum, each) => sum + each.calls, 0);
  const named = countedMeanwhile
    .slice(0, NAMED_FUNCTIONS)
    .map((each) => `${printable(each.function)} (${count(each.calls)})`);
  const others = countedMeanwhile.length - named.length;
  const more = others > 0 ? `, and ${plural(others, "other function")}` : "";
  const said = `… and at least ${count(calls)} more call${calls === 1 ? "" : "s"} on its thread meanwhile, only counted: ${named.join(", ")}${more}`;
  return ["", cut(said, columns)];
}

/** Breakpoints tell of a limited number of calls. */
function budgetLines(
  { runId, calls }: Trace,
  runs: readonly Run[],
  { columns }: CommandContext["output"],
): string[] {
  if (!calls.some(({ backend }) => backend === "inspector")) return [];
  const run = runs.find((each) => each.runId === runId);
  const refused = (run && inspectorCountersOf(run.counters)?.refused) ?? 0;
  const some = refused > 0 ? ` (${plural(refused, "call")} of this run over it)` : "";
  const said = `… recorded by breakpoints within a budget${some}: callers and callees may be missing`;
  return ["", cut(said, columns)];
}

function exceptionLines(trace: Trace, { paint, columns }: CommandContext["output"]): string[] {
  if (trace.exceptions.length === 0) return [];
  const lines = trace.exceptions.slice(0, LISTED_EXCEPTIONS).flatMap((exception) => {
    const where =
      exception.function === null ? "" : `, from ${exception.function} (${placeText(exception)})`;
    const passed = exception.calls > 1 ? `, ended ${exception.calls} calls` : "";
    const origin = trace.calls.find(({ callId }) => callId === exception.callId);
    const said = `${whatOf(exception, origin?.backend)} – ${exception.handled}${where}${passed}`;
    const more = originLines(exception).concat(localsLines(exception, columns - INDENT.length));
    const head = `  ${cut(printable(said), Math.max(20, columns - 2))}`;
    return [head].concat(more.map((line) => INDENT + line));
  });
  const hidden = trace.exceptions.length - LISTED_EXCEPTIONS;
  if (hidden > 0) lines.push(`  … ${count(hidden)} more: breadcrumb exceptions`);
  return ["", paint.bold(plural(trace.exceptions.length, "exception")), ...lines];
}
