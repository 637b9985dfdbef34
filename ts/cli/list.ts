/**
 * `breadcrumb list`: traces under their runs, newest first.
 *
 * Limits: a page at a time; the totals of a run are those of its record.
 */
import { placeText } from "../query/place-text";
import type { CallStatus, Run, TraceSummary } from "../query/index";
import { milliseconds, text, time, wholeNumber } from "./arguments";
import type { CommandContext } from "./command";
import type { JsonDocuments } from "./json-documents";
import { bytes, count, duration, moment, plural, timeOfDay } from "./quantities";
import { nearestFunction } from "./nearest-function";
import { cut, printable } from "./printable";
import { ShortIds } from "./short-ids";
import { renderTable } from "./table";

const DEFAULT_LIMIT = 20;

/** The command `list`. */
export async function list(context: CommandContext): Promise<number> {
  return context.values["runs"] ? listRuns(context) : listTraces(context);
}

async function listTraces({ store, output, values }: CommandContext): Promise<number> {
  const limit = wholeNumber(values, "limit") ?? DEFAULT_LIMIT;
  const page = await store.traces({
    run: text(values, "run"),
    status: text(values, "status") as CallStatus | undefined,
    function: text(values, "function"),
    root: text(values, "root"),
    minDurationMs: milliseconds(values, "min"),
    since: time(values, "since"),
    until: time(values, "until"),
    cursor: text(values, "cursor"),
    limit,
  });
  const runs = await store.runs();
  if (values["json"]) {
    const shown = new Set(page.items.map(({ runId }) => runId));
    output.json({
      runs: runs.filter(({ runId }) => shown.has(runId)).map(withoutFiles),
      traces: page.items,
      nextCursor: page.nextCursor,
    } satisfies JsonDocuments["list"]);
    return 0;
  }
  const ids = new ShortIds([...runs, ...page.items].map(({ runId }) => runId));
  for (const [runId, traces] of byRun(page.items)) {
    const run = runs.find((candidate) => candidate.runId === runId);
    const [title = "", ...totals] = runLines(run, runId, ids, output.ago(run?.startedAt ?? "")).map(
      (line) => cut(line, output.columns),
    );
    output.line(output.paint.bold(title));
    for (const line of totals) output.line(line);
    printTraces(traces, ids, { output });
    output.line();
  }
  if (page.items.length === 0) {
    const hint = await nearestFunction(store, text(values, "function") ?? text(values, "root"));
    output.line(hint ?? nothing(runs, values));
  }
  if (page.nextCursor !== null) {
    output.notice(`these are the newest ${limit}; --limit shows more, --since, --status, … narrow`);
  }
  return 0;
}

function byRun(traces: readonly TraceSummary[]): ReadonlyMap<string, TraceSummary[]> {
  const runs = new Map<string, TraceSummary[]>();
  for (const trace of traces) {
    const others = runs.get(trace.runId);
    if (others) others.push(trace);
    else runs.set(trace.runId, [trace]);
  }
  return runs;
}

function nothing(runs: readonly Run[], values: CommandContext["values"]): string {
  const filters = ["run", "status", "function", "root", "min", "since", "until", "cursor"];
  if (filters.some((name) => values[name] !== undefined)) return "No such trace.";
  return runs.length === 0
    ? "Nothing recorded yet: breadcrumb run <command>"
    : `No traces in ${plural(runs.length, "run")}: breadcrumb list --runs shows them.`;
}

/** The heading of a run. */
function runLines(run: Run | undefined, runId: string, ids: ShortIds, ago: string): string[] {
  if (!run) return [`${ids.run(runId)}  (its record is missing or damaged)`];
  const { counters } = run;
  const totals = [
    plural(run.storedCalls, "call"),
    ...(counters.exceptions > 0 ? [plural(counters.exceptions, "exception")] : []),
    ...(counters.counted > 0 ? [`${count(counters.counted)} counted only`] : []),
    ...(counters.dropped > 0 ? [`${count(counters.dropped)} DROPPED`] : []),
    endOf(run),
  ];
  return [
    `${ids.run(run.runId)}  ${commandText(run)}`,
    `  ${moment(run.startedAt)}${ago === "" ? "" : ` (${ago})`}  ${totals.join(" · ")}`,
  ];
}

function printTraces(
  traces: readonly TraceSummary[],
  ids: ShortIds,
  { output }: Pick<CommandContext, "output">,
): void {
  const { links } = output;
  const { dim, red } = output.paint;
  const failed = (row: number) => traces[row]?.status === "threw";
  const lines = renderTable(
    [
      { title: "trace" },
      { title: "began", drop: 3, style: dim },
      { title: "time", right: true, drop: 1 },
      { title: "calls", right: true, drop: 2 },
      { title: "ended", shrink: "end", style: (cell, row) => (failed(row) ? red(cell) : cell) },
      { title: "function", shrink: "end" },
      {
        title: "where",
        shrink: "start",
        drop: 4,
        style: (cell, row) => {
          const { file, line } = traces[row] as TraceSummary;
          return file === null || line === null ? cell : links(dim(cell), { file, line });
        },
      },
    ],
    traces.map((trace) => [
      ids.trace(trace.traceId),
      timeOfDay(trace.startedAt),
      duration(trace.durationNs),
      count(trace.calls),
      trace.status === "threw" || trace.errors === 0
        ? trace.status
        : `${trace.status}, ${count(trace.errors)} threw`,
      printable(trace.function ?? "(not ended yet)"),
      printable(placeText(trace)),
    ]),
    output.columns - 2,
  );
  for (const line of lines) output.line(`  ${line}`);
}

async function listRuns({ store, output, values }: CommandContext): Promise<number> {
  const all = await store.runs();
  const wanted = text(values, "run");
  const chosen = wanted === undefined ? all : [await store.run(wanted)];
  const limit = wholeNumber(values, "limit") ?? DEFAULT_LIMIT;
  const runs = chosen.slice(0, limit);
  if (values["json"]) {
    output.json({ runs, truncated: chosen.length > limit } satisfies JsonDocuments["list"]);
    return 0;
  }
  if (runs.length === 0) {
    output.line("Nothing recorded yet: breadcrumb run <command>");
    return 0;
  }
  const ids = new ShortIds(all.map(({ runId }) => runId));
  const lines = renderTable(
    [
      { title: "run" },
      { title: "began", drop: 4 },
      { title: "ended", shrink: "end" },
      { title: "calls", right: true, drop: 2 },
      { title: "counted", right: true, drop: 5 },
      { title: "dropped", right: true, drop: 1 },
      { title: "exceptions", right: true, drop: 3 },
      { title: "size", right: true, drop: 6 },
      { title: "command", shrink: "end" },
    ],
    runs.map((run) => [
      ids.run(run.runId),
      moment(run.startedAt),
      endOf(run),
      count(run.storedCalls),
      count(run.counters.counted),
      count(run.counters.dropped),
      count(run.counters.exceptions),
      bytes(run.counters.bytes),
      commandText(run),
    ]),
    output.columns,
  );
  for (const line of lines) output.line(line);
  if (chosen.length > limit)
    output.notice(`these are ${limit} of ${chosen.length}; --limit shows more`);
  return 0;
}

interface Command {
  readonly command: readonly string[];
  /** Where it was run, if that is known. */
  readonly cwd?: string;
}

/** The command line, without the folder of Node itself, and that in which it was run. */
export function commandText(run: Command): string {
  const [first = "(unknown command)"] = run.command;
  const node = quoted(first.replace(/^.*[\\/](node(?:\.exe)?)$/i, "$1"));
  return `${printable(node)} ${argumentsText(run)}`.trimEnd();
}

/** The same without its first word. */
export function argumentsText({ command, cwd }: Command): string {
  const words = command.slice(1).map((word) => {
    const isInside = ["/", "\\"].some((each) => word.startsWith(`${cwd}${each}`));
    return isInside && cwd !== undefined ? word.slice(cwd.length + 1) : word;
  });
  return printable(words.map(quoted).join(" "));
}

function quoted(word: string): string {
  return /^$|[\s"']/.test(word) ? JSON.stringify(word) : word;
}

/** How a run ended: `1.2 s, exit 0`. */
export function endOf({ status, startedAt, endedAt, exitCode, signal }: Run): string {
  if (status === "running") return "running";
  const ns = endedAt === null ? null : (Date.parse(endedAt) - Date.parse(startedAt)) * 1e6;
  const how = signal ?? (exitCode === null ? null : `exit ${exitCode}`);
  return [status === "crashed" ? "crashed" : null, ns === null ? null : duration(ns), how]
    .filter((part) => part !== null)
    .join(", ");
}

/** A run without the lists of its files, which may be thousands of lines. */
export function withoutFiles({ files, ...run }: Run) {
  return { ...run, filesInstrumented: files.instrumented };
}
