/** Waiting, but not for ever: `await until(() => ask(), 3000)`. */
import { setTimeout as pause } from "node:timers/promises";

const EVERY_MS = 20;

/** What `ask` gives once that is not undefined; undefined where it is not so in time. */
export async function until<T>(
  ask: () => Promise<T | undefined> | T | undefined,
  patienceMs: number,
): Promise<T | undefined> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const found = await ask();
    if (found !== undefined || performance.now() > end) return found;
    await pause(EVERY_MS);
  }
}
