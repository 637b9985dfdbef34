/**
 * `breadcrumb status`: the processes that are recorded now, and what is captured of them.
 */
import {
  chooseProcesses,
  type ProcessCapture,
  type RunningProcess,
  runningProcesses,
} from "../control/running-processes";
import { choiceOf } from "./ask-live";
import type { ProjectContext } from "./command";
import { governorText } from "./governor-text";
import type { JsonDocuments } from "./json-documents";
import { argumentsText } from "./list";
import { printable } from "./printable";
import { count, duration, plural } from "./quantities";
import { ShortIds } from "./short-ids";
import { renderTable } from "./table";

const NS_PER_MS = 1e6;

/** The command `status`. */
export async function status({ output, values }: ProjectContext): Promise<number> {
  const running = await runningProcesses();
  const choice = choiceOf(values);
  const isNamed = choice.pid !== undefined || choice.run !== undefined;
  const shown = isNamed ? chooseProcesses(running, { ...choice, all: true }) : running.processes;
  if (values["json"]) {
    output.json({
      processes: shown.map((each) => each.status),
      problems: running.problems.map(({ message }) => message),
    } satisfies JsonDocuments["status"]);
    return 0;
  }
  for (const { message } of running.problems) output.notice(message);
  if (shown.length === 0) {
    output.line(
      "No process of yours is being recorded. Start one with: breadcrumb run --dormant <command>",
    );
    return 0;
  }
  for (const line of tableOf(shown, output.columns)) output.line(line);
  return 0;
}

function tableOf(processes: readonly RunningProcess[], columns: number): string[] {
  const ids = new ShortIds(processes.map((each) => each.status.runId));
  const isGoverned = processes.some(({ status: { counters } }) => counters.governor !== null);
  return renderTable(
    [
      { title: "pid", right: true },
      { title: "run", drop: 1 },
      { title: "captured", shrink: "end" },
      { title: "recorded", right: true, drop: 2 },
      { title: "counted", right: true, drop: 4 },
      { title: "dropped", right: true, drop: 3 },
      { title: "overflow", drop: 5 },
      ...(isGoverned ? [{ title: "overhead", drop: 6 }] : []),
      { title: "command", shrink: "end" },
    ],
    processes.map(({ status: { pid, runId, capture, counters, overflow, ...run } }) => [
      String(pid),
      ids.run(runId),
      captured(capture),
      count(counters.recorded),
      count(counters.counted),
      count(counters.dropped),
      overflow,
      ...(isGoverned ? [counters.governor === null ? "" : governorText(counters.governor)] : []),
      argumentsText(run),
    ]),
    columns,
  );
}

function captured({ mode, functions, of, include, leftMs }: ProcessCapture): string {
  if (mode === "dormant") return `dormant (${plural(of, "function")})`;
  const chosen = include.length === 0 ? "" : `: ${printable(include.join(","))}`;
  const left = leftMs === null ? "" : `, ${duration(leftMs * NS_PER_MS)} left`;
  return `${mode} of ${count(functions)}/${count(of)}${left}${chosen}`;
}
