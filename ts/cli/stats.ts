/**
 * `breadcrumb stats`: a run's report: key figures, the telling trace, most called, what looks wrong and
 * what to do next.
 */
import { placeText } from "../query/place-text";
import type { FunctionStats, Run } from "../query/index";
import { captureHistoryOf } from "../options/capture-history";
import { EXACT_COUNTS, inspectorCountersOf } from "../options/inspector";
import { governorOf } from "../options/governor-report";
import { type RunFinding, reportRun, type RunReport, type Severity } from "../query/run-report";
import { wholeNumber } from "./arguments";
import type { CommandContext } from "./command";
import { captureLines } from "./capture-text";
import { decisionLines, governorText } from "./governor-text";
import { fitHelp } from "./help";
import type { JsonDocuments } from "./json-documents";
import { commandText, endOf, withoutFiles } from "./list";
import { cut, printable, wrap } from "./printable";
import { bytes, count, duration, moment, plural } from "./quantities";
import { tracesText } from "./traces-text";
import { redactionsText } from "./redactions-text";
import { ShortIds } from "./short-ids";
import { renderTable } from "./table";
import { treeLines } from "./tree-lines";
import { outlineTrace } from "./tree-outline";

type Output = CommandContext["output"];

const TREE_LINES = 20;
const TREE_WIDTH = 8;
const VALUE_WIDTH = 40;
/** Calls that the tree is chosen from. */
const READ_CALLS = 20_000;
const DEFAULT_LIMIT = 5;
const DECISIONS = 5;

/** The command `stats`. */
export async function stats({
  store,
  output,
  values,
  positionals,
}: CommandContext): Promise<number> {
  const report = await reportRun(store, positionals[0] ?? "latest");
  if (values["json"]) {
    output.json({ ...report, run: withoutFiles(report.run) } satisfies JsonDocuments["stats"]);
    return 0;
  }
  const runs = await store.runs();
  const ids = new ShortIds(runs.map(({ runId }) => runId));
  printFigures(report, ids, output);
  if (report.trace) {
    const trace = await store.trace(report.trace.traceId, { maxCalls: READ_CALLS });
    const outline = outlineTrace(trace, {
      depth: Number.POSITIVE_INFINITY,
      width: TREE_WIDTH,
      lines: TREE_LINES,
    });
    heading(`Trace ${ids.trace(trace.traceId)}`, output);
    const { paint, columns, links } = output;
    const style = { paint, columns, links, valueWidth: VALUE_WIDTH };
    for (const line of treeLines(trace, outline, style)) output.line(line);
  }
  const limit = wholeNumber(values, "limit") ?? DEFAULT_LIMIT;
  printFunctions("Most called", report.mostCalled.slice(0, limit), output);
  printFunctions("Most time of their own", report.hottest.slice(0, limit), output);
  printCaptures(report.run, output);
  printDecisions(report.run, output);
  printFindings(report.findings, ids, output);
  printNext(report, runs, ids, output);
  return 0;
}

function heading(text: string, output: Output): void {
  output.line();
  output.line(output.paint.bold(text));
}

function printFigures(report: RunReport, ids: ShortIds, output: Output): void {
  const { run } = report;
  const { counters } = run;
  const redacted = redactionsText([counters]);
  const traces = tracesText([counters]);
  const governor = governorOf(counters);
  output.line(cut(`run ${ids.run(run.runId)}: ${commandText(run)}`, output.columns));
  const ago = output.ago(run.startedAt);
  const figures: readonly (readonly [name: string, value: string])[] = [
    ["began", `${moment(run.startedAt)}${ago === "" ? "" : ` (${ago})`}`],
    ["ended", endOf(run)],
    ["calls", callsText(report)],
    ["exceptions", exceptionsText(report)],
    ...(traces === "" ? [] : [["traces", traces] as const]),
    ...(redacted === "" ? [] : [["redacted", redacted] as const]),
    ...(governor === null ? [] : [["overhead", governorText(governor)] as const]),
    ...breakpointFigures(counters),
    ["functions", `${count(report.functions)} in ${plural(report.files, "file")}`],
    ["running time", duration(report.selfNs)],
    ...(run.status === "running"
      ? []
      : [
          [
            "stored",
            `${bytes(counters.bytes)} in ${plural(counters.segments, "segment")}`,
          ] as const,
        ]),
  ];
  output.line();
  for (const [name, value] of figures) {
    output.line(
      `  ${output.paint.dim(name.padEnd(14))}${cut(value, Math.max(20, output.columns - 16))}`,
    );
  }
}

/** What breakpoints in files that were loaded before did, and what they left out. */
function breakpointFigures(counters: Run["counters"]): [name: string, value: string][] {
  const inspector = inspectorCountersOf(counters);
  if (inspector === undefined) return [];
  const { hits, refused, withoutResult, withoutException = 0, counts } = inspector;
  const followed = counts === EXACT_COUNTS ? "counted only" : "NOT RECORDED";
  const parts = [
    plural(hits, "hit"),
    ...(refused > 0 ? [`${plural(refused, "call")} and those that followed ${followed}`] : []),
    ...(counts !== undefined && counts !== EXACT_COUNTS ? [`calls NOT COUNTED: ${counts}`] : []),
    ...(withoutResult > 0 ? [`${plural(withoutResult, "call")} without result`] : []),
    ...(withoutException > 0 ? [`${plural(withoutException, "call")} without exception`] : []),
  ];
  return [["breakpoints", parts.join(", ")]];
}

/** Its record counts exceptions when it ends; which calls threw is known before. */
function exceptionsText({ run: { status, counters }, errors }: RunReport): string {
  const threw = `${plural(errors, "call")} threw`;
  return status === "running" ? `${threw} so far` : `${count(counters.exceptions)} (${threw})`;
}

function callsText({ run, open }: RunReport): string {
  const { counted, dropped } = run.counters;
  const parts = [
    `${count(run.storedCalls)} recorded${run.status === "running" ? " so far" : ""}`,
    ...(counted > 0 ? [`${count(counted)} counted only`] : []),
    ...(dropped > 0 ? [`${count(dropped)} DROPPED`] : []),
    ...(open > 0 ? [`${count(open)} open`] : []),
  ];
  return parts.join(", ");
}

function printFunctions(title: string, functions: readonly FunctionStats[], output: Output): void {
  if (functions.length === 0) return;
  heading(title, output);
  const lines = renderTable(
    [
      { title: "calls", right: true },
      { title: "self", right: true },
      { title: "total", right: true },
      { title: "threw", right: true, drop: 2 },
      { title: "function", shrink: "end" },
      {
        title: "where",
        shrink: "start",
        drop: 1,
        style: (cell, row) => output.links(output.paint.dim(cell), functions[row] as FunctionStats),
      },
    ],
    functions.map((f) => [
      count(f.calls + f.counted + f.dropped),
      duration(f.selfNs),
      duration(f.totalNs),
      count(f.errors),
      printable(f.function),
      printable(placeText(f)),
    ]),
    output.columns - 2,
  );
  for (const line of lines) output.line(`  ${line}`);
}

function printCaptures({ counters }: Run, output: Output): void {
  const history = captureHistoryOf(counters);
  if (history === null) return;
  heading("What was captured", output);
  for (const line of captureLines(history, DECISIONS)) {
    for (const part of wrap(line, output.columns, "  ", "      ")) output.line(part);
  }
}

function printDecisions({ counters }: Run, output: Output): void {
  const governor = governorOf(counters);
  if (governor === null || governor.decided === 0) return;
  heading(`Overhead: ${plural(governor.decided, "change")} of what is recorded`, output);
  for (const line of decisionLines(governor, DECISIONS)) {
    for (const part of wrap(line, output.columns, "  ", "      ")) output.line(part);
  }
}

const MARKS: Readonly<Record<Severity, string>> = { error: "✗", warning: "!", hint: "·" };

function printFindings(findings: readonly RunFinding[], ids: ShortIds, output: Output): void {
  heading(findings.length === 0 ? "Nothing looks wrong." : "What looks wrong", output);
  const { paint } = output;
  for (const { severity, message, next } of findings) {
    const color =
      severity === "error" ? paint.red : severity === "warning" ? paint.yellow : paint.dim;
    const [first = "", ...rest] = wrap(printable(ids.shorten(message)), output.columns, "    ");
    output.line(`  ${color(MARKS[severity])} ${first.trimStart()}`);
    for (const line of rest) output.line(line);
    output.line(`      ${paint.dim(printable(ids.shorten(next)))}`);
  }
}

function printNext(
  { run, trace }: RunReport,
  runs: readonly Run[],
  ids: ShortIds,
  output: Output,
): void {
  heading("Next", output);
  const id = ids.run(run.runId);
  const { launchId } = run;
  const others = runs.filter((each) => launchId !== null && each.launchId === launchId).length - 1;
  const lines = [
    ...(trace ? [[`breadcrumb show ${ids.trace(trace.traceId)}`, "that trace, whole"]] : []),
    [`breadcrumb view ${id}`, "walk its traces"],
    [`breadcrumb top --run ${id}`, "where the time went"],
    [`breadcrumb gaps --run ${id}`, "what did not run, and what to include next"],
    ...(others > 0
      ? [["breadcrumb list --runs", `${plural(others, "other run")} of the same command`]]
      : []),
  ];
  for (const [line = "", what = ""] of lines) {
    output.line(fitHelp(`  ${line.padEnd(36)}  ${what}`, output.columns));
  }
}
