/**
 * Records a process that has probes: through its control channel, at full speed, into its own store.
 *
 * What was captured before is captured again afterwards. Limits: where nobody says for how long, and whoever asked is
 * killed, it goes on: `breadcrumb stop` ends it.
 */
import {
  type ProcessStatus,
  type RunningProcess,
  runningProcesses,
} from "../control/running-processes";
import { captureRequest, type CaptureRequest } from "../options/capture";
import type { Attached, AttachRequest } from "./attach";
import { isThere } from "./is-there";
import type { AttachCounters } from "./messages";

/** How often it is looked whether the process is still there. */
const LOOK_MS = 250;

/** Begins. Throws as `capture` of the process does. */
export async function captureLive(
  process: RunningProcess,
  { include, exclude = [], capture, forMs, store }: AttachRequest,
): Promise<Attached> {
  const { status } = process;
  const { pid, node, cwd, command, runId } = status;
  const chosen =
    exclude.length === 0
      ? include
      : [...(include ?? ["**"]), ...exclude.map((pattern) => `!${pattern}`)];
  const request = captureRequest({
    ...(chosen !== undefined && { include: chosen }),
    capture,
    ...(forMs !== undefined && { for: forMs }),
  });
  const begun = performance.now();
  const restore = async (): Promise<void> => {
    const passedMs = performance.now() - begun;
    // What was for a time gives way by itself.
    if (forMs !== undefined && passedMs >= forMs) return;
    const before = captureBefore(status, passedMs);
    if (before !== null) await process.capture(before);
  };
  const { functions, near } = await process.capture(request);
  if (functions === 0) await restore();
  const looks = new AbortController();
  return {
    process: { pid, node, cwd, command },
    through: "control",
    store: status.store,
    started: { runId, functions, near, files: [] },
    notices: status.store === store ? [] : [`it records into its own store, ${status.store}`],
    gone: ended(pid, looks.signal),
    stop: async () => {
      looks.abort();
      try {
        await restore();
        const now = await statusOf(runId);
        return now === undefined ? null : { counters: since(status, now), files: [] };
      } catch {
        return null; // It has ended.
      }
    },
  };
}

/** What was captured before; null: its time is over. */
function captureBefore(
  { capture: { mode, include, leftMs } }: ProcessStatus,
  passedMs: number,
): CaptureRequest | null {
  if (leftMs !== null && leftMs <= passedMs) return null;
  return captureRequest({
    ...(include.length > 0 && { include }),
    capture: mode,
    ...(leftMs !== null && { for: leftMs - passedMs }),
  });
}

async function statusOf(runId: string): Promise<ProcessStatus | undefined> {
  const { processes } = await runningProcesses();
  return processes.find(({ status }) => status.runId === runId)?.status;
}

/** What was recorded meanwhile. */
function since(
  { counters: before }: ProcessStatus,
  { counters: now }: ProcessStatus,
): AttachCounters {
  return {
    recorded: now.recorded - before.recorded,
    counted: now.counted - before.counted,
    dropped: now.dropped - before.dropped,
    exceptions: now.exceptions - before.exceptions,
  };
}

function ended(pid: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (isThere(pid)) return;
      clearInterval(timer);
      resolve();
    }, LOOK_MS);
    signal.addEventListener("abort", () => clearInterval(timer));
  });
}
