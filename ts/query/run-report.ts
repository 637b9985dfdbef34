/**
 * What there is to say about a run: its sums, its telling trace, what looks wrong, what to ask next.
 *
 *     const { findings } = await reportRun(store, "latest");
 *     findings[0]   // { kind: "uncaught", severity: "error", message: "…", next: "breadcrumb exceptions …" }
 *
 * Limits: the telling trace is looked for among the newest `TRACES`; what looks wrong is a guess from
 * sums, with its figures.
 */
import { placeText } from "./place-text";
import type { FunctionStats } from "./function-sums";
import type { Run, TraceSummary } from "./results";
import type { Store } from "./store";

/** How much a finding matters. */
export type Severity = "error" | "warning" | "hint";

/** Something that looks wrong, or is worth a look. */
export interface RunFinding {
  /** Its stable name. */
  readonly kind: string;
  readonly severity: Severity;
  /** What, with figures. */
  readonly message: string;
  /** The command that looks closer. */
  readonly next: string;
}

/** A run's report. */
export interface RunReport {
  readonly run: Run;
  /** Functions with recorded or counted calls. */
  readonly functions: number;
  /** Their files. */
  readonly files: number;
  /** Recorded calls that threw. */
  readonly errors: number;
  /** Recorded calls that are, or were left, open. */
  readonly open: number;
  /** Running time of all recorded calls. */
  readonly selfNs: number;
  /** Functions called most often. */
  readonly mostCalled: readonly FunctionStats[];
  /** Functions with the most running time of their own. */
  readonly hottest: readonly FunctionStats[];
  /** The newest trace that threw, or else the longest. */
  readonly trace: TraceSummary | null;
  readonly findings: readonly RunFinding[];
}

/** Functions of each list. */
const LISTED = 10;
const TRACES = 200;
/** A function is hot from this share of all running time. */
const HOT_SHARE = 0.5;
/** A function is called often from so many calls, and this share of all. */
const OFTEN_CALLS = 1000;
const OFTEN_SHARE = 0.3;
/** A function fails often from this share of its calls, and so many. */
const FAILS_SHARE = 0.1;
const FAILS_CALLS = 2;
/** Waiting is worth a word from so long. */
const WAITED_NS = 100e6;

/** The report of the run that `id` means. Throws `BC_ERR_NOT_FOUND`. */
export async function reportRun(store: Store, id: string): Promise<RunReport> {
  const run = await store.run(id);
  const functions = await store.stats({ run: run.runId });
  const sum = (of: (f: FunctionStats) => number) => functions.reduce((all, f) => all + of(f), 0);
  const sums = {
    run,
    functions: functions.length,
    files: new Set(functions.map(({ file }) => file)).size,
    errors: sum((f) => f.errors),
    open: sum((f) => f.open),
    selfNs: sum((f) => f.selfNs),
    mostCalled: functions.toSorted((a, b) => happened(b) - happened(a)).slice(0, LISTED),
    hottest: functions.slice(0, LISTED),
    trace: await tellingTrace(store, run.runId),
  };
  return { ...sums, findings: await findingsOf(store, sums, functions) };
}

async function tellingTrace(store: Store, run: string): Promise<TraceSummary | null> {
  const threw = await store.traces({ run, status: "threw", limit: 1 });
  if (threw.items[0]) return threw.items[0];
  const { items } = await store.traces({ run, limit: TRACES });
  const length = ({ durationNs }: TraceSummary) => durationNs ?? Number.POSITIVE_INFINITY;
  return items.reduce<TraceSummary | null>(
    (longest, each) => (longest === null || length(each) > length(longest) ? each : longest),
    null,
  );
}

function number(count: number): string {
  return count.toLocaleString("en-US");
}

function plural(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function happened({ calls, counted, dropped }: FunctionStats): number {
  return calls + counted + dropped;
}

type Sums = Omit<RunReport, "findings">;

async function findingsOf(
  store: Store,
  sums: Sums,
  functions: readonly FunctionStats[],
): Promise<RunFinding[]> {
  return [
    ...(await endFindings(store, sums.run)),
    ...lossFindings(sums),
    ...functionFindings(sums, functions),
  ];
}

/** How it ended. */
async function endFindings(store: Store, run: Run): Promise<RunFinding[]> {
  const { runId, status, exitCode, signal, counters } = run;
  const findings: RunFinding[] = [];
  const uncaught = await store.exceptions({ run: runId, handled: "uncaught", limit: 1 });
  const [last] = uncaught.items;
  if (last) {
    const where = last.function === null ? "" : ` in ${last.function} (${placeText(last)})`;
    findings.push({
      kind: "uncaught",
      severity: "error",
      message: `an exception ended the process: ${last.name}: ${last.message}${where}`,
      next:
        last.traceId === null
          ? `breadcrumb exceptions --run ${runId} --handled uncaught --stack`
          : `breadcrumb show ${last.traceId}`,
    });
  } else if (status === "crashed" || (exitCode ?? 0) !== 0) {
    findings.push({
      kind: "failed",
      severity: "error",
      message: `the process ${status === "crashed" ? "crashed" : "failed"}: ${signal ?? `exit code ${exitCode}`}`,
      next: `breadcrumb exceptions --run ${runId}`,
    });
  }
  if (!last && counters.exceptions > 0) {
    findings.push({
      kind: "exceptions",
      severity: "hint",
      message: `${plural(counters.exceptions, "exception")}, none of which ended the process`,
      next: `breadcrumb exceptions --run ${runId}`,
    });
  }
  return findings;
}

/** What is not in the store. */
function lossFindings({ run, open, functions }: Sums): RunFinding[] {
  const { runId, counters, files, status } = run;
  const findings: RunFinding[] = [];
  const add = (kind: string, severity: Severity, message: string, next: string) =>
    findings.push({ kind, severity, message, next });
  if (functions === 0) {
    add("nothing", "error", "no call was recorded", `breadcrumb gaps --run ${runId}`);
  }
  if (counters.dropped > 0) {
    const message = `${plural(counters.dropped, "call")} dropped: the recorder did not keep up`;
    add("dropped", "warning", message, "breadcrumb run --overflow block <command>");
  }
  if (counters.counted > 0) {
    const message = `${plural(counters.counted, "call")} counted, without times or values`;
    add("counted", "hint", message, `breadcrumb top --run ${runId} --sort calls`);
  }
  if (files.tooEarly.length > 0) {
    const message = `${plural(files.tooEarly.length, "included file")} loaded before the recording began`;
    add("tooEarly", "warning", message, `breadcrumb gaps --run ${runId}`);
  }
  if (files.leftAlone.length > 0) {
    const message = `${plural(files.leftAlone.length, "included file")} not recorded`;
    add("leftAlone", "warning", message, `breadcrumb gaps --run ${runId}`);
  }
  if (open > 0 && status !== "running") {
    const message = `${plural(open, "call")} had not ended when the process did`;
    const sql = `SELECT function, file, line FROM calls WHERE status = 'open' AND run_id = '${runId}'`;
    add("open", "hint", message, `breadcrumb query "${sql}"`);
  }
  return findings;
}

/** Functions that stand out. */
function functionFindings(sums: Sums, functions: readonly FunctionStats[]): RunFinding[] {
  const findings: RunFinding[] = [];
  const { runId } = sums.run;
  const all = functions.reduce((total, f) => total + happened(f), 0);
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const place = (f: FunctionStats) => `${f.function} (${placeText(f)})`;
  const add = (kind: string, severity: Severity, message: string, next: string) =>
    findings.push({ kind, severity, message, next });
  const [hot] = sums.hottest;
  if (hot && functions.length > 1 && hot.selfNs > HOT_SHARE * sums.selfNs) {
    const share = percent(hot.selfNs / sums.selfNs);
    add(
      "hot",
      "hint",
      `${place(hot)} took ${share} of the running time`,
      `breadcrumb top --run ${runId}`,
    );
  }
  const [often] = sums.mostCalled;
  if (often && happened(often) >= OFTEN_CALLS && happened(often) > OFTEN_SHARE * all) {
    const share = percent(happened(often) / all);
    const message = `${place(often)} made ${share} of all calls: ${number(happened(often))}`;
    add("often", "hint", message, `breadcrumb run --exclude '${often.file}' <command>`);
  }
  const failing = functions
    .filter((f) => f.errors >= FAILS_CALLS && f.errors > FAILS_SHARE * happened(f))
    .toSorted((a, b) => b.errors - a.errors)[0];
  if (failing) {
    const message = `${place(failing)} threw in ${number(failing.errors)} of ${number(happened(failing))} calls`;
    add(
      "failing",
      "warning",
      message,
      `breadcrumb exceptions --run ${runId} --function '${failing.function}'`,
    );
  }
  const waiting = functions.toSorted((a, b) => b.waitNs - a.waitNs)[0];
  if (waiting && waiting.waitNs > WAITED_NS && waiting.waitNs > sums.selfNs) {
    const message = `${place(waiting)} waited ${number(Math.round(waiting.waitNs / 1e6))} ms in ${number(waiting.calls)} calls`;
    add("waiting", "hint", message, `breadcrumb top --run ${runId} --sort wait`);
  }
  return findings;
}
