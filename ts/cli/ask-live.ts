/**
 * What the commands have in common that ask processes which run to do something: who is asked, what
 * each answered or why it did not, and the exit code.
 *
 *     const outcomes = await askLive(values, (process) => process.dump(request));
 *     return exitCodeOf(outcomes);
 */
import {
  askAll,
  type Asked,
  chooseProcesses,
  type ProcessChoice,
  type ProcessStatus,
  type RunningProcess,
  runningProcesses,
} from "../control/running-processes";
import type { BreadcrumbErrorCode } from "../errors";
import { text, wholeNumber } from "./arguments";
import { EXIT_FAULT, EXIT_WRONG, type ProjectContext } from "./command";
import { argumentsText } from "./list";
import type { Output } from "./output";
import { printable } from "./printable";

/** A process and what it answered, in a JSON document. */
type AskedRow<T> = T & {
  readonly pid: number;
  readonly runId: string;
  readonly store: string;
  readonly error: { readonly code: BreadcrumbErrorCode; readonly message: string } | null;
};

/** The processes that the options choose. */
export function choiceOf(values: ProjectContext["values"]): ProcessChoice {
  return {
    pid: wholeNumber(values, "pid"),
    run: text(values, "run"),
    all: values["all"] === true,
  };
}

/** What those answered that the options choose. */
export async function askLive<T extends object>(
  values: ProjectContext["values"],
  ask: (process: RunningProcess) => Promise<T>,
): Promise<Asked<T>[]> {
  return askAll(chooseProcesses(await runningProcesses(), choiceOf(values)), ask);
}

/** The row of the JSON document. `none`: what stands there for an answer that did not come. */
export function askedRow<T extends object, None extends object>(
  { process: { status }, report, error }: Asked<T>,
  none: None,
): AskedRow<T | None> {
  const { pid, runId, store } = status;
  const told = error === null ? null : { code: error.code, message: error.message };
  return { pid, runId, store, ...(report ?? none), error: told };
}

/** Prints what a process answered, with what it is called; or why it did not answer. */
export function printAsked<T>(
  { process: { status }, report, error }: Asked<T>,
  output: Output,
  print: (report: T, who: string, status: ProcessStatus) => void,
): void {
  const who = `${status.pid} (${argumentsText(status) || "node"})`;
  if (report === null) output.notice(`${who}: ${printable(error?.message ?? "no answer")}`);
  else print(report, who, status);
}

/** 0 where all answered; that of a wrong question where none did, that of a fault where some did. */
export function exitCodeOf(outcomes: readonly Asked<unknown>[]): number {
  const failed = outcomes.filter(({ error }) => error !== null);
  if (failed.length === 0) return 0;
  return failed.length === outcomes.length ? EXIT_WRONG : EXIT_FAULT;
}
