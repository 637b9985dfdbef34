/**
 * `breadcrumb dump`: stores what processes that run hold of traces that they do not store.
 */
import {
  askAll,
  type Asked,
  chooseProcesses,
  runningProcesses,
} from "../control/running-processes";
import { type DumpReport, dumpRequest } from "../options/keep";
import { text } from "./arguments";
import { choiceOf } from "./change-capture";
import { EXIT_FAULT, EXIT_WRONG, type ProjectContext } from "./command";
import type { JsonDocuments } from "./json-documents";
import type { Output } from "./output";
import { printable } from "./printable";
import { plural } from "./quantities";

/** The command `dump`. */
export async function dump({ output, values }: ProjectContext): Promise<number> {
  const last = text(values, "last");
  const request = dumpRequest(last === undefined ? {} : { last }, "--last");
  const meant = chooseProcesses(await runningProcesses(), choiceOf(values));
  const outcomes = await askAll(meant, (process) => process.dump(request));
  if (values["json"]) output.json({ processes: outcomes.map(row) } satisfies JsonDocuments["dump"]);
  else for (const outcome of outcomes) print(outcome, last, output);
  const failed = outcomes.filter(({ error }) => error !== null);
  if (failed.length === 0) return 0;
  return failed.length === outcomes.length ? EXIT_WRONG : EXIT_FAULT;
}

function row({ process: { status }, report, error }: Asked<DumpReport>) {
  const { pid, runId, store } = status;
  const told = error === null ? null : { code: error.code, message: error.message };
  return { pid, runId, store, traces: null, storesAll: null, ...report, error: told };
}

function print(
  { process: { status }, report, error }: Asked<DumpReport>,
  last: string | undefined,
  output: Output,
): void {
  const who = `${status.pid} (${printable(status.command.slice(1).join(" ")) || "node"})`;
  if (report === null) {
    output.notice(`${who}: ${printable(error?.message ?? "no answer")}`);
    return;
  }
  if (report.storesAll) {
    output.line(`${who}: it stores every trace, and all up to now is in the store.`);
    return;
  }
  const time = last === undefined ? "" : ` of the last ${last}`;
  output.line(`${who}: ${plural(report.traces, "trace")}${time} stored.`);
  if (report.traces > 0) {
    const store = printable(status.store);
    output.notice(`breadcrumb list --store ${store} --run ${status.runId} lists them`);
  }
}
