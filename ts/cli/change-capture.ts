/**
 * `breadcrumb start` and `stop`: change what is captured of processes that run.
 */
import type { ProcessStatus } from "../control/running-processes";
import { BreadcrumbError } from "../errors";
import { type CaptureReport, type CaptureRequest, captureRequest } from "../options/capture";
import type { Mode } from "../options/options";
import { overheadOf } from "../options/overhead";
import { text, texts } from "./arguments";
import { askedRow, askLive, exitCodeOf, printAsked } from "./ask-live";
import type { ProjectContext } from "./command";
import type { JsonDocuments } from "./json-documents";
import type { Output } from "./output";
import { printable } from "./printable";
import { count, plural } from "./quantities";

type Values = ProjectContext["values"];

/** The command `start`. */
export async function start({ output, values }: ProjectContext): Promise<number> {
  const include = texts(values, "include");
  const time = text(values, "for");
  const overhead = text(values, "overhead");
  const request = captureRequest(
    {
      ...(include !== undefined && { include }),
      capture: captureOf(text(values, "capture")),
      ...(time !== undefined && { for: time }),
      ...(overhead !== undefined && { overhead: overheadOf(overhead, "--overhead") }),
    },
    (option) => `--${option}`,
  );
  return change(request, time, output, values);
}

/** The command `stop`. */
export async function stop({ output, values }: ProjectContext): Promise<number> {
  return change(captureRequest({ capture: "dormant" }), undefined, output, values);
}

function captureOf(word: string | undefined): Mode {
  if (word === "dormant") {
    throw new BreadcrumbError("BC_ERR_BAD_OPTION", "--capture dormant is: breadcrumb stop");
  }
  return (word ?? "values") as Mode;
}

async function change(
  request: CaptureRequest,
  time: string | undefined,
  output: Output,
  values: Values,
): Promise<number> {
  const outcomes = await askLive(values, (process) => process.capture(request));
  if (values["json"]) {
    const none = { functions: null, of: null, near: [] };
    const processes = outcomes.map((each) => askedRow(each, none));
    output.json({ processes } satisfies JsonDocuments["start"]);
  } else {
    for (const each of outcomes) {
      printAsked(each, output, (...told) => print(...told, request, time, output));
    }
  }
  return exitCodeOf(outcomes);
}

function print(
  report: CaptureReport,
  who: string,
  { store, runId }: ProcessStatus,
  request: CaptureRequest,
  time: string | undefined,
  output: Output,
): void {
  if (request.mode === 0) {
    output.line(`${who}: nothing is captured; its probes are dormant.`);
    return;
  }
  const until = time === undefined ? "" : ` for ${time}`;
  const of = `of ${plural(report.of, "function")} with probes`;
  if (report.functions > 0) {
    output.line(`${who}: ${count(report.functions)} ${of} ${verb(report)} captured${until}.`);
    output.notice(`breadcrumb tail --store ${printable(store)} --run ${runId} shows the calls`);
    return;
  }
  output.line(`${who}: none ${of} is captured${until}; files loaded later may hold some.`);
  const near = printable(report.near.join(", "));
  const hint =
    near === ""
      ? "breadcrumb gaps lists those that have probes and were not called"
      : `near are ${near}`;
  output.notice(hint);
}

function verb({ functions }: CaptureReport): string {
  return functions === 1 ? "is" : "are";
}
