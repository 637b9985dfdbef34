/**
 * Changes what is captured of the processes that record into the server's store: what
 * `start_tracing` and `stop_tracing` share.
 *
 *     await changeCapture({ pid: 4711, run: undefined, all: false }, request, context)   // an Answer
 *
 * Limits: processes of this user, on this machine.
 */
import { realpathSync } from "node:fs";
import { z } from "zod";
import {
  chooseProcesses,
  type ProcessChoice,
  type RunningProcess,
  runningProcesses,
} from "../control/running-processes";
import { BreadcrumbError } from "../errors";
import type { CaptureReport, CaptureRequest } from "../options/capture";
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
  { access }: ToolContext,
): Promise<Answer> {
  const store = realPath(await access.folder());
  const running = await runningProcesses();
  const ours = running.processes.filter(({ status }) => realPath(status.store) === store);
  const meant = chooseProcesses({ ...running, processes: ours }, choice);
  const rows = await Promise.all(meant.map((process) => changeOne(process, request)));
  return {
    most: rows.length,
    write: (count) => {
      const shown = rows.slice(0, count);
      return {
        summary: summaryOf(rows, request),
        lines: shown.map(lineOf),
        data: { processes: shown },
      };
    },
  };
}

async function changeOne({ status, capture }: RunningProcess, request: CaptureRequest) {
  const { pid, runId } = status;
  const command = short(cleanText(status.command.slice(1).join(" ")), MAX_COMMAND);
  const row = { pid, runId, command, functions: null, of: null, near: [], error: null };
  try {
    const report: CaptureReport = await capture(request);
    return { ...row, ...report };
  } catch (error) {
    if (!(error instanceof BreadcrumbError)) throw error;
    return { ...row, error: short(`${error.code}: ${error.message}`, MAX_MESSAGE) };
  }
}

type Row = Awaited<ReturnType<typeof changeOne>>;

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
