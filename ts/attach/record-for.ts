/**
 * Lets a recording go on until its time is up, it is to end, or the process has ended.
 *
 *     const { ended, seconds, counters } = await recordFor(attached, 5000, signal);
 */
import type { Attached } from "./attach";
import type { AttachCounters, Ended } from "./messages";

/** What ended a recording. */
export type AttachEnding = "time" | "asked" | "process";

/** What came of it. */
export interface Recorded {
  readonly ended: AttachEnding;
  readonly seconds: number;
  /** null: the process has ended. */
  readonly counters: AttachCounters | null;
  /** The files that were chosen. */
  readonly files: Ended["files"];
}

const MS_PER_S = 1000;

/** Waits, and ends it. `forMs`: undefined for no time. */
export async function recordFor(
  attached: Attached,
  forMs: number | undefined,
  signal: AbortSignal,
): Promise<Recorded> {
  const begun = performance.now();
  let time: NodeJS.Timeout | undefined;
  const ending = new Promise<AttachEnding>((resolve) => {
    void attached.gone.then(() => resolve("process"));
    signal.addEventListener("abort", () => resolve("asked"), { once: true });
    if (signal.aborted) resolve("asked");
    if (forMs !== undefined) time = setTimeout(() => resolve("time"), forMs);
  });
  const ended = await ending;
  clearTimeout(time);
  const end = await attached.stop();
  const seconds = Math.round(performance.now() - begun) / MS_PER_S;
  return {
    ended: end === null ? "process" : ended,
    seconds,
    counters: end?.counters ?? null,
    files: end?.files ?? attached.started.files,
  };
}
