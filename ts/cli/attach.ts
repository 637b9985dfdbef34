/**
 * `breadcrumb attach`: records a process that runs, for a while.
 */
import { resolve } from "node:path";
import { type Attached, attach as attachTo, type AttachRequest } from "../attach/attach";
import { type Recorded, recordFor } from "../attach/record-for";
import { badOption } from "../errors";
import { captureRequest } from "../options/capture";
import { EXACT_COUNTS, inspectorBudget } from "../options/inspector";
import { storeFolder } from "../options/normalize";
import { loadConfig } from "../options/resolve-config";
import { decimal, milliseconds, text, texts } from "./arguments";
import { EXIT_FAULT, type ProjectContext } from "./command";
import type { JsonDocuments } from "./json-documents";
import { argumentsText } from "./list";
import type { Output } from "./output";
import { printable } from "./printable";
import { count, plural } from "./quantities";

/** What ends it: by the user, or by whoever started it. */
const ENDS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The command `attach`. */
export async function attach({ output, values, positionals }: ProjectContext): Promise<number> {
  const request = requestOf(values, positionals);
  const stop = new AbortController();
  const end = () => stop.abort();
  for (const signal of ENDS) process.on(signal, end);
  try {
    const attached = await attachTo(request, stop.signal);
    tellStart(attached, text(values, "for"), output);
    const recorded = await recordFor(attached, request.forMs, stop.signal);
    if (values["json"]) output.json(document(attached, recorded));
    else tellEnd(attached, recorded, output);
    return 0;
  } catch (error) {
    if ((error as Error).name !== "AbortError") throw error;
    output.notice("given up before it began: nothing is recorded");
    return EXIT_FAULT;
  } finally {
    for (const signal of ENDS) process.off(signal, end);
  }
}

function requestOf(values: ProjectContext["values"], [pid]: readonly string[]): AttachRequest {
  const port = text(values, "port");
  if ((pid === undefined) === (port === undefined)) {
    throw badOption("it takes a process's id, or --port of its inspector: breadcrumb attach 4711");
  }
  const include = texts(values, "include");
  const { mode: _mode, ...rest } = captureRequest(
    { ...(include !== undefined && { include }), capture: captureOf(values) },
    (option) => `--${option}`,
  );
  return {
    target: port === undefined ? { pid: pidOf(pid ?? "") } : { port },
    include: rest.include ?? undefined,
    exclude: texts(values, "exclude"),
    capture: captureOf(values),
    budget: budgetOf(values),
    store: storeOf(text(values, "store")),
    forMs: milliseconds(values, "for"),
  };
}

function pidOf(word: string): number {
  const pid = Number(word);
  if (/^\d+$/.test(word) && Number.isSafeInteger(pid) && pid > 0) return pid;
  throw badOption(`the id of a process is a whole number from 1: got ${JSON.stringify(word)}`);
}

function captureOf(values: ProjectContext["values"]): AttachRequest["capture"] {
  const word = text(values, "capture") ?? "values";
  if (["values", "time", "count"].includes(word)) return word as AttachRequest["capture"];
  throw badOption(`--capture is values, time or count: got ${JSON.stringify(word)}`);
}

function budgetOf(values: ProjectContext["values"]): AttachRequest["budget"] {
  const [hits, totalHits, cpuMs, pauseMs] = ["hits", "total-hits", "cpu-ms", "pause-ms"].map(
    (name) => decimal(values, name),
  );
  return inspectorBudget({
    ...(hits !== undefined && { hits }),
    ...(totalHits !== undefined && { totalHits }),
    ...(cpuMs !== undefined && { cpuMs }),
    ...(pauseMs !== undefined && { pauseMs }),
    counts: values["counts"] === true,
  });
}

/** The store in which the other commands look. */
function storeOf(named: string | undefined): string {
  const cwd = process.cwd();
  const { values, folder } = loadConfig({ cwd, env: process.env });
  return resolve(storeFolder(named, cwd, process.env["BREADCRUMB_DIR"] || values.store, folder));
}

function whoIs({ process: { pid, command, cwd } }: Attached): string {
  return `${pid} (${argumentsText({ command, cwd }) || "node"})`;
}

function tellStart(attached: Attached, time: string | undefined, output: Output): void {
  const { started, through, store, notices } = attached;
  const how = through === "control" ? "with probes" : "by breakpoints";
  const until = time === undefined ? "until Ctrl-C" : `for ${time}`;
  output.notice(
    `${whoIs(attached)}: ${plural(started.functions, "function")} ${how}; recording ${until} into ${store}`,
  );
  for (const notice of notices) output.notice(notice);
  for (const { file, reason } of started.files.filter(({ status }) => status === "too-early")) {
    output.notice(`${file} is left out: ${reason}`);
  }
}

function tellEnd(
  attached: Attached,
  { ended, seconds, counters, files }: Recorded,
  output: Output,
): void {
  const { store, started, process } = attached;
  const who = whoIs(attached);
  if (counters === null) {
    output.line(`${who}: it has ended; what it did until then is in the store.`);
  } else {
    const { recorded, counted, dropped, exceptions, inspector } = counters;
    const probes = countProbes(files) - countProbes(started.files);
    const parts = [
      exceptions > 0 && plural(exceptions, "exception"),
      counted > 0 && `${count(counted)} counted only`,
      dropped > 0 && `${count(dropped)} dropped`,
      inspector?.counts !== undefined &&
        inspector.counts !== EXACT_COUNTS &&
        `calls NOT COUNTED: ${inspector.counts}`,
      inspector !== undefined &&
        inspector.withoutResult > 0 &&
        `${count(inspector.withoutResult)} without their result`,
      inspector !== undefined &&
        inspector.withoutException > 0 &&
        `${count(inspector.withoutException)} without their exception`,
      probes > 0 && `${plural(probes, "file")} loaded meanwhile, with probes`,
    ].filter((part) => part !== false);
    const more = parts.length === 0 ? "" : ` (${parts.join(", ")})`;
    output.line(`${who}: ${plural(recorded, "call")} recorded in ${seconds.toFixed(1)} s${more}.`);
    if (ended !== "process") output.line(`It is let go of: ${process.pid} runs on as before.`);
  }
  if (lacks(counters)) {
    output.notice("more results and exceptions take more pauses: --pause-ms 100");
  }
  output.notice(`breadcrumb list --store ${printable(store)} --run ${started.runId} shows them`);
}

/** Whether there was time for some pauses only. */
function lacks(counters: Recorded["counters"]): boolean {
  const { pauses = 0, withoutResult = 0, withoutException = 0 } = counters?.inspector ?? {};
  return pauses > 0 && withoutResult + withoutException > 0;
}

/** Files with probes; those of an attach before are still there. */
function countProbes(files: Recorded["files"]): number {
  return files.filter(({ status }) => status === "instrumented").length;
}

function document(
  { process: { pid }, started, store, through, notices }: Attached,
  { ended, seconds, counters, files }: Recorded,
): JsonDocuments["attach"] {
  return {
    pid,
    runId: started.runId,
    store,
    through,
    functions: started.functions,
    files,
    seconds,
    ended,
    counters,
    notices,
  };
}
