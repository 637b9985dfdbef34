/**
 * Changes what is captured of the processes that record into the server's store, and what they hold:
 * what `start_tracing`, `stop_tracing` and `dump_traces` share.
 *
 *     await changeCapture({ pid: 4711, run: undefined, all: false }, request, context)   // an Answer
 *
 * Limits: processes of this user, on this machine.
 */
import { realpathSync } from "node:fs";
import { z } from "zod";
import {
  askAll,
  type Asked,
  chooseProcesses,
  type ProcessChoice,
  type RunningProcess,
  runningProcesses,
} from "../control/running-processes";
import type { CaptureReport, CaptureRequest } from "../options/capture";
import type { DumpReport, DumpRequest } from "../options/keep";
import type { Answer } from "./answer";
import { cleanText, short } from "./clean-text";
import { RUN } from "./inputs";
import type { ToolContext } from "./tool";

const MAX_COMMAND = 200;
const MAX_MESSAGE = 500;

/** Which processes. */
export const WHICH = {
  pid: z.int().min(1).optional().describe("the process with this id"),
  run: RUN.describe("the process of this run: its id or the beginning of it"),
  all: z.boolean().default(false).describe("every process that records into this store"),
};

/** What became of each. */
export const PROCESSES = z.array(
  z.object({
    pid: z.number(),
    runId: z.string(),
    command: z.string(),
    functions: z.number().nullable().describe("functions that are captured now"),
    of: z.number().nullable().describe("functions with probes so far"),
    near: z.array(z.string()).describe("where none is captured: names like those asked for"),
    error: z.string().nullable(),
  }),
);

/** Changes it, and says what became of each process. Throws BC_ERR_NO_PROCESS. */
export async function changeCapture(
  choice: ProcessChoice,
  request: CaptureRequest,
  context: ToolContext,
): Promise<Answer> {
  const meant = await processesOf(choice, context);
  const rows = (await askAll(meant, (process) => process.capture(request))).map(capturedRow);
  return answerOf(rows, summaryOf(rows, request), lineOf);
}

/** Stores what they hold, and says what became of each process. Throws BC_ERR_NO_PROCESS. */
export async function dumpHeld(
  choice: ProcessChoice,
  request: DumpRequest,
  context: ToolContext,
): Promise<Answer> {
  const meant = await processesOf(choice, context);
  const rows = (await askAll(meant, (process) => process.dump(request))).map(dumpedRow);
  const traces = rows.reduce((sum, row) => sum + (row.traces ?? 0), 0);
  const next = traces === 0 ? "" : " Next: query_traces with run = runId.";
  return answerOf(rows, `${traces} traces were stored.${next}`, (row) => {
    const what = row.storesAll === true ? "it stores every trace" : `${row.traces} traces stored`;
    return `${row.pid} ${row.command}: ${row.error ?? what}`;
  });
}

/** Those of the processes that record into the server's store that are meant. */
async function processesOf(
  choice: ProcessChoice,
  { access }: ToolContext,
): Promise<readonly RunningProcess[]> {
  const store = realPath(await access.folder());
  const running = await runningProcesses();
  const ours = running.processes.filter(({ status }) => realPath(status.store) === store);
  return chooseProcesses({ ...running, processes: ours }, choice);
}

function answerOf<R extends object>(
  rows: readonly R[],
  summary: string,
  line: (row: R) => string,
): Answer {
  return {
    most: rows.length,
    write: (count) => {
      const shown = rows.slice(0, count);
      return { summary, lines: shown.map(line), data: { processes: shown } };
    },
  };
}

/** What is told of a process whatever it answered. */
function rowOf<T>({ process: { status }, error }: Asked<T>) {
  const { pid, runId } = status;
  const command = short(cleanText(status.command.slice(1).join(" ")), MAX_COMMAND);
  return {
    pid,
    runId,
    command,
    error: error && short(`${error.code}: ${error.message}`, MAX_MESSAGE),
  };
}

function capturedRow(asked: Asked<CaptureReport>) {
  const { functions, of, near } = asked.report ?? { functions: null, of: null, near: [] };
  return { ...rowOf(asked), functions, of, near };
}

function dumpedRow(asked: Asked<DumpReport>) {
  const { traces, storesAll } = asked.report ?? { traces: null, storesAll: null };
  return { ...rowOf(asked), traces, storesAll };
}

type Row = ReturnType<typeof capturedRow>;

function lineOf({ pid, command, functions, of, near, error }: Row): string {
  const hint = near.length === 0 ? "" : `; near are ${near.join(", ")}`;
  return `${pid} ${command}: ${error ?? `${functions} of ${of} functions captured${hint}`}`;
}

function summaryOf(rows: readonly Row[], { mode, forMs }: CaptureRequest): string {
  const done = rows.filter(({ error }) => error === null);
  if (done.length < rows.length) {
    return `${rows.length - done.length} of ${rows.length} processes could not be changed.`;
  }
  if (mode === 0) return "Nothing is captured now; what was is in the store.";
  if (done.every(({ functions }) => functions === 0)) {
    return "No function is captured: patterns are files, names stand behind a colon (src/cart.js:total, :checkout); find_gaps lists functions that have probes.";
  }
  const time = forMs === null ? "" : ` for ${Math.round(forMs / 1000)} s`;
  return `Captured${time}. Next: wait_for with run = runId, or find_calls.`;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
