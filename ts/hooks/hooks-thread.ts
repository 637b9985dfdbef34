/**
 * The `load` hook for Node before `registerHooks`: it runs on Node's own thread for hooks, where
 * the addon is loaded once more and shares the process-wide tables.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { native } from "../native/load";
import { withProbes } from "./modules";
import { onFirstFile } from "./transform";

type Next = (url: string, context: unknown) => Promise<Parameters<typeof withProbes>[1]>;

onFirstFile(() => {
  try {
    native.start();
    return true;
  } catch {
    // The main thread says so when it needs the recording itself.
    return false;
  }
});

/** The file whose text is being asked for, by the outermost of our hooks. */
const asked = new AsyncLocalStorage<string>();

/** Node's hook. It is registered again behind each of the program's: only the outermost counts. */
export async function load(
  url: string,
  context: unknown,
  next: Next,
): Promise<Parameters<typeof withProbes>[1]> {
  if (asked.getStore() === url) return next(url, context);
  return withProbes(url, await asked.run(url, () => next(url, context)));
}
