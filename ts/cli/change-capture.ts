/**
 * `breadcrumb start` and `stop`: change what is captured of processes that run.
 */
import {
  askAll,
  type Asked,
  chooseProcesses,
  type ProcessChoice,
  runningProcesses,
} from "../control/running-processes";
import { BreadcrumbError } from "../errors";
import { type CaptureReport, type CaptureRequest, captureRequest } from "../options/capture";
import type { Mode } from "../options/options";
import { overheadOf } from "../options/overhead";
import { text, texts, wholeNumber } from "./arguments";
import { EXIT_FAULT, EXIT_WRONG, type ProjectContext } from "./command";
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

/** The processes that the options choose. */
export function choiceOf(values: Values): ProcessChoice {
  return {
    pid: wholeNumber(values, "pid"),
    run: text(values, "run"),
    all: values["all"] === true,
  };
}

async function change(
  request: CaptureRequest,
  time: string | undefined,
  output: Output,
  values: Values,
): Promise<number> {
  const meant = chooseProcesses(await runningProcesses(), choiceOf(values));
  const outcomes = await askAll(meant, (process) => process.capture(request));
  if (values["json"])
    output.json({ processes: outcomes.map(row) } satisfies JsonDocuments["start"]);
  else for (const outcome of outcomes) print(outcome, request, time, output);
  const failed = outcomes.filter(({ error }) => error !== null);
  if (failed.length === 0) return 0;
  return failed.length === outcomes.length ? EXIT_WRONG : EXIT_FAULT;
}

function row({ process: { status }, report, error }: Asked<CaptureReport>) {
  const { pid, runId, store } = status;
  const told = error === null ? null : { code: error.code, message: error.message };
  return { pid, runId, store, functions: null, of: null, near: [], ...report, error: told };
}

function print(
  { process: { status }, report, error }: Asked<CaptureReport>,
  request: CaptureRequest,
  time: string | undefined,
  output: Output,
): void {
  const who = `${status.pid} (${printable(status.command.slice(1).join(" ")) || "node"})`;
  if (error !== null || report === null) {
    output.notice(`${who}: ${error?.message ?? "no answer"}`);
    return;
  }
  if (request.mode === 0) {
    output.line(`${who}: nothing is captured; its probes are dormant.`);
    return;
  }
  const until = time === undefined ? "" : ` for ${time}`;
  const of = `of ${plural(report.of, "function")} with probes`;
  if (report.functions > 0) {
    output.line(`${who}: ${count(report.functions)} ${of} ${verb(report)} captured${until}.`);
    output.notice(`breadcrumb tail --store ${status.store} --run ${status.runId} shows the calls`);
    return;
  }
  output.line(`${who}: none ${of} is captured${until}; files loaded later may hold some.`);
  const near = report.near.join(", ");
  const hint =
    near === ""
      ? "breadcrumb gaps lists those that have probes and were not called"
      : `near are ${near}`;
  output.notice(hint);
}

function verb({ functions }: CaptureReport): string {
  return functions === 1 ? "is" : "are";
}
