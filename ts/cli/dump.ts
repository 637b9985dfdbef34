/**
 * `breadcrumb dump`: stores what processes that run hold of traces that they do not store.
 */
import type { ProcessStatus } from "../control/running-processes";
import { type DumpReport, dumpRequest } from "../options/keep";
import { text } from "./arguments";
import { askedRow, askLive, exitCodeOf, printAsked } from "./ask-live";
import type { ProjectContext } from "./command";
import type { JsonDocuments } from "./json-documents";
import type { Output } from "./output";
import { printable } from "./printable";
import { plural } from "./quantities";

/** The command `dump`. */
export async function dump({ output, values }: ProjectContext): Promise<number> {
  const last = text(values, "last");
  const request = dumpRequest(last === undefined ? {} : { last }, "--last");
  const outcomes = await askLive(values, (process) => process.dump(request));
  if (values["json"]) {
    const processes = outcomes.map((each) => askedRow(each, { traces: null, storesAll: null }));
    output.json({ processes } satisfies JsonDocuments["dump"]);
  } else {
    for (const each of outcomes) {
      printAsked(each, output, (...told) => print(...told, last, output));
    }
  }
  return exitCodeOf(outcomes);
}

function print(
  report: DumpReport,
  who: string,
  { store, runId }: ProcessStatus,
  last: string | undefined,
  output: Output,
): void {
  if (report.storesAll) {
    output.line(`${who}: it stores every trace, and all up to now is in the store.`);
    return;
  }
  const time = last === undefined ? "" : ` of the last ${last}`;
  output.line(`${who}: ${plural(report.traces, "trace")}${time} stored.`);
  if (report.traces > 0) {
    output.notice(`breadcrumb list --store ${printable(store)} --run ${runId} lists them`);
  }
}
