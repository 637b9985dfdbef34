/**
 * What `breadcrumb run` says at its end about what it recorded.
 *
 *     await summarizeLaunch(".breadcrumb", launchId, false)
 *     // breadcrumb: 1 run, 1,234 calls, 2 exceptions → .breadcrumb (12.3 kB)
 *     //   hottest: parse (src/parse.js:10) 1.20 s of 3.40 s in 120 calls; …
 *
 * Limits: reads the store as any command does, after the runs have ended.
 */
import { placeText } from "../query/place-text";
import { relative } from "node:path";
import { BreadcrumbError } from "../errors";
import { openStore, type Run, type Store } from "../query/index";
import { printable } from "./printable";
import { bytes, count, duration, plural } from "./quantities";
import { tracesText } from "./traces-text";
import { redactionsText } from "./redactions-text";
import { ShortIds } from "./short-ids";

const HOTTEST = 3;
const STILL_RUNNING = 5;

/** The summary of a launch, each line ended; null where nothing was recorded. */
export async function summarizeLaunch(
  storeFolder: string,
  launchId: string,
  timedOut: boolean,
): Promise<string | null> {
  let store: Store;
  try {
    store = await openStore(storeFolder);
  } catch (error) {
    // Nothing was ever recorded into it; what else is wrong was said by the run itself.
    if (error instanceof BreadcrumbError && error.code === "BC_ERR_STORE_MISSING") return null;
    throw error;
  }
  try {
    const all = await store.runs();
    const runs = all.filter((run) => run.launchId === launchId && happened(run) > 0);
    return runs.length === 0 ? null : await summary(store, all, runs, timedOut);
  } finally {
    await store.close();
  }
}

async function summary(
  store: Store,
  all: readonly Run[],
  runs: readonly Run[],
  timedOut: boolean,
): Promise<string> {
  const total = (pick: (run: Run) => number) => runs.reduce((sum, run) => sum + pick(run), 0);
  const ids = new ShortIds(all.map(({ runId }) => runId));
  const folder = relative(process.cwd(), store.dir) || ".";
  const exceptions = total((run) => run.counters.exceptions);
  const crashed = runs.filter(({ status }) => status === "crashed").length;
  const redacted = redactionsText(runs.map((run) => run.counters));
  const parts = [
    plural(runs.length, "run"),
    plural(
      total((run) => run.storedCalls),
      "call",
    ),
    plural(exceptions, "exception"),
    ...(crashed > 0 ? [`${crashed} crashed`] : []),
  ];
  const lines = [
    `breadcrumb: ${parts.join(", ")} → ${printable(folder)} (${bytes(total((run) => run.counters.bytes))})`,
    ...lossLines(
      total((run) => run.counters.counted),
      total((run) => run.counters.dropped),
    ),
    ...tracesLines(runs),
    ...(redacted === "" ? [] : [`  redacted: ${redacted}`]),
    ...(await hottestLines(store, runs)),
    ...(timedOut ? await runningLines(store, runs) : []),
    `  next: breadcrumb stats · breadcrumb show latest · breadcrumb top${runs.length === 1 ? ` --run ${ids.run(runs[0]?.runId ?? "")}` : ""}${exceptions > 0 ? " · breadcrumb exceptions" : ""}`,
  ];
  return `${lines.join("\n")}\n`;
}

function tracesLines(runs: readonly Run[]): string[] {
  const text = tracesText(runs.map((run) => run.counters));
  return text === "" ? [] : [`  traces: ${text}`];
}

function lossLines(counted: number, dropped: number): string[] {
  const lines: string[] = [];
  if (counted > 0) lines.push(`  ${plural(counted, "call")} counted only`);
  if (dropped > 0) {
    lines.push(
      `  ${plural(dropped, "call")} DROPPED: the recorder did not keep up (--overflow block waits instead)`,
    );
  }
  return lines;
}

async function hottestLines(store: Store, runs: readonly Run[]): Promise<string[]> {
  const functions = await store.stats({ run: runs.map(({ runId }) => runId), limit: HOTTEST });
  const timed = functions.filter(({ calls }) => calls > 0);
  return timed.map((f, i) => {
    const where = `${printable(f.function)} (${printable(placeText(f))})`;
    const times = `${duration(f.selfNs)} self, ${duration(f.totalNs)} total, ${plural(f.calls, "call")}`;
    return `  ${i === 0 ? "hottest:" : "        "} ${where}: ${times}`;
  });
}

/** The calls that the time limit found open, the innermost first. */
async function runningLines(store: Store, runs: readonly Run[]): Promise<string[]> {
  const lines: string[] = [];
  for (const { runId, endedAt } of runs) {
    const { items } = await store.calls({ run: runId, status: "open", limit: STILL_RUNNING });
    const end = endedAt === null ? Date.now() : Date.parse(endedAt);
    for (const call of items) {
      const since = duration(Math.max(0, end - Date.parse(call.startedAt)) * 1e6);
      lines.push(
        `  still running: ${printable(call.function)} (${printable(placeText(call))}) for ${since}`,
      );
    }
  }
  const hidden = lines.length - STILL_RUNNING;
  return hidden > 0
    ? [...lines.slice(0, STILL_RUNNING), `  still running: ${count(hidden)} more`]
    : lines;
}

function happened({ counters, storedCalls }: Run): number {
  return Math.max(counters.recorded, storedCalls) + counters.counted + counters.dropped;
}
